using System.Collections.Immutable;
using Dialer.Core.Compliance.Rules;
using NodaTime;

namespace Dialer.Core.Compliance;

/// <summary>
/// Decides whether one contact may be made at one instant. Pure: the same request, facts, policy and instant give the same decision, in any order of the facts.
/// </summary>
/// <remarks>
/// Every rule of every jurisdiction the person may be in is asked and every objection is reported; one objection that does not merely warn denies.
/// So adding a row can only take contacts away. Both an instant's verdict and the search for the next lawful instant use the same rules.
/// </remarks>
public static class ComplianceEngine
{
    /// <summary>The search for a lawful instant gives up after so long: what is not callable within it is not callable by waiting.</summary>
    public static readonly Duration Horizon = Duration.FromDays(400);

    public static ContactDecision Evaluate(ContactRequest request, ContactFacts facts, PolicySet policy, Instant now)
    {
        var places = CandidatePlaces.Of(request.To, facts.Place);
        var evaluation = new ContactEvaluation(request, facts, places, now);
        var reasons = Ask(evaluation, policy, out var denied);
        var conditions = denied ? [] : Conditions(evaluation, policy);
        return new ContactDecision(request, facts)
        {
            Verdict = denied ? Verdict.Deny : conditions.IsEmpty ? Verdict.Allow : Verdict.AllowWithConditions,
            Reasons = reasons,
            Conditions = conditions,
            Exclusion = evaluation.UnderDirectConsent ? "DirectConsent" : null,
            RetryAt = denied ? NextLawful(evaluation, policy, now, reasons) : null,
            PackVersion = policy.Version,
        };
    }

    /// <summary>What a contact owes if it takes place, whether or not we might have begun it: for calls the person placed.</summary>
    public static ImmutableArray<Condition> Owed(ContactRequest request, ContactFacts facts, PolicySet policy, Instant now) =>
        Conditions(new ContactEvaluation(request, facts, CandidatePlaces.Of(request.To, facts.Place), now), policy);

    /// <summary>The verdict alone, without reasons or the search for the next lawful instant. For scans over many instants.</summary>
    public static bool Allows(ContactRequest request, ContactFacts facts, PolicySet policy, Instant now)
    {
        Ask(new ContactEvaluation(request, facts, CandidatePlaces.Of(request.To, facts.Place), now), policy, out var denied);
        return !denied;
    }

    private static ImmutableArray<Reason> Ask(ContactEvaluation evaluation, PolicySet policy, out bool denied)
    {
        denied = false;
        List<Reason>? reasons = null;
        AskAll(policy.House, evaluation, ref reasons, ref denied);
        foreach (var jurisdiction in evaluation.Places.Jurisdictions)
            AskAll(policy.RulesOf(jurisdiction), evaluation, ref reasons, ref denied);
        if (reasons is null)
            return [];
        reasons.Sort(static (a, b) => a.Severity != b.Severity ? b.Severity.CompareTo(a.Severity)
            : string.CompareOrdinal(a.Code, b.Code) is not 0 and var byCode ? byCode : string.CompareOrdinal(a.PolicyRow, b.PolicyRow));
        return [.. reasons];
    }

    private static void AskAll(JurisdictionRules? rules, ContactEvaluation evaluation, ref List<Reason>? reasons, ref bool denied)
    {
        if (rules is null)
            return;
        foreach (var rule in rules.For(evaluation).Rules)
        {
            if (!rule.Objects(evaluation, out var clearsAt))
                continue;
            (reasons ??= new List<Reason>(4)).Add(rule.Reason(evaluation, clearsAt));
            denied |= rule.Severity != Severity.Warn;
        }
    }

    /// <summary>
    /// The earliest instant at which no rule objects. Each objecting rule names the earliest instant at which it alone would not; nothing before the latest of those
    /// is lawful, so the search jumps there and asks again.
    /// </summary>
    private static Instant? NextLawful(ContactEvaluation evaluation, PolicySet policy, Instant now, ImmutableArray<Reason> reasons)
    {
        var limit = now + Horizon;
        while (true)
        {
            var next = evaluation.Now;
            foreach (var reason in reasons)
            {
                if (reason.Severity == Severity.Warn)
                    continue;
                if (reason.ClearsAt is not { } clears || clears > limit)
                    return null;
                next = Instant.Max(next, clears);
            }

            if (next <= evaluation.Now)
                throw new InvalidOperationException($"A rule objects at {evaluation.Now} and says it clears no later: {string.Join(", ", reasons.Select(r => r.PolicyRow))}.");
            evaluation.Now = next;
            reasons = Ask(evaluation, policy, out var denied);
            if (!denied)
                return next;
        }
    }

    private static ImmutableArray<Condition> Conditions(ContactEvaluation evaluation, PolicySet policy)
    {
        ImmutableArray<Condition>.Builder? found = null;
        AddConditions(policy.House, evaluation, ref found);
        foreach (var jurisdiction in evaluation.Places.Jurisdictions)
            AddConditions(policy.RulesOf(jurisdiction), evaluation, ref found);
        return found is null ? [] : found.DrainToImmutable();
    }

    private static void AddConditions(JurisdictionRules? rules, ContactEvaluation evaluation, ref ImmutableArray<Condition>.Builder? found)
    {
        if (rules is null)
            return;
        foreach (var row in rules.For(evaluation).Conditions)
        {
            if (row.Adds(evaluation))
                (found ??= ImmutableArray.CreateBuilder<Condition>(8)).Add(row.Condition);
        }
    }
}
