using Dialer.Core.Ivr;
using Dialer.Features.Ivr;
using Dialer.Features.Payments;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Tests.Ivr;

public sealed class CallsThatGoWrong(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly IvrWorld _world = new(database.Database);

    [Fact]
    public async Task A_call_that_ends_in_a_payment_session_leaves_an_unknown_payment_that_blocks_a_second_try_until_the_truth_arrives()
    {
        var debtor = await _world.AddDebtorAsync();
        var caller = await PayingAsync(debtor);
        await caller.HangUpAsync();
        var sweep = new SweepPayments(_world.Database, new FixedTime(_world.Now + Duration.FromMinutes(5)));
        await sweep.RunAsync(SweepPaymentsArgs.Default, CancellationToken.None);
        (await StateAsync(caller)).ShouldBe("Unknown");

        var second = await (await _world.CallAsync(debtor)).PressAsync("1");
        await second.VerifyAsync();
        await second.PressAsync("1");
        second.Heard.ShouldContain("an earlier one may still be in progress");
        (await _world.OneAsync<long>("select count(*) from payment where account_id = @id", new { id = debtor.Accounts[0] })).ShouldBe(1);

        // The result was only late: it resolves the payment, though its call is long over.
        (await _world.AdvanceAsync(caller.Attempt, caller.N + 1, new IvrInput.PaymentEnded(new PaymentOutcome(PaymentResult.Captured, "LATE")))).ShouldNotBeNull();
        (await StateAsync(caller)).ShouldBe("Captured");
        (await _world.OneAsync<decimal>("select balance from account where account_id = @id", new { id = debtor.Accounts[0] })).ShouldBe(0m);
    }

    [Fact]
    public async Task News_of_an_earlier_session_that_comes_again_does_not_end_the_one_under_way()
    {
        var debtor = await _world.AddDebtorAsync();
        var caller = await PayingAsync(debtor);
        await caller.PayEndsAsync(PaymentResult.Declined);
        var first = caller.N;
        await caller.PressAsync("1", "1", "1");
        caller.IsAskedToPay.ShouldBeTrue();
        foreach (var number in new int?[] { 1, null }) // as the webhook says it, and as one of an older document, which did not
            (await _world.AdvanceAsync(caller.Attempt, first, new IvrInput.PaymentEnded(new PaymentOutcome(PaymentResult.Declined), number))).ShouldNotBeNull();
        (await _world.OneAsync<string>("select string_agg(state, ' ' order by payment_id) from payment where attempt_id = @Attempt", caller)).ShouldBe("Declined Created");
        await caller.PayEndsAsync(PaymentResult.Captured, "K2");
        (await _world.OneAsync<string>("select string_agg(state, ' ' order by payment_id) from payment where attempt_id = @Attempt", caller)).ShouldBe("Declined Captured");
        (await _world.OneAsync<decimal>("select balance from account where account_id = @id", new { id = debtor.Accounts[0] })).ShouldBe(0m);
    }

    [Fact]
    public async Task A_fresh_session_is_not_swept_and_a_session_whose_call_s_end_was_never_heard_is_swept_in_the_end()
    {
        var caller = await PayingAsync(await _world.AddDebtorAsync());
        await new SweepPayments(_world.Database, new FixedTime(_world.Now + Duration.FromMinutes(10))).RunAsync(SweepPaymentsArgs.Default, CancellationToken.None);
        (await StateAsync(caller)).ShouldBe("Created");
        await new SweepPayments(_world.Database, new FixedTime(_world.Now + Duration.FromMinutes(16))).RunAsync(SweepPaymentsArgs.Default, CancellationToken.None);
        (await StateAsync(caller)).ShouldBe("Unknown");
    }

    [Theory]
    [InlineData(PaymentResult.Declined, "Declined", "not accepted")]
    [InlineData(PaymentResult.Cancelled, "Cancelled", "cancelled")]
    [InlineData(PaymentResult.Unknown, "Unknown", "Please do not pay again")]
    public async Task Every_other_end_of_a_session_is_stored_as_it_is_and_moves_no_money(PaymentResult result, string state, string words)
    {
        var debtor = await _world.AddDebtorAsync();
        var caller = await PayingAsync(debtor);
        await caller.PayEndsAsync(result);
        caller.Heard.ShouldContain(words);
        (await StateAsync(caller)).ShouldBe(state);
        (await _world.OneAsync<long>("select count(*) from ledger_line where account_id = @id", new { id = debtor.Accounts[0] })).ShouldBe(0);
        (await _world.OneAsync<decimal>("select balance from account where account_id = @id", new { id = debtor.Accounts[0] })).ShouldBe(340.25m);
    }

    [Fact]
    public async Task A_step_that_is_rolled_back_was_never_taken()
    {
        var debtor = await _world.AddDebtorAsync();
        var caller = await (await _world.CallAsync(debtor)).PressAsync("1");
        await caller.VerifyAsync();
        await caller.PressAsync("1", "1", "1");
        var broken = new IvrWorld(database.Database, new FailingHandoff());
        await Should.ThrowAsync<InvalidOperationException>(() => broken.AdvanceAsync(caller.Attempt, caller.N + 1, new IvrInput.Keys("0")));
        await caller.PressAsync("1");
        caller.IsAskedToPay.ShouldBeTrue();
    }

    [Fact]
    public async Task With_an_agent_free_the_call_goes_to_them_and_their_disposition_stands()
    {
        var world = new IvrWorld(database.Database, new FreeAgent());
        var caller = await (await world.CallAsync(await world.AddDebtorAsync())).PressAsync("0");
        caller.Twiml.ShouldBe(FreeAgent.Twiml);
        (await world.AdvanceAsync(caller.Attempt, caller.N, new IvrInput.Keys("0"))).ShouldBe(FreeAgent.Twiml);
        await caller.HangUpAsync();
        (await world.OneAsync<long>("select count(*) from disposition where attempt_id = @Attempt", caller)).ShouldBe(0);
    }

    [Fact]
    public async Task With_nobody_free_a_call_back_is_offered_and_consented_to()
    {
        var debtor = await _world.AddDebtorAsync();
        var caller = await (await _world.CallAsync(debtor)).PressAsync("1");
        await caller.VerifyAsync();
        await caller.PressAsync("0");
        caller.Heard.ShouldContain("All of our representatives are busy");
        await caller.PressAsync("1");
        caller.HungUp.ShouldBeTrue();
        await caller.HangUpAsync();
        (await _world.OneAsync<string>("select code from disposition where attempt_id = @Attempt", caller)).ShouldBe("RPC-CB");
        (await _world.OneAsync<long>("select count(*) from consent_event where person_id = @PersonId and scope = 'Direct'", debtor)).ShouldBe(1);
    }

    [Fact]
    public async Task A_caller_who_hangs_up_is_recorded_by_how_far_they_came()
    {
        var first = await _world.CallAsync(await _world.AddDebtorAsync());
        await first.HangUpAsync();
        (await _world.OneAsync<string>("select code from disposition where attempt_id = @Attempt", first)).ShouldBe("HUP");
        var second = await (await _world.CallAsync(await _world.AddDebtorAsync())).PressAsync("1");
        await second.VerifyAsync();
        await second.HangUpAsync();
        await second.HangUpAsync();
        (await _world.OneAsync<string>("select code from disposition where attempt_id = @Attempt", second)).ShouldBe("RPC-HUP");
    }

    [Fact]
    public async Task A_webhook_after_the_end_or_from_the_future_only_hangs_up_or_repeats()
    {
        var caller = await (await _world.CallAsync(await _world.AddDebtorAsync())).PressAsync("1");
        (await _world.AdvanceAsync(caller.Attempt, caller.N + 7, new IvrInput.Keys("1"))).ShouldBe(caller.Twiml);
        await caller.HangUpAsync();
        (await _world.AdvanceAsync(caller.Attempt, caller.N + 1, new IvrInput.Keys("30301")))!.ShouldContain("<Hangup");
        (await _world.AdvanceAsync(999_999, 1, new IvrInput.Keys("1"))).ShouldBeNull();
    }

    [Fact]
    public async Task Five_failures_on_one_person_lock_verification_for_the_hour_and_not_beyond()
    {
        var debtor = await _world.AddDebtorAsync();
        for (var call = 0; call < 2; call++)
        {
            var guesser = await (await _world.CallAsync(debtor)).PressAsync("1");
            for (var round = 0; round < 3 && !guesser.HungUp; round++)
                await guesser.VerifyAsync("99999", "01011970");
            await guesser.HangUpAsync();
        }

        var later = await (await _world.CallAsync(debtor)).PressAsync("1");
        later.Heard.ShouldContain("ask for a representative");
        later.HungUp.ShouldBeTrue();
        await later.HangUpAsync();
        (await _world.OneAsync<long>("select count(*) from alarm where code = 'VERIFICATION_GUESSING' and subject = 'person/' || @PersonId and closed_at is null", debtor)).ShouldBe(1);
        _world.Now += Duration.FromMinutes(61);
        (await (await _world.CallAsync(debtor)).PressAsync("1")).Heard.ShouldContain("zip code");
    }

    [Fact]
    public async Task People_who_withhold_their_numbers_and_mistype_do_not_lock_each_other_out()
    {
        for (var i = 0; i < 4; i++)
        {
            var mistyping = await (await _world.CallAsync(await _world.AddDebtorAsync(), "inbound", "anonymous")).PressAsync("1");
            for (var round = 0; round < 3; round++)
                await mistyping.VerifyAsync("99999", "01011970");
            mistyping.HungUp.ShouldBeTrue();
            await mistyping.HangUpAsync();
        }

        var next = await (await _world.CallAsync(await _world.AddDebtorAsync(), "inbound", "anonymous")).PressAsync("1");
        next.Heard.ShouldContain("zip code");
        await next.VerifyAsync();
        next.Heard.ShouldContain("Your balance with Acme Broadband");
        (await _world.OneAsync<long>("select count(*) from alarm where subject = 'withheld'")).ShouldBe(0);
        // Together they have a limit of their own: the sixtieth failed round of an hour.
        await _world.Database.ExecuteAsync("insert into verification_failure (at, attempt_id, e164) select @Now, @Attempt, 'anonymous' from generate_series(1, 47)", new { _world.Now, next.Attempt }, CancellationToken.None);
        var last = await (await _world.CallAsync(await _world.AddDebtorAsync(), "inbound", "anonymous")).PressAsync("1");
        await last.VerifyAsync("99999", "01011970");
        (await _world.OneAsync<long>("select count(*) from alarm where code = 'VERIFICATION_GUESSING' and subject = 'withheld' and closed_at is null")).ShouldBe(1);
        (await (await _world.CallAsync(await _world.AddDebtorAsync(), "inbound", "anonymous")).PressAsync("1")).Heard.ShouldContain("ask for a representative");
        (await (await _world.CallAsync(await _world.AddDebtorAsync())).PressAsync("1")).Heard.ShouldContain("zip code");
        await _world.Database.ExecuteAsync("delete from verification_failure where e164 = 'anonymous'", null, CancellationToken.None);
    }

    [Fact]
    public async Task The_limits_do_not_tell_an_account_number_that_is_nobodys_from_one_that_is_somebodys()
    {
        var debtor = await _world.AddDebtorAsync();
        await _world.Database.ExecuteAsync(
            "update account set client_id = (select min(client_id) from client), client_account_no = 'QX-77-5512' where account_id = @id", new { id = debtor.Accounts[0] }, CancellationToken.None);
        foreach (var number in new[] { "775512", "775513" }) // the second is nobody's
        {
            var heard = new List<string>();
            for (var call = 0; call < 3; call++)
            {
                var from = $"+1404555{number[^1]}{call:000}"; // each call from another number, as who guesses would
                var guesser = await (await _world.CallAsync(debtor, "inbound", from, personId: null)).PressAsync("1", number);
                for (var round = 0; round < 3 && !guesser.HungUp; round++)
                    await guesser.VerifyAsync("99999", "01011970");
                heard.Add(string.Join(' ', guesser.Transcript));
                await guesser.HangUpAsync();
            }

            heard.ConvertAll(words => words.Contains("ask for a representative", StringComparison.Ordinal)).ShouldBe([false, true, true], number);
        }

        var typing = await (await _world.CallAsync(debtor, "inbound", "+14045558100", personId: null)).PressAsync("1", "1110000");
        foreach (var number in new[] { "1110001", "1110002", "1110003" })
        {
            await typing.VerifyAsync("99999", "01011970");
            await typing.HangUpAsync();
            typing = await (await _world.CallAsync(debtor, "inbound", "+14045558100", personId: null)).PressAsync("1", number);
        }

        typing.Heard.ShouldContain("ask for a representative");
    }

    [Fact]
    public async Task Digits_that_prove_who_somebody_is_are_kept_nowhere()
    {
        var caller = await (await _world.CallAsync(await _world.AddDebtorAsync(zip: "87654"))).PressAsync("1");
        await caller.VerifyAsync("87654", "02291980");
        foreach (var (table, column) in new[] { ("ivr_session", "position::text || response"), ("ivr_step", "input || response") })
        {
            (await _world.OneAsync<long>($"select count(*) from {table} where attempt_id = @Attempt and ({column} like '%87654%' or {column} like '%02291980%' or {column} like '%1980-02-29%')", caller)).ShouldBe(0);
        }
    }

    [Fact]
    public async Task An_inbound_caller_with_a_withheld_number_is_found_by_account_number_and_then_verified()
    {
        var debtor = await _world.AddDebtorAsync();
        await using (var connection = await _world.Database.OpenAsync(CancellationToken.None))
        await using (var command = new NpgsqlCommand("update account set client_id = (select min(client_id) from client), client_account_no = 'AB-90-4711' where account_id = $1", connection) { Parameters = { new() { Value = debtor.Accounts[0] } } })
            await command.ExecuteNonQueryAsync();
        var caller = await (await _world.CallAsync(debtor, "inbound", "anonymous", personId: null)).PressAsync("1");
        caller.Heard.ShouldContain("account number");
        await caller.PressAsync("904711");
        await caller.VerifyAsync();
        caller.Heard.ShouldContain("Your balance with Acme Broadband");
        (await _world.OneAsync<long>("select person_id from attempt where attempt_id = @Attempt", caller)).ShouldBe(debtor.PersonId);
    }

    private async Task<Caller> PayingAsync(Debtor debtor)
    {
        var caller = await (await _world.CallAsync(debtor)).PressAsync("1");
        await caller.VerifyAsync();
        await caller.PressAsync("1", "1", "1", "1");
        caller.IsAskedToPay.ShouldBeTrue();
        return caller;
    }

    private Task<string> StateAsync(Caller caller) => _world.OneAsync<string>("select state from payment where attempt_id = @Attempt", caller);

    private sealed class FreeAgent : IAgentHandoff
    {
        public const string Twiml = "<Response><Dial><Conference>agent-1</Conference></Dial></Response>";

        public Task<string?> TryHandOffAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, CancellationToken cancel) => Task.FromResult<string?>(Twiml);
    }

    private sealed class FailingHandoff : IAgentHandoff
    {
        public Task<string?> TryHandOffAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, CancellationToken cancel) =>
            throw new InvalidOperationException("the node died here");
    }
}

internal sealed class FixedTime(Instant now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now.ToDateTimeOffset();
}
