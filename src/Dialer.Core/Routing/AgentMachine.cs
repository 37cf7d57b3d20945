using NodaTime;
using static Dialer.Core.Routing.AgentState;

namespace Dialer.Core.Routing;

public enum AgentState
{
    Offline,

    /// <summary>May be given a call.</summary>
    Available,

    /// <summary>Promised to one answered call that is being joined to the agent's conference.</summary>
    Reserved,
    OnCall,

    /// <summary>After-call work, ended by a disposition or by its end time.</summary>
    WrapUp,

    /// <summary>Not to be given calls, for the reason the agent named.</summary>
    Break,

    /// <summary>The desk's heartbeat or the softphone leg is gone; healed when both are back.</summary>
    NotResponding,
}

/// <summary>One signed-in agent. <paramref name="Intent"/> is the state asked for while a call keeps the agent; it is kept until the call and its wrap-up are over.</summary>
/// <param name="Until">When the state ends by itself: a reservation that never joins, wrap-up. Null: it does not.</param>
/// <param name="Extended">This wrap-up has been given more time; it is given only once.</param>
/// <param name="SoftphoneConnected">The conference leg is up. Without it nobody is Available.</param>
public sealed record Agent(
    AgentState State,
    Instant Since,
    Instant? Until = null,
    AgentState? Intent = null,
    string? Reason = null,
    AttemptId? Attempt = null,
    bool SoftphoneConnected = false,
    bool Extended = false)
{
    public static Agent SignedOut(Instant at) => new(Offline, at);
}

/// <summary>Something the agent, the telephone or the clock did.</summary>
public abstract record AgentEvent
{
    private AgentEvent()
    {
    }

    public sealed record SignedIn : AgentEvent;

    /// <summary>The agent asks; the server decides.</summary>
    public sealed record Requested(AgentState State, string? Reason) : AgentEvent;

    public sealed record Reserve(AttemptId Attempt, Instant Until) : AgentEvent;

    public sealed record Joined(AttemptId Attempt) : AgentEvent;

    /// <summary>The call is over. Zero <paramref name="WrapUp"/> (a machine answered): straight back to work.</summary>
    public sealed record CallEnded(AttemptId Attempt, Duration WrapUp) : AgentEvent;

    public sealed record Disposed(AttemptId Attempt) : AgentEvent;

    /// <summary>The agent needs longer for this wrap-up.</summary>
    public sealed record Extend(Duration By) : AgentEvent;

    /// <summary>The state's end time has passed.</summary>
    public sealed record TimedOut : AgentEvent;

    public sealed record SoftphoneUp : AgentEvent;

    public sealed record SoftphoneDown : AgentEvent;

    public sealed record HeartbeatLost : AgentEvent;

    public sealed record HeartbeatBack : AgentEvent;
}

/// <summary>The agent's states.</summary>
/// <remarks>
/// <code>
/// from \ event   Requested            Reserve   Joined  CallEnded        Disposed/TimedOut   HeartbeatLost / SoftphoneDown
/// Offline        Break or Available*  -         -       -                -                   -
/// Available      at once              Reserved  -       -                -                   NotResponding
/// Reserved       intent               -         OnCall  WrapUp or rest   back to rest        intent kept, reservation runs out
/// OnCall         intent               -         -       WrapUp or rest   -                   stays: the leg decides when the call ends
/// WrapUp         intent               -         -       -                rest                stays until it ends, then NotResponding
/// Break          at once              -         -       -                -                   NotResponding
/// NotResponding  Offline, Break       -         -       -                -                   -
/// </code>
/// "rest" is the intent where there is one, else Available. * Available needs the softphone; until it is up the agent is on a Break with reason "softphone".
/// A refused event returns null: the state is not changed.
/// </remarks>
public static class AgentMachine
{
    public const string SoftphoneReason = "softphone";

    public static Agent? Apply(Agent agent, AgentEvent happened, Instant now) => (happened, agent.State) switch
    {
        (AgentEvent.SignedIn, Offline) => Enter(agent, Break, now, SoftphoneReason) with { Intent = null },
        (AgentEvent.Requested { State: Offline or Available or Break } e, OnCall or Reserved or WrapUp) =>
            agent with { Intent = e.State == Available ? null : e.State, Reason = e.State == Available ? null : e.Reason },
        (AgentEvent.Requested { State: Available }, Break or NotResponding) => Rest(agent with { Intent = null }, now),
        (AgentEvent.Requested { State: Break } e, Available or Break or NotResponding) => Enter(agent, Break, now, e.Reason),
        (AgentEvent.Requested { State: Offline } e, Available or Break or NotResponding) => Enter(agent, Offline, now, e.Reason),
        (AgentEvent.Reserve e, Available) => Enter(agent, Reserved, now, null) with { Attempt = e.Attempt, Until = e.Until },
        (AgentEvent.Joined e, Reserved) when agent.Attempt == e.Attempt => Enter(agent, OnCall, now, agent.Reason) with { Attempt = e.Attempt, Intent = agent.Intent },
        (AgentEvent.CallEnded e, Reserved or OnCall) when agent.Attempt == e.Attempt => AfterCall(agent, e, now),
        (AgentEvent.Disposed e, WrapUp) when agent.Attempt == e.Attempt => Rest(agent, now),
        (AgentEvent.Extend e, WrapUp) when !agent.Extended && agent.Until is { } until && until > now => agent with { Until = until + e.By, Extended = true },
        (AgentEvent.TimedOut, WrapUp or Reserved) when agent.Until <= now => Rest(agent, now),
        (AgentEvent.SoftphoneUp, _) when !agent.SoftphoneConnected => SoftphoneBack(agent with { SoftphoneConnected = true }, now),
        (AgentEvent.SoftphoneDown, Available or Break) => Enter(agent with { SoftphoneConnected = false }, NotResponding, now, SoftphoneReason),
        (AgentEvent.SoftphoneDown, _) when agent.SoftphoneConnected => agent with { SoftphoneConnected = false },
        (AgentEvent.HeartbeatLost, Available or Break) => Enter(agent, NotResponding, now, "heartbeat"),
        (AgentEvent.HeartbeatBack, NotResponding) when agent.SoftphoneConnected => Rest(agent with { Intent = null }, now),
        _ => null,
    };

    private static Agent AfterCall(Agent agent, AgentEvent.CallEnded e, Instant now) =>
        e.WrapUp > Duration.Zero && agent.State == OnCall
            ? Enter(agent, WrapUp, now, agent.Reason) with { Attempt = e.Attempt, Until = now + e.WrapUp, Intent = agent.Intent }
            : Rest(agent, now);

    /// <summary>Where an agent goes when nothing holds him: the intent, else Available if the telephone is there.</summary>
    private static Agent Rest(Agent agent, Instant now) => agent switch
    {
        { Intent: { } intent } => Enter(agent, intent, now, agent.Reason),
        { SoftphoneConnected: true } => Enter(agent, Available, now, null),
        _ => Enter(agent, NotResponding, now, SoftphoneReason),
    };

    private static Agent SoftphoneBack(Agent agent, Instant now) =>
        agent is { State: Break or NotResponding, Reason: SoftphoneReason } ? Rest(agent with { Intent = null }, now) : agent;

    private static Agent Enter(Agent agent, AgentState state, Instant now, string? reason) =>
        new(state, now, null, null, reason, null, agent.SoftphoneConnected && state != Offline);
}
