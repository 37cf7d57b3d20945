using System.Globalization;
using System.Text;
using Dapper;
using Dialer.Core;
using Dialer.Core.Ivr;
using Dialer.Features.Ivr;
using Dialer.Storage.Postgres;
using Dialer.Twilio.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Dialer.Benchmarks.Webhooks;

/// <summary>
/// Calls at their greeting and calls at a later question, each good for one step, and attempts, each good for one status callback: what is measured is always a first time, never a repeat.
/// </summary>
/// <param name="openings">The first key of a call: it also ticks what the greeting disclosed.</param>
/// <param name="steps">A later entry: a ZIP code, after which the date of birth is asked.</param>
internal sealed class Stock(IReadOnlyList<byte[]> openings, IReadOnlyList<byte[]> steps, IReadOnlyList<byte[]> statuses)
{
    private const string PublicUrl = "https://calls.example.com";
    private const string AuthToken = "0123456789abcdef0123456789abcdef";
    private int _opening = -1;
    private int _step = -1;
    private int _status = -1;

    /// <summary>The fields Twilio sends with a call, as a body and as pairs.</summary>
    public sealed record SignedForm(IReadOnlyList<KeyValuePair<string, string>> Fields)
    {
        public string Body { get; } = string.Join('&', Fields.Select(field => $"{Uri.EscapeDataString(field.Key)}={Uri.EscapeDataString(field.Value)}"));
    }

    public byte[]? NextOpening() => Next(openings, ref _opening);

    public byte[]? NextStep() => Next(steps, ref _step);

    public byte[]? NextStatus() => Next(statuses, ref _status);

    public static SignedForm Form(string sid, params (string Name, string Value)[] more) => new(
    [
        new("AccountSid", "AC" + new string('1', 32)), new("ApiVersion", "2010-04-01"), new("CallSid", sid), new("Called", "+14045550100"), new("CalledCity", "ATLANTA"), new("CalledCountry", "US"),
        new("CalledState", "GA"), new("CalledZip", "30301"), new("Caller", "+18005550199"), new("CallerCountry", "US"), .. more.Select(field => new KeyValuePair<string, string>(field.Name, field.Value)),
    ]);

    /// <summary>Makes the calls in the database as the service would have left them, and the signed requests that come next.</summary>
    public static async Task<Stock> FillAsync(Database database, IServiceProvider services, int openings, int steps, int statuses)
    {
        var now = SystemClock.Instance.GetCurrentInstant();
        await using var connection = await database.OpenAsync(default);
        // A person of his own for each call: what is measured is a step, not a queue for one person's lock.
        var people = openings + steps + statuses + 1;
        await connection.ExecuteAsync(
            """
            insert into client (code, name, spoken_name, callback_e164, collector_role, debt_class, created_at) values ('B', 'B', 'Northfield Services', '+18005550199', 'ThirdParty', 'Consumer', @now);
            insert into person (client_id, client_person_no, first_name, last_name, birth_date, zip, created_at, updated_at)
                select client_id, g, 'Maria', 'Lopez', '1980-02-29', '30301', @now, @now from client, generate_series(1, @people) g;
            insert into account (client_id, person_id, client_account_no, creditor, balance, bucket_30, placed_on, created_at, updated_at)
                select client_id, person_id, client_person_no, 'Acme', 100, 100, '2026-01-01', @now, @now from person;
            insert into attempt (person_id, account_id, direction, mode, to_e164, from_e164, state, sid, created_at, answered_at, deadline)
                select person_id, account_id, 'Inbound', 'Agentless', '+18005550199', '+1404555' || lpad((person_id % 10000)::text, 4, '0'), 'Answered', 'CA' || person_id, @now, @now, @late from account order by person_id;
            """,
            new { now, people, late = now + Duration.FromHours(9) },
            commandTimeout: 600);
        var ids = (await connection.QueryAsync<(long Id, string Sid)>("select attempt_id, sid from attempt order by attempt_id")).AsList();
        var model = ids[0].Id;
        await database.InTransactionAsync((c, t) => services.GetRequiredService<IvrFlow>().StartAsync(c, t, model, "inbound", now, default), default);
        await CopyAsync(connection, model, ids[1].Id, ids[openings].Id);
        await CopyAsync(connection, model, ids[openings + steps + 1].Id, ids[^1].Id);
        await services.GetRequiredService<IvrSteps>().TakeAsync(new AttemptId(model), 1, new IvrInput.Keys("1"), () => Task.FromResult(false), now, default);
        await CopyAsync(connection, model, ids[openings + 1].Id, ids[openings + steps].Id);
        await connection.ExecuteAsync("analyze person, account, attempt, ivr_session, ivr_step, disclosure", commandTimeout: 600);
        var tokens = services.GetRequiredService<AttemptTokens>();
        return new Stock(
            [.. ids.Skip(1).Take(openings).Select(call => Signed(tokens, call, now, "/twilio/voice/ivr?t={0}&n=1", ("Digits", "1"), ("msg", "Gather End")))],
            [.. ids.Skip(1 + openings).Take(steps).Select(call => Signed(tokens, call, now, "/twilio/voice/ivr?t={0}&n=2", ("Digits", "30301"), ("msg", "Gather End")))],
            [.. ids.Skip(1 + openings + steps).Select(call => Signed(tokens, call, now, "/twilio/voice/status?t={0}", ("CallStatus", "completed"), ("SequenceNumber", "3"), ("CallDuration", "31")))]);
    }

    /// <summary>Puts a range of calls where the model call stands now, with all that was stored on its way there.</summary>
    internal static Task CopyAsync(System.Data.Common.DbConnection connection, long model, long first, long last) => connection.ExecuteAsync(
        """
        insert into ivr_session (attempt_id, flow, flow_version, step, sequence, position, response, started_at, updated_at)
            select a.attempt_id, s.flow, s.flow_version, s.step, s.sequence, case when a.person_id is null then s.position else jsonb_set(jsonb_set(s.position, '{personId}', to_jsonb(a.person_id)), '{accountId}', to_jsonb(a.account_id)) end, s.response, s.started_at, s.updated_at
            from attempt a, ivr_session s where s.attempt_id = @model and a.attempt_id between @first and @last;
        insert into ivr_step (attempt_id, n, step, input, response, discloses, at)
            select a.attempt_id, s.n, s.step, s.input, s.response, s.discloses, s.at from attempt a, ivr_step s where s.attempt_id = @model and a.attempt_id between @first and @last;
        insert into disclosure (attempt_id, code, at, given_by, step, evidence)
            select a.attempt_id, d.code, d.at, d.given_by, d.step, d.evidence from attempt a, disclosure d where d.attempt_id = @model and a.attempt_id between @first and @last;
        """,
        new { model, first, last },
        commandTimeout: 600);

    private static byte[]? Next(IReadOnlyList<byte[]> requests, ref int last) => Interlocked.Increment(ref last) is var i && i < requests.Count ? requests[i] : null;

    internal static byte[] Signed(AttemptTokens tokens, (long Id, string Sid) call, Instant now, string path, params (string Name, string Value)[] fields)
    {
        var form = Form(call.Sid, fields);
        var at = string.Format(CultureInfo.InvariantCulture, path, tokens.Issue(new AttemptId(call.Id), now));
        return Caller.Request(at, TwilioSignature.Compute(AuthToken, PublicUrl + at, form.Fields), form.Body);
    }
}
