using Dialer.Core.Ivr;

namespace Dialer.Features.Tests.Ivr;

/// <summary>Settlements, plans, hardship, messages: stored in the step that confirms them.</summary>
public sealed class SettlingMore(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly IvrWorld _world = new(database.Database);

    [Fact]
    public async Task A_settlement_that_is_paid_ends_the_debt_and_the_rest_is_an_adjustment()
    {
        var debtor = await _world.AddDebtorAsync();
        await OfferAsync(debtor, 200m);
        var caller = await VerifiedAsync(debtor);
        await caller.PressAsync("1");
        caller.Heard.ShouldContain("To end this debt with one payment of $200, an offer that is good until Monday, November 30, press 4.");
        await caller.PressAsync("4", "1");
        caller.Heard.ShouldContain("which settles this debt in full");
        await caller.PressAsync("1");
        await caller.PayEndsAsync(PaymentResult.Captured, "S1");

        (await OneAsync<decimal>("select balance from account where account_id = @id", debtor)).ShouldBe(0m);
        (await OneAsync<string>("select state from settlement_offer where account_id = @id", debtor)).ShouldBe("Accepted");
        (await OneAsync<decimal>("select sum(amount) from ledger_line where account_id = @id", debtor)).ShouldBe(0m);
        (await OneAsync<decimal>("select amount from ledger_line where account_id = @id and side = 'Adjustment'", debtor)).ShouldBe(140.25m);
        (await OneAsync<string>("select kind || ' ' || channel from customer_notice where account_id = @id", debtor)).ShouldBe("Receipt Letter");
    }

    [Fact]
    public async Task A_plan_of_the_catalogue_waits_for_a_signature_and_its_form_is_queued()
    {
        var debtor = await _world.AddDebtorAsync();
        await _world.Database.ExecuteAsync("insert into plan_offer (client_id, installments, every_days, least_balance, most_balance, made_by, made_at) values (@ClientId, 3, 30, 50, 5000, 'test', @Now)", new { debtor.ClientId, _world.Now }, default);
        var caller = await VerifiedAsync(debtor);
        await caller.PressAsync("5");
        caller.Heard.ShouldContain("To pay in parts, press 1.");
        await caller.PressAsync("1", "1");
        caller.Heard.ShouldContain("You will pay Acme Broadband in 3 payments of $113.42, the first on Friday, November 27, then one every 30 days.");
        caller.Heard.ShouldContain("Until we have your signature nothing is taken from any account.");
        await caller.PressAsync("1");
        await caller.HangUpAsync();

        (await OneAsync<string>("select state from payment_plan where account_id = @id", debtor)).ShouldBe("PendingAuthorization");
        (await OneAsync<decimal>("select sum(amount) from plan_installment i join payment_plan p using (payment_plan_id) where account_id = @id", debtor)).ShouldBe(340.25m);
        (await OneAsync<string>("select kind from customer_notice where account_id = @id", debtor)).ShouldBe("PlanAuthorization");
        (await _world.OneAsync<string>("select code from disposition where attempt_id = @Attempt", caller)).ShouldBe("RPC-PLAN");

        var again = await VerifiedAsync(debtor);
        await again.PressAsync("5");
        again.Heard.ShouldNotContain("To pay in parts");
    }

    [Fact]
    public async Task A_hardship_pauses_collection_for_a_month()
    {
        var debtor = await _world.AddDebtorAsync();
        var caller = await VerifiedAsync(debtor);
        await caller.PressAsync("5", "2", "1");
        caller.Heard.ShouldContain("We will not call to collect for thirty days");
        (await OneAsync<long>("select count(*) from hold where account_id = @id and kind = 'Hardship' and closed_at is null and expires_at = '2026-12-23 15:00Z'", debtor)).ShouldBe(1);
    }

    [Fact]
    public async Task A_message_after_hours_is_kept_for_people()
    {
        _world.Now = NodaTime.Instant.FromUtc(2026, 11, 24, 3, 30);
        var caller = await (await _world.CallAsync(await _world.AddDebtorAsync())).PressAsync("0");
        caller.Heard.ShouldStartWith("Our office is closed now.");
        await caller.PressAsync("3");
        caller.Twiml.ShouldContain("<Record action=");
        await caller.LeaveMessageAsync("RE77", 14);
        caller.Heard.ShouldContain("We have your message");
        (await _world.OneAsync<int>("select seconds from voicemail where attempt_id = @Attempt and recording_sid = 'RE77'", caller)).ShouldBe(14);
        await caller.HangUpAsync();
        (await _world.OneAsync<string>("select code from disposition where attempt_id = @Attempt", caller)).ShouldBe("VM-LEFT");
    }

    [Fact]
    public async Task Three_declined_cards_in_a_day_lock_the_account_for_other_calls_too_and_raise_an_alarm()
    {
        var debtor = await _world.AddDebtorAsync();
        var first = await VerifiedAsync(debtor);
        await first.PressAsync("1", "1", "1", "1");
        for (var card = 1; card <= 3; card++)
        {
            await first.PayEndsAsync(PaymentResult.Declined);
            if (card < 3)
                await first.PressAsync("1", "1", "1");
        }

        first.Heard.ShouldContain("we cannot try again on this call");
        await first.HangUpAsync();
        var second = await VerifiedAsync(debtor);
        await second.PressAsync("1");
        second.Heard.ShouldContain("several cards were not accepted");
        (await _world.OneAsync<long>("select count(*) from alarm where code = 'CARDING' and subject = @subject and closed_at is null", new { subject = $"account/{debtor.Accounts[0]}" })).ShouldBe(1);
        await second.HangUpAsync();
        _world.Now += NodaTime.Duration.FromHours(25);
        var tomorrow = await VerifiedAsync(debtor);
        (await tomorrow.PressAsync("1")).Heard.ShouldContain("To pay the whole balance");
    }

    [Fact]
    public async Task Three_declined_cards_from_one_number_on_several_accounts_lock_the_number_and_raise_an_alarm()
    {
        var number = $"+1706555{Random.Shared.Next(1000, 9999)}";
        Caller? last = null;
        for (var card = 1; card <= 3; card++)
        {
            last = await (await _world.CallAsync(await _world.AddDebtorAsync(), "inbound", number)).PressAsync("1");
            await last.VerifyAsync();
            await last.PressAsync("1", "1", "1", "1");
            await last.PayEndsAsync(PaymentResult.Declined);
            await last.HangUpAsync();
        }

        (await _world.OneAsync<long>("select count(*) from alarm where code = 'CARDING' and subject = 'attempt/' || @Attempt and closed_at is null", last!)).ShouldBe(1);
        var next = await (await _world.CallAsync(await _world.AddDebtorAsync(), "inbound", number)).PressAsync("1");
        await next.VerifyAsync();
        (await next.PressAsync("1")).Heard.ShouldContain("several cards were not accepted");
    }

    [Fact]
    public async Task A_call_that_began_on_an_older_version_of_the_flow_ends_on_it()
    {
        var debtor = await _world.AddDebtorAsync();
        var caller = await _world.CallAsync(debtor);
        // As a build before this one left it: the session says version 1.
        await _world.Database.ExecuteAsync(
            "update ivr_session set flow_version = 1, position = jsonb_set(position, '{version}', '1') where attempt_id = @Attempt", caller, default);
        await caller.PressAsync("1");
        await caller.VerifyAsync();
        caller.Heard.ShouldNotContain("press 5");
        await caller.PressAsync("2", "1", "1", "1", "2");
        caller.HungUp.ShouldBeTrue("version 1 asks no question at the end");
        (await _world.OneAsync<int>("select flow_version from ivr_session where attempt_id = @Attempt", caller)).ShouldBe(1);
    }

    [Fact]
    public async Task A_call_of_a_newer_build_hears_the_fallback_words_on_an_older_node_and_goes_on_elsewhere()
    {
        var caller = await _world.CallAsync(await _world.AddDebtorAsync());
        await VersionAsync(caller, 99);
        foreach (var input in new IvrInput[] { new IvrInput.Keys("1"), new IvrInput.PaymentEnded(new PaymentOutcome(PaymentResult.Captured, "X")) }) // taken together with others, and alone
        {
            var heard = (await _world.AdvanceAsync(caller.Attempt, 1, input))!;
            heard.ShouldContain("customer service line");
            heard.ShouldContain("800 555 0199");
            heard.ShouldNotContain("debt", Case.Insensitive);
        }

        (await _world.OneAsync<int>("select sequence from ivr_session where attempt_id = @Attempt", caller)).ShouldBe(0, "the step was taken");
        await VersionAsync(caller, OutboundFlow.Graph.Version); // a node of the newer build
        await caller.PressAsync("1");
        caller.Heard.ShouldContain("zip code");
    }

    private Task VersionAsync(Caller caller, int version) => _world.Database.ExecuteAsync(
        "update ivr_session set flow_version = @version, position = jsonb_set(position, '{version}', to_jsonb(@version)) where attempt_id = @Attempt", new { caller.Attempt, version }, default);

    private async Task<Caller> VerifiedAsync(Debtor debtor)
    {
        var caller = await (await _world.CallAsync(debtor)).PressAsync("1");
        return await caller.VerifyAsync();
    }

    private Task OfferAsync(Debtor debtor, decimal amount) => _world.Database.ExecuteAsync(
        "insert into settlement_offer (account_id, amount, last_day, made_by, made_at) values (@id, @amount, '2026-11-30', 'test', @Now)", new { id = debtor.Accounts[0], amount, _world.Now }, default);

    private Task<T> OneAsync<T>(string sql, Debtor debtor) => _world.OneAsync<T>(sql, new { id = debtor.Accounts[0] });
}
