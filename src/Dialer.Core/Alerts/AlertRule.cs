using NodaTime;

namespace Dialer.Core.Alerts;

/// <summary>When a measured value is worth a person's attention, and when no more. Two thresholds and two times keep a value that trembles at one of them from ringing again and again.</summary>
/// <param name="RaiseAt">The alert rises while the value is here or beyond.</param>
/// <param name="ClearAt">It falls while the value is here or on the good side: not above <paramref name="RaiseAt"/> when <paramref name="Above"/>, else not below.</param>
/// <param name="RaiseAfter">How long without a break the value must be bad before anybody is called.</param>
/// <param name="ClearAfter">How long without a break it must be good before the alert ends.</param>
/// <param name="Above">True: high values are bad.</param>
public sealed record AlertRule(double RaiseAt, double ClearAt, Duration RaiseAfter, Duration ClearAfter, bool Above = true)
{
    private static readonly Duration Longest = Duration.FromHours(4);

    /// <summary>Every fault in words; empty when the rule makes sense.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        if (!double.IsFinite(RaiseAt) || !double.IsFinite(ClearAt))
            faults.Add("The thresholds must be numbers.");
        else if (Above ? ClearAt > RaiseAt : ClearAt < RaiseAt)
            faults.Add("An alert must clear on the good side of where it is raised.");
        if (RaiseAfter < Duration.Zero || RaiseAfter > Longest || ClearAfter < Duration.Zero || ClearAfter > Longest)
            faults.Add("The times lie between 0 seconds and 4 hours.");
        return faults;
    }

    internal bool IsBad(double value) => Above ? value >= RaiseAt : value <= RaiseAt;

    internal bool IsGood(double value) => Above ? value <= ClearAt && !IsBad(value) : value >= ClearAt && !IsBad(value);
}

public enum AlertPhase
{
    Quiet,

    /// <summary>Bad, but not yet for long enough.</summary>
    Rising,
    Raised,

    /// <summary>Raised and good again, but not yet for long enough.</summary>
    Clearing,
}

/// <param name="Since">When this phase began.</param>
/// <param name="RaisedAt">When the alert that is up was raised; null while none is.</param>
public readonly record struct AlertState(AlertPhase Phase, Instant Since, Instant? RaisedAt)
{
    public bool IsUp => Phase is AlertPhase.Raised or AlertPhase.Clearing;
}

/// <summary>Moves one alert: rule + state + value + now to the next state.</summary>
public static class AlertMachine
{
    public static AlertState Quiet(Instant now) => new(AlertPhase.Quiet, now, null);

    /// <param name="value">Null: nothing is known. A rising alert starts over, one that is up stays up: silence is no good news.</param>
    public static AlertState Apply(AlertRule rule, AlertState state, double? value, Instant now)
    {
        var bad = value is { } high && rule.IsBad(high);
        var good = value is { } low && rule.IsGood(low);
        return state.Phase switch
        {
            AlertPhase.Quiet when bad => Settle(rule, new AlertState(AlertPhase.Rising, now, null), now),
            AlertPhase.Rising when bad => Settle(rule, state, now),
            AlertPhase.Rising => Quiet(now),
            AlertPhase.Raised when good => Settle(rule, state with { Phase = AlertPhase.Clearing, Since = now }, now),
            AlertPhase.Clearing when good => Settle(rule, state, now),
            AlertPhase.Clearing => state with { Phase = AlertPhase.Raised, Since = now },
            _ => state,
        };
    }

    private static AlertState Settle(AlertRule rule, AlertState state, Instant now) => state.Phase switch
    {
        AlertPhase.Rising when now - state.Since >= rule.RaiseAfter => new AlertState(AlertPhase.Raised, now, now),
        AlertPhase.Clearing when now - state.Since >= rule.ClearAfter => Quiet(now),
        _ => state,
    };
}
