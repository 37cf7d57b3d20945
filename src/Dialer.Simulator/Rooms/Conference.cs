using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using Dialer.Simulator.People;
using Dialer.Simulator.Recordings;
using Dialer.Simulator.Twiml;
using NodaTime;

namespace Dialer.Simulator.Rooms;

/// <summary>A conference: it exists from its first participant's join, starts when two are there and one of them may start it,
/// and ends when the last one leaves, when one leaves that ends it, or by REST.</summary>
/// <remarks>https://www.twilio.com/docs/voice/twiml/conference</remarks>
public sealed class Conference(PhoneNetwork network, string friendlyName) : Room(network)
{
    public const int MostParticipants = 250;

    private readonly ConferenceEvents _events = new();
    private Call? _announcedTo;

    public override string Sid { get; } = network.Sids.Next("CF");

    public override string Name => friendlyName;

    public ConferenceState State { get; private set; }

    public Instant Created { get; } = network.Timeline.Now;

    public Instant Updated { get; private set; } = network.Timeline.Now;

    public string? ReasonEnded { get; private set; }

    public string? EndedByCall { get; private set; }

    public string Region { get; set; } = "us1";

    public int MaxParticipants { get; set; } = MostParticipants;

    public List<Recording> Recordings { get; } = [];

    public RecordingSettings? Record { get; set; }

    public override bool Active => State == ConferenceState.InProgress;

    /// <summary>Only the first participant's callback settings count.</summary>
    public Callback? Callback { get; set; }

    public string StateWord => ConferenceTable.Word(State);

    /// <summary>Participants that are being dialled and have not joined yet.</summary>
    public int Expected => Coming.Count;

    /// <summary>True for a label that a participant may have: at most 128 characters, no slash, and not a call's SID.</summary>
    public static bool IsLabel(string label) =>
        label.Length <= 128 && !label.Contains('/', StringComparison.Ordinal) && !label.Contains("%2F", StringComparison.OrdinalIgnoreCase) && !Sids.Is(label, "CA");

    public bool HasLabel(string label) => Seats.Concat(Coming).Any(seat => seat.Label == label);

    /// <summary>Their seats; a label is in use from the moment its telephone is dialled.</summary>
    public List<Seat> Coming { get; } = [];

    public void Enter(Seat seat)
    {
        seat.JoinedAt = Network.Timeline.Now;
        Seats.Add(seat);
        seat.Call.Seat = seat;
        Updated = Network.Timeline.Now;
        Network.Ledger.Write("joined", seat.Call, ("room", Name), ("conference", Sid), ("label", seat.Label));
        _events.Participant(this, "participant-join", seat);
        if (Seats.Count >= 2 && Seats.Exists(s => s.StartOnEnter) && Move(ConferenceEvent.Started))
            Start();
        else if (State == ConferenceState.Init)
            ConferenceMusic.Wait(seat);
        if (seat.Beep && Active)
            Beep();
        Recount();
    }

    public override void Leave(Seat seat, string reason) => Leave(seat, reason, kicked: false);

    public void Leave(Seat seat, string reason, bool kicked)
    {
        if (!Seats.Remove(seat))
            return;
        ConferenceMusic.Stop(seat);
        Disconnect(seat);
        seat.Call.Seat = null;
        Updated = Network.Timeline.Now;
        Network.Ledger.Write("left", seat.Call, ("room", Name), ("conference", Sid), ("reason", reason));
        _events.Participant(this, "participant-leave", seat, ("ParticipantCallStatus", CallTable.Word(seat.Call.State)), ("ReasonParticipantLeft", reason));
        if (seat.EndOnExit && State != ConferenceState.Completed)
            End(kicked ? "participant-with-end-conference-on-exit-kicked" : "participant-with-end-conference-on-exit-left", "moderator_ended_conference", seat);
        else if (Seats.Count == 0)
            End(kicked ? "last-participant-kicked" : "last-participant-left", reason, seat);
        else
        {
            if (seat.BeepOnExit && Active)
                Beep();
            Recount();
        }

        seat.OnLeft?.Invoke(reason);
    }

