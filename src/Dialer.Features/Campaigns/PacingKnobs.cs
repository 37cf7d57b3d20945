using Dialer.Core.Pacing;

namespace Dialer.Features.Campaigns;

/// <summary>What a supervisor may change of a campaign's pacing while it runs.</summary>
public sealed record PacingKnobs(
    PacingMode Mode, decimal AbandonCap, int AbandonWindowDays, int RingSeconds, decimal LinesPerAgentMax, decimal PowerRatio, int MaxLines, int WrapUpSeconds, AmdMode MachineDetection, int Priority, decimal Share)
{
    public static PacingKnobs Of(Campaign campaign) => new(
        campaign.Mode, campaign.AbandonCap, campaign.AbandonWindowDays, campaign.RingSeconds, campaign.LinesPerAgentMax, campaign.PowerRatio, campaign.MaxLines, campaign.WrapUpSeconds,
        campaign.MachineDetection, campaign.Priority, campaign.Share);

    /// <summary>Bounds as shown beside each knob; the law's are not the supervisor's to move.</summary>
    public static IReadOnlyList<KnobBound> Bounds { get; } =
    [
        new("abandonCap", 0.001m, 0.03m, "47 CFR 64.1200(a)(7): at most 3 % of live answers a campaign and 30 days"),
        new("abandonWindowDays", 1, 30, "47 CFR 64.1200(a)(7): a shorter window is stricter"),
        new("ringSeconds", 15, 60, "16 CFR 310.4(b)(4)(ii): at least 15 seconds or four rings"),
        new("linesPerAgentMax", 1, 20, null),
        new("powerRatio", 1, 5, null),
        new("maxLines", 1, 5000, null),
        new("wrapUpSeconds", 5, 900, null),
        new("priority", 0, 100, null),
        new("share", 0.1m, 100, null),
    ];

    /// <summary>Every fault, by the name of its knob; empty when these knobs may be set.</summary>
    public IReadOnlyDictionary<string, string[]> Faults()
    {
        var values = new Dictionary<string, decimal>
        {
            ["abandonCap"] = AbandonCap, ["abandonWindowDays"] = AbandonWindowDays, ["ringSeconds"] = RingSeconds, ["linesPerAgentMax"] = LinesPerAgentMax, ["powerRatio"] = PowerRatio,
            ["maxLines"] = MaxLines, ["wrapUpSeconds"] = WrapUpSeconds, ["priority"] = Priority, ["share"] = Share,
        };
        return Bounds.Where(bound => values[bound.Knob] < bound.Min || values[bound.Knob] > bound.Max)
            .ToDictionary(bound => bound.Knob, bound => new[] { $"{bound.Knob} must be between {bound.Min} and {bound.Max}{(bound.Why is null ? "" : $" ({bound.Why})")}." });
    }
}

/// <param name="Why">The rule that sets the bound, or null where it is only sense.</param>
public sealed record KnobBound(string Knob, decimal Min, decimal Max, string? Why);
