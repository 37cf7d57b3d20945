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
public sealed record CallerFacts(IReadOnlyList<string> Skills, string Language, decimal Balance, string? State);

/// <param name="HouseLanguage">The language every agent speaks.</param>
/// <param name="LanguageAfter">Waiting time after which any agent is better than none.</param>
/// <param name="HighValue">Balance from which Level 3 (skill "tier:3") is tried first.</param>
/// <param name="LicensedStates">States in which only agents with "licence-xx" may collect; never given up.</param>
public sealed record NeedsPolicy(string HouseLanguage, Duration LanguageAfter, decimal HighValue, Duration HighValueAfter, IReadOnlyList<string> LicensedStates)
{
    public static NeedsPolicy Default { get; } = new("en", Duration.FromSeconds(90), 5000, Duration.FromSeconds(20), []);

    /// <summary>Campaign and licence always; language and Level 3 as long as waiting for them is worth it.</summary>
    public CallerNeeds For(CallerFacts facts)
    {
        List<string> always = [.. facts.Skills];
        if (facts.State is { } state && LicensedStates.Contains(state, StringComparer.OrdinalIgnoreCase))
            always.Add($"licence-{state.ToLowerInvariant()}");
        List<(string Skill, Duration Until)> wanted = [];
        if (facts.Balance >= HighValue)
            wanted.Add(("tier:3", HighValueAfter));
        if (facts.Language != HouseLanguage)
            wanted.Add((facts.Language, LanguageAfter));
        var steps = new List<NeedStep> { new(Duration.Zero, [.. always, .. wanted.Select(want => want.Skill)]) };
        foreach (var after in wanted.Select(want => want.Until).Distinct().Order())
            steps.Add(new NeedStep(after, [.. always, .. wanted.Where(want => want.Until > after).Select(want => want.Skill)]));
        return new CallerNeeds(steps);
    }
}
