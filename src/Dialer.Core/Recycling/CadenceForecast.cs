using NodaTime;

namespace Dialer.Core.Recycling;

/// <summary>The attempts that a matrix leads to for one fresh lead, day by day.</summary>
/// <param name="Expected">Attempts expected on each day, when calls end as the mix says.</param>
/// <param name="Most">The most that any run of outcomes leads to on each day.</param>
/// <param name="MostInWeek">The most in the first seven days.</param>
/// <param name="MostIn24Hours">The most within 24 hours, wherever they begin.</param>
/// <param name="Complete">False: the matrix leads to more courses than were followed, and the later days count too little.</param>
public sealed record CadenceOutlook(IReadOnlyList<double> Expected, IReadOnlyList<int> Most, int MostInWeek, int MostIn24Hours, double ExpectedInWeek, bool Complete);

/// <summary>
/// Plays a matrix through for a week from the opening of the first day: every outcome at every attempt, with its probability, by the same <see cref="Cadence.Next"/> that dialling uses.
/// Calls are made the moment they are due, inside the campaign's hours; the law is left out on purpose, so that the two can be laid side by side.
/// </summary>
public static class CadenceForecast
{
    public const int Days = 7;
    private const int MostStates = 20_000;
    private static readonly Instant Start = Instant.FromUtc(2026, 6, 1, 0, 0); // a Monday without a change of clocks
    private static readonly DateTimeZone Zone = DateTimeZone.Utc;
    private static readonly Duration Call = Duration.FromMinutes(1);

    /// <param name="mix">Shares of outcomes; they are scaled to sum to one. None: all alike.</param>
    /// <param name="opens">When the campaign opens, local time.</param>
    /// <param name="closes">When it closes; calls fall before it.</param>
    public static CadenceOutlook Of(Cadence cadence, IReadOnlyDictionary<CadenceOutcome, double> mix, LocalTime opens, LocalTime closes)
    {
        var weights = Weights(mix);
        var expected = new double[Days];
        var most = new int[Days];
        var mostInWeek = 0;
        var mostInDay = 0;
        var states = new SortedDictionary<State, double>(InOrder) { [new State(Open(Start, DayParts.Any, opens, closes), 1, 1, [])] = 1 };
        for (var seen = 0; states.Count > 0 && seen < MostStates; seen++)
        {
            var (state, probability) = states.First();
            states.Remove(state);
            var day = (int)(state.At - Start).TotalDays;
            expected[day] += probability;
            most[day] = Math.Max(most[day], state.Today);
            mostInWeek = Math.Max(mostInWeek, state.Attempt);
            mostInDay = Math.Max(mostInDay, state.Recent.Length + 1);
            foreach (var (outcome, weight) in weights)
            {
                if (After(state, cadence.Next(new EndedTry(outcome, state.Attempt, state.Today, state.At + Call, Zone)), opens, closes) is { } next)
                    states[next] = states.GetValueOrDefault(next) + (probability * weight);
            }
        }

        return new CadenceOutlook(expected, most, mostInWeek, mostInDay, expected.Sum(), states.Count == 0);
    }

    /// <summary>Null: the lead is done, or its next call lies beyond the week.</summary>
    private static State? After(State state, CadenceStep step, LocalTime opens, LocalTime closes)
    {
        if (step.NotBefore is not { } due || Open(due, step.Parts, opens, closes) is var next && next >= Start + Duration.FromDays(Days))
            return null;
        var today = next.InUtc().Date == state.At.InUtc().Date ? state.Today + 1 : 1;
        return new State(next, state.Attempt + 1, today, [.. state.Recent.Append(state.At).Where(at => next - at < Duration.FromHours(24))]);
    }

    /// <summary>The first moment from <paramref name="from"/> on that lies in the campaign's hours and in one of the parts; a part that the hours never reach gives way to the next opening.</summary>
    private static Instant Open(Instant from, DayParts parts, LocalTime opens, LocalTime closes)
    {
        var at = from;
        for (var tries = 0; tries < 4 * Days; tries++)
        {
            var time = at.InUtc();
            var open = time.TimeOfDay < opens ? (time.Date + opens).InUtc().ToInstant() : time.TimeOfDay >= closes ? (time.Date.PlusDays(1) + opens).InUtc().ToInstant() : at;
            var inPart = DayPartClock.Next(parts, open, Zone);
            if (inPart == at)
                return at;
            at = inPart;
        }

        return at;
    }

    private static List<(CadenceOutcome Outcome, double Weight)> Weights(IReadOnlyDictionary<CadenceOutcome, double> mix)
    {
        var positive = mix.Where(pair => pair.Value > 0).ToList();
        if (positive.Count == 0)
            return [.. Enum.GetValues<CadenceOutcome>().Select(outcome => (outcome, 1.0 / Enum.GetValues<CadenceOutcome>().Length))];
        var sum = positive.Sum(pair => pair.Value);
        return [.. positive.Select(pair => (pair.Key, pair.Value / sum))];
    }

    /// <summary>Leads that stand at the same minute with the same numbers and the same calls of the last 24 hours are one state.</summary>
    private sealed class State(Instant at, int attempt, int today, Instant[] recent)
    {
        public Instant At => at;

        public int Attempt => attempt;

        public int Today => today;

        public Instant[] Recent => recent;
    }

    private static readonly Comparer<State> InOrder = Comparer<State>.Create((one, other) =>
    {
        var order = one.At.CompareTo(other.At);
        order = order != 0 ? order : one.Attempt.CompareTo(other.Attempt);
        order = order != 0 ? order : one.Today.CompareTo(other.Today);
        return order != 0 ? order : one.Recent.AsSpan().SequenceCompareTo(other.Recent);
    });
}
