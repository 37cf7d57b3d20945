using Dialer.Core.Payments;
using FsCheck;
using FsCheck.Fluent;

namespace Dialer.Core.Tests.Payments;

public sealed class LedgerTests
{
    private static readonly Gen<decimal> Cents = Gen.Choose(1, 500_000).Select(cents => cents / 100m);

    [Fact]
    public void Capture_OfAnyAmountOnAnyBalance_SumsToZeroAndNeverTakesMoreThanIsOwed() => Prop.ForAll(
        (from amount in Cents from balance in Cents from settles in Gen.Elements(true, false) select (amount, balance, settles)).ToArbitrary(),
        x =>
        {
            var entry = LedgerEntry.Capture(Money.Usd(x.amount), Money.Usd(x.balance), x.settles);
            return Sum(entry) == 0 && Of(entry, LedgerSide.Processor) == x.amount && -Of(entry, LedgerSide.Receivable) <= x.balance
                && (!x.settles || -Of(entry, LedgerSide.Receivable) == x.balance);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Refund_InAnyParts_SumsToZeroEachTimeAndUndoesThePaymentInTheEnd() => Prop.ForAll(
        (from amount in Cents from balance in Cents from part in Gen.Choose(1, 99) select (amount, balance, part)).ToArbitrary(),
        x =>
        {
            var lines = LedgerEntry.Capture(Money.Usd(x.amount), Money.Usd(x.balance), settles: false).ToList();
            var first = decimal.Round(x.amount * x.part / 100m, 2);
            foreach (var amount in new[] { first, x.amount - first }.Where(amount => amount > 0))
            {
                var refund = LedgerEntry.Refund(Money.Usd(amount), lines);
                if (Sum(refund) != 0 || Of(refund, LedgerSide.Processor) != -amount)
                    return false;
                lines.AddRange(refund);
            }

            return Enum.GetValues<LedgerSide>().All(side => Of(lines, side) == 0);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Reversal_MirrorsItsCapture()
    {
        var capture = LedgerEntry.Capture(Money.Usd(60m), Money.Usd(100m), settles: true);
        LedgerEntry.Reversal(capture).Select(line => (line.Side, -line.Amount.Amount)).ShouldBe(capture.Select(line => (line.Side, line.Amount.Amount)));
    }

    [Theory]
    [InlineData(RefundKind.Refund, "Captured", 100, 0, 40, false, null)]
    [InlineData(RefundKind.Refund, "Captured", 100, 70, 40, false, "At most 30.00")]
    [InlineData(RefundKind.Refund, "Captured", 100, 0, 40.001, false, "to the cent")]
    [InlineData(RefundKind.Refund, "Unknown", 100, 0, 40, false, "only captured money")]
    [InlineData(RefundKind.Refund, "Captured", 100, 0, 40, true, "waiting for its decision")]
    [InlineData(RefundKind.Reversal, "Captured", 100, 0, 40, false, "the whole payment")]
    [InlineData(RefundKind.Reversal, "Captured", 100, 0, 100, false, null)]
    public void Refund_IsRefusedInWords(RefundKind kind, string state, decimal paid, decimal returned, decimal amount, bool open, string? words)
    {
        var refusal = RefundRules.Refuse(kind, state, paid, returned, amount, open);
        if (words is null)
            refusal.ShouldBeNull();
        else
            refusal.ShouldNotBeNull().ShouldContain(words);
    }

    [Fact]
    public void Refund_ByOnePersonAlone_IsRefused()
    {
        RefundRules.RefuseDecision("Requested", "ada", "ADA").ShouldNotBeNull();
        RefundRules.RefuseDecision("Requested", "ada", "bob").ShouldBeNull();
        RefundRules.RefuseDecision("Approved", "ada", "bob").ShouldNotBeNull();
    }

    [Fact]
    public void Plan_OfAnyBalance_SumsToTheBalanceExactly() => Prop.ForAll(
        (from balance in Cents from parts in Gen.Choose(2, 60) select (balance, parts)).ToArbitrary(),
        x =>
        {
            var schedule = PaymentPlans.Schedule(Money.Usd(x.balance), new PlanOffer(1, x.parts, 30, 0, 10_000), new NodaTime.LocalDate(2026, 12, 4));
            return schedule.Sum(part => part.Amount.Amount) == x.balance && schedule.All(part => part.Amount.IsPositive) && schedule.Count <= x.parts;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(60, 5, 40, null)]
    [InlineData(59.99, 5, 40, "Offer at least 60.00")]
    [InlineData(80, 5, 20, null)]
    [InlineData(60, 5, 20, "your authority ends at 20 %")]
    [InlineData(99.99, 5, 0, "ask for approval")]
    [InlineData(10, 5, 100, null)]
    [InlineData(100, 5, 100, "less than the balance")]
    [InlineData(60, 91, 100, "within 90 days")]
    public void Settlement_StaysInsideItsMakersAuthority(decimal amount, int days, decimal percent, string? words)
    {
        var today = new NodaTime.LocalDate(2026, 11, 23);
        var refusal = SettlementAuthority.Refuse(Money.Usd(100m), amount, today.PlusDays(days), today, percent);
        if (words is null)
            refusal.ShouldBeNull();
        else
            refusal.ShouldNotBeNull().ShouldContain(words);
    }

    [Fact]
    public void CounterOffer_OfAnyBalance_IsTheLeastThatTheAuthorityAllows() => Prop.ForAll(
        (from balance in Cents from percent in Gen.Choose(1, 99) select (balance, percent)).ToArbitrary(),
        x =>
        {
            var (balance, least) = (Money.Usd(x.balance), SettlementAuthority.Least(Money.Usd(x.balance), x.percent));
            return SettlementAuthority.Forgiven(balance, least) <= x.percent && (least <= 0.01m || SettlementAuthority.Forgiven(balance, least - 0.01m) > x.percent);
        }).QuickCheckThrowOnFailure();

    private static decimal Sum(IEnumerable<LedgerLine> lines) => lines.Sum(line => line.Amount.Amount);

    private static decimal Of(IEnumerable<LedgerLine> lines, LedgerSide side) => lines.Where(line => line.Side == side).Sum(line => line.Amount.Amount);
}
