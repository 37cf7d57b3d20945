using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Core.Ivr;
using Dialer.Features.Payments;
using Dialer.Features.Tests.Ivr;
using NodaTime;

namespace Dialer.Features.Tests.Payments;

/// <summary>What a bank's return does to the ledger, to what was authorized, and to the next debit.</summary>
public sealed class DebitsThatComeBack(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly IvrWorld _world = new(database.Database);

    [Fact]
    public async Task A_debit_without_funds_is_reversed_presented_again_twice_and_a_third_time_is_one_too_many()
    {
        var (debtor, reference) = await PaidByBankAsync();
        for (var again = 1; again <= 3; again++)
        {
            (await RunAsync(new ProcessorLine(reference, $"RT{again}", 340.25m, ProcessorLineKind.Return, "R01"))).Differences.ShouldBeEmpty();
            (await BalanceAsync(debtor)).ShouldBe(340.25m);
            (await PaymentAsync(debtor)).ShouldBe($"Reversed R01 {again - 1}");
            (await DecideAsync(debtor)).ShouldBeEmpty("a new debit, newly authorized, is no retry");

            var report = await RunAsync(new ProcessorLine(reference, $"CH{again}", 340.25m, ProcessorLineKind.Retry));
            report.Differences.Select(line => line.Difference).ShouldBe(again < 3 ? [] : [Difference.RetriedDespiteUs]);
            (await BalanceAsync(debtor)).ShouldBe(0m);
            (await PaymentAsync(debtor)).ShouldBe($"Captured R01 {again}");
        }

        (await _world.OneAsync<long>("select count(*) from alarm where code = 'ACH_RETRY_LIMIT'")).ShouldBe(1);
        (await _world.OneAsync<decimal>("select sum(amount) from ledger_line where account_id = @Id and side = 'Processor'", new { Id = debtor.Accounts[0] })).ShouldBe(340.25m);
        (await _world.OneAsync<decimal>("select sum(amount) from ledger_line where account_id = @Id", new { Id = debtor.Accounts[0] })).ShouldBe(0m);
        (await _world.OneAsync<long>("select count(*) from customer_notice where kind = 'PaymentReturned' and account_id = @Id", new { Id = debtor.Accounts[0] })).ShouldBe(1);
    }

    [Fact]
    public async Task The_same_lines_twice_change_nothing_the_second_time()
    {
        var (debtor, reference) = await PaidByBankAsync();
        ProcessorLine[] lines = [new(reference, "RT1", 340.25m, ProcessorLineKind.Return, "R09"), new(reference, "CH1", 340.25m, ProcessorLineKind.Retry)];

        (await RunAsync(lines)).Resolved.ShouldBe(2);
        (await RunAsync(lines)).Resolved.ShouldBe(0);

        (await PaymentAsync(debtor)).ShouldBe("Captured R09 1");
        (await BalanceAsync(debtor)).ShouldBe(0m);

        ProcessorLine[] once = [new(reference, "RT2", 340.25m, ProcessorLineKind.Return, "R01"), new(reference, "CH2", 340.25m, ProcessorLineKind.Retry), new(reference, "RT3", 340.25m, ProcessorLineKind.Return, "R01")];
        (await RunAsync(once)).Resolved.ShouldBe(3);
        (await RunAsync(once)).Resolved.ShouldBe(0);
        (await PaymentAsync(debtor)).ShouldBe("Reversed R01 2");
        (await BalanceAsync(debtor)).ShouldBe(340.25m);
    }

    [Theory]
    [InlineData("R07")]
    [InlineData("R10")]
    [InlineData("R05")]
    [InlineData("R29")]
    [InlineData("R08")]
    public async Task A_debit_that_was_not_authorized_ends_every_further_debit_until_there_is_a_signature(string code)
    {
        var (debtor, reference) = await PaidByBankAsync(leaves: 100m);
        var plan = await ActivePlanAsync(debtor);

        await RunAsync(new ProcessorLine(reference, "RT1", 340.25m, ProcessorLineKind.Return, code));

        (await DecideAsync(debtor)).ShouldBe(["ACH_UNAUTHORIZED"]);
        (await DecideAsync(debtor, PaymentMeans.CreditCard)).ShouldBeEmpty("a card is another matter");
        (await _world.OneAsync<string>("select state || ' ' || split_part(authorization_ended_why, ':', 1) from payment_plan where payment_plan_id = @plan", new { plan })).ShouldBe($"PendingAuthorization {code}");
        (await _world.OneAsync<long>("select count(*) from alarm where code = 'ACH_UNAUTHORIZED' and subject = @subject", new { subject = $"account/{debtor.Accounts[0]}" })).ShouldBe(1);
        var retried = await RunAsync(new ProcessorLine(reference, "CH1", 340.25m, ProcessorLineKind.Retry));
        retried.Differences.ShouldHaveSingleItem().Difference.ShouldBe(Difference.RetriedDespiteUs);

        _world.Now += Duration.FromDays(2);
        await RunAsync(new ProcessorLine(reference, "RT2", 340.25m, ProcessorLineKind.Return, code));
        _world.Now += Duration.FromDays(2);
        (await database.Database.InTransactionAsync((c, t) => PlanStore.AuthorizeAsync(c, t, _world.Gate, plan, "sam", "envelope 10", _world.Now, default), default))!.ShouldBeEmpty("a new signature begins anew");
        (await DecideAsync(debtor)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_closed_account_stops_the_plan_and_not_a_debit_of_another_account()
    {
        var (debtor, reference) = await PaidByBankAsync(leaves: 100m);
        var plan = await ActivePlanAsync(debtor);

        await RunAsync(new ProcessorLine(reference, "RT1", 340.25m, ProcessorLineKind.Return, "R02"));

        (await _world.OneAsync<string>("select state from payment_plan where payment_plan_id = @plan", new { plan })).ShouldBe("PendingAuthorization");
        (await DecideAsync(debtor)).ShouldBeEmpty();
    }

    [Fact]
    public async Task After_a_debit_that_was_not_authorized_a_plan_may_still_be_agreed_because_it_waits_for_a_signature()
    {
        var (debtor, reference) = await PaidByBankAsync();
        await RunAsync(new ProcessorLine(reference, "RT1", 340.25m, ProcessorLineKind.Return, "R10"));
        var offer = await _world.OneAsync<long>(
            "insert into plan_offer (client_id, installments, every_days, least_balance, most_balance, made_by, made_at) values (@ClientId, 3, 30, 1, 9999, 't', now()) returning plan_offer_id", debtor);

        var plan = await database.Database.InTransactionAsync(
            (c, t) => PlanStore.CreateAsync(c, t, _world.Gate, debtor.Accounts[0], offer, _world.Now.InUtc().Date.PlusDays(3), null, _world.Now, default), default);

        (await _world.OneAsync<string>("select state from payment_plan where payment_plan_id = @plan", new { plan })).ShouldBe("PendingAuthorization");
    }

    [Fact]
    public async Task A_holder_who_died_is_not_called_any_more()
    {
        var (debtor, reference) = await PaidByBankAsync();

        await RunAsync(new ProcessorLine(reference, "RT1", 340.25m, ProcessorLineKind.Return, "R15"));

        (await _world.OneAsync<string>("select kind || ' ' || opened_by from hold where person_id = @PersonId", debtor)).ShouldBe("Deceased processor");
    }

    [Fact]
    public async Task Too_large_a_share_of_unauthorized_returns_raises_one_alarm()
    {
        _world.Now += Duration.FromDays(200); // the debits of the other tests are older than sixty days
        var debtor = await _world.AddDebtorAsync();
        Task DebitsAsync(int from, int until, string? code) => database.Database.ExecuteAsync(
            """
            insert into payment (idempotency_key, account_id, person_id, amount, method, source, state, created_at, updated_at, return_code)
            select 'rate-' || lpad(n::text, 11, '0'), @account, @PersonId, 1, 'AchDebit', 'Ivr', case when @code::text is null then 'Captured' else 'Reversed' end, @Now, @Now, @code from generate_series(@from, @until) n
            """,
            new { account = debtor.Accounts[0], debtor.PersonId, _world.Now, from, until, code }, default);
        Task<long> AlarmsAsync(string rate) => _world.OneAsync<long>("select count(*) from alarm where code = 'ACH_RETURN_RATE' and subject = @rate", new { rate });

        await DebitsAsync(1, 399, null);
        await DebitsAsync(400, 401, "R10");
        await RunAsync();
        (await AlarmsAsync("unauthorized")).ShouldBe(0);
        await DebitsAsync(402, 403, "R10");
        await RunAsync();
        await RunAsync();
        ((await AlarmsAsync("unauthorized")), (await AlarmsAsync("overall"))).ShouldBe((1, 0));
    }

    [Fact]
    public void The_file_names_the_reason_of_a_return_and_nothing_else()
    {
        const string Period = "# from=2026-11-22T00:00:00Z until=2026-11-23T00:00:00Z\nreference,confirmation,kind,amount,code\n";

        ProcessorFile.Parse(Period + "aa,rt,return,1.00,R10\nbb,ch,charge,2.00,\ncc,ch2,retry,3.00").Lines.Select(line => line.ReturnCode).ShouldBe(["R10", null, null]);
        foreach (var wrong in new[] { "aa,rt,return,1.00,10", "aa,ch,charge,1.00,R01", "aa,,retry,1.00,", "aa,ch,charge,1.00,,x" })
            Should.Throw<FormatException>(() => ProcessorFile.Parse(Period + wrong)).Message.ShouldStartWith("Line 3");
    }

    private async Task<(Debtor Debtor, string Reference)> PaidByBankAsync(decimal leaves = 0m)
    {
        var debtor = await _world.AddDebtorAsync();
        var caller = await (await _world.CallAsync(debtor, "inbound")).PressAsync("1");
        await caller.VerifyAsync();
        await caller.PressAsync("1", "1", "2", "1");
        await caller.PayEndsAsync(PaymentResult.Captured, "CH0");
        if (leaves > 0)
            await database.Database.ExecuteAsync("update account set balance = @leaves, bucket_30 = @leaves, status = 'Open' where account_id = @id", new { leaves, id = debtor.Accounts[0] }, default);
        return (debtor, PaymentStore.ReferenceOf(caller.Attempt, 1));
    }

    private async Task<long> ActivePlanAsync(Debtor debtor)
    {
        var offer = await _world.OneAsync<long>(
            "insert into plan_offer (client_id, installments, every_days, least_balance, most_balance, made_by, made_at) values (@ClientId, 3, 30, 1, 9999, 't', now()) returning plan_offer_id", debtor);
        return await _world.OneAsync<long>(
            """
            with made as (
                insert into payment_plan (account_id, person_id, plan_offer_id, state, made_at, authorized_at, authorized_by, evidence)
                values (@account, @PersonId, @offer, 'Active', @at, @at, 'sam', 'envelope 9') returning payment_plan_id),
            part as (insert into plan_installment (payment_plan_id, number, due_on, amount) select payment_plan_id, 1, '2027-01-04', 34 from made)
            select payment_plan_id from made
            """,
            new { account = debtor.Accounts[0], debtor.PersonId, offer, at = _world.Now - Duration.FromDays(1) });
    }

    private Task<Reconciliation> RunAsync(params ProcessorLine[] lines) =>
        new ReconcilePayments(_world.Database, _world.Gate, new FixedTime(_world.Now + Duration.FromDays(1)))
            .RunAsync(new ProcessorFile(lines, _world.Now + Duration.FromHours(22), _world.Now + Duration.FromDays(1)), CancellationToken.None);

    private async Task<IReadOnlyList<string>> DecideAsync(Debtor debtor, PaymentMeans means = PaymentMeans.AchDebit)
    {
        var attempt = await _world.OneAsync<long>("select max(attempt_id) from attempt where person_id = @PersonId", debtor);
        var asked = new PaymentQuestion(debtor.Accounts[0], debtor.PersonId, attempt, "Agent", Money.Usd(10m), means) { Confirmed = true, Said = TelPart.All };
        return [.. (await database.Database.InTransactionAsync((c, t) => _world.Gate.DecideAsync(c, t, asked, _world.Now, default), default)).Objections.Select(reason => reason.Code)];
    }

    private Task<decimal> BalanceAsync(Debtor debtor) => _world.OneAsync<decimal>("select balance from account where account_id = @Id", new { Id = debtor.Accounts[0] });

    private Task<string> PaymentAsync(Debtor debtor) => _world.OneAsync<string>("select concat_ws(' ', state, return_code, retries) from payment where person_id = @PersonId", debtor);
}
