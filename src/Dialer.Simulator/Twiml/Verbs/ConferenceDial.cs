using System.Xml.Linq;
using Dialer.Simulator.Calls;
using Dialer.Simulator.Recordings;
using Dialer.Simulator.Rooms;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Twiml.Verbs;

/// <summary>Dial with a Conference noun.</summary>
internal sealed class ConferenceDial(TwimlRun run, XElement dial, XElement noun) : DialActivity(run, dial)
{
    private Seat? _seat;

    public void Start()
    {
        var conference = Run.Network.Conferences.Open(noun.Value.Trim());
        if (conference.Seats.Count == 0)
            Configure(conference);
        if (conference.Seats.Count >= conference.MaxParticipants)
        {
            Run.Warn(16020, "the conference is full");
            Finish(new Form().Add("DialCallStatus", "failed"));
            return;
        }

        Run.Wait(this);
        _seat = new Seat(conference, Run.Call)
        {
            Muted = noun.Flag("muted", false),
            StartOnEnter = noun.Flag("startConferenceOnEnter", true),
            EndOnExit = noun.Flag("endConferenceOnExit", false),
            Beep = noun.Text("beep", "true") is not ("false" or "onExit"),
            BeepOnExit = noun.Text("beep", "true") is not ("false" or "onEnter"),
            Label = noun.Text("participantLabel"),
            CoachOf = noun.Text("coach"),
            WaitUrl = noun.Attribute("waitUrl") is { } wait ? wait.Value.Length == 0 ? string.Empty : Run.Resolve(wait.Value) : null,
            WaitMethod = noun.Method("waitMethod"),
            OnLeft = Left,
        };
        Run.Later(Dial.Number(Run, "timeLimit", 14400, 1, 86400, 13216), () => Leave());
        Record();
        conference.Enter(_seat);
    }

    public override bool Digit(char key)
    {
        if (key == '*' && Dial.Flag("hangupOnStar", false))
            Leave();
        return true;
    }

    public override void Stopped(StopReason reason)
    {
        Abandon(Result());
        _seat?.Leave(reason == StopReason.HungUp ? "participant_hung_up" : "participant_updated_via_api");
    }

    private void Leave() => _seat?.Leave("participant_hung_up");

    private void Left(string reason)
    {
        if (!Run.Call.IsOver)
            Finish(Result());
    }

    private Form Result() => WithRecording(new Form().Add("DialCallStatus", Run.Call.IsOver ? "completed" : "answered").Add("DialBridged", "true"));

    private void Configure(Conference conference)
    {
        conference.Callback = Callback.Of(Run.Resolve(noun.Text("statusCallback") ?? "about:none") is { } url && noun.Text("statusCallback") is not null ? url : null,
            noun.Text("statusCallbackMethod"), [noun.Text("statusCallbackEvent", string.Empty)], "start", "end");
        conference.MaxParticipants = (int)noun.Number(Run, "maxParticipants", Conference.MostParticipants, 2, Conference.MostParticipants, 12200);
        conference.Region = noun.Text("region", "us1");
        if (noun.Text("record") is "record-from-start")
            conference.Record = new RecordingSettings("Conference", 1, "both", noun.Text("trim", "trim-silence"),
                Callback.Of(noun.Text("recordingStatusCallback") is { } target ? Run.Resolve(target) : null, noun.Text("recordingStatusCallbackMethod"),
                    [noun.Text("recordingStatusCallbackEvent", "completed")], "completed"));
    }
}
