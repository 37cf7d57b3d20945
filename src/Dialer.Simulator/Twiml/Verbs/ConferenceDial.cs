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
        var name = noun.Value.Trim();
        var present = Run.Network.Conferences.Named(name);
        if (Refused(present))
            return;
        var conference = present ?? Run.Network.Conferences.Open(name);
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
            Label = Label,
            CoachOf = Coached,
            WaitUrl = noun.Attribute("waitUrl") is { } wait ? wait.Value.Length == 0 ? string.Empty : Run.Resolve(wait.Value) : null,
            WaitMethod = noun.Method("waitMethod"),
            OnLeft = Left,
        };
        Run.Later(Dial.Number(Run, "timeLimit", 14400, 1, 86400, 13216), () => Leave());
        Record();
        conference.Enter(_seat);
    }

    private string? Label => noun.Text("participantLabel") is { Length: > 0 } label ? label : null;

    private string? Coached => noun.Text("coach") is { Length: > 0 } coached ? coached : null;

    /// <summary>A label that may not be, or is another's, leads on to the next verb; somebody to coach who is not there, to the action.</summary>
    private bool Refused(Conference? present)
    {
        if (Label is { } label && (!Conference.IsLabel(label) || present?.HasLabel(label) == true))
        {
            Run.Complain(Conference.IsLabel(label) ? 16025 : 16023, $"participantLabel \"{label}\" is {(Conference.IsLabel(label) ? "in use" : "not valid")}");
            Run.Next();
            return true;
        }

        if (Coached is not { } coached || present?.Seats.Exists(seat => seat.Call.Sid == coached) == true)
            return false;
        Run.Complain(13240, $"{coached} is not in the conference and cannot be coached");
        Finish(new Form().Add("DialCallStatus", "failed"));
        return true;
    }

    public override bool Digit(char key)
    {
        if (key == '*' && Dial.Flag("hangupOnStar", false))
            Leave();
        return true;
    }

    public override void Stopped(StopReason reason)
    {
        Abandon(Result(), reason);
        _seat?.Leave(reason == StopReason.HungUp ? "participant_hung_up" : "participant_updated_via_api");
    }

    private void Leave() => _seat?.Leave("participant_hung_up");

    private void Left(string reason)
    {
        if (Run.Call.IsOver)
            return;
        Finish(reason == ConferenceMusic.NotEstablished ? WithRecording(new Form().Add("DialCallStatus", "failed").Add("DialBridged", "false")) : Result());
    }

    private Form Result() => WithRecording(new Form().Add("DialCallStatus", Run.Call.IsOver ? "completed" : "answered").Add("DialBridged", "true"));

    private void Configure(Conference conference)
    {
        conference.Callback = Callback.Of(Run.Resolve(noun.Text("statusCallback") ?? "about:none") is { } url && noun.Text("statusCallback") is not null ? url : null,
            noun.Text("statusCallbackMethod"), [noun.Text("statusCallbackEvent", string.Empty)], "start", "end");
        conference.MaxParticipants = (int)noun.Number(Run, "maxParticipants", Conference.MostParticipants, 2, Conference.MostParticipants, 12200);
        conference.Region = noun.Text("region", "us1");
        if (noun.Text("record") is "record-from-start" or "true")
            conference.Record = new RecordingSettings("Conference", 1, "both", noun.Text("trim", "trim-silence"),
                Callback.Of(noun.Text("recordingStatusCallback") is { } target ? Run.Resolve(target) : null, noun.Text("recordingStatusCallbackMethod"),
                    [noun.Text("recordingStatusCallbackEvent", "completed")], "completed"))
            {
                OldCallback = noun.Text("eventCallbackUrl") is { Length: > 0 } old && noun.Text("recordingStatusCallback") is null ? Run.Resolve(old) : null,
            };
    }
}
