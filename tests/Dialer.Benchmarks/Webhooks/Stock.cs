using System.Globalization;
using System.Text;
using Dapper;
using Dialer.Core;
using Dialer.Features.Ivr;
using Dialer.Storage.Postgres;
using Dialer.Twilio.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Dialer.Benchmarks.Webhooks;

/// <summary>Calls in the IVR, each good for one step, and attempts, each good for one status callback: what is measured is always a first time, never a repeat.</summary>
internal sealed class Stock(IReadOnlyList<byte[]> steps, IReadOnlyList<byte[]> statuses)
{
    private const string PublicUrl = "https://calls.example.com";
    private const string AuthToken = "0123456789abcdef0123456789abcdef";
    private int _step = -1;
    private int _status = -1;

    /// <summary>The fields Twilio sends with a call, as a body and as pairs.</summary>
    public sealed record SignedForm(IReadOnlyList<KeyValuePair<string, string>> Fields)
    {
        public string Body { get; } = string.Join('&', Fields.Select(field => $"{Uri.EscapeDataString(field.Key)}={Uri.EscapeDataString(field.Value)}"));
    }

    public byte[]? NextStep() => Interlocked.Increment(ref _step) is var i && i < steps.Count ? steps[i] : null;

    public byte[]? NextStatus() => Interlocked.Increment(ref _status) is var i && i < statuses.Count ? statuses[i] : null;

    public static SignedForm Form(string sid, params (string Name, string Value)[] more) => new(
    [
        new("AccountSid", "AC" + new string('1', 32)), new("ApiVersion", "2010-04-01"), new("CallSid", sid), new("Called", "+14045550100"), new("CalledCity", "ATLANTA"), new("CalledCountry", "US"),
        new("CalledState", "GA"), new("CalledZip", "30301"), new("Caller", "+18005550199"), new("CallerCountry", "US"), .. more.Select(field => new KeyValuePair<string, string>(field.Name, field.Value)),
    ]);

    /// <summary>Makes the calls in the database as the service would have left them, and the signed requests that come next.</summary>
    public static async Task<Stock> FillAsync(Database database, IServiceProvider services, int least, int calls)
    {
        var count = Math.Max(least, calls);
        var now = SystemClock.Instance.GetCurrentInstant();
        await using var connection = await database.OpenAsync(default);
        // A person of his own for each call: what is measured is a step, not a queue for one person's lock.
        var people = (2 * count) + 1;
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
        var (first, someone, something) = await connection.QuerySingleAsync<(long, long, long)>("select attempt_id, person_id, account_id from attempt order by attempt_id limit 1");
        var flow = services.GetRequiredService<IvrFlow>();
        await database.InTransactionAsync((c, t) => flow.StartAsync(c, t, first, "inbound", now, default), default);
        var position = await connection.ExecuteScalarAsync<string>("select position from ivr_session where attempt_id = @first", new { first });
        if (!position!.Contains($"\"accountId\": {something}", StringComparison.Ordinal) || !position.Contains($"\"personId\": {someone}", StringComparison.Ordinal))
            throw new InvalidOperationException($"The position does not name its person and account as expected: {position}");
        await connection.ExecuteAsync(
            """
            insert into ivr_session (attempt_id, flow, flow_version, step, sequence, position, response, started_at, updated_at)
            select a.attempt_id, s.flow, s.flow_version, s.step, 0, jsonb_set(jsonb_set(s.position, '{personId}', to_jsonb(a.person_id)), '{accountId}', to_jsonb(a.account_id)), s.response, s.started_at, s.updated_at
            from attempt a, ivr_session s where s.attempt_id = @first and a.attempt_id > @first
            """,
            new { first },
            commandTimeout: 600);
        await connection.ExecuteAsync("analyze attempt, ivr_session");
        var tokens = services.GetRequiredService<AttemptTokens>();
        var ids = (await connection.QueryAsync<(long Id, string Sid)>("select attempt_id, sid from attempt where attempt_id > @first order by attempt_id", new { first })).AsList();
        return new Stock(
            [.. ids.Take(count).Select(call => Signed(tokens, call, now, "/twilio/voice/ivr?t={0}&n=1", ("Digits", "1"), ("msg", "Gather End")))],
            [.. ids.Skip(count).Select(call => Signed(tokens, call, now, "/twilio/voice/status?t={0}", ("CallStatus", "completed"), ("SequenceNumber", "3"), ("CallDuration", "31")))]);
    }

    private static byte[] Signed(AttemptTokens tokens, (long Id, string Sid) call, Instant now, string path, params (string Name, string Value)[] fields)
    {
        var form = Form(call.Sid, fields);
        var at = string.Format(CultureInfo.InvariantCulture, path, tokens.Issue(new AttemptId(call.Id), now));
        return Caller.Request(at, TwilioSignature.Compute(AuthToken, PublicUrl + at, form.Fields), form.Body);
    }
}
