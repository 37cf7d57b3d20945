using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Core.Ivr;
using Dialer.Features.Compliance;
using Dialer.Features.Payments;
using Dialer.Features.Tests.Ivr;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Tests.Payments;

/// <summary>Nothing is taken and nothing is agreed without the payment rules' word, given in the transaction that stores it.</summary>
public sealed class PaymentRulesAsked(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly IvrWorld _world = new(database.Database);

    [Fact]
    public async Task A_payment_by_telephone_carries_the_decision_that_allowed_it()
    {
        var debtor = await _world.AddDebtorAsync();
        var caller = await PayingAsync(debtor, "outbound", "1");

        caller.IsAskedToPay.ShouldBeTrue();
        (await _world.OneAsync<string>(
            "select d.source || ' ' || d.means || ' ' || d.amount || ' ' || d.allowed || ' ' || (d.facts ->> 'confirmed') from payment p join payment_decision d using (payment_decision_id) where p.attempt_id = @Attempt", caller))
            .ShouldBe("Ivr CreditCard 340.25 true true");
        await Should.ThrowAsync<PostgresException>(() => database.Database.ExecuteAsync("update payment_decision set allowed = true", null, default));
    }

    [Fact]
    public async Task A_bank_account_is_not_debited_on_a_call_the_consumer_did_not_place_and_the_caller_hears_what_is_possible()
    {
        var debtor = await _world.AddDebtorAsync();
        var caller = await PayingAsync(debtor, "outbound", "2");

        caller.IsAskedToPay.ShouldBeFalse();
        caller.Heard.ShouldStartWith("Nothing was charged. We are not able to take a payment from a bank account on this call. If you call us at 800 555 0199, we can.");
        (await ReasonsAsync(debtor)).ShouldBe("TEL_NOT_PERMITTED");
        (await _world.OneAsync<long>("select count(*) from payment where attempt_id = @Attempt", caller)).ShouldBe(0);

        await caller.PressAsync("1");
        caller.Heard.ShouldContain("You will be charged $340.25 today on your card");
        await caller.PressAsync("1");
        caller.IsAskedToPay.ShouldBeTrue();
    }

    [Theory]
    [InlineData("inbound", "ThirdParty", true)]
    [InlineData("outbound", "FirstParty", true)] // the creditor's own customer
    [InlineData("outbound", "DebtBuyer", false)]
    public async Task A_bank_account_is_debited_where_the_consumer_called_or_is_the_creditors_customer(string flow, string role, bool allowed)
    {
        var debtor = await _world.AddDebtorAsync(role: role);
        (await PayingAsync(debtor, flow, "2")).IsAskedToPay.ShouldBe(allowed);
    }

    [Fact]
    public async Task A_debit_is_confirmed_in_writing_before_it_settles_and_refused_where_nothing_is_recorded_or_written()
    {
        var debtor = await _world.AddDebtorAsync();
        var caller = await PayingAsync(debtor, "inbound", "2");
        await caller.PayEndsAsync(PaymentResult.Captured, "K1");
        (await _world.OneAsync<string>("select string_agg(kind, ' ' order by kind) from customer_notice where person_id = @PersonId", debtor)).ShouldBe("DebitAuthorization Receipt");

        var mute = new PaymentGate(new PolicyBook(PolicySet.Shipped), []);
        var other = await _world.AddDebtorAsync();
        var attempt = (await _world.CallAsync(other, "inbound")).Attempt;
        var asked = Question(other, attempt) with { Means = PaymentMeans.AchDebit, Said = TelPart.All };
        (await DecideAsync(asked, mute)).ShouldBe(["TEL_AUTH_INCOMPLETE"]);
        (await DecideAsync(asked with { Said = TelPart.All & ~TelPart.HowToRevoke })).ShouldBe(["TEL_AUTH_INCOMPLETE"]);
        await database.Database.ExecuteAsync("insert into recording (recording_sid, attempt_id, state, started_by, started_at) values ('RE1', @attempt, 'Recording', 1, now())", new { attempt }, default);
        (await DecideAsync(asked, mute)).ShouldBeEmpty("the authorisation is on the recording");
    }

    [Fact]
    public void The_words_of_a_telephone_authorisation_hold_each_of_its_parts()
    {
        foreach (var language in new[] { "en", "es" })
        {
            var words = _world.Templates.Current.Find(language, "outbound", "pay-confirm").Source;
            var debit = words[words.IndexOf("{{#if isBank}}", StringComparison.Ordinal)..words.IndexOf("{{else}}", StringComparison.Ordinal)];
            debit.Split("{{today}}").Length.ShouldBeGreaterThanOrEqualTo(2, "the day of the authorisation and of the debit");
            foreach (var part in new[] { "{{amount}}", "{{firstName}} {{lastName}}", "{{callback}}", language == "en" ? "electronic debit" : "débito electrónico", language == "en" ? "your checking account" : "su cuenta de cheques", language == "en" ? "To revoke this authorization or to ask a question" : "Para revocar esta autorización o hacer una pregunta" })
                debit.ShouldContain(part);
        }
    }

    [Fact]
    public async Task The_same_amount_within_a_day_is_taken_only_when_the_caller_says_again()
    {
        var debtor = await _world.AddDebtorAsync(100m);
        var first = await MenuAsync(debtor);
        await first.PressAsync("1", "3", "20", "1", "1");
        await first.PayEndsAsync(PaymentResult.Captured, "K1");
        await first.HangUpAsync();

        var second = await MenuAsync(debtor);
        await second.PressAsync("1", "3", "20", "1", "1");
        second.Heard.ShouldStartWith("Nothing was charged. We received a payment of the same amount on this account within the last day.");
        (await ReasonsAsync(debtor)).ShouldBe("DUPLICATE_SUSPECTED");
        await second.PressAsync("1");
        second.Heard.ShouldContain("You will be charged $20 today on your card");
        await second.PressAsync("1");
        second.IsAskedToPay.ShouldBeTrue();

        var later = new IvrWorld(database.Database) { Now = IvrWorld.Monday + Duration.FromHours(25) };
        await second.PayEndsAsync(PaymentResult.Captured, "K2");
        (await DecideAsync(Question(debtor, null) with { Amount = Money.Usd(20m) }, now: later.Now)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("CT", "SURCHARGE_STATE_BAN")]
    [InlineData("TX", "")]
    [InlineData(null, "SURCHARGE_STATE_BAN,SURCHARGE_STATE_BAN,SURCHARGE_STATE_BAN,SURCHARGE_STATE_BAN")] // whoever lives nowhere known may live where it is forbidden
    public async Task A_surcharge_is_refused_where_the_payers_state_forbids_it(string? state, string codes)
    {
        var debtor = await _world.AddDebtorAsync();
        await database.Database.ExecuteAsync("update person set state = @state where person_id = @PersonId", new { state, debtor.PersonId }, default);
        var asked = Question(debtor, null) with { Amount = Money.Usd(100m), Surcharge = true, Fee = Money.Usd(2m), FeeBasis = FeeBasis.Contract, CardCost = Money.Usd(2.5m) };
        string.Join(',', await DecideAsync(asked)).ShouldBe(codes);
        (await DecideAsync(asked with { Surcharge = false, FeeBasis = FeeBasis.None })).ShouldBe(["FEE_NOT_AUTHORIZED"]);
    }

    [Theory]
    [InlineData("Dispute", "PAYMENT_ALLOCATION_DISPUTED")]
    [InlineData("Bankruptcy", "PAY_BLOCKED_BANKRUPTCY")]
    public async Task Under_a_hold_only_what_the_consumer_asks_for_is_taken(string hold, string code)
    {
        var debtor = await _world.AddDebtorAsync();
        await database.Database.ExecuteAsync("insert into hold (person_id, kind, opened_at, opened_by) values (@PersonId, @hold, now(), 'test')", new { hold, debtor.PersonId }, default);
        (await DecideAsync(Question(debtor, null))).ShouldBe([code]);
        (await DecideAsync(Question(debtor, null) with { Insists = true })).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_nobody_confirmed_is_denied_and_so_is_more_than_the_balance()
    {
        var debtor = await _world.AddDebtorAsync(50m);
        (await DecideAsync(Question(debtor, null) with { Confirmed = false, Amount = Money.Usd(50.01m) })).Order().ShouldBe(["NO_CONSENT_TO_CHARGE", "PAY_AMOUNT_RANGE"]);
        await Should.ThrowAsync<InvalidOperationException>(() => DecideAsync(Question(debtor, null) with { PersonId = debtor.PersonId - 1 }));
    }

    [Fact]
    public async Task A_plan_waits_for_its_signature_and_is_refused_to_whom_nothing_may_be_asked()
    {
        var debtor = await _world.AddDebtorAsync();
        var offer = await _world.OneAsync<long>(
            "insert into plan_offer (client_id, installments, every_days, least_balance, most_balance, made_by, made_at) values (@ClientId, 3, 30, 1, 9999, 't', now()) returning plan_offer_id", debtor);
        var plan = await PlanAsync(debtor, offer);
        plan.ShouldNotBeNull();
        (await ReasonsAsync(debtor)).ShouldBe("REGE_AUTH_MISSING");
        (await _world.OneAsync<string>("select state from payment_plan where payment_plan_id = @plan", new { plan })).ShouldBe("PendingAuthorization");

        await database.Database.ExecuteAsync("insert into hold (person_id, kind, opened_at, opened_by) values (@PersonId, 'Bankruptcy', now(), 'test')", debtor, default);
        (await AuthorizeAsync(plan.Value))!.Select(reason => reason.Code).ShouldBe(["PAY_BLOCKED_BANKRUPTCY"]);
        await database.Database.ExecuteAsync("update hold set closed_at = now() where person_id = @PersonId", debtor, default);
        (await AuthorizeAsync(plan.Value)).ShouldBeEmpty();
        (await _world.OneAsync<string>("select g.state || ' ' || d.allowed || ' ' || (d.facts ->> 'signed') from payment_plan g join payment_decision d using (payment_decision_id) where payment_plan_id = @plan", new { plan })).ShouldBe("Active true true");
        (await AuthorizeAsync(plan.Value)).ShouldBeNull("it waits no more");

        var bankrupt = await _world.AddDebtorAsync();
        await database.Database.ExecuteAsync("insert into hold (person_id, kind, opened_at, opened_by) values (@PersonId, 'Bankruptcy', now(), 'test'); update plan_offer set client_id = @ClientId where plan_offer_id = @offer", new { bankrupt.PersonId, bankrupt.ClientId, offer }, default);
        (await PlanAsync(bankrupt, offer)).ShouldBeNull();
    }

    private async Task<Caller> MenuAsync(Debtor debtor, string flow = "outbound")
    {
        var caller = await (await _world.CallAsync(debtor, flow)).PressAsync("1");
        return await caller.VerifyAsync();
    }

    /// <summary>The whole balance, by card (1) or bank account (2), agreed to.</summary>
    private async Task<Caller> PayingAsync(Debtor debtor, string flow, string means) => await (await MenuAsync(debtor, flow)).PressAsync("1", "1", means, "1");

    private static PaymentQuestion Question(Debtor debtor, long? attempt) => new(debtor.Accounts[0], debtor.PersonId, attempt, "Agent", Money.Usd(10m), PaymentMeans.CreditCard) { Confirmed = true };

    private async Task<IReadOnlyList<string>> DecideAsync(PaymentQuestion asked, PaymentGate? gate = null, Instant? now = null) =>
        [.. (await database.Database.InTransactionAsync((c, t) => (gate ?? _world.Gate).DecideAsync(c, t, asked, now ?? _world.Now, default), default)).Objections.Select(reason => reason.Code)];

    private Task<long?> PlanAsync(Debtor debtor, long offer) =>
        database.Database.InTransactionAsync((c, t) => PlanStore.CreateAsync(c, t, _world.Gate, debtor.Accounts[0], offer, _world.Now.InUtc().Date.PlusDays(3), null, _world.Now, default), default);

    private Task<IReadOnlyList<Reason>?> AuthorizeAsync(long plan) =>
        database.Database.InTransactionAsync((c, t) => PlanStore.AuthorizeAsync(c, t, _world.Gate, plan, "sam", "envelope 9", _world.Now, default), default);

    private Task<string> ReasonsAsync(Debtor debtor) =>
        _world.OneAsync<string>("select array_to_string(reasons, ',') from payment_decision where person_id = @PersonId order by payment_decision_id desc limit 1", debtor);
}
