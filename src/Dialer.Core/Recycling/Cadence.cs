using System.Collections.Immutable;
using NodaTime;

namespace Dialer.Core.Recycling;

/// <summary>How a call ended, as far as it bears on when to try again.</summary>
public enum CadenceOutcome
{
    NoAnswer,
    Busy,
    Machine,

    /// <summary>A person answered and met nobody in time.</summary>
    Abandoned,

    /// <summary>A person answered and was served.</summary>
    Answered,

    /// <summary>The carrier could not complete the call.</summary>
    Failed,
}

/// <summary>In which part of the person's day the next try may fall.</summary>
public enum PartChoice
{
    Any,
    Morning,
    Afternoon,
    Evening,

    /// <summary>Not the part in which this call was made: whoever is out at ten is out at eleven too.</summary>
    Other,
    Same,
}

/// <summary>One line of the matrix: after this outcome of attempts <paramref name="FromAttempt"/> to <paramref name="ToAttempt"/>, wait so long and try in that part of the day.</summary>
/// <param name="Outcome">Null: every outcome.</param>
/// <param name="FromAttempt">From 1: the number of the attempt that has just ended.</param>
/// <param name="ToAttempt">Included; null: and all after it.</param>
/// <param name="DelayMinutes">Minutes from the end of the call, 0 to 43,200 (30 days).</param>
/// <param name="Stop">No further try: the lead leaves the list.</param>
public sealed record CadenceRule(CadenceOutcome? Outcome, int FromAttempt, int? ToAttempt, int DelayMinutes, PartChoice Part = PartChoice.Any, bool Stop = false)
{
    public bool Matches(CadenceOutcome outcome, int attempt) => (Outcome is null || Outcome == outcome) && attempt >= FromAttempt && (ToAttempt is null || attempt <= ToAttempt);
}

/// <summary>A call of a lead that has ended. <paramref name="Zone"/> is the person's; <paramref name="Today"/> counts this campaign's calls to the lead on that local day, this one included.</summary>
public sealed record EndedTry(CadenceOutcome Outcome, int Attempt, int Today, Instant EndedAt, DateTimeZone Zone);

/// <summary>What comes next for a lead: not before an instant and only in these parts of the day, or nothing more.</summary>
/// <param name="Rule">The line of the matrix that said so; null where none matched.</param>
/// <param name="Why">"cadence", "day" (enough for this day), "attempts" (enough for this campaign) or "stop".</param>
public sealed record CadenceStep(Instant? NotBefore, DayParts Parts, CadenceRule? Rule, string Why)
{
    public bool Ends => NotBefore is null;
}

/// <summary>
/// When a lead may be tried again: a matrix of outcome x attempt x delay x part of day, as a campaign's own data. It is patience, not law: the law is asked anew at each dial,
/// and of the two the later instant holds (<see cref="Earliest"/>).
/// </summary>
/// <remarks>The first line that matches decides. An outcome that no line names waits a day.</remarks>
public sealed record Cadence
{
    public const int LongestDelayMinutes = 43_200;
    public const int MostRules = 100;
    private static readonly Duration Unnamed = Duration.FromDays(1);

    public required ImmutableArray<CadenceRule> Rules { get; init; }

    /// <summary>Calls to one lead over the campaign's life, 1 to 200.</summary>
    public required int MaxAttempts { get; init; }

    /// <summary>Calls to one lead on one day of the person's calendar, 1 to 20.</summary>
    public required int MaxAttemptsADay { get; init; }

    /// <summary>The one delay of a campaign that has no matrix: busy soon again, a person or a dead line tomorrow, everything else after <paramref name="retryMinutes"/>.</summary>
    public static Cadence Of(int retryMinutes, int maxAttempts) => new()
    {
        Rules =
        [
            new CadenceRule(CadenceOutcome.Busy, 1, null, Math.Min(30, retryMinutes)),
            new CadenceRule(CadenceOutcome.Failed, 1, null, 1440),
            new CadenceRule(CadenceOutcome.Answered, 1, null, 1440),
            new CadenceRule(CadenceOutcome.Abandoned, 1, null, 1440),
            new CadenceRule(null, 1, null, retryMinutes),
        ],
        MaxAttempts = maxAttempts,
        MaxAttemptsADay = 20,
    };

    /// <summary>Every fault in words; empty when this matrix may be used.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        if (MaxAttempts is < 1 or > 200)
            faults.Add("maxAttempts must be between 1 and 200.");
        if (MaxAttemptsADay is < 1 or > 20)
            faults.Add("maxAttemptsADay must be between 1 and 20.");
        if (Rules.IsDefault || Rules.Length > MostRules)
            faults.Add($"A matrix has at most {MostRules} lines.");
        foreach (var (rule, line) in (Rules.IsDefault ? [] : Rules).Select((rule, i) => (rule, i + 1)))
        {
            if (rule.FromAttempt < 1 || rule.ToAttempt < rule.FromAttempt)
                faults.Add($"Line {line}: attempts count from 1, and the last must not lie before the first.");
            if (rule.DelayMinutes is < 0 or > LongestDelayMinutes)
                faults.Add($"Line {line}: the delay must be between 0 and {LongestDelayMinutes} minutes.");
            if (!Enum.IsDefined(rule.Part) || (rule.Outcome is { } outcome && !Enum.IsDefined(outcome)))
                faults.Add($"Line {line}: there is no such outcome or part of the day.");
        }

        return faults;
    }

    public CadenceStep Next(EndedTry ended)
    {
        var rule = Rules.FirstOrDefault(line => line.Matches(ended.Outcome, ended.Attempt));
        if (ended.Attempt >= MaxAttempts)
            return new CadenceStep(null, DayParts.Any, rule, "attempts");
        if (rule is { Stop: true })
            return new CadenceStep(null, DayParts.Any, rule, "stop");
        var parts = Parts(rule?.Part ?? PartChoice.Any, DayPartClock.At(ended.EndedAt, ended.Zone));
        var due = ended.EndedAt + (rule is null ? Unnamed : Duration.FromMinutes(rule.DelayMinutes));
        var full = ended.Today >= MaxAttemptsADay;
        if (full)
            due = Instant.Max(due, ended.EndedAt.InZone(ended.Zone).Date.PlusDays(1).AtStartOfDayInZone(ended.Zone).ToInstant());
        return new CadenceStep(DayPartClock.Next(parts, due, ended.Zone), parts, rule, full ? "day" : "cadence");
    }

    /// <summary>The earliest instant that both allow: the lead's own turn in its part of the day, and the law's.</summary>
    public static Instant Earliest(Instant notBefore, DayParts parts, Instant? lawful, DateTimeZone zone) =>
        DayPartClock.Next(parts, lawful is { } law ? Instant.Max(notBefore, law) : notBefore, zone);

    private static DayParts Parts(PartChoice choice, DayParts last) => choice switch
    {
        PartChoice.Morning => DayParts.Morning,
        PartChoice.Afternoon => DayParts.Afternoon,
        PartChoice.Evening => DayParts.Evening,
        PartChoice.Other => DayParts.Any & ~last,
        PartChoice.Same => last,
        _ => DayParts.Any,
    };
}
