using Dapper;
using Dialer.Core;
using Dialer.Core.Ivr;
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
    private readonly IvrFactsReader _facts;
    private readonly IvrEffects _effects;
    private readonly IAgentHandoff _handoff;
    private readonly IReadOnlyList<string> _languages;

    public IvrFlow(TemplateStore templates, AttemptTokens tokens, WebhookUrls urls, IAgentHandoff handoff, Payments.PaymentGate gate, IOptions<IvrOptions> options)
    {
        _templates = templates;
        _tokens = tokens;
        _urls = urls;
        _facts = new IvrFactsReader(options);
        _effects = new IvrEffects(handoff, gate, options.Value);
        _handoff = handoff;
        _languages = [.. options.Value.Languages.Where(templates.Current.Languages.Contains)];
    }

    /// <summary>
    /// Begins a flow ("outbound", "inbound", "machine", "abandoned") for an attempt that has been answered, and returns its first TwiML.
    /// Asked again for the same attempt it returns what was last said.
    /// </summary>
    public async Task<string> StartAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, string flow, Instant now, CancellationToken cancel)
    {
        if (await IvrSessions.LockAsync(connection, transaction, attemptId, cancel) is { } session)
            return session.Response;
        var call = await connection.QuerySingleAsync<IvrCall>(new CommandDefinition(
            """
            select a.attempt_id, a.created_at, a.campaign_id, a.account_id, a.person_id,
                   case a.direction when 'Inbound' then a.from_e164 else a.to_e164 end as caller_e164,
                   case a.direction when 'Inbound' then a.to_e164 else a.from_e164 end as our_e164,
                   coalesce((select c.zone from campaign c where c.campaign_id = a.campaign_id), 'America/New_York') as zone
            from attempt a where a.attempt_id = @attemptId for update
            """,
            new { attemptId }, transaction, cancellationToken: cancel));
        var graph = IvrFlows.Newest(flow);
        var facts = await _facts.ReadAsync(connection, transaction, call, _languages, now, cancel);
        var step = IvrEngine.Begin(graph, facts, facts.Person?.Language ?? _languages[0], call.AccountId);
        var outcome = flow switch
        {
            "machine" => IvrOutcome.LimitedContentMessage,
            "abandoned" => IvrOutcome.Abandoned,
            _ => step.Next.Outcome,
        };
        step = step with { Next = step.Next with { Outcome = outcome } };
        var response = Render(graph, step, call, 0);
        await IvrSessions.CreateAsync(connection, transaction, attemptId, step.Next, response, Compliance.Disclosures.Of(graph.Name, step.Prompts), now, cancel);
        return response;
    }

    /// <summary>To be called when a step's transaction is committed, before its document is given.</summary>
    public Task CommittedAsync(long attemptId, CancellationToken cancel) => _handoff.CommittedAsync(attemptId, cancel);

    /// <summary>Takes one input as step <paramref name="n"/> and returns the TwiML that follows; null when the attempt has no session.</summary>
    public async Task<string?> AdvanceAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, int n, IvrInput input, Instant now, CancellationToken cancel)
    {
        if (await IvrSessions.LockAsync(connection, transaction, attemptId, cancel) is not { } session)
            return null;
        var position = session.ReadPosition();
        if (n <= session.Sequence)
        {
            await AcceptLatePaymentAsync(connection, transaction, attemptId, position, input, now, cancel);
            return await IvrSessions.FindResponseAsync(connection, transaction, attemptId, n, cancel) ?? session.Response;
        }

        if (session.EndedAt is not null || n > session.Sequence + 1)
        {
            await AcceptLatePaymentAsync(connection, transaction, attemptId, position, input, now, cancel);
            return session.EndedAt is null ? session.Response : Twiml.HangUp;
        }

        var graph = IvrFlows.Find(session.Flow, session.FlowVersion);
        var said = graph[position.Step].Kind == IvrNodeKind.Entry ? Mask(input) : Name(input);
        await Compliance.Disclosures.PlayedAsync(connection, transaction, new AttemptId(attemptId), n - 1, (input as IvrInput.Keys)?.Digits, now, cancel);
        var (next, response, discloses) = await WalkAsync(connection, transaction, graph, session, position, input, n, now, cancel);
        await IvrSessions.MoveAsync(connection, transaction, attemptId, n, next, said, response, discloses, now, cancel);
        return response;
    }

    /// <summary>
    /// The attempt's call is over: nothing more is asked, and if nobody has given the call a disposition it gets the one it earned.
    /// Does nothing for attempts that met no flow, and nothing the second time.
    /// </summary>
    public async Task CloseAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, Instant now, CancellationToken cancel)
    {
        if (await IvrSessions.LockAsync(connection, transaction, attemptId, cancel) is not { } session)
            return;
        var position = session.ReadPosition();
        await connection.ExecuteAsync(new CommandDefinition(
            "update ivr_session set ended_at = coalesce(ended_at, @now), updated_at = @now where attempt_id = @attemptId", new { attemptId, now }, transaction, cancellationToken: cancel));
        if (position.HandedOver)
            return;
        await connection.ExecuteAsync(new CommandDefinition(
            """
            with given as (
                insert into disposition (attempt_id, code, source, at) values (@attemptId, @Outcome, 'Ivr', @now)
                on conflict (attempt_id) do nothing returning attempt_id)
            update attempt set disposition = @Outcome, disposed_at = @now where attempt_id in (select attempt_id from given)
            """,
            new { attemptId, position.Outcome, now }, transaction, cancellationToken: cancel));
    }

    private async Task<(IvrPosition Position, string Response, string[] Discloses)> WalkAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IvrGraph graph, IvrSession session, IvrPosition position, IvrInput input, int n, Instant now, CancellationToken cancel)
    {
        QueuePlace? place = null;
        for (var i = 0; i < MostFollowUps; i++)
        {
            var call = new IvrCall(
                session.AttemptId, session.CreatedAt, session.CampaignId, position.AccountId ?? session.AccountId, position.PersonId ?? session.PersonId,
                session.CallerE164, session.OurE164, session.Zone);
            var facts = await _facts.ReadAsync(connection, transaction, call, _languages, now, cancel) with { Queue = place };
            var step = IvrEngine.Step(graph, position, input, facts);
            var result = await _effects.DoAsync(connection, transaction, call, step, now, cancel);
            if (result.Twiml is not null)
                return (result.Position, result.Twiml, []);
            if (result.FollowUp is null)
                return (result.Position, Render(graph, step, call, n), Compliance.Disclosures.Of(graph.Name, step.Prompts));

            (position, input) = (result.Position, result.FollowUp);
            if (position.Waiting && input is IvrInput.NobodyFree)
                place = await _handoff.FindPlaceAsync(connection, transaction, session.AttemptId, cancel);
        }

        throw new InvalidOperationException($"The flow {graph.Name} does not come to rest after '{position.Step}'.");
    }

    /// <summary>A payment's end is true whenever it arrives, even after the call.</summary>
    private static async Task AcceptLatePaymentAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, IvrPosition position, IvrInput input, Instant now, CancellationToken cancel)
    {
        if (input is IvrInput.PaymentEnded ended && position.Payments > 0)
            await Payments.PaymentStore.CompleteAsync(connection, transaction, attemptId, position.Payments, ended.Outcome, now, cancel);
    }

    private string Render(IvrGraph graph, IvrStep step, IvrCall call, int n)
    {
        var token = _tokens.Issue(new AttemptId(call.AttemptId), call.CreatedAt);
        var words = new Dictionary<string, object?>(step.Words)
        {
            ["action"] = _urls.Ivr(token, n + 1),
            ["payAction"] = _urls.Pay(token, n + 1),
            ["payStatus"] = _urls.PayStatus(token, n + 1),
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
