using System.Globalization;

namespace Dialer.Core.Routing;

/// <summary>What agents can do and callers need, as short words: a skill ("es"), or a skill from a level up ("es:2").</summary>
public static class Skills
{
    public const int MostLevel = 5;

    /// <summary>
    /// Everything an agent with these skills satisfies: "es:3" satisfies "es", "es:1", "es:2" and "es:3"; "es" alone is level 1.
    /// With this, a need is met when its word is in the set.
    /// </summary>
    public static IReadOnlySet<string> Satisfied(IEnumerable<string> skills)
    {
        var words = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var skill in skills)
        {
            var colon = skill.LastIndexOf(':');
            var level = colon > 0 && int.TryParse(skill.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Clamp(number, 1, MostLevel) : 1;
            var name = colon > 0 ? skill[..colon] : skill;
            words.Add(name);
            for (var i = 1; i <= level; i++)
                words.Add(string.Create(CultureInfo.InvariantCulture, $"{name}:{i}"));
        }

        return words;
    }

    /// <summary>One spelling for a set of words, "|a|b|" in order; empty for none.</summary>
    public static string Key(IEnumerable<string> words)
    {
        var sorted = words.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return sorted.Count == 0 ? "" : $"|{string.Join('|', sorted)}|";
    }
}
