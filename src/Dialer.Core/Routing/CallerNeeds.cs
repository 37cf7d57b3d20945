using System.Globalization;
using NodaTime;

namespace Dialer.Core.Routing;

/// <summary>One set of skills that is good enough once the caller has waited <paramref name="After"/>.</summary>
public sealed record NeedStep(Duration After, IReadOnlyList<string> Skills);

/// <summary>What a caller needs, the strictest set first; later sets ask for less. The first holds from the start.</summary>
public sealed record CallerNeeds(IReadOnlyList<NeedStep> Steps)
{
    /// <summary>The sets that are good enough by now, in the order in which they are tried.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Allowed(Duration waited) => [.. Steps.Where(step => step.After <= waited).Select(step => step.Skills)];

    /// <summary>For a caller who cannot wait: every set at once, the strictest tried first.</summary>
    public IReadOnlyList<IReadOnlyList<string>> All => [.. Steps.Select(step => step.Skills)];
}

/// <summary>What is known about a caller when his needs are decided.</summary>
/// <param name="Skills">What the campaign asks for; never given up.</param>
/// <param name="Language">ISO 639-1; the house language needs no skill.</param>
/// <param name="State">Two letters; null when unknown.</param>
/// <param name="Asked">What an agent who passes the call on asks for: a level ("tier:3") widens with waiting, any other skill is never given up.</param>
public sealed record CallerFacts(IReadOnlyList<string> Skills, string Language, decimal Balance, string? State, IReadOnlyList<string> Asked)
{
    public CallerFacts(IReadOnlyList<string> skills, string language, decimal balance, string? state)
        : this(skills, language, balance, state, [])
    {
    }
}

/// <param name="HouseLanguage">The language every agent speaks.</param>
/// <param name="LanguageAfter">Waiting time after which any agent is better than none.</param>
/// <param name="HighValue">Balance from which Level 3 (skill "tier:3") is tried first.</param>
/// <param name="LicensedStates">States in which only agents with "licence-xx" may collect; never given up.</param>
/// <param name="LevelAfter">Waiting time after which a call passed on to a level is offered to the level below as well, again after as long; never below Level 2.</param>
public sealed record NeedsPolicy(string HouseLanguage, Duration LanguageAfter, decimal HighValue, Duration HighValueAfter, IReadOnlyList<string> LicensedStates, Duration LevelAfter)
{
    private const string Tier = "tier:";
    private const int LeastLevel = 2;

    public static NeedsPolicy Default { get; } = new("en", Duration.FromSeconds(90), 5000, Duration.FromSeconds(20), [], Duration.FromSeconds(60));

    /// <summary>Campaign and licence always; language and Level 3 as long as waiting for them is worth it.</summary>
    public CallerNeeds For(CallerFacts facts)
    {
        List<string> always = [.. facts.Skills];
        if (facts.State is { } state && LicensedStates.Contains(state, StringComparer.OrdinalIgnoreCase))
            always.Add($"licence-{state.ToLowerInvariant()}");
        List<Want> wanted = [];
        if (facts.Balance >= HighValue)
            wanted.Add(new Want($"{Tier}3", Duration.Zero, HighValueAfter));
        if (facts.Language != HouseLanguage)
            wanted.Add(new Want(facts.Language, Duration.Zero, LanguageAfter));
        foreach (var asked in facts.Asked)
        {
            if (asked.StartsWith(Tier, StringComparison.Ordinal) && int.TryParse(asked.AsSpan(Tier.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var level) && level > LeastLevel)
                wanted.AddRange(Levels(level));
            else
                always.Add(asked);
        }

        return new CallerNeeds([.. wanted.Select(want => want.Until).Where(until => until < Duration.MaxValue).Prepend(Duration.Zero).Distinct().Order()
            .Select(after => new NeedStep(after, [.. always.Concat(wanted.Where(want => want.From <= after && after < want.Until).Select(want => want.Skill)).Distinct()]))]);
    }

    /// <summary>Level by level downwards, each for as long; the least is never given up.</summary>
    private IEnumerable<Want> Levels(int level)
    {
        for (var (at, from) = (level, Duration.Zero); at >= LeastLevel; at--, from += LevelAfter)
            yield return new Want(string.Create(CultureInfo.InvariantCulture, $"{Tier}{at}"), from, at == LeastLevel ? Duration.MaxValue : from + LevelAfter);
    }

    /// <summary>A skill that is asked for from (inclusive) until (exclusive) so long a wait.</summary>
    private sealed record Want(string Skill, Duration From, Duration Until);
}
