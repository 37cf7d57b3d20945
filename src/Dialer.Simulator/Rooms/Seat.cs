using Dialer.Simulator.Calls;
using Dialer.Simulator.Twiml;
using NodaTime;

namespace Dialer.Simulator.Rooms;

/// <summary>One leg's place in a room.</summary>
public sealed class Seat(Room room, Call call)
{
    public Room Room => room;

    public Call Call => call;

    public Instant JoinedAt { get; set; }

    public bool Muted { get; set; }

    public bool Hold { get; set; }

    /// <summary>The leg this one whispers to; only that one hears it.</summary>
    public string? CoachOf { get; set; }

    public string? Label { get; set; }

    public bool StartOnEnter { get; init; } = true;

    public bool EndOnExit { get; set; }

    public bool Beep { get; init; } = true;

    public bool BeepOnExit { get; set; } = true;

    /// <summary>Music while waiting for the start: null is Twilio's own, empty is silence.</summary>
    public string? WaitUrl { get; set; }

    public string WaitMethod { get; set; } = "POST";

    public string? HoldUrl { get; set; }

    public string HoldMethod { get; set; } = "GET";

    /// <summary>True while somebody else can be heard by, and hears, this leg.</summary>
    public bool Connected { get; set; }

    /// <summary>The music or announcement that plays to this leg alone.</summary>
    public TwimlRun? Music { get; set; }

    /// <summary>Called once when the leg leaves, with the reason; the verb that seated it goes on from there.</summary>
    public Action<string>? OnLeft { get; init; }

    public void Leave(string reason) => room.Leave(this, reason);
}
