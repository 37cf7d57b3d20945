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
        var person = await connection.ExecuteScalarAsync<long>(
            """
            with c as (insert into client (code, name, spoken_name, callback_e164, collector_role, debt_class, created_at) values ('B', 'B', 'Northfield Services', '+18005550199', 'ThirdParty', 'Consumer', @now) returning client_id),
            p as (insert into person (client_id, client_person_no, first_name, last_name, birth_date, zip, created_at, updated_at) select client_id, '1', 'Maria', 'Lopez', '1980-02-29', '30301', @now, @now from c returning person_id, client_id),
            a as (insert into account (client_id, person_id, client_account_no, creditor, balance, bucket_30, placed_on, created_at, updated_at) select client_id, person_id, '1', 'Acme', 100, 100, '2026-01-01', @now, @now from p)
            select person_id from p
            """,
            new { now });
        var first = await connection.ExecuteScalarAsync<long>(
            """
            insert into attempt (person_id, account_id, direction, mode, to_e164, from_e164, state, sid, created_at, answered_at, deadline)
            values (@person, (select account_id from account), 'Inbound', 'Agentless', '+18005550199', '+14045550100', 'Answered', 'CA0', @now, @now, @late) returning attempt_id
            """,
            new { person, now, late = now + Duration.FromHours(9) });
        var flow = services.GetRequiredService<IvrFlow>();
        await database.InTransactionAsync((c, t) => flow.StartAsync(c, t, first, "inbound", now, default), default);
        await connection.ExecuteAsync(
            """
            insert into attempt (person_id, account_id, direction, mode, to_e164, from_e164, state, sid, created_at, answered_at, deadline)
            select person_id, account_id, direction, mode, to_e164, from_e164, state, 'CA' || g, created_at, answered_at, deadline from attempt, generate_series(1, @twice) g where sid = 'CA0';
            insert into ivr_session (attempt_id, flow, flow_version, step, sequence, position, response, started_at, updated_at)
            select a.attempt_id, s.flow, s.flow_version, s.step, 0, s.position, s.response, s.started_at, s.updated_at
            from attempt a, ivr_session s where s.attempt_id = @first and a.attempt_id > @first and a.sid not like 'CA0';
            """,
            new { twice = 2 * count, first },
            commandTimeout: 600);
        await connection.ExecuteAsync("analyze");
        var tokens = services.GetRequiredService<AttemptTokens>();
        var ids = (await connection.QueryAsync<(long Id, string Sid)>("select attempt_id, sid from attempt where sid <> 'CA0' order by attempt_id")).AsList();
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