    /// <summary>Ends the conference; everybody still in it leaves for the reason given.</summary>
    public void End(string why, string leaveReason, Seat? by)
    {
        if (!Move(ConferenceEvent.Ended))
            return;
        ReasonEnded = why;
        EndedByCall = by?.Call.Sid;
        Updated = Network.Timeline.Now;
        foreach (var seat in Seats.ToArray())
            Leave(seat, leaveReason);
        foreach (var recording in Recordings.ToArray())
            recording.Stop();
        _events.Conference(this, "conference-end", ("ReasonConferenceEnded", why), ("CallSidEndingConference", by?.Call.Sid),
            ("ParticipantLabelEndingConference", by?.Label), ("Reason", $"Conference ended: {why}"));
        Network.Ledger.Write("conference-ended", by?.Call, ("room", Name), ("conference", Sid), ("reason", why));
        Network.Conferences.Ended(this);
    }

    /// <summary>A participant that was dialled never joined. Nobody else here or on the way: the conference is over.</summary>
    public void AddFailed(Seat seat)
    {
        if (State == ConferenceState.Completed)
            return;
        _events.Participant(this, "participant-leave", seat, ("ParticipantCallStatus", CallTable.Word(seat.Call.State)), ("ReasonParticipantLeft", "participant_add_failed"));
        if (Seats.Count == 0 && Expected == 0)
            End("last-participant-left", "participant_add_failed", seat);
    }

    private bool Move(ConferenceEvent happened)
    {
        if (ConferenceTable.After(State, happened) is not { } next)
            return false;
        State = next;
        return true;
    }

    public void Mute(Seat seat, bool muted)
    {
        if (seat.Muted == muted)
            return;
        seat.Muted = muted;
        _events.Participant(this, muted ? "participant-mute" : "participant-unmute", seat);
        Recount();
    }

    public void Hold(Seat seat, bool hold)
    {
        if (seat.Hold == hold)
            return;
        seat.Hold = hold;
        _events.Participant(this, hold ? "participant-hold" : "participant-unhold", seat);
        if (hold)
            ConferenceMusic.Hold(seat);
        else
            ConferenceMusic.Stop(seat);
        Recount();
    }

    /// <summary>A change of coaching, of the exit rule, the exit beep or the waiting music.</summary>
    public void Modify(Seat seat, Action<Seat> change)
    {
        change(seat);
        _events.Participant(this, "participant-modify", seat);
        Recount();
    }

    /// <summary>Plays a document to everybody, or to one leg.</summary>
    public void Announce(string url, string method, Seat? only)
    {
        var listeners = only is null ? Seats.ToArray() : [only];
        var announced = false;
        var witness = only is null ? listeners.FirstOrDefault()?.Call : null;
        _announcedTo = witness;
        foreach (var seat in listeners)
        {
            ConferenceMusic.Announce(seat, url, method, failed =>
            {
                if (announced)
                    return;
                announced = true;
                if (ReferenceEquals(_announcedTo, witness))
                    _announcedTo = null;
                _events.Participant(this, failed is null ? "announcement-end" : "announcement-fail", seat, ("AnnounceUrl", url), ("ReasonAnnouncementFailed", failed));
            });
        }
    }

    /// <summary>An announcement to everybody is recorded once; music and an announcement to one leg are not the room's.</summary>
    public override void Heard(Call listener, Audible sound)
    {
        if (ReferenceEquals(listener, _announcedTo))
            Mix(sound);
    }

    protected override void Mix(Audible sound)
    {
        foreach (var recording in Recordings)
            recording.Take(sound, Side.Near);
    }

    protected override void Speaking(Seat seat, Speech speech)
    {
        if (Callback is not { } callback || !callback.Events.Contains("speaker"))
            return; // nobody listens for who speaks, and the events are not numbered
        _events.Participant(this, "participant-speech-start", seat);
        seat.Call.Later(Utterance.Say(speech.Text, "en-US").Seconds, () =>
        {
            if (Seats.Contains(seat))
                _events.Participant(this, "participant-speech-stop", seat);
        });
    }

    private void Start()
    {
        foreach (var seat in Seats)
            ConferenceMusic.Stop(seat);
        _events.Conference(this, "conference-start");
        Network.Ledger.Write("conference-started", null, ("room", Name), ("conference", Sid));
        Record?.StartOn(this);
    }

    private void Beep()
    {
        var beep = new Utterance(UtteranceKind.Beep, "[beep]", "en-US", 0.4);
        foreach (var seat in Seats.Where(s => !s.Hold))
            seat.Call.Hear(beep);
        Mix(new Audible(beep.Seconds));
    }
}
