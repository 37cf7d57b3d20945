using Dialer.Core;
using Dialer.Core.Ivr;
using Dialer.Features.Compliance;
using Dialer.Twilio.Twiml;
using Dialer.Twilio.Webhooks;
using Microsoft.Extensions.Options;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Ivr;

public sealed partial class IvrFlow
{
    private const int MostFollowUps = 4;

    private readonly TemplateStore _templates;
    private readonly AttemptTokens _tokens;
    private readonly WebhookUrls _urls;
    private readonly IvrLoad _load;
    private readonly IvrEffects _effects;
    private readonly IAgentHandoff _handoff;
    private readonly FallbackTwiml _fallback;
    private readonly IReadOnlyList<string> _languages;

    /// <param name="charges">What charges saved cards and bank accounts; null: none are.</param>
    public IvrFlow(
        TemplateStore templates, AttemptTokens tokens, WebhookUrls urls, IAgentHandoff handoff, Payments.PaymentGate gate, IOptions<IvrOptions> options, Payments.ChargeSaved? charges = null)
    {
        _templates = templates;
        _tokens = tokens;
        _urls = urls;
        _load = new IvrLoad(options, handoff, charges?.IsOn == true);
        _effects = new IvrEffects(handoff, gate, tokens, options.Value);
        _handoff = handoff;
        _fallback = new FallbackTwiml(templates, options);
        _languages = [.. options.Value.Languages.Where(templates.Current.Languages.Contains).Union(templates.Current.Languages.Order(StringComparer.Ordinal))];
    }

