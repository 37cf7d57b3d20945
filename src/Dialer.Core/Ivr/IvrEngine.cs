namespace Dialer.Core.Ivr;

/// <summary>The answer to one input.</summary>
/// <param name="Prompts">Templates to say, in this order; empty only while an agent is being looked for.</param>
/// <param name="Words">The values those templates may say. Holds nothing about a debt unless <see cref="IvrPosition.Verified"/>.</param>
public sealed record IvrStep(IvrPosition Next, IReadOnlyList<string> Prompts, IReadOnlyDictionary<string, object?> Words, IReadOnlyList<IvrEffect> Effects);

/// <summary>Walks a flow: pure, total, the same for the same arguments.</summary>
/// <remarks>
/// Every input is legal at every step. Keys a menu does not offer and silences repeat the prompt, at most <see cref="IvrNode.MaxTries"/> times in a row.
/// <c>*</c> repeats a menu. What cannot happen at a step (a payment's end in a menu) repeats it too: late and doubled webhooks do no harm.
/// </remarks>
public static class IvrEngine
{
    private const int LongestChain = 32;

    /// <summary>The first step of a call.</summary>
    public static IvrStep Begin(IvrGraph flow, IvrFacts facts, string language, long? accountId)
    {
        var position = new IvrPosition
        {
            Flow = flow.Name,
            Version = flow.Version,
            Step = flow.Start,
            Language = facts.Languages.Contains(language) ? language : facts.Languages[0],
            PersonId = facts.Person?.Id,
            AccountId = accountId,
        };
        return Arrive(flow, position, facts, flow.Start, [], []);
    }

    public static IvrStep Step(IvrGraph flow, IvrPosition position, IvrInput input, IvrFacts facts)
    {
        var node = flow[position.Step];
        if (position.Ended || node.Kind == IvrNodeKind.End)
            return Say(flow, position with { Ended = true }, facts, node, [], [new IvrEffect.HangUp()]);
        var context = new IvrContext(position, facts, (input as IvrInput.Keys)?.Digits ?? "", (input as IvrInput.PaymentEnded)?.Outcome) 
        {
            Recording = input as IvrInput.Recorded,
            Refusal = (input as IvrInput.PaymentRefused)?.Code,
            Instrument = input as IvrInput.Tokenized,
        };
        var edge = node.Edges.FirstOrDefault(candidate => Matches(candidate, node, input, context));
        if (edge is not null)
            return Follow(flow, edge, context, [], []);
        return Again(flow, node, position, input, facts);
    }

    private static bool Matches(IvrEdge edge, IvrNode node, IvrInput input, IvrContext context)
    {
        var triggered = (edge.Trigger, input) switch
        {
            (IvrTrigger.Key, IvrInput.Keys keys) => keys.Digits.Length == 1 && keys.Digits[0] == edge.Key,
            (IvrTrigger.Digits, IvrInput.Keys) => node.Kind == IvrNodeKind.Entry,
            (IvrTrigger.Captured, IvrInput.PaymentEnded ended) => ended.Outcome.Result == PaymentResult.Captured,
            (IvrTrigger.Declined, IvrInput.PaymentEnded ended) => ended.Outcome.Result == PaymentResult.Declined,
            (IvrTrigger.Cancelled, IvrInput.PaymentEnded ended) => ended.Outcome.Result == PaymentResult.Cancelled,
            (IvrTrigger.Unknown, IvrInput.PaymentEnded ended) => ended.Outcome.Result == PaymentResult.Unknown,
            (IvrTrigger.Blocked, IvrInput.PaymentBlocked) => true,
            (IvrTrigger.Refused, IvrInput.PaymentRefused) => true,
            (IvrTrigger.NobodyFree, IvrInput.NobodyFree) => true,
            (IvrTrigger.Recorded, IvrInput.Recorded) => true,
            (IvrTrigger.Tokenized, IvrInput.Tokenized) => true,
            _ => false,
        };
        return triggered && (edge.When is null || edge.When(context));
    }

    private static IvrStep Again(IvrGraph flow, IvrNode node, IvrPosition position, IvrInput input, IvrFacts facts)
    {
        if (node.Kind is IvrNodeKind.Payment or IvrNodeKind.Transfer)
            return Settle(flow, position, facts, node, [], []);
        if (node.Kind == IvrNodeKind.Menu && input is IvrInput.Keys { Digits: "*" })
            return Say(flow, position, facts, node, [], []);
        if (input is not (IvrInput.Keys or IvrInput.Silence))
            return Say(flow, position, facts, node, [], []);
        var tries = position.Tries + 1;
        return tries < node.MaxTries
            ? Say(flow, position with { Tries = tries }, facts, node, input is IvrInput.Keys ? ["not-valid"] : [], [])
            : Arrive(flow, position, facts, node.GiveUp, [], []);
    }

    private static IvrStep Follow(IvrGraph flow, IvrEdge edge, IvrContext context, IReadOnlyList<string> notices, IReadOnlyList<IvrEffect> effects)
    {
        var change = edge.Do?.Invoke(context) ?? IvrChange.To(context.Position);
        return Arrive(flow, change.Position, context.Facts, edge.To, [.. notices, .. change.Notices], [.. effects, .. change.Effects]);
    }

    private static IvrStep Arrive(IvrGraph flow, IvrPosition position, IvrFacts facts, string id, IReadOnlyList<string> notices, IReadOnlyList<IvrEffect> effects)
    {
        for (var i = 0; i < LongestChain; i++)
        {
            var node = flow[id];
            position = position with { Step = id, Tries = 0 };
            if (node.Private && !position.Verified)
                throw new InvalidOperationException($"The flow {flow.Name} led an unverified caller to '{id}'.");
            if (node.Kind != IvrNodeKind.Decision)
                return Settle(flow, position, facts, node, notices, effects);
            var context = new IvrContext(position, facts, "", null);
            var edge = node.Edges.First(candidate => candidate.When is null || candidate.When(context));
            var change = edge.Do?.Invoke(context) ?? IvrChange.To(position);
            (position, notices, effects, id) = (change.Position, [.. notices, .. change.Notices], [.. effects, .. change.Effects], edge.To);
        }

        throw new InvalidOperationException($"The flow {flow.Name} goes in circles at '{id}'.");
    }

    private static IvrStep Settle(IvrGraph flow, IvrPosition position, IvrFacts facts, IvrNode node, IReadOnlyList<string> notices, IReadOnlyList<IvrEffect> effects) => node.Kind switch
    {
        IvrNodeKind.End => Say(flow, position with { Ended = true }, facts, node, notices, [.. effects, new IvrEffect.HangUp()]),
        IvrNodeKind.Transfer => new IvrStep(
            position, notices, IvrWords.For(flow, position, facts), [.. effects, new IvrEffect.TransferToAgent()]),
        _ => Say(flow, position, facts, node, notices, effects),
    };

    private static IvrStep Say(IvrGraph flow, IvrPosition position, IvrFacts facts, IvrNode node, IReadOnlyList<string> notices, IReadOnlyList<IvrEffect> effects) =>
        new(position, [.. notices, node.Id], IvrWords.For(flow, position, facts), effects);
}
