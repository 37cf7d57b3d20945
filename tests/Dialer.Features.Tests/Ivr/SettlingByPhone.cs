using Dialer.Core.Ivr;

namespace Dialer.Features.Tests.Ivr;

public sealed class SettlingByPhone(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly IvrWorld _world = new(database.Database);

    [Fact]
    public async Task A_verified_person_pays_the_balance_by_card_and_the_ledger_and_balance_agree()
    {
        var debtor = await _world.AddDebtorAsync(340.25m);
        var caller = await _world.CallAsync(debtor);
        caller.Heard.ShouldStartWith("This call may be monitored or recorded. This is Northfield Services. To stop these automated calls, press 9. For Maria Lopez, press 1.");
        await caller.PressAsync("1");
        caller.Heard.ShouldContain("enter your five digit zip code");
        await caller.PressAsync("30301");
        caller.Heard.ShouldContain("enter your date of birth as eight digits, month, day, year");
        await caller.PressAsync("02291980");
        caller.Heard.ShouldStartWith("This is an attempt to collect a debt.");
        caller.Heard.ShouldContain("Your balance with Acme Broadband is $340.25.");
        await caller.PressAsync("1", "1", "1");
        caller.Heard.ShouldContain("You will be charged $340.25 today on your card");
        await caller.PressAsync("1");
        caller.IsAskedToPay.ShouldBeTrue();
        (await _world.OneAsync<string>("select state from payment where attempt_id = @Attempt", caller)).ShouldBe("Created");
        await caller.PayEndsAsync(PaymentResult.Captured, "K7Q2M9");
        caller.Heard.ShouldContain("Your payment of $340.25 to Acme Broadband was received.");
        caller.Heard.ShouldContain("your receipt number");
        await caller.HangUpAsync();

        (await _world.OneAsync<string>("select state from payment where attempt_id = @Attempt", caller)).ShouldBe("Captured");
        (await _world.OneAsync<decimal>("select balance from account where account_id = @id", new { id = debtor.Accounts[0] })).ShouldBe(0m);
        (await _world.OneAsync<string>("select status from account where account_id = @id", new { id = debtor.Accounts[0] })).ShouldBe("Paid");
        (await _world.OneAsync<decimal>("select sum(amount) from ledger_line where account_id = @id", new { id = debtor.Accounts[0] })).ShouldBe(0m);
        (await _world.OneAsync<decimal>("select amount from ledger_line where account_id = @id and side = 'Processor'", new { id = debtor.Accounts[0] })).ShouldBe(340.25m);
        (await _world.OneAsync<string>("select code from disposition where attempt_id = @Attempt and source = 'Ivr'", caller)).ShouldBe("IVR-PAID");
        (await _world.OneAsync<bool>("select conversation_at is not null from attempt where attempt_id = @Attempt", caller)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_promise_is_read_back_confirmed_and_stored_inside_policy()
    {
        var debtor = await _world.AddDebtorAsync();
        var caller = await (await _world.CallAsync(debtor)).PressAsync("1");
        await caller.VerifyAsync();
        await caller.PressAsync("2", "1", "3", "100*50");
        caller.Heard.ShouldContain("You promise to pay $100.50 to Acme Broadband on Friday, November 27.");
        await caller.PressAsync("1");
        caller.Heard.ShouldContain("is recorded");
        await caller.PressAsync("1");
        caller.Heard.ShouldContain("How easy was this call?");
        await caller.PressAsync("5");
        caller.HungUp.ShouldBeTrue();
        await caller.HangUpAsync();
        (await _world.OneAsync<short>("select score from survey_answer where attempt_id = @Attempt", caller)).ShouldBe((short)5);
        (await _world.OneAsync<decimal>("select amount from promise where attempt_id = @Attempt and state = 'Active' and due_on = '2026-11-27' and grace_until = '2026-11-30'", caller)).ShouldBe(100.50m);
        (await _world.OneAsync<string>("select code from disposition where attempt_id = @Attempt", caller)).ShouldBe("IVR-PTP");
        (await _world.OneAsync<long>("select count(*) from consent_event where person_id = @PersonId and kind = 'Granted' and scope = 'Direct' and valid_until = '2026-11-30 05:00Z'", debtor)).ShouldBe(1);
    }

    [Fact]
    public async Task A_webhook_that_comes_again_gets_the_same_answer_and_does_nothing_again()
    {
        var debtor = await _world.AddDebtorAsync();
        var caller = await (await _world.CallAsync(debtor)).PressAsync("1");
        await caller.VerifyAsync();
        await caller.PressAsync("1", "1", "1", "1");
        var pay = caller.Twiml;
        (await _world.AdvanceAsync(caller.Attempt, caller.N, new IvrInput.Keys("1"))).ShouldBe(pay);
        await caller.PayEndsAsync(PaymentResult.Captured, "X1");
        var done = caller.Twiml;
        for (var i = 0; i < 5; i++)
            (await _world.AdvanceAsync(caller.Attempt, caller.N, new IvrInput.PaymentEnded(new PaymentOutcome(PaymentResult.Captured, "X1")))).ShouldBe(done);
        (await _world.AdvanceAsync(caller.Attempt, caller.N - 1, new IvrInput.Keys("1"))).ShouldBe(pay);
        (await _world.OneAsync<long>("select count(*) from payment where attempt_id = @Attempt", caller)).ShouldBe(1);
        (await _world.OneAsync<long>("select count(*) from ledger_line where account_id = @id", new { id = debtor.Accounts[0] })).ShouldBe(2);
    }

    [Fact]
    public async Task The_same_webhook_at_the_same_moment_on_two_nodes_is_one_step()
    {
        var debtor = await _world.AddDebtorAsync();
        var caller = await (await _world.CallAsync(debtor)).PressAsync("1");
        await caller.VerifyAsync();
        await caller.PressAsync("1", "1", "1");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _world.AdvanceAsync(caller.Attempt, caller.N + 1, new IvrInput.Keys("1"))));
        answers.Distinct().Count().ShouldBe(1);
        (await _world.OneAsync<long>("select count(*) from payment where attempt_id = @Attempt", caller)).ShouldBe(1);
    }

    [Fact]
    public async Task Pressing_9_stores_the_revocation_before_it_is_confirmed()
    {
        var debtor = await _world.AddDebtorAsync();
        var caller = await (await _world.CallAsync(debtor)).PressAsync("9");
        caller.Heard.ShouldContain("You will not receive any more automated calls");
        caller.HungUp.ShouldBeTrue();
        (await _world.OneAsync<long>("select count(*) from consent_event where person_id = @PersonId and e164 = @E164 and kind = 'Revoked' and scope = 'All'", debtor)).ShouldBe(1);
        await caller.HangUpAsync();
        (await _world.OneAsync<string>("select code from disposition where attempt_id = @Attempt", caller)).ShouldBe("IVR-OPTOUT");
    }

    [Fact]
    public async Task A_wrong_number_is_suppressed_and_hears_nothing_of_a_debt()
    {
        var debtor = await _world.AddDebtorAsync();
        var caller = await (await _world.CallAsync(debtor)).PressAsync("2");
        caller.HungUp.ShouldBeTrue();
        (await _world.OneAsync<string>("select status from phone where person_id = @PersonId", debtor)).ShouldBe("WrongNumber");
        await caller.HangUpAsync();
        (await _world.OneAsync<string>("select code from disposition where attempt_id = @Attempt", caller)).ShouldBe("WN");
        string.Join(' ', caller.Transcript).ShouldNotContain("debt", Case.Insensitive);
    }

    [Fact]
    public async Task A_dispute_opens_a_hold_in_the_same_step()
    {
        var debtor = await _world.AddDebtorAsync();
        var caller = await (await _world.CallAsync(debtor)).PressAsync("1");
        await caller.VerifyAsync();
        await caller.PressAsync("3", "1");
        caller.Heard.ShouldContain("Your dispute is recorded");
        (await _world.OneAsync<long>("select count(*) from hold where person_id = @PersonId and account_id is not null and kind = 'Dispute' and closed_at is null", debtor)).ShouldBe(1);
    }
}
