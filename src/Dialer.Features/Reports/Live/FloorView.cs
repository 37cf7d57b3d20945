using Dialer.Core.Pacing;
using NodaTime;

namespace Dialer.Features.Reports;

public sealed record FloorView(
    Instant At, ClockView Clock, IReadOnlyList<AgentView> Agents, IReadOnlyList<CampaignView> Campaigns, TotalsView Totals, LinesView Lines, IReadOnlyList<AlertView> Alerts,
    IReadOnlyDictionary<string, double> Targets)
{
    /// <summary>With the agents of one team; null: of all, and the empty name: of none.</summary>
    public FloorView SeenBy(string? team) => team is null ? this : this with { Agents = [.. Agents.Where(agent => team.Length > 0 && agent.Team == team)] };
}

public sealed record ClockView(Instant Now, double Speed, bool Simulated);

public sealed class AgentView
{
    public long Id { get; init; }

    public string Name { get; init; } = "";

    public string Team { get; init; } = "";

    public string State { get; init; } = "";

    public Instant Since { get; init; }

    public Instant? Until { get; init; }

    public string? Campaign { get; init; }

    public string? Reason { get; init; }

    public bool Softphone { get; init; }
}

public sealed record SumView(long Count, decimal Amount);

public sealed record PaceView(int Dials, double Tau, double Loss, IReadOnlyList<PacingReason> Reasons, string BindingLimit);

public sealed record CampaignView(
    long Id, string Name, string Mode, string? ModeInForce, string State, int Agents, long LinesInFlight, long Ringing, long Talking, long Ivr, long Attempts, long AnsweredLive, long Machines,
    long Busy, long NoAnswer, long Failed, long Bridged, long Abandoned, double AbandonmentRate, decimal AbandonCap, long Denied, long Ready, SumView Promises, SumView Payments, PaceView? Pace, int? CallsADay = null);

public sealed record TotalsView(
    long Attempts, long AnsweredLive, long Bridged, long Abandoned, double AbandonmentRate, SumView Promises, SumView Payments, long Denied, IReadOnlyDictionary<string, long> DeniedByReason);

public sealed record LinesView(long InFlight, long Ringing, long Talking, long Ivr, double Cps);

public sealed class AlertView
{
    /// <summary>Null: not a row, but what this node sees by itself.</summary>
    public long? Id { get; init; }

    public string Level { get; init; } = "";

    public string Code { get; init; } = "";

    public string Text { get; init; } = "";

    public Instant Since { get; init; }

    /// <summary>"campaign/7", "floor", "attempt/12": what it is about.</summary>
    public string Subject { get; init; } = "";

    public string? Owner { get; init; }

    public string? TakenBy { get; init; }

    public Instant? TakenAt { get; init; }

    public Instant? ClosedAt { get; init; }

    public string? ClosedBy { get; init; }
}
