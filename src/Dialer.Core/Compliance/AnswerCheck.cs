namespace Dialer.Core.Compliance;

/// <summary>What of a decision still matters at the moment the called person answers.</summary>
public static class AnswerCheck
{
    /// <summary>
    /// The codes of every objection that forbids talking now. Not asked: caps, the wait after a conversation and a running promise (settled when the attempt was reserved),
    /// and the house's dial guard (it keeps dials, not answers, out of the last two minutes).
    /// </summary>
    public static IReadOnlyList<string> Objections(ContactDecision decision, PolicySet policy) =>
        [.. decision.Reasons.Where(reason => reason.Severity != Severity.Warn && StillMatters(policy.FindRow(reason.PolicyRow))).Select(reason => reason.Code).Distinct()];

    private static bool StillMatters(PolicyRow? row) => row switch
    {
        { Kind: RuleKind.Cap or RuleKind.Cooldown or RuleKind.ActivePromise } => false,
        { Kind: RuleKind.Hours, Jur: "HOUSE" } => false,
        _ => true,
    };
}
