using Dapper;
using Dialer.Core;
using Dialer.Core.Ivr;
using Dialer.Core.Numbers;
using Dialer.Core.Routing;
using Dialer.Twilio.Twiml;
using Dialer.Twilio.Webhooks;
using Microsoft.Extensions.Options;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Routing;

/// <remarks>
/// The truth is a row; the call itself runs a document of ours that says its place, plays music and comes back, so that no loss of a node, of Redis or of one request
/// leaves a caller in a line that nobody serves: each return looks at the row again.
/// </remarks>
public sealed partial class CallQueue(TemplateStore templates, AttemptTokens tokens, WebhookUrls urls, ServiceClock clock, IOptions<RoutingOptions> options)
{
    public const string Flow = "queue";

    /// <summary>Recent service, from which the wait is estimated.</summary>
    private static readonly Duration Recent = Duration.FromMinutes(30);

    /// <summary>People wait for agents at this hour.</summary>
    public bool IsOpen(Instant now) => options.Value.IsOpen(now);

    /// <summary>There is a line at this hour, and room in it for one more: else whoever offers something better should do that.</summary>
    public async Task<bool> HasRoomAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancel) =>
        IsOpen(clock.Now) && await CountAsync(connection, transaction, cancel) < options.Value.MostWaiting;

    /// <summary>
    /// Puts a live call into the line and returns the TwiML of waiting; outside hours, or when the line is full, the TwiML that says so.
    /// Asked again for the same call it returns what that call should hear now.
    /// </summary>
    public async Task<string> EnterAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, RoutedCall call, int priority, CancellationToken cancel, IReadOnlyList<string>? extra = null)
    {
        var now = clock.Now;
        var facts = await CallFacts.ReadAsync(connection, transaction, call.AttemptId, now, cancel);
        if (!IsOpen(now))
            return await SayAsync(connection, transaction, call, "after-hours", 0, null, cancel);
        if (await CountAsync(connection, transaction, cancel) >= options.Value.MostWaiting)
            return await SayAsync(connection, transaction, call, "overflow", 0, null, cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into queue_entry (attempt_id, queue, person_id, account_id, phone_id, needs, priority, entered_at, rank_at, state)
            values (@AttemptId, @Queue, @PersonId, @AccountId, @PhoneId, cast(@needs as jsonb), @priority, @now, @rank, 'Waiting')
            on conflict (attempt_id) do update set state = 'Waiting', agent_id = null, needs = excluded.needs, priority = excluded.priority, rank_at = least(queue_entry.rank_at, excluded.rank_at), ended_at = null,
                entered_at = case when queue_entry.joined_at is null then queue_entry.entered_at else excluded.entered_at end, joined_at = null
            """,
            new { facts.AttemptId, facts.Queue, facts.PersonId, facts.AccountId, facts.PhoneId, needs = RoutingJson.Write(facts.Needs(options.Value.Needs, extra)), priority, now, rank = CallerOrder.RankAt(now, priority) },
            transaction,
            cancellationToken: cancel));
        await connection.ExecuteAsync(new CommandDefinition(
            "update attempt set treatment = 'Queue', agent_id = null, deadline = @deadline where attempt_id = @AttemptId",
            new { call.AttemptId, deadline = now + Duration.FromMinutes(options.Value.LongestWaitMinutes + 5) }, transaction, cancellationToken: cancel));
        return await WaitAsync(connection, transaction, call, cancel);
    }

    /// <summary>An agent was free at once: the caller waited for nobody, and counts in the service level like those who did.</summary>
    public async Task ServedAtOnceAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, RoutedCall call, long agentId, CancellationToken cancel)
    {
        var now = clock.Now;
        var facts = await CallFacts.ReadAsync(connection, transaction, call.AttemptId, now, cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into queue_entry (attempt_id, queue, person_id, account_id, phone_id, needs, entered_at, rank_at, state, agent_id, offered_at)
            values (@AttemptId, @Queue, @PersonId, @AccountId, @PhoneId, '[]', @now, @now, 'Offered', @agentId, @now)
            on conflict (attempt_id) do update set state = 'Offered', agent_id = excluded.agent_id, offered_at = excluded.offered_at, ended_at = null,
                entered_at = case when queue_entry.joined_at is null then queue_entry.entered_at else excluded.entered_at end, joined_at = null
            """,
            new { facts.AttemptId, facts.Queue, facts.PersonId, facts.AccountId, facts.PhoneId, agentId, now },
            transaction,
            cancellationToken: cancel));
    }

    /// <summary>The caller is in the agent's conference: the wait is over, whatever becomes of the call later. Does nothing for calls that were in no line.</summary>
    public static Task JoinedAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, Instant at, CancellationToken cancel) => connection.ExecuteAsync(new CommandDefinition(
        "update queue_entry set joined_at = @at where attempt_id = @attemptId and state = 'Offered' and joined_at is null", new { attemptId, at }, transaction, cancellationToken: cancel));

    /// <summary>The calls are over: whoever still waited has given up. Does nothing for calls that were in no line.</summary>
    public static Task CloseAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long[] attempts, Instant now, CancellationToken cancel) => connection.ExecuteAsync(new CommandDefinition(
        """
        with gone as (
            update queue_entry set state = 'Abandoned', ended_at = @now where attempt_id = any (@attempts) and (state = 'Waiting' or state = 'Offered' and joined_at is null)
            returning attempt_id)
        update attempt set disposition = coalesce(disposition, 'QABAND') where attempt_id in (select attempt_id from gone);
        update queue_entry set ended_at = @now where attempt_id = any (@attempts) and state = 'Offered' and ended_at is null;
        """,
        new { attempts, now },
        transaction,
        cancellationToken: cancel));

    /// <summary>Place and, where it is known, minutes; music until the caller presses a key or the document comes back.</summary>
    internal async Task<string> WaitAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, RoutedCall call, CancellationToken cancel)
    {
        var row = await connection.QuerySingleAsync<Place>(new CommandDefinition(
            """
            select (select count(*) from queue_entry o where o.state in ('Waiting', 'CallBack') and (o.rank_at, o.queue_entry_id) <= (q.rank_at, q.queue_entry_id))::int as position,
                (select count(*) from queue_entry s where s.queue = q.queue and s.offered_at > @since and s.offered_at > s.entered_at)::int as served
            from queue_entry q where q.attempt_id = @AttemptId
            """,
            new { call.AttemptId, since = clock.Now - Recent },
            transaction,
            cancellationToken: cancel));
        return await SayAsync(connection, transaction, call, "wait", Math.Max(1, row.Position), WaitEstimate.Minutes(Math.Max(1, row.Position), row.Served, Recent), cancel);
    }

    internal async Task<string> SayAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, RoutedCall call, string step, int position, int? minutes, CancellationToken cancel)
    {
        var voice = await connection.QuerySingleAsync<Voice>(new CommandDefinition(
            """
            select coalesce(s.position->>'language', s.position->>'Language', p.language, 'en') as language, n.spoken_name, n.callback_e164,
                t.direction = 'Outbound' or t.phone_id is not null as number_known, right(case t.direction when 'Inbound' then t.from_e164 else t.to_e164 end, 4) as last4
            from attempt t left join person p on p.person_id = t.person_id left join ivr_session s on s.attempt_id = t.attempt_id left join campaign c on c.campaign_id = t.campaign_id
            join client n on n.client_id = coalesce(p.client_id, c.client_id, (select m.client_id from campaign m where m.campaign_id = campaign_of_number(t.to_e164)), (select min(client_id) from client))
            where t.attempt_id = @AttemptId
            """,
            new { call.AttemptId },
            transaction,
            cancellationToken: cancel));
        var current = templates.Current;
        var language = current.Languages.Contains(voice.Language) ? voice.Language : options.Value.HouseLanguage;
        return current.Render(language, Flow, step, new Dictionary<string, object?>
        {
            ["action"] = urls.Queue(tokens.Issue(new AttemptId(call.AttemptId), call.CreatedAt), step),
            ["music"] = urls.HoldMusic,
            ["business"] = voice.SpokenName,
            ["callback"] = PhoneNumber.Parse(voice.CallbackE164),
            ["position"] = position,
            ["waitMinutes"] = Math.Max(IvrWords.LeastMinutes, minutes ?? 0),
            ["hasEstimate"] = minutes is not null,
            ["canCallBack"] = voice.NumberKnown,
        });
    }

    private static Task<int> CountAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancel) =>
        connection.ExecuteScalarAsync<int>(new CommandDefinition("select count(*) from queue_entry where state in ('Waiting', 'CallBack')", null, transaction, cancellationToken: cancel));

    private sealed record Place(int Position, int Served);

    private sealed record Voice(string Language, string SpokenName, string CallbackE164, bool NumberKnown, string Last4);
}
