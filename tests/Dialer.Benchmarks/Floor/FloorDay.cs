using Dapper;
using Dialer.Core;
using Dialer.Core.Routing;
using Dialer.Features.Agents;
using Dialer.Storage.Postgres;
using NodaTime;
using Npgsql;

namespace Dialer.Benchmarks.Floor;

/// <summary>
/// The floor at work: calls are made, ring, are answered by people and machines, are talked and written up, at the rate at which so many agents are busy. Agents move through the product's own
/// <see cref="AgentSessions"/>, so that Redis, the event feed and the desks hear of everything; only the carrier is left out.
/// </summary>
internal sealed class FloorDay(Database database, AgentSessions sessions, FloorStock stock, int seed)
{
    private const double TalkSeconds = 90;
    private const double WrapSeconds = 30;

    /// <summary>So many agents, 140 s from call to call, one dial in five reaching a person.</summary>
    private readonly double _dialsASecond = stock.Sessions.Count / (TalkSeconds + WrapSeconds + 20) * 5;

    private readonly Random _random = new(seed);
    private readonly Queue<Guid> _free = new(stock.Sessions);
    private readonly PriorityQueue<Ringing, double> _ringing = new();
    private readonly PriorityQueue<Talk, double> _talks = new();
    private readonly PriorityQueue<Guid, double> _writing = new();
    private readonly HashSet<long> _live = [];
    private double _due;
    private double _heartbeatAt;
    private int _next;

    public long Dials { get; private set; }

    public long StateChanges { get; private set; }

    private sealed record Ringing(long Attempt, long Person);

