using NodaTime;

namespace Dialer.Core.Compliance;

/// <summary>Decides whether one payment may be accepted or charged on one day. Pure; every row is asked and every objection reported; one that does not merely warn denies.</summary>
/// <remarks>Rows of kind <see cref="RuleKind.Payment"/> of the house, the country and the payer's state, each with its citation.</remarks>
public static class PaymentEngine
{
    public static PaymentDecision Evaluate(PaymentRequest payment, PolicySet policy, LocalDate today)
    {
        var reasons = new List<Reason>();
        foreach (var jurisdiction in Jurisdictions(payment, policy))
        {
            foreach (var rule in policy.Payments.GetValueOrDefault(jurisdiction, []))
            {
                if (rule.Objection(payment, today) is { } reason)
                    reasons.Add(reason);
            }
        }

        var notice = new PostDatedNotice(payment.AcceptedOn, payment.ScheduledOn);
        return new PaymentDecision(
            reasons.TrueForAll(reason => reason.Severity == Severity.Warn),
            [.. reasons.OrderByDescending(reason => reason.Severity).ThenBy(reason => reason.Code, StringComparer.Ordinal).ThenBy(reason => reason.PolicyRow, StringComparer.Ordinal)],
            notice.Needed ? notice : null);
    }

    /// <summary>A payer whose state nobody knows may live in any of them: the rows of all are asked.</summary>
    private static IEnumerable<string> Jurisdictions(PaymentRequest payment, PolicySet policy) =>
        payment.State is { Length: > 0 } state ? ["HOUSE", "US", $"US-{state}"] : policy.Payments.Keys.Where(key => key is "HOUSE" or "US" || key.StartsWith("US-", StringComparison.Ordinal));
}
