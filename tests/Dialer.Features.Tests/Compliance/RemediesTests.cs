using Dialer.Core.Compliance;
using Dialer.Features.Compliance;

namespace Dialer.Features.Tests.Compliance;

public sealed class RemediesTests
{
    /// <summary>Whatever stops a contact until somebody does something, the page says what.</summary>
    [Fact]
    public void Every_shipped_row_that_time_does_not_clear_says_what_would()
    {
        var unsaid = PolicySet.Shipped.Rows
            .Where(row => row.Kind is not (RuleKind.Condition or RuleKind.Abandon or RuleKind.Payment or RuleKind.Cap or RuleKind.Cooldown or RuleKind.Hours or RuleKind.InconvenientTime or RuleKind.ActivePromise))
            .Where(row => row.Severity != Severity.Warn)
            .SelectMany(row => new[] { row.Code, row.StaleCode })
            .Where(code => code is not null && Remedies.For(new Reason(code, Severity.Stop, Basis.Law, "x", "x", null)) == "A compliance officer decides.")
            .Distinct();

        unsaid.ShouldBeEmpty();
    }

    [Fact]
    public void An_overdue_notice_says_what_stopped_and_both_ways_on() =>
        Remedies.For(new Reason("VALIDATION_NOTICE_LATE", Severity.Stop, Basis.Policy, "x", "x", null)).ShouldSatisfyAllConditions(
            text => text.ShouldContain("five days"), text => text.ShouldContain("collecting stops"), text => text.ShouldContain("print house"), text => text.ShouldContain("record the day the client sent it"));
}
