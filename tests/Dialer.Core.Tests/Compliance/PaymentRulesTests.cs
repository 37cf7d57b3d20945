using Dialer.Core.Compliance;
using NodaTime;

namespace Dialer.Core.Tests.Compliance;

public class PaymentRulesTests
{
    private static readonly LocalDate Today = new(2026, 6, 10);

    /// <summary>A consumer who rang us and pays the whole debt from a bank account, told everything, recorded.</summary>
    private static readonly PaymentRequest Good = new()
    {
        Role = CollectorRole.ThirdParty, State = "CA", Means = PaymentMeans.AchDebit, ConsumerPlacedCall = true, Said = TelPart.All, RecordedOrNotified = true,
        Amount = Money.Usd(100), Balance = Money.Usd(100), AcceptedOn = Today, ScheduledOn = Today, Confirmed = true,
    };

    public static TheoryData<string> Rows => [.. PolicySet.Shipped.Rows.Where(row => row.Kind == RuleKind.Payment).Select(row => row.Id)];

    private static IEnumerable<string> Codes(PaymentRequest payment, LocalDate? today = null) => PaymentEngine.Evaluate(payment, PolicySet.Shipped, today ?? Today).Reasons.Select(r => r.Code);

    /// <summary>For each check: payments it must object to, and their nearest neighbours that it must not.</summary>
    private static (PaymentRequest[] Bad, PaymentRequest[] Fine) Cases(PolicyRow row)
    {
        var surcharged = Good with { Means = PaymentMeans.CreditCard, Surcharge = true, Fee = Money.Usd(2), FeeBasis = FeeBasis.Contract, CardCost = Money.Usd(2.5m), State = row.Jur.Length > 2 ? row.Jur[3..] : "CA" };
        var later = Good with { ScheduledOn = Today.PlusDays(20) };
        return Enum.Parse<PaymentCheck>(row.Field!) switch
        {
            PaymentCheck.Confirmed => ([Good with { Confirmed = false }], [Good]),
            PaymentCheck.Amount => (
                [Good with { Amount = Money.Usd(0) }, Good with { Amount = Money.Usd(100.01m) }, Good with { Amount = Money.Usd(10.005m) }, Good with { Amount = Money.Usd(9.99m), Minimum = Money.Usd(10) }],
                [Good, Good with { Amount = Money.Usd(10), Minimum = Money.Usd(10) }, Good with { Balance = Money.Usd(100), Minimum = Money.Usd(150) }]),
            PaymentCheck.Tries => ([Good with { FailedTries = 3 }], [Good with { FailedTries = 2 }]),
            PaymentCheck.Duplicate => ([Good with { HoursSinceSame = 23 }], [Good with { HoursSinceSame = 24 }, Good with { HoursSinceSame = 1, DuplicateConfirmed = true }]),
            PaymentCheck.Bankruptcy => ([Good with { Bankruptcy = true }], [Good, Good with { Bankruptcy = true, ConsumerInsists = true }]),
            PaymentCheck.Disputed => ([Good with { Disputed = true }], [Good, Good with { Disputed = true, ConsumerInsists = true }]),
            PaymentCheck.Fee => ([Good with { Fee = Money.Usd(1) }], [Good, Good with { Fee = Money.Usd(1), FeeBasis = FeeBasis.Statute }]),
            PaymentCheck.SurchargeMeans => ([surcharged with { Means = PaymentMeans.DebitCard }, surcharged with { Means = PaymentMeans.PrepaidCard }], [surcharged, surcharged with { Means = PaymentMeans.DebitCard, Surcharge = false }]),
            PaymentCheck.SurchargeCap => ([surcharged with { Fee = Money.Usd(3.01m), CardCost = Money.Usd(9) }, surcharged with { Fee = Money.Usd(2.51m) }, surcharged with { CardCost = null }], [surcharged, surcharged with { Fee = Money.Usd(3), CardCost = Money.Usd(3) }]),
            PaymentCheck.SurchargeBan => ([surcharged], [surcharged with { State = "TX" }, surcharged with { Fee = Money.Usd(0) }]),
            PaymentCheck.TelPermitted => ([Good with { ConsumerPlacedCall = false }], [Good, Good with { ConsumerPlacedCall = false, ExistingRelationship = true }, Good with { ConsumerPlacedCall = false, AuthorizedBy = AuthorizedBy.Web }]),
            PaymentCheck.TelComplete => ([.. Enum.GetValues<TelPart>().Where(part => part is not (TelPart.None or TelPart.All)).Select(part => Good with { Said = TelPart.All & ~part })], [Good, Good with { Said = TelPart.None, Means = PaymentMeans.CreditCard }]),
            PaymentCheck.TelProof => ([Good with { RecordedOrNotified = false }], [Good, Good with { RecordedOrNotified = false, AuthorizedBy = AuthorizedBy.Paper }]),
            PaymentCheck.RecurringSigned => ([Good with { Recurring = true }], [Good, Good with { Recurring = true, Signed = true }, Good with { Recurring = true, Means = PaymentMeans.CreditCard }]),
            PaymentCheck.PostDatedNotice => (
                [later, later with { NoticeSentOn = new PostDatedNotice(Today, later.ScheduledOn).From.PlusDays(-1) }, later with { NoticeSentOn = new PostDatedNotice(Today, later.ScheduledOn).Until.PlusDays(1) }],
                [Good with { ScheduledOn = Today.PlusDays(5) }, later with { NoticeSentOn = new PostDatedNotice(Today, later.ScheduledOn).From }, later with { Step = PaymentStep.Accept }]),
            PaymentCheck.EarlyDeposit => ([Good with { ScheduledOn = Today.PlusDays(1) }], [Good, Good with { ScheduledOn = Today.PlusDays(1), Step = PaymentStep.Accept }]),
            PaymentCheck.AchUnauthorized => (
                [.. new[] { "R05", "R07", "R08", "R10", "R29" }.Select(code => Good with { AchReturn = code })], [Good with { AchReturn = "R01" }, Good with { AchReturn = "R02" }, Good]),
            PaymentCheck.AchRetries => (
                [Good with { AchReturn = "R01", AchRetries = 2 }, Good with { AchReturn = "R02", PresentedAgain = true }, Good with { AchReturn = "R99", PresentedAgain = true }],
                [Good with { AchReturn = "R01", AchRetries = 1, PresentedAgain = true }, Good with { AchReturn = "R09", PresentedAgain = true }, Good with { AchReturn = "R02" }]),
            _ => throw new InvalidOperationException($"{row.Field} has no cases."),
        };
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Row_SpeaksInItsOwnCases_AndIsSilentInTheirNeighbours(string id)
    {
        var row = PolicySet.Shipped.FindRow(id)!;
        var (bad, fine) = Cases(row);

        foreach (var payment in bad)
            PaymentEngine.Evaluate(payment, PolicySet.Shipped, Today).Reasons.ShouldContain(r => r.PolicyRow == id && r.Code == row.Code && r.Citation.Contains(row.Cite!), payment.ToString());
        foreach (var payment in fine)
            PaymentEngine.Evaluate(payment, PolicySet.Shipped, Today).Reasons.ShouldNotContain(r => r.PolicyRow == id, payment.ToString());
    }

    [Fact]
    public void PaymentOfTheWholeDebt_ByACallerWhoWasToldEverything_IsAllowed() => Codes(Good).ShouldBeEmpty();

    [Fact]
    public void CreditorItself_IsHeldToTheSameRules_AsPolicy() =>
        PaymentEngine.Evaluate(Good with { Role = CollectorRole.FirstParty, Fee = Money.Usd(1) }, PolicySet.Shipped, Today).Reasons.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(r => r.Basis.ShouldBe(Basis.Policy), r => r.Citation.ShouldStartWith("policy after 12 CFR 1006.22(b)"));

    [Fact]
    public void SwitchingARowOff_NeverDeniesMore()
    {
        foreach (var row in PolicySet.Shipped.Rows.Where(row => row.Kind == RuleKind.Payment))
        {
            var pack = PolicySet.Shipped.Packs.First(p => p.Rows.Contains(row)).Pack;
            var fewer = PolicySet.Shipped.WithRow(row with { Enabled = false }, pack, "test");
            foreach (var payment in Cases(row).Bad.Concat(Cases(row).Fine))
                PaymentEngine.Evaluate(payment, fewer, Today).Reasons.Length.ShouldBeLessThanOrEqualTo(PaymentEngine.Evaluate(payment, PolicySet.Shipped, Today).Reasons.Length);
        }
    }

    /// <summary>Recurring by telephone needs a signature; a single debit of a caller needs the recording; a cold call to a stranger may take none.</summary>
    [Fact]
    public void Golden13_TelephoneDebits()
    {
        Codes(Good with { Recurring = true }).ShouldBe(["REGE_AUTH_MISSING"]);
        Codes(Good).ShouldBeEmpty();
        Codes(Good with { ConsumerPlacedCall = false, ExistingRelationship = false }).ShouldBe(["TEL_NOT_PERMITTED"]);
    }

    [Fact]
    public void Golden16_PaymentTwentyDaysOut_OwesAReminderTenToThreeBusinessDaysBefore()
    {
        var scheduled = Good with { ScheduledOn = Today.PlusDays(20), Step = PaymentStep.Accept }; // Tuesday 30 June
        var accepted = PaymentEngine.Evaluate(scheduled, PolicySet.Shipped, Today);

        accepted.Allowed.ShouldBeTrue();
        accepted.Notice!.Value.From.ShouldBe(new LocalDate(2026, 6, 15)); // Juneteenth, Friday 19, is no business day
        accepted.Notice.Value.Until.ShouldBe(new LocalDate(2026, 6, 25));
        var charge = scheduled with { Step = PaymentStep.Charge };
        Codes(charge, charge.ScheduledOn).ShouldBe(["POSTDATED_NOTICE_MISSING"]);
        Codes(charge with { NoticeSentOn = new LocalDate(2026, 6, 16) }, charge.ScheduledOn).ShouldBeEmpty();
        Codes(charge with { NoticeSentOn = new LocalDate(2026, 6, 16) }, charge.ScheduledOn.PlusDays(-1)).ShouldBe(["EARLY_DEPOSIT"]);
        Codes(scheduled with { ScheduledOn = Today.PlusDays(5), Step = PaymentStep.Charge }, Today.PlusDays(5)).ShouldBeEmpty();
    }

    [Fact]
    public void PaymentRow_WithoutACheckSomebodyKnows_IsRefused() =>
        Should.Throw<PolicyException>(() => PolicySet.Shipped.WithRow(PolicySet.Shipped.FindRow("HOUSE-PAY-RANGE")! with { Field = "Mood" }, "HOUSE", "x")).Errors.ShouldHaveSingleItem().ShouldContain("payment checks");
}
