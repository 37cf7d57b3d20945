using System.Xml.Linq;
using Dapper;
using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Core.Ivr;
using Dialer.Features.Compliance;
using Dialer.Features.Ivr;
using Dialer.Features.Payments;
using Dialer.Storage.Postgres;
using Dialer.Twilio;
using Dialer.Twilio.Twiml;
using Dialer.Twilio.Webhooks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Tests.Ivr;

/// <summary>People with debts in a real database, and callers who listen to TwiML and press keys.</summary>
internal sealed class IvrWorld
{
    public static readonly Instant Monday = Instant.FromUtc(2026, 11, 23, 15, 0);
    private static int _serial;

    private readonly Database _database;
    private readonly IvrFlow _flow;
    private readonly IvrSteps _steps;

    /// <param name="words">The folder of templates; null: the shipped one.</param>
    public IvrWorld(Database database, IAgentHandoff? handoff = null, string? words = null)
    {
        _database = database;
        var face = Options.Create(new PublicFaceOptions { PublicUrl = "https://calls.example.com", TokenKey = new string('k', 32) });
        Templates = new TemplateStore(Options.Create(words is null ? new TemplateOptions() : new TemplateOptions { Path = words }), NullLogger<TemplateStore>.Instance);
        Gate = new PaymentGate(new PolicyBook(PolicySet.Shipped), [new FolderNotices(Options.Create(new PaymentsOptions { LetterFolder = "letters" }), MailReceiver.None)]);
        _flow = new IvrFlow(Templates, new AttemptTokens(face), new WebhookUrls(face), handoff ?? new NoAgents(), Gate, Options.Create(new IvrOptions()));
        _steps = new IvrSteps(_flow, database, NullLogger<IvrSteps>.Instance);
    }

    public TemplateStore Templates { get; }

    /// <summary>The payment rules, in an installation whose letters are sent.</summary>
    public PaymentGate Gate { get; }

    public Instant Now { get; set; } = Monday;

    public Database Database => _database;

    public async Task<Debtor> AddDebtorAsync(decimal balance = 340.25m, string language = "en", string role = "ThirdParty", int accounts = 1, string firstName = "Maria", string? zip = "30301")
    {
        var serial = Interlocked.Increment(ref _serial);
        var e164 = $"+1404{555 + (serial / 10_000)}{serial % 10_000:0000}"; // one more exchange for every ten thousand people
        await using var connection = await _database.OpenAsync(CancellationToken.None);
        var (client, person, ids) = await connection.QuerySingleAsync<(long Client, long Person, long[] Accounts)>(
            """
            with cl as (
                insert into client (code, name, spoken_name, callback_e164, collector_role, debt_class, created_at)
                values (@code, 'C', 'Northfield Services', '+18005550199', @role, 'Consumer', @Now) returning client_id),
            pe as (
                insert into person (client_id, client_person_no, first_name, last_name, birth_date, ssn_last4, language, zip, created_at, updated_at)
                select client_id, 'P1', @firstName, 'Lopez', '1980-02-29', '4321', @language, @zip, @Now, @Now from cl returning person_id, client_id),
            ph as (
                insert into phone (person_id, e164, source, created_at, updated_at) select person_id, @e164, 'placement', @Now, @Now from pe),
            ac as (
                insert into account (client_id, person_id, client_account_no, creditor, balance, bucket_30, bucket_older, placed_on, created_at, updated_at)
                select client_id, person_id, @number || lpad(i::text, 3, '0'), case i when 0 then 'Acme Broadband' else 'Creditor ' || i end, @balance, @balance - 40, 40, '2026-01-01', @Now, @Now
                from pe, generate_series(0, @accounts - 1) as i order by i returning account_id)
            select pe.client_id, pe.person_id, (select array_agg(account_id order by account_id) from ac) from pe
            """,
            new { code = $"c{serial}", role, firstName, language, zip, e164, number = $"77-{serial}", balance, accounts, Now });
        return new Debtor(client, person, e164, ids);
    }

