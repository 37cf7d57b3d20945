using NodaTime;

namespace Dialer.Core.Pacing;

/// <summary>What the watchdog remembers of a campaign: since when agents have stood idle with no call under way, and since when a plan has been waiting for its calls.</summary>
public readonly record struct WatchdogState(Instant? IdleSince, Instant? UnsentSince, Instant? DecidedAt);

/// <summary>Says "should have dialled, did not, because".</summary>
public static class PacingWatchdog
{
    /// <summary>Idle agents and no call in flight for so long is worth a word.</summary>
    public static readonly Duration IdleLimit = Duration.FromSeconds(10);

    /// <summary>Planned calls that are still not started after so long.</summary>
    public static readonly Duration UnsentLimit = Duration.FromSeconds(3);

    /// <summary>No decision for so long means that the campaign has no leader.</summary>
    public static readonly Duration SilenceLimit = Duration.FromSeconds(5);

    /// <param name="started">Calls started since the decision before this one.</param>
    public static (WatchdogState State, PacingReason? Alarm) Watch(WatchdogState state, PacingPlan plan, int started, Instant now)
    {
        var standing = plan is { Idle: > 0, InFlight: 0, Dials: 0 } && plan.Bound is not PacingBound.Mode;
        var idleSince = standing ? state.IdleSince ?? now : (Instant?)null;
        var unsentSince = plan.Dials > 0 && started == 0 ? state.UnsentSince ?? now : (Instant?)null;
        var next = new WatchdogState(idleSince, unsentSince, now);
        if (unsentSince is { } unsent && now - unsent >= UnsentLimit)
            return (next, new("NOT_SENT", $"Should have dialled {plan.Dials}, did not, because no planned call has been sent for {(now - unsent).TotalSeconds:0} s."));
        if (idleSince is { } idle && now - idle >= IdleLimit)
            return (next, new("NOT_DIALLED", $"Should have dialled for {plan.Idle} idle agents, did not for {(now - idle).TotalSeconds:0} s, because: {plan.Reasons[0].Text}"));
        return (next, null);
    }

    /// <summary>For a caller who is not the leader.</summary>
    public static PacingReason? Silence(WatchdogState state, Instant now) =>
        state.DecidedAt is { } last && now - last >= SilenceLimit
            ? new("NO_DECISION", $"No pacing decision for {(now - last).TotalSeconds:0} s: the campaign has no leader.")
            : null;
}
