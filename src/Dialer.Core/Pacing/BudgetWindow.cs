using NodaTime;

namespace Dialer.Core.Pacing;

/// <summary>Live answers of one hour (abandoned ones included) and, of these, abandoned: nobody came, or an agent too late (16 CFR 310.4(b)(4)(i)); derived from attempts, keyed by the campaign's lineage so that a renamed or copied campaign keeps its account.</summary>
/// <param name="Hour">Start of the hour.</param>
public readonly record struct HourOfAnswers(Instant Hour, long LiveAnswers, long Abandoned);

/// <summary>The governing window of an abandonment account.</summary>
public static class BudgetWindow
{
    /// <summary>The account at an instant: the hours that began within (now - window, now]. An hour leaves whole, one window after it began.</summary>
    public static AbandonmentLedger Account(IEnumerable<HourOfAnswers> hours, AbandonmentBudget budget, Instant now)
    {
        long answers = 0, abandoned = 0;
        var from = now - Duration.FromHours(budget.WindowHours);
        foreach (var hour in hours)
        {
            if (hour.Hour <= from || hour.Hour > now)
                continue;
            answers += hour.LiveAnswers;
            abandoned += hour.Abandoned;
        }

        return new AbandonmentLedger(abandoned, answers);
    }

    /// <summary>The account as it will stand when the hour turns, before anything new is in it: what the oldest hour takes with it is known beforehand.</summary>
    public static AbandonmentLedger Ahead(IEnumerable<HourOfAnswers> hours, AbandonmentBudget budget, Instant now) =>
        Account(hours, budget, HourOf(now) + Duration.FromHours(1));

    /// <summary>Start of the hour an instant is in, by UTC: <see cref="HourOfAnswers.Hour"/>.</summary>
    public static Instant HourOf(Instant at) => Instant.FromUnixTimeSeconds(at.ToUnixTimeSeconds() / 3600 * 3600);
}