    /// <summary>
    /// Begins a flow ("outbound", "inbound", "machine", "abandoned") for an attempt that has been answered, and returns its first TwiML.
    /// Asked again for the same attempt it returns what was last said.
    /// </summary>
    public async Task<string> StartAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, string flow, Instant now, CancellationToken cancel)
    {
        var (call, session, facts) = await FindAsync(connection, transaction, new IvrKey(attemptId, 0), locks: true, now, cancel)
            ?? throw new InvalidOperationException($"There is no attempt {attemptId} to begin a flow for.");
        if (session is not null)
            return session.Last ?? "";
        var graph = IvrFlows.Newest(flow);
        var step = IvrEngine.Begin(graph, facts, facts.Person?.Language ?? _languages[0], call.AccountId);
        var outcome = flow switch
        {
            "machine" => IvrOutcome.LimitedContentMessage,
            "abandoned" => IvrOutcome.Abandoned,
            _ => step.Next.Outcome,
        };
        step = step with { Next = step.Next with { Outcome = outcome } };
        var response = Render(graph, step, call, 0);
        await IvrSessions.CreateAsync(connection, transaction, attemptId, step.Next, response, Disclosures.Of(graph.Name, step.Prompts), now, cancel);
        return response;
    }

    /// <summary>To be called when a step's transaction is committed, before its document is given.</summary>
    public Task CommittedAsync(long attemptId, CancellationToken cancel) => _handoff.CommittedAsync(attemptId, cancel);

    /// <summary>
    /// The attempts' calls are over: nothing more is asked, and if nobody has given a call a disposition it gets the one it earned.
    /// Does nothing for attempts that met no flow, and nothing the second time.
    /// </summary>
    public Task CloseAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long[] attempts, Instant now, CancellationToken cancel) =>
        IvrSessions.CloseAsync(connection, transaction, attempts, now, cancel);

    /// <summary>Takes one input as step <paramref name="n"/>, with all its effects, in the caller's transaction.</summary>
    /// <param name="isPrivate">It is certain that nothing of the call is being recorded. Without that no payment session is begun: the answer says that it is wanted, and nothing was done.</param>
    internal async Task<StepTaken> AdvanceAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, int n, IvrInput input, bool isPrivate, Instant now, CancellationToken cancel)
    {
        if (await FindAsync(connection, transaction, new IvrKey(attemptId, n), locks: true, now, cancel) is not { Session: { } session } loaded)
            return StepTaken.With(null);
        if (Repeats(session, n, out var twiml))
        {
            await AcceptLatePaymentAsync(connection, transaction, attemptId, session.Position, input, now, cancel);
            return StepTaken.With(twiml, IsClaim(session.Position));
        }

        if (IvrFlows.Find(session.Flow, session.FlowVersion) is not { } graph)
        {
            await AcceptLatePaymentAsync(connection, transaction, attemptId, session.Position, input, now, cancel);
            return Unknown(loaded);
        }

        if (await WalkAsync(connection, transaction, graph, loaded, session, input, n, isPrivate, now, cancel) is not { } move)
            return StepTaken.WantsPrivacy;
        return (await IvrSessions.MoveAsync(connection, transaction, [move], now, cancel)).Count == 1
            ? StepTaken.Stored(move)
            : throw new InvalidOperationException($"Step {n} of attempt {attemptId} was taken while it was locked.");
    }

    /// <summary>
    /// Takes the next steps of different calls that only move: no effects but hanging up, and that the right party is verified. Two round trips, whatever their number, and one commit. A step that does more, or
    /// whose call somebody else holds at this moment, is left for <see cref="AdvanceAsync"/>.
    /// </summary>
    internal async Task<IReadOnlyList<StepTaken>> AdvanceTogetherAsync(NpgsqlConnection connection, IReadOnlyList<StepAsked> asked, Instant now, CancellationToken cancel)
    {
        var loaded = (await _load.ReadAsync(connection, null, [.. asked.Select(ask => new IvrKey(ask.AttemptId, ask.N))], _languages, locks: false, now, cancel)).ToDictionary(one => one.Call.AttemptId);
        var taken = asked.Select(ask => Decide(loaded.GetValueOrDefault(ask.AttemptId), ask)).ToList();
        var moves = taken.Select(one => one.Move).OfType<IvrMove>().ToList();
        var moved = moves.Count == 0 ? null : await IvrSessions.MoveAsync(connection, null, moves, now, cancel);
        return taken.ConvertAll(one => one.Move is { } move ? moved!.Contains(move.AttemptId) ? StepTaken.Stored(move) : StepTaken.Alone : one);
    }

    /// <summary>What one input comes to, from what was read: an answer, a move that is still to be stored, or more than a move. Touches nothing.</summary>
    private StepTaken Decide(IvrLoaded? loaded, StepAsked ask)
    {
        if (loaded is not { Session: { } session })
            return StepTaken.With(null);
        if (Repeats(session, ask.N, out var twiml))
            return StepTaken.With(twiml, IsClaim(session.Position));
        if (IvrFlows.Find(session.Flow, session.FlowVersion) is not { } graph)
            return Unknown(loaded);
        var step = IvrEngine.Step(graph, session.Position, ask.Input, loaded.Facts);
        return step.Effects.All(effect => effect is IvrEffect.HangUp or IvrEffect.ConversationStarted)
            ? StepTaken.Moving(MoveOf(graph, session, step.Next, ask.Input, ask.N, loaded.Call, Render(graph, step, loaded.Call, ask.N), step.Prompts, Conversation(step)))
            : BeginsPayment(step) ? StepTaken.WantsPrivacy
            : StepTaken.Alone;
    }

    /// <summary>
    /// A newer build began this call and this older node, which is still to be replaced, was asked its step: the caller hears who we are and our number, as when nothing can be known.
    /// The step is not taken; only a payment's end is kept, which is true everywhere.
    /// </summary>
    private StepTaken Unknown(IvrLoaded loaded) => StepTaken.OfUnknownFlow(_fallback.ForNumber(loaded.Call.OurE164), $"{loaded.Session!.Flow} {loaded.Session.FlowVersion}");

    /// <summary>True when step <paramref name="n"/> is not the next one, or there is none: what is said then, without doing anything.</summary>
    private static bool Repeats(IvrSession session, int n, out string? twiml)
    {
        twiml = n <= session.Sequence ? session.Given ?? session.Last : session.EndedAt is not null ? Twiml.HangUp : session.Last;
        return n != session.Sequence + 1 || session.EndedAt is not null;
    }

    private static bool IsClaim(IvrPosition position) => position is { AccountNumberEntered: true, Verified: false };

    /// <returns>Null when a payment session would begin and the call is not private.</returns>
    private async Task<IvrMove?> WalkAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IvrGraph graph, IvrLoaded loaded, IvrSession session, IvrInput input, int n, bool isPrivate, Instant now, CancellationToken cancel)
    {
        var (position, said) = (session.Position, input);
        var (call, _, facts) = loaded;
        IvrEffect.ConversationStarted? conversation = null;
        for (var i = 0; i < MostFollowUps; i++)
        {
            var step = IvrEngine.Step(graph, position, said, facts);
            if (!isPrivate && BeginsPayment(step))
                return i == 0 ? null : throw new InvalidOperationException("No payment session follows from another effect.");
            conversation ??= Conversation(step);
            var result = await _effects.DoAsync(connection, transaction, call, step, facts.Policy, now, cancel);
            if (result.Twiml is not null)
                return MoveOf(graph, session, result.Position, input, n, call, result.Twiml, [], conversation);
            if (result.FollowUp is null)
                return MoveOf(graph, session, result.Position, input, n, call, Render(graph, step, call, n), step.Prompts, conversation);

            (position, said) = (result.Position, result.FollowUp);
            var place = position.Waiting && said is IvrInput.NobodyFree ? await _handoff.FindPlaceAsync(connection, transaction, call.AttemptId, cancel) : facts.Queue;
            var next = await FindAsync(connection, transaction, new IvrKey(call.AttemptId, n, position.PersonId, position.AccountId), locks: false, now, cancel);
            (call, facts) = (next!.Call, next.Facts with { Queue = place });
        }

        throw new InvalidOperationException($"The flow {graph.Name} does not come to rest after '{position.Step}'.");
    }

    private async Task<IvrLoaded?> FindAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, IvrKey key, bool locks, Instant now, CancellationToken cancel) =>
        await _load.ReadAsync(connection, transaction, [key], _languages, locks, now, cancel) is [var loaded] ? loaded : null;

    /// <summary>Digits of a card or bank account are asked for next. Nobody says any where what is saved is charged.</summary>
    private static bool BeginsPayment(IvrStep step) => step.Effects.Any(effect => effect is IvrEffect.StartPayment { SavedMethodId: null });

    private static IvrEffect.ConversationStarted? Conversation(IvrStep step) => step.Effects.OfType<IvrEffect.ConversationStarted>().FirstOrDefault();

    private static IvrMove MoveOf(
        IvrGraph graph, IvrSession session, IvrPosition next, IvrInput input, int n, IvrCall call, string response, IReadOnlyList<string> prompts, IvrEffect.ConversationStarted? conversation) => new(
        call.AttemptId, n, next, graph[session.Position.Step].Kind == IvrNodeKind.Entry ? Mask(input) : Name(input), response, Disclosures.Of(graph.Name, prompts),
        session.Played is { } played ? [.. Disclosures.Played(new AttemptId(call.AttemptId), n - 1, played.Step, played.Discloses, (input as IvrInput.Keys)?.Digits)] : [],
        conversation);

    /// <summary>
    /// A payment's end is true whenever it arrives, even after the call: of its own payment. A webhook that does not say whose end it tells, of a document given out before it could, is believed
    /// where there was only one.
    /// </summary>
    private static async Task AcceptLatePaymentAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, IvrPosition position, IvrInput input, Instant now, CancellationToken cancel)
    {
        if (input is IvrInput.PaymentEnded ended && (ended.Number ?? (position.Payments == 1 ? 1 : null)) is { } number)
            await Payments.PaymentStore.CompleteAsync(connection, transaction, attemptId, number, ended.Outcome, now, cancel);
    }

    private string Render(IvrGraph graph, IvrStep step, IvrCall call, int n)
    {
        var token = _tokens.Issue(new AttemptId(call.AttemptId), call.CreatedAt);
        var words = new Dictionary<string, object?>(step.Words)
        {
            ["action"] = _urls.Ivr(token, n + 1),
            ["payAction"] = _urls.Pay(token, n + 1, step.Next.Payments),
            ["payStatus"] = _urls.PayStatus(token, n + 1, step.Next.Payments),
            ["chargeAction"] = _urls.Charge(token, n + 1, step.Next.Payments),
            ["recordAction"] = _urls.Voicemail(token, n + 1),
            ["paymentReference"] = Payments.PaymentStore.ReferenceOf(call.AttemptId, step.Next.Payments),
        };
        return _templates.Current.Render(step.Next.Language, graph.Name, step.Prompts, words);
    }

    private static string Mask(IvrInput input) => input is IvrInput.Keys keys ? $"{keys.Digits.Length} digits" : Name(input);

    private static string Name(IvrInput input) => input switch
    {
        IvrInput.Keys { Digits.Length: 1 } keys => keys.Digits,
        IvrInput.Keys keys => $"{keys.Digits.Length} digits",
        IvrInput.PaymentEnded ended => $"payment {ended.Outcome.Result}",
        _ => input.GetType().Name.ToLowerInvariant(),
    };
}
