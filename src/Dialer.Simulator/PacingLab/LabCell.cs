using System.Text.Json.Serialization;
using Dialer.Core.Pacing;

namespace Dialer.Simulator.PacingLab;

/// <summary>From this second of the day on, this factor multiplies the answer rate.</summary>
public readonly record struct RateStep(double AtSeconds, double Factor);

/// <summary>From this second of the day on, so many agents are signed in; those too many leave when their call and wrap-up end.</summary>
public readonly record struct RosterStep(double AtSeconds, int Agents);

/// <summary>The law of the model floor: realistic times, or the phase-type ones for which the optimum is known exactly.</summary>
public enum FloorLaw
{
    Realistic = 0,

    /// <summary>Set-up and ringing in phases, exponential talk, wrap-up none, exponential patience: the floor of <see cref="SmallFloorOptimum"/>.</summary>
    Markov,
}

/// <summary>One scenario of the lab: a floor, its people and its weather.</summary>
public sealed record LabCell
{
    public required string Name { get; init; }

    public int Agents { get; init; } = 10;

    /// <summary>Chance that a person answers a dial.</summary>
    public double AnswerRate { get; init; } = 0.2;

    /// <summary>Of the dials that no person answers, the share that a machine answers.</summary>
    public double MachineOfRest { get; init; } = 0.2;

    /// <summary>Of the dials that no person answers, the share that is busy or fails early.</summary>
    public double FailOfRest { get; init; } = 0.04;

    public double TalkMean { get; init; } = 150;

    public double TalkCv { get; init; } = 1;

    /// <summary>When above 0: this share of conversations are wrong parties and hang-ups of about 40 s, and the rest negotiations of about 290 s.</summary>
    public double ShortTalkShare { get; init; }

    public double WrapMean { get; init; } = 25;

    public double RingMean { get; init; } = 9;

    public double RingTimeout { get; init; } = 25;

    /// <summary>Seconds a live answer may wait for an agent.</summary>
    public double Hold { get; init; } = 2;

    public double Cap { get; init; } = 0.03;

    /// <summary>Calls per second; 0 means no limit.</summary>
    public int CallsPerSecond { get; init; }

    public AmdMode Amd { get; init; } = AmdMode.Sync;

    /// <summary>Mean seconds until the verdict on a pick-up.</summary>
    public double AmdDelay { get; init; }

    /// <summary>Chance that a machine is taken for a person: an agent hears it for 8 s.</summary>
    public double AmdMiss { get; init; }

    public double HoursPerDay { get; init; } = 8;

    public IReadOnlyList<RateStep> Rates { get; init; } = [];

    public IReadOnlyList<RosterStep> Roster { get; init; } = [];

    /// <summary>Standard deviation of a slow common movement of the answer rate's logit (AR(1), 10 minutes).</summary>
    public double CommonDeviation { get; init; }

    /// <summary>Seconds of the day between which every dial fails early; equal numbers mean no outage.</summary>
    public double OutageFrom { get; init; }

    public double OutageTo { get; init; }

    /// <summary>Callers in who want one of these agents, a minute (Poisson). They talk as those dialled do, wait as long as it takes, and are served after answered calls, whose people cannot wait.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double InboundPerMinute { get; init; }

    /// <summary>Numbers a day; 0 means as many as wanted.</summary>
    public int ListStock { get; init; }

    public FloorLaw Law { get; init; }

    public double HandleMean => TalkMean + WrapMean;

    public double RateFactor(double seconds)
    {
        var factor = 1d;
        for (var i = 0; i < Rates.Count; i++)
        {
            if (Rates[i].AtSeconds <= seconds)
                factor = Rates[i].Factor;
        }

        return factor;
    }
}
