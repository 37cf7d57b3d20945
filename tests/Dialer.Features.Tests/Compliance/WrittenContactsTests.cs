using Dapper;
using Dialer.Core.Compliance;
using Dialer.Features.Compliance;
using Dialer.Features.Payments;
using Dialer.Features.Tests.Ivr;
using Dialer.Twilio.Twiml;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Tests.Compliance;

/// <summary>E-mails pass the same gate as calls and take the same room: New York City counts both, three in seven days to an account.</summary>
public sealed class WrittenContactsTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Count = "select (select count(*) from attempt where account_id = @Value)::int + (select count(*) from customer_notice where account_id = @Value and channel = 'Email' and state in ('Queued', 'Sent') and cleared_at is not null)::int";

    // Wednesday 16 September 2026, noon in New York: the city's rule is in force.
    private static readonly Instant Noon = Instant.FromUtc(2026, 9, 16, 16, 0);

    private static int _receipts;

    private readonly ComplianceWorld _world = new(database.Source);
    private readonly Mailbox _mailbox = new();

    [Fact]
    public async Task A_receipt_by_e_mail_takes_the_room_of_a_call()
    {
        var debtor = await NewYorkerAsync();
        await _world.CallAsync(debtor, Noon - Duration.FromDays(4));
        await _world.CallAsync(debtor, Noon - Duration.FromDays(2));
        (await _world.DecideAsync(Noon, debtor.Preview))[0].Allowed.ShouldBeTrue();

        await ReceiptAsync(debtor);
        (await SendAsync(Noon)).ShouldBe(1);

        var decided = (await _world.DecideAsync(Noon + Duration.FromHours(1), debtor.Preview))[0];
        decided.Decision.Reasons.ShouldContain(reason => reason.Code == "NYC_SHIELD_CAP");
        decided.Decision.RetryAt.ShouldBe(Noon + Duration.FromDays(3)); // the oldest call leaves the seven days
        (await OneAsync<string>("select channel || ' ' || purpose || ' ' || (notice_id is not null) from decision where account_id = @Value and channel <> 'Voice'", debtor)).ShouldBe("Email Servicing true");
    }

    [Fact]
    public async Task An_e_mail_for_which_the_law_has_no_room_goes_by_letter()
    {
        var debtor = await NewYorkerAsync();
        for (var day = 1; day <= 3; day++)
            await _world.CallAsync(debtor, Noon - Duration.FromDays(day));

        await ReceiptAsync(debtor);
        (await SendAsync(Noon)).ShouldBe(1);

        (await NoticeAsync(debtor)).ShouldBe("Letter Sent ");
        _mailbox.Channels.ShouldBe(["Letter"]);
        (await OneAsync<string>("select array_to_string(reasons, ' ') from decision where account_id = @Value", debtor)).ShouldBe("NYC_SHIELD_CAP");
        (await OneAsync<string>("select action from audit where subject = 'account/' || @Value", debtor)).ShouldBe("notice.by-letter");
    }

    [Fact]
    public async Task In_washington_letters_that_events_caused_and_notices_of_debts_take_the_room_of_a_call()
    {
        var debtor = await _world.DebtorAsync(line: "Landline", state: "WA", zip: "98101", areaCode: "206");
        async Task<IEnumerable<string>> DeniedAsync() => (await _world.DecideAsync(Noon, debtor.Preview))[0].Decision.Reasons.Select(reason => reason.Code);
        Task SqlAsync(string sql) => database.Database.ExecuteAsync(sql, new { account = debtor.Account.Value }, default);
        await _world.CallAsync(debtor, Noon - Duration.FromDays(4));
        await ReceiptAsync(debtor, Noon - Duration.FromDays(2)); // without an address for e-mail: a letter
        await SendAsync(Noon - Duration.FromDays(2));
        (await NoticeAsync(debtor)).ShouldBe("Letter Sent ");
        (await DeniedAsync()).ShouldNotContain("WA_CONTACT_CAP");

        await SqlAsync("insert into validation_notice (account_id, sent_on, way, sent_by, evidence, recorded_at, recorded_by) values (@account, '2026-09-15', 'Letter', 'House', 'e', now(), 'test')");
        var denied = (await _world.DecideAsync(Noon, debtor.Preview))[0].Decision;
        denied.Reasons.ShouldContain(reason => reason.Code == "WA_CONTACT_CAP");
        denied.RetryAt.ShouldBe(Noon + Duration.FromDays(3));

        await SqlAsync("update validation_notice set returned_on = '2026-09-16' where account_id = @account"); // nobody has read it
        (await DeniedAsync()).ShouldNotContain("WA_CONTACT_CAP");
        await SqlAsync(
            """
            with batch as (insert into validation_batch (mail_on, made_at, made_by) values ('2026-09-17', now(), 'test') returning validation_batch_id)
            insert into validation_batch_item (validation_batch_id, account_id, decision_id, fields, letter) select validation_batch_id, @account, 0, '{}', '' from batch
            """);
        (await DeniedAsync()).ShouldContain("WA_CONTACT_CAP"); // it is on its way
    }

    [Fact]
    public async Task An_e_mail_at_night_waits_for_the_morning()
    {
        var debtor = await NewYorkerAsync();
        var night = Noon + Duration.FromHours(11);
        await ReceiptAsync(debtor, night);

        (await SendAsync(night)).ShouldBe(0);
        (await NoticeAsync(debtor)).ShouldBe("Email Queued REGF_TIME_WINDOW");
        (await SendAsync(Noon + Duration.FromHours(20))).ShouldBe(1); // eight in the morning
        (await NoticeAsync(debtor)).ShouldBe("Email Sent ");
    }

    [Fact]
    public async Task What_the_desk_wrote_is_withheld_when_the_person_has_said_stop_meanwhile()
    {
        var debtor = await NewYorkerAsync();
        await WrittenAsync(debtor, Noon);
        await database.Database.ExecuteAsync(
            "insert into consent_event (at, person_id, e164, channel, kind, scope, source, recorded_by) values (@at, @person, '+12125550199', 'Email', 'Revoked', 'All', 'agent', 'test')",
            new { at = Noon + Duration.FromMinutes(5), person = debtor.Person.Value }, default);

        (await SendAsync(Noon + Duration.FromHours(1))).ShouldBe(0);

        (await NoticeAsync(debtor)).ShouldBe("Email Withheld EMAIL_NOT_AGREED MEDIUM_OPTOUT NYC_ELECTRONIC_CONSENT");
        _mailbox.Channels.ShouldBeEmpty();
        (await _world.DecideAsync(Noon + Duration.FromHours(2), debtor.Preview))[0].Allowed.ShouldBeTrue(); // what never left takes no room
    }

    [Fact]
    public async Task A_mail_server_that_was_down_for_days_makes_the_gate_be_asked_again()
    {
        var debtor = await NewYorkerAsync();
        await ReceiptAsync(debtor);
        _mailbox.Broken = true;
        (await SendAsync(Noon)).ShouldBe(0);
        for (var day = 1; day <= 3; day++)
            await _world.CallAsync(debtor, Noon + Duration.FromDays(day));
        _mailbox.Broken = false;

        (await SendAsync(Noon + Duration.FromDays(4))).ShouldBe(1);

        (await NoticeAsync(debtor)).ShouldStartWith("Letter Sent");
    }

    [Fact]
    public async Task Calls_and_e_mails_that_race_for_the_last_place_never_pass_the_cap()
    {
        for (var round = 0; round < 8; round++)
        {
            var debtor = await NewYorkerAsync();
            await _world.CallAsync(debtor, Noon - Duration.FromDays(4));
            await _world.CallAsync(debtor, Noon - Duration.FromDays(2));
            for (var i = 0; i < 4; i++)
                await ReceiptAsync(debtor);
            using var start = new Barrier(8);
            await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Factory.StartNew(
                async () =>
                {
                    start.SignalAndWait();
                    await (i % 2 == 0 ? CallIfAllowedAsync(debtor) : SendAsync(Noon));
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));

            (await OneAsync<int>(Count, debtor)).ShouldBe(3);
        }
    }

    private Task CallIfAllowedAsync(ComplianceWorld.Debtor debtor) => database.Database.InTransactionAsync(
        async (connection, transaction) =>
        {
            await PersonLocks.TakeAsync(connection, transaction, [debtor.Person]);
            if ((await _world.Gate.DecideAsync(connection, transaction, [debtor.Preview], Noon, default))[0].Allowed)
                await connection.ExecuteAsync(
                    """
                    insert into attempt (account_id, person_id, phone_id, mode, to_e164, from_e164, state, created_at)
                    values (@account, @person, @phone, 'Preview', @E164, '+18005550100', 'NoAnswer', @noon)
                    """,
                    new { account = debtor.Account.Value, person = debtor.Person.Value, phone = debtor.Phone.Value, debtor.E164, noon = Noon }, transaction);
        },
        CancellationToken.None);

    private async Task<ComplianceWorld.Debtor> NewYorkerAsync()
    {
        var debtor = await _world.DebtorAsync(line: "Landline", state: "NY", zip: "10001", areaCode: "212");
        await database.Database.ExecuteAsync(
            """
            update person set email = 'ada@example.com', address = '12 Elm St', city = 'New York' where person_id = @person;
            insert into consent_event (at, person_id, e164, channel, kind, scope, source, recorded_by) values (@at, @person, @E164, 'Email', 'Granted', 'All', 'placement', 'test')
            """,
            new { person = debtor.Person.Value, debtor.E164, at = Noon - Duration.FromDays(60) }, default);
        return debtor;
    }

    private Task ReceiptAsync(ComplianceWorld.Debtor debtor, Instant? at = null) => database.Database.InTransactionAsync(
        (connection, transaction) => Notices.QueueAsync(
            connection, transaction, NoticeKind.Receipt, $"receipt:{Interlocked.Increment(ref _receipts)}", debtor.Account.Value,
            new { amount = "10.00", paidOn = "2026-09-16", confirmation = "A1", reference = "r", method = "Card", last4 = "4242" }, at ?? Noon, default),
        default);

    /// <summary>As the desk writes: decided and reserved, not yet sent.</summary>
    private Task WrittenAsync(ComplianceWorld.Debtor debtor, Instant at) => database.Database.ExecuteAsync(
        """
        insert into customer_notice (notice_key, kind, person_id, account_id, channel, purpose, language, fields, next_at, queued_at, written_by, cleared_at)
        values ('desk:' || gen_random_uuid(), 'BalanceStatement', @person, @account, 'Email', 'Collect', 'en', '{}', @at, @at, 'ann', @at)
        """,
        new { person = debtor.Person.Value, account = debtor.Account.Value, at }, default);

    private Task<int> SendAsync(Instant now) => new SendNotices(
        database.Database, _world.Gate, new NoticeWords(Options.Create(new TemplateOptions())), [_mailbox], new FixedTime(now), NullLogger<SendNotices>.Instance).RunAsync(CancellationToken.None);

    private Task<string> NoticeAsync(ComplianceWorld.Debtor debtor) => OneAsync<string>("select channel || ' ' || state || ' ' || coalesce(last_error, '') from customer_notice where account_id = @Value", debtor);

    private async Task<T> OneAsync<T>(string sql, ComplianceWorld.Debtor debtor) => (await database.Database.QueryAsync<T>(sql, new { debtor.Account.Value }, default)).Single();

    private sealed class Mailbox : INoticeSender
    {
        private readonly Lock _lock = new();
        private readonly List<string> _channels = [];

        public bool Broken { get; set; }

        public IReadOnlyList<string> Channels
        {
            get
            {
                lock (_lock)
                    return [.. _channels];
            }
        }

        public bool Takes(string channel) => true;

        public Task SendAsync(OutgoingNotice notice, CancellationToken cancel)
        {
            if (Broken)
                throw new IOException("The mail server is down.");
            lock (_lock)
                _channels.Add(notice.Channel);
            return Task.CompletedTask;
        }
    }
}
