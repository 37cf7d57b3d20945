using System.Collections.Concurrent;
using System.Collections.Immutable;
using Dialer.Core.Numbers;

namespace Dialer.Core.Compliance.Rules;

/// <summary>The rows of one jurisdiction, and for each kind of contact only those whose filters select it.</summary>
/// <remarks>
/// Whether a row's filters select a contact depends on a handful of small enumerations and nothing else (<see cref="Rule.Selects"/>), so the answer is remembered by
/// their values: a decision asks the twenty rows that could object instead of testing the filters of eighty. Remembered answers never differ from fresh ones.
/// </remarks>
internal sealed class JurisdictionRules(ImmutableArray<Rule> rules, ImmutableArray<ConditionRow> conditions)
{
    private const int MostRemembered = 4096;

    private readonly ConcurrentDictionary<uint, Selected> _remembered = new();

    public sealed record Selected(Rule[] Rules, ConditionRow[] Conditions);

    public Selected For(ContactEvaluation e)
    {
        if (_remembered.TryGetValue(e.Selection, out var known))
            return known;
        var selected = new Selected([.. rules.Where(rule => rule.Selects(e))], [.. conditions.Where(row => row.Selects(e))]);
        if (_remembered.Count < MostRemembered)
            _remembered.TryAdd(e.Selection, selected);
        return selected;
    }

    /// <summary>Everything <see cref="Rule.Selects"/> looks at, packed.</summary>
    public static uint KeyOf(ContactRequest request, ContactFacts facts, bool artificialConsent) =>
        (uint)facts.Role | ((uint)facts.Debt << 3) | ((uint)request.Channel << 6) | ((uint)request.Mode << 9) | ((uint)request.Purpose << 12) | ((uint)request.Relation << 16)
        | ((uint)facts.Phone.Line << 20) | ((uint)facts.Phone.Place << 24) | (request.UsesArtificialVoice ? 1u << 28 : 0) | (artificialConsent ? 1u << 29 : 0);
}