    public async Task<Caller> CallAsync(Debtor debtor, string flow = "outbound", string? fromNumber = null, long? personId = -1)
    {
        await using var connection = await _database.OpenAsync(CancellationToken.None);
        var inbound = flow == "inbound";
        var attempt = await connection.ExecuteScalarAsync<long>(
            """
            insert into attempt (account_id, person_id, direction, mode, to_e164, from_e164, state, sid, created_at, answered_at)
            values (@account, @person, @direction, 'Agentless', @to, @from, 'Answered', @sid, @Now, @Now) returning attempt_id
            """,
            new
            {
                account = inbound ? (long?)null : debtor.Accounts[0],
                person = personId == -1 ? debtor.PersonId : personId,
                direction = inbound ? "Inbound" : "Outbound",
                to = inbound ? "+18005550199" : debtor.E164,
                from = inbound ? fromNumber ?? debtor.E164 : "+18005550199",
                sid = $"CA{Guid.NewGuid():N}",
                Now,
            });
        var caller = new Caller(this, attempt, debtor.E164);
        caller.Hear(await _database.InTransactionAsync((c, t) => _flow.StartAsync(c, t, attempt, flow, Now, CancellationToken.None), CancellationToken.None));
        return caller;
    }

    /// <summary>One webhook of the call, whose recording can always be paused.</summary>
    public Task<string?> AdvanceAsync(long attempt, int n, IvrInput input) => _steps.TakeAsync(new AttemptId(attempt), n, input, () => Task.FromResult(true), Now, CancellationToken.None);

    public async Task EndAsync(long attempt)
    {
        await _database.InTransactionAsync((c, t) => _flow.CloseAsync(c, t, [attempt], Now, CancellationToken.None), CancellationToken.None);
        await _database.ExecuteAsync("update attempt set state = 'Completed', ended_at = @Now where attempt_id = @attempt", new { Now, attempt }, CancellationToken.None);
    }

    public async Task<T> OneAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await _database.OpenAsync(CancellationToken.None);
        return (await connection.ExecuteScalarAsync<T>(sql, parameters))!;
    }
}

internal sealed record Debtor(long ClientId, long PersonId, string E164, IReadOnlyList<long> Accounts);

/// <summary>One call, from the ear's side.</summary>
internal sealed class Caller(IvrWorld world, long attempt, string e164)
{
    private int _n;

    public long Attempt => attempt;

    public string E164 => e164;

    public int N => _n;

    public string Twiml { get; private set; } = "";

    /// <summary>Everything said in the last answer.</summary>
    public string Heard { get; private set; } = "";

    public List<string> Transcript { get; } = [];

    public bool HungUp => XDocument.Parse(Twiml).Root!.Elements().Any(e => e.Name == "Hangup");

    public bool IsAskedToPay => XDocument.Parse(Twiml).Descendants("Pay").Any();

    public Task<Caller> PressAsync(params string[] keys) => StepsAsync(keys.Select(key => (IvrInput)new IvrInput.Keys(key)));

    public Task<Caller> StaySilentAsync() => StepsAsync([new IvrInput.Silence()]);

    public Task<Caller> LeaveMessageAsync(string sid, int seconds) => StepsAsync([new IvrInput.Recorded(sid, seconds)]);

    public Task<Caller> PayEndsAsync(PaymentResult result, string? code = null) => StepsAsync([new IvrInput.PaymentEnded(new PaymentOutcome(result, code, "4001", "visa"))]);

    public Task<Caller> VerifyAsync(string zip = "30301", string birth = "02291980") => PressAsync(zip, birth);

    public Task HangUpAsync() => world.EndAsync(attempt);

    public void Hear(string twiml)
    {
        Twiml = twiml;
        Heard = string.Join(' ', XDocument.Parse(twiml).Descendants("Say").Select(say => say.Value));
        Transcript.Add(Heard);
    }

    private async Task<Caller> StepsAsync(IEnumerable<IvrInput> inputs)
    {
        foreach (var input in inputs)
            Hear((await world.AdvanceAsync(attempt, ++_n, input))!);
        return this;
    }
}
