using System.Text.Json.Serialization;
using Dialer.Core.Pacing;
using Dialer.Core.Recycling;
using NodaTime;

namespace Dialer.Features.Campaigns;

/// <summary>A row of <c>campaign</c>. The knobs are the supervisor's: they live here, with an audit row for each change, not in configuration.</summary>
public sealed class Campaign
{
    public const string Columns =
        """
        campaign_id, name, client_id, mode, state, purpose, from_e164, ring_seconds, machine_detection, machine_treatment, no_agent_treatment, abandon_cap, abandon_window_days,
        lines_per_agent_max, power_ratio, max_lines, max_attempts, retry_minutes, wrap_up_seconds, opens_cron, closes_cron, zone, skills, teams, needs, created_at, updated_at, version, lineage_id, priority, share,
        cadence::text as cadence_text, caller_id_pool_id, holidays, calls_a_day
        """;

    public long CampaignId { get; init; }

    public string Name { get; init; } = "";

    public long ClientId { get; init; }

    public PacingMode Mode { get; init; }

    public CampaignState State { get; init; }

    public string Purpose { get; init; } = "Collect";

    public string FromE164 { get; init; } = "";

    /// <summary>Seconds before an unanswered call is given up; 15 is the least (16 CFR 310.4(b)(4)(ii), kept as house policy).</summary>
    public int RingSeconds { get; init; }

    public AmdMode MachineDetection { get; init; }

    public string MachineTreatment { get; init; } = "";

    public string NoAgentTreatment { get; init; } = "";

    public decimal AbandonCap { get; init; }

    public int AbandonWindowDays { get; init; }

    public decimal LinesPerAgentMax { get; init; }

    public decimal PowerRatio { get; init; }

    public int MaxLines { get; init; }

    public int MaxAttempts { get; init; }

    public int RetryMinutes { get; init; }

    public int WrapUpSeconds { get; init; }

    public string OpensCron { get; init; } = "";

    public string ClosesCron { get; init; } = "";

    public string Zone { get; init; } = "";

    public string[] Skills { get; init; } = [];

    /// <summary>The teams that serve this campaign; none: every team does.</summary>
    public string[] Teams { get; init; } = [];

    /// <summary>What an agent must have to be given one of this campaign's answered calls: its skills, outbound work, and its teams' word where it names teams.</summary>
    public string[] Needs { get; init; } = [];

    public Instant CreatedAt { get; init; }

    public Instant UpdatedAt { get; init; }

    public int Version { get; init; }

    /// <summary>The campaign whose abandonment account this one goes on with; null: its own.</summary>
    public long? LineageId { get; init; }

    /// <summary>Higher is served first from agents that several campaigns share.</summary>
    public int Priority { get; init; }

    /// <summary>Weight among campaigns of one priority.</summary>
    public decimal Share { get; init; } = 1;

    [JsonIgnore]
    public string? CadenceText { get; init; }

    /// <summary>When its leads may be tried again. A campaign without a matrix has one delay.</summary>
    /// <remarks>A method, so that no query takes it for a parameter.</remarks>
    public Cadence CadenceInForce() => CadenceText is { } text ? CadenceJson.Read(text) : Cadence.Of(RetryMinutes, MaxAttempts);

    /// <summary>The pool of our numbers from which each person is shown one; null: <see cref="FromE164"/> alone.</summary>
    public long? CallerIdPoolId { get; init; }

    /// <summary>A calendar on whose days the schedule does not open it, "US"; empty: none.</summary>
    public string Holidays { get; init; } = "";

    /// <summary>Calls it may spend on a day of its zone; null: as many as it can make.</summary>
    public int? CallsADay { get; init; }

    /// <summary>
    /// Dialling with this campaign may play a recorded or synthesised voice to the called person: an IVR, an abandonment message, a voicemail drop.
    /// Then artificial-voice consent is asked for (47 CFR 64.1200(a)(1)(iii)).
    /// </summary>
    public bool UsesArtificialVoice =>
        Mode == PacingMode.Agentless || MachineTreatment == "LimitedContentMessage" || (Mode is PacingMode.Predictive or PacingMode.Power && NoAgentTreatment != "HangUp");

    /// <summary>This campaign with other knobs, stored nowhere.</summary>
    public Campaign Under(PacingKnobs knobs) => new()
    {
        CampaignId = CampaignId,
        Mode = knobs.Mode,
        RingSeconds = knobs.RingSeconds,
        MachineDetection = knobs.MachineDetection,
        AbandonCap = knobs.AbandonCap,
        AbandonWindowDays = knobs.AbandonWindowDays,
        LinesPerAgentMax = knobs.LinesPerAgentMax,
        PowerRatio = knobs.PowerRatio,
        MaxLines = knobs.MaxLines,
        WrapUpSeconds = knobs.WrapUpSeconds,
    };

    /// <param name="highestRate">What the policy in force lets any campaign abandon; the campaign's own cap counts where it is lower.</param>
    public PacingPolicy Pacing(double highestRate = 1) => new()
    {
        Mode = Mode,
        Ratio = (double)PowerRatio,
        AgentlessLines = Mode == PacingMode.Agentless ? MaxLines : 0,
        Budget = new AbandonmentBudget(Math.Min((double)AbandonCap, highestRate), WindowHours: AbandonWindowDays * 24),
        Amd = MachineDetection,
        RingTimeoutSeconds = RingSeconds,
        MaxLinesPerAgent = (double)LinesPerAgentMax,
    };
}

public enum CampaignState
{
    Draft,

    /// <summary>Waits for its schedule to open it.</summary>
    Scheduled,
    Open,

    /// <summary>Stopped by a person; the schedule does not open it.</summary>
    Paused,
    Closed,
}
