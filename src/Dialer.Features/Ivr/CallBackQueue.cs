using Dapper;
using Dialer.Features.WorkItems;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Ivr;

public static partial class CallBackQueue
{
    private const int MostTries = 3;

    /// <summary>How long after its time a call-back may still be made.</summary>
    private static readonly Duration Window = Duration.FromHours(4);
    private static readonly Duration SoonWindow = Duration.FromHours(24);

    /// <summary>So long a call-back waits for the agent who agreed it before it is anyone's.</summary>
    public static readonly Duration OwnFor = Duration.FromMinutes(10);

    /// <summary>Due call-backs of a client whose person, account and telephone are known, locked for this transaction. Those nobody can dial by themselves stay on the list of people.</summary>
    public static async Task<IReadOnlyList<DueCallBack>> ClaimAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long clientId, int limit, Instant now, CancellationToken cancel) =>
        (await connection.QueryAsync<DueCallBack>(new CommandDefinition(
            """
            select b.call_request_id as call_back_id, b.person_id, b.account_id, b.phone_id from call_request b join phone p on p.phone_id = b.phone_id and p.status = 'Active'
            where b.state = 'Queued' and b.client_id = @clientId and b.due_at <= case when b.agent_id is null then @now else @own end and b.until_at > @now
              and b.person_id is not null and b.account_id is not null
            order by b.due_at limit @limit for update of b skip locked
            """,
            new { clientId, now, own = now - OwnFor, limit }, transaction, cancellationToken: cancel))).AsList();

    /// <summary>An agent wants to make it now: locked for this transaction; false when it is made, being made or gone.</summary>
    public static async Task<bool> TakeAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long callBackId, long personId, CancellationToken cancel) =>
        await connection.ExecuteScalarAsync<bool?>(new CommandDefinition(
            "select true from call_request where call_request_id = @callBackId and person_id = @personId and state = 'Queued' for update skip locked",
            new { callBackId, personId }, transaction, cancellationToken: cancel)) == true;

    /// <summary>
    /// An agent agreed a call with the person of this attempt, in the transaction of the outcome. Asked for once a call; a number that waits already keeps its earlier place
    /// and takes the newer time if that is sooner.
    /// </summary>
    /// <param name="agentId">Whose it is first; null: anyone's.</param>
    public static Task AgreeAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, long? agentId, Instant due, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into call_request (client_id, person_id, account_id, phone_id, e164, asked_at, asked_attempt_id, due_at, until_at, agent_id, updated_at)
            select p.client_id, p.person_id, coalesce(t.account_id, (select account_id from account where person_id = p.person_id and status = 'Open' order by account_id limit 1)),
                   h.phone_id, h.e164, @now, t.attempt_id, @due, @until, @agentId, @now
            from attempt t
            join person p on p.person_id = t.person_id
            cross join lateral (
                select phone_id, e164 from phone x where x.person_id = p.person_id and x.status = 'Active'
                order by x.e164 = case t.direction when 'Inbound' then t.from_e164 else t.to_e164 end desc, x.rank, x.phone_id limit 1) h
            where t.attempt_id = @attemptId and not exists (select 1 from call_request o where o.asked_attempt_id = t.attempt_id and o.agent_id is not null)
            on conflict (e164) where state = 'Queued' do update set due_at = least(call_request.due_at, excluded.due_at), until_at = greatest(call_request.until_at, excluded.until_at),
                agent_id = case when excluded.due_at < call_request.due_at then excluded.agent_id else call_request.agent_id end, updated_at = excluded.updated_at
            """,
            new { attemptId, agentId, due = Instant.Max(due, now), until = Instant.Max(due, now) + Window, now }, transaction, cancellationToken: cancel));

    /// <summary>An attempt was made for it.</summary>
    public static Task DialedAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long callBackId, long attemptId, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            "update call_request set state = 'Dialed', attempt_id = @attemptId, tries = tries + 1, updated_at = @now where call_request_id = @callBackId",
            new { callBackId, attemptId, now }, transaction, cancellationToken: cancel));

    /// <summary>The law, or a call in the air, forbids it until <paramref name="retryAt"/>; when that is too late the keeper finds it missed.</summary>
    public static Task DelayAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long callBackId, Instant retryAt, string reason, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            update call_request set due_at = least(@retryAt, until_at - interval '1 microsecond'), reason = @reason, updated_at = @now
            where call_request_id = @callBackId
            """,
            new { callBackId, retryAt, reason, now }, transaction, cancellationToken: cancel));

    /// <summary>Stores a request, in the transaction of the key that made it. A number that waits already keeps its earlier place and takes the newer time if that is sooner.</summary>
    /// <param name="personId">Who asks: proven when <paramref name="verified"/>; else whose call this was.</param>
    internal static Task AddAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IvrCall call, long? personId, long? accountId, bool verified, Instant at, Instant now, CancellationToken cancel)
    {
        var due = at > now ? at : now;
        return connection.ExecuteAsync(new CommandDefinition(
            """
            insert into phone (person_id, e164, source, rank, created_at, updated_at)
            select @personId, @CallerE164, 'consumer', 9, @now, @now where @verified and @personId is not null and @CallerE164 ~ '^\+[1-9][0-9]{7,14}$'
            on conflict (person_id, e164) do nothing;

            insert into call_request (client_id, person_id, account_id, phone_id, e164, asked_at, asked_attempt_id, due_at, until_at, updated_at)
            select coalesce((select client_id from person where person_id = @personId), (select client_id from campaign where campaign_id = @CampaignId),
                            (select client_id from campaign where campaign_id = campaign_of_number(@OurE164)), (select min(client_id) from client)),
                   @personId,
                   coalesce(@accountId, (select account_id from account where person_id = @personId and status = 'Open' order by (account_id = @CallAccount) desc nulls last, account_id limit 1)),
                   (select phone_id from phone where person_id = @personId and e164 = @CallerE164 and status = 'Active'),
                   @CallerE164, @now, @AttemptId, @due, @until, @now
            where @CallerE164 ~ '^\+[1-9][0-9]{7,14}$'
            on conflict (e164) where state = 'Queued' do update set due_at = least(call_request.due_at, excluded.due_at), until_at = greatest(call_request.until_at, excluded.until_at), updated_at = excluded.updated_at
            """,
            new
            {
                personId, accountId, verified, now, due, until = due + (at > now ? Window : SoonWindow), call.CallerE164, call.CampaignId, call.OurE164, call.AttemptId, CallAccount = call.AccountId,
            },
            transaction, cancellationToken: cancel));
    }

    /// <summary>What became of the calls made; those not reached come again after a quarter of an hour, three times in all; those whose time has passed are missed, with an alarm.</summary>
    internal static async Task<int> KeepAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Instant now, CancellationToken cancel)
    {
        var settled = await connection.ExecuteAsync(new CommandDefinition(
            """
            update call_request b set updated_at = @now,
                state = case when exists (select 1 from call_request o where o.e164 = b.e164 and o.call_request_id > b.call_request_id and o.state = 'Reached') then 'Reached'
                             when a.answered_at is not null and coalesce(a.answered_by, 'human') not like 'machine%' and coalesce(a.answered_by, '') <> 'fax' and not a.abandoned then 'Reached'
                             when b.tries >= @MostTries or @again >= b.until_at then 'Missed' else 'Queued' end,
                due_at = case when @again < b.until_at then @again else b.due_at end,
                reason = coalesce(a.disposition, a.state)
            from attempt a
            where b.state = 'Dialed' and a.attempt_id = b.attempt_id and a.state in ('Completed', 'Busy', 'NoAnswer', 'Failed', 'Canceled', 'Refused', 'NotPlaced')
              -- one number waits once: of several that were dialled the newest comes first
              and not exists (select 1 from call_request o where o.e164 = b.e164 and (o.state = 'Queued' or o.state = 'Dialed' and o.call_request_id > b.call_request_id))
            """,
            new { now, again = now + Duration.FromMinutes(15), MostTries }, transaction, cancellationToken: cancel));
        var missed = (await connection.QueryAsync<MissedCallBack>(new CommandDefinition(
            """
            with missed as (
                update call_request set state = 'Missed', updated_at = @now, reason = case when reason = '' then 'nobody could call in time' else reason end
                where state = 'Queued' and until_at <= @now returning call_request_id, account_id, agent_id),
            alarmed as (
                insert into alarm (code, subject, raised_at, text)
                select 'CALL_BACK_MISSED', 'call-back/' || call_request_id, @now, 'Somebody asked to be called and was not: a person should look at it.' from missed)
            select account_id, agent_id from missed
            """,
            new { now }, transaction, cancellationToken: cancel))).AsList();
        // Whoever agreed it owes the person a word; what the IVR took is nobody's own, and the alarm's.
        foreach (var call in missed)
        {
            if (call is { AccountId: { } account, AgentId: { } agent })
                await TaskRegister.AddAsync(
                    connection, transaction, new NewTask(account, TaskKind.CallBackMissed, agent, "", "", now.InUtc().Date, "call-backs"), now, cancel);
        }

        return settled + missed.Count;
    }

    private sealed class MissedCallBack
    {
        public long? AccountId { get; init; }

        public long? AgentId { get; init; }
    }
}
