using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using Dialer.Simulator.People;
using Dialer.Simulator.Recordings;

namespace Dialer.Simulator.Rooms;

/// <summary>Where legs hear one another: a conference or a two-party bridge. It says who is connected, and the ledger who was bridged to whom.</summary>
public abstract class Room(PhoneNetwork network)
{
    public PhoneNetwork Network => network;

    public abstract string Sid { get; }

    public abstract string Name { get; }

    public List<Seat> Seats { get; } = [];

    /// <summary>False while a conference has not started.</summary>
    public abstract bool Active { get; }

    public bool IsTalking(Call call) => Seats.Exists(s => ReferenceEquals(s.Call, call) && s.Connected);

    /// <summary>Delivers speech to everybody who can hear the speaker: all who are not on hold, or only the coached leg.</summary>
    public void Said(Call speaker, Speech speech)
    {
        if (Seats.Find(s => ReferenceEquals(s.Call, speaker)) is not { Muted: false, Hold: false } seat)
            return;
        Speaking(seat, speech);
        foreach (var listener in ListenersOf(speaker))
        {
            listener.Transcribe(speech.Text, "outbound_track");
            listener.Party?.OnSpeech(speaker, speech);
        }
    }

    /// <summary>Who hears what this leg says now; nobody, while it is muted or on hold.</summary>
    public IReadOnlyList<Call> ListenersOf(Call speaker) =>
        Seats.Find(s => ReferenceEquals(s.Call, speaker)) is { Muted: false, Hold: false } seat
            ? [.. Seats.Where(other => !ReferenceEquals(other, seat) && !other.Hold && (seat.CoachOf is null || other.Call.Sid == seat.CoachOf)).Select(other => other.Call)]
            : [];

    /// <summary>Records a leg's voice or keys with everybody who can hear it.</summary>
    public void Carry(Call speaker, Audible sound)
    {
        if (!Active || Seats.Find(s => ReferenceEquals(s.Call, speaker)) is not { Muted: false, Hold: false } seat)
            return;
        foreach (var recording in ListenersOf(speaker).SelectMany(listener => listener.Recordings))
            recording.Take(sound, Side.Far);
        if (seat.CoachOf is null)
            Mix(sound);
    }

    /// <summary>The room plays something to one leg.</summary>
    public virtual void Heard(Call listener, Audible sound)
    {
    }

    /// <summary>Everybody in the room can hear it.</summary>
    protected virtual void Mix(Audible sound)
    {
    }

    protected virtual void Speaking(Seat seat, Speech speech)
    {
    }

    public virtual void Pressed(Call call, char key)
    {
    }

    public abstract void Leave(Seat seat, string reason);

    /// <summary>Works out who is connected now, and tells the ledger and the far ends what changed.</summary>
    protected void Recount()
    {
        foreach (var seat in Seats.ToArray())
        {
            var others = Active && !seat.Hold ? Seats.Where(o => !ReferenceEquals(o, seat) && !o.Hold && CanHear(seat, o)).ToList() : [];
            if (others.Count > 0 && !seat.Connected)
            {
                seat.Connected = true;
                network.Ledger.Write("bridged", seat.Call, ("room", Name), ("conference", Sid), ("with", others.Select(o => o.Call.Sid)), ("muted", seat.Muted ? true : null));
                network.Stats.Bridged(seat, others);
                seat.Call.Party?.OnBridged(this);
            }
            else if (others.Count == 0 && seat.Connected)
                Disconnect(seat);
        }

        foreach (var seat in Seats.ToArray())
            seat.Call.Party?.OnRoomChanged(this);
    }

    protected void Disconnect(Seat seat)
    {
        if (!seat.Connected)
            return;
        seat.Connected = false;
        network.Ledger.Write("unbridged", seat.Call, ("room", Name), ("conference", Sid));
        seat.Call.Party?.OnUnbridged(this);
    }

    private static bool CanHear(Seat listener, Seat other) => !other.Muted && (other.CoachOf is null || other.CoachOf == listener.Call.Sid);
}
