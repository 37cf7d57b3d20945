namespace Dialer.Core.Pacing;

/// <summary>The engine's constants: one set for every floor. They are a type so that the lab can ask what each is worth, not so that somebody tunes them by hand.</summary>
public sealed record PacingTuning
{
    /// <summary>Counted up when rules or constants change what an engine plans; <see cref="PacingMemory.Rules"/> says which a memory was learned under.</summary>
    public const int NewestRules = 1;

    public static readonly PacingTuning Default = new();

    /// <summary>The first rules: one memory of the answer rate, and an alarm for sudden change. Logs of that time are replayed with them.</summary>
    public static readonly PacingTuning First = new() { RateMemories = [], ShortWindowSteps = 0 };

    /// <summary>The constants of these rules.</summary>
    public static PacingTuning Of(int rules) => rules == 0 ? First : Default;

    /// <summary>Slowness of the budget controller in live answers: tau moves by a factor e when the account is off by 3 * cap * max(this, 6 * agents) abandoned calls.</summary>
    public double ControllerAnswers { get; init; } = 100;

    public double ControllerAnswersPerAgent { get; init; } = 6;

    /// <summary>Variance of what a short window has left, as a share of the controller's slowness. Chance in what enters the account makes it a half; what leaves the window was chance too and makes it as much again.</summary>
    public double ShortWindowNoise { get; init; } = 1;

    /// <summary>A short window is steered in steps no longer than what it may bear, divided by this: one that bears ten abandoned calls cannot wait for nine. 0: as slowly as a long one.</summary>
    public double ShortWindowSteps { get; init; } = 4;

    /// <summary>Half-lives, in dials and shortest first, of the memories of the answer rate that are weighed against each other (<see cref="AnswerMemories"/>); none: one memory and an alarm for sudden change.</summary>
    public IReadOnlyList<double> RateMemories { get; init; } = [20, 60, 240, 1920, 7680];

    /// <summary>Where dials come faster than one in so many seconds, memories go by the clock: a rate changes by the clock, and no memory needs to be shorter than a call rings.</summary>
    public double RateDialSeconds { get; init; } = 2;

    /// <summary>Of the weight of all memories, the share that each dial deals out evenly: how often the answer rate is presumed to change suddenly.</summary>
    public double RateShare { get; init; } = 0.008;

    /// <summary>Standard deviation, relative to the answer rate, of what answers have in common within half a minute beyond what is known.</summary>
    public double SharedDeviation { get; init; } = 0.06;

    /// <summary>Abandoned calls that the forecast's calibration presumes to have gone as promised.</summary>
    public double PriorAbandoned { get; init; } = 8;

    /// <summary>The forecast's calibration raises tau by no more than this factor: what a very small floor wants beyond it, its account has to ask for.</summary>
    public double MostCalibration { get; init; } = 1.6;

    /// <summary>Resolved dials after which a start is no longer cold.</summary>
    public int ColdDials { get; init; } = 30;
}