    private sealed record Talk(long Attempt, long Person, Guid Session);

    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var begun = TimeProvider.System.GetTimestamp();
        double last = 0;
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
            {
                var at = TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
                await StepAsync(at, at - last, cancel);
                last = at;
            }
        }
        catch (OperationCanceledException)
        {
            // the day is over
        }
    }

    private async Task StepAsync(double at, double passed, CancellationToken cancel)
    {
        var now = SystemClock.Instance.GetCurrentInstant();
        if (at >= _heartbeatAt)
        {
            await database.ExecuteAsync("update agent_session set heartbeat_at = clock_timestamp() where ended_at is null", null, cancel);
            _heartbeatAt = at + 4;
        }

        while (_writing.TryPeek(out var session, out var until) && until <= at)
        {
            _writing.Dequeue();
            _free.Enqueue(session);
        }

        await DialAsync(at, passed, now, cancel);
        await EndRingingAsync(at, now, cancel);
        while (_talks.TryPeek(out var talk, out var until) && until <= at)
        {
            _talks.Dequeue();
            await EndTalkAsync(talk, at, now, cancel);
        }
    }

    private async Task DialAsync(double at, double passed, Instant now, CancellationToken cancel)
    {
        _due += passed * _dialsASecond;
        var people = new List<long>();
        for (; _due >= 1; _due--)
        {
            var person = stock.People[_next++ % stock.People.Count];
            if (_live.Add(person))
                people.Add(person);
        }

        if (people.Count == 0)
            return;
        var made = await database.QueryAsync<(long Attempt, long Person)>(
            """
            insert into attempt (campaign_id, account_id, person_id, mode, to_e164, from_e164, state, sid, created_at, submitted_at, placed_at, ringing_at, deadline)
            select c, a.account_id, p, 'Predictive', '+1212' || to_char(2000000 + p, 'FM0000000'), '+18005550199', 'Ringing', 'CA' || replace(gen_random_uuid()::text, '-', ''), @now, @now, @now, @now, @now + interval '9 hours'
            from unnest(@people, @campaigns) x (p, c) join account a on a.person_id = p returning attempt_id, person_id
            """,
            new { now, people = people.ToArray(), campaigns = people.Select(_ => stock.Campaigns[_random.Next(stock.Campaigns.Count)]).ToArray() }, cancel);
        foreach (var (attempt, person) in made)
            _ringing.Enqueue(new Ringing(attempt, person), at + 8 + (12 * _random.NextDouble()));
        Dials += made.Count;
    }

    private async Task EndRingingAsync(double at, Instant now, CancellationToken cancel)
    {
        var (unreached, machines) = (new List<long>(), new List<long>());
        while (_ringing.TryPeek(out var ringing, out var until) && until <= at)
        {
            _ringing.Dequeue();
            var fate = _random.NextDouble();
            if (fate < 0.2 && _free.TryDequeue(out var session) && await AnswerAsync(ringing, session, now, cancel))
            {
                _talks.Enqueue(new Talk(ringing.Attempt, ringing.Person, session), at + (-TalkSeconds * Math.Log(1 - _random.NextDouble())));
                continue;
            }

            (fate < 0.45 ? machines : unreached).Add(ringing.Attempt);
            _live.Remove(ringing.Person);
        }

        if (unreached.Count > 0)
            await database.ExecuteAsync("update attempt set state = case when attempt_id % 6 = 0 then 'Busy' else 'NoAnswer' end, ended_at = @now, deadline = null where attempt_id = any (@ids)", new { now, ids = unreached.ToArray() }, cancel);
        if (machines.Count > 0)
            await database.ExecuteAsync("update attempt set state = 'Completed', answered_at = @now, answered_by = 'machine_start', ended_at = @now, deadline = null where attempt_id = any (@ids)", new { now, ids = machines.ToArray() }, cancel);
    }

    /// <summary>The person is joined to the agent, as two webhooks bring it about; false when the agent is not free after all.</summary>
    private async Task<bool> AnswerAsync(Ringing call, Guid session, Instant now, CancellationToken cancel)
    {
        var attempt = new AttemptId(call.Attempt);
        var reserved = await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var changed = await AgentSessions.ApplyAsync(connection, transaction, session, new AgentEvent.Reserve(attempt, now + Duration.FromSeconds(20)), now, cancel);
                if (changed is not null)
                    await SetAsync(connection, transaction, "update attempt set state = 'Answered', answered_at = @now, answered_by = 'human', agent_id = @agent, treatment = 'Agent' where attempt_id = @id", call.Attempt, changed.AgentId, now, cancel);
                return changed;
            },
            cancel);
        await sessions.AnnounceAsync(reserved);
        if (reserved is null)
            return false;
        var joined = await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                await SetAsync(connection, transaction, "update attempt set bridged_at = @now where attempt_id = @id", call.Attempt, reserved.AgentId, now, cancel);
                return await AgentSessions.ApplyAsync(connection, transaction, session, new AgentEvent.Joined(attempt), now, cancel);
            },
            cancel);
        await sessions.AnnounceAsync(joined);
        StateChanges += 2;
        return true;
    }

    private async Task EndTalkAsync(Talk talk, double at, Instant now, CancellationToken cancel)
    {
        var kind = _random.Next(10);
        var wrapping = await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                await SetAsync(connection, transaction, "update attempt set state = 'Completed', ended_at = @now, deadline = null, duration_s = 90 where attempt_id = @id", talk.Attempt, 0, now, cancel);
                if (kind == 0)
                    await SetAsync(
                        connection, transaction,
                        """
                        insert into promise (account_id, person_id, attempt_id, amount, due_on, grace_until, source, state, made_at)
                        select account_id, person_id, attempt_id, 40, current_date + 7, current_date + 9, 'Agent', 'Active', @now from attempt where attempt_id = @id on conflict do nothing
                        """,
                        talk.Attempt, 0, now, cancel);
                return await AgentSessions.ApplyAsync(connection, transaction, talk.Session, new AgentEvent.CallEnded(new AttemptId(talk.Attempt), Duration.FromSeconds(WrapSeconds)), now, cancel);
            },
            cancel);
        await sessions.AnnounceAsync(wrapping);
        StateChanges += 2; // the keeper ends the wrap-up
        _live.Remove(talk.Person);
        _writing.Enqueue(talk.Session, at + WrapSeconds + 1);
    }

    private static Task<int> SetAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, long id, long agent, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(sql, new { id, agent, now }, transaction, cancellationToken: cancel));
}
