using Dialer.Simulator.Audit;

namespace Dialer.Simulator.Tests;

/// <summary>Six calls, two refused ones and two that were asked for in vain, counted by hand; and reports that say something else.</summary>
public class LedgerFiguresTests
{
    private static readonly IReadOnlyList<SpokenMessage> Messages = [SpokenMessage.Of("Hello. This is {{business}}. We are sorry we missed you. Please call us at {{callback}}.")!];

    /// <summary>Talked 60 s and heard the message when the agent's line fell; taken for a machine after it was bridged; heard the message; a real machine; busy; ended by us while it rang. A softphone and a caller belong to nobody's list.</summary>
    private const string Day = """
        {"n":1,"at":"2026-03-03T18:00:00Z","kind":"call-created","call":"CA1","to":"+14155550001","from":"+12125550100","direction":"outbound-api"}
        {"n":2,"at":"2026-03-03T18:00:08Z","kind":"answered","call":"CA1","by":"human","greeting":1.0}
        {"n":3,"at":"2026-03-03T18:00:09Z","kind":"bridged","call":"CA1","room":"agent-1"}
        {"n":4,"at":"2026-03-03T18:00:12Z","kind":"amd","call":"CA1","verdict":"human","async":true}
        {"n":5,"at":"2026-03-03T18:00:30Z","kind":"bridged","call":"CA1","room":"agent-2"}
        {"n":6,"at":"2026-03-03T18:01:00Z","kind":"heard","call":"CA1","what":"say","text":"Hello. This is Harbor. We are sorry we missed you. Please call us at 212 555 0100."}
        {"n":6,"at":"2026-03-03T18:01:09Z","kind":"completed","call":"CA1","status":"completed"}
        {"n":7,"at":"2026-03-03T18:00:00Z","kind":"call-created","call":"CA2","to":"+14155550002","from":"+12125550100","direction":"outbound-api"}
        {"n":8,"at":"2026-03-03T18:00:08Z","kind":"answered","call":"CA2","by":"human","greeting":1.0}
        {"n":9,"at":"2026-03-03T18:00:09Z","kind":"bridged","call":"CA2","room":"agent-3"}
        {"n":10,"at":"2026-03-03T18:00:12Z","kind":"amd","call":"CA2","verdict":"machine_start","async":true}
        {"n":11,"at":"2026-03-03T18:00:13Z","kind":"completed","call":"CA2","status":"completed"}
        {"n":12,"at":"2026-03-03T18:00:00Z","kind":"call-created","call":"CA3","to":"+14155550003","from":"+12125550100","direction":"outbound-api"}
        {"n":13,"at":"2026-03-03T18:00:08Z","kind":"answered","call":"CA3","by":"human","greeting":1.0}
        {"n":14,"at":"2026-03-03T18:00:09Z","kind":"heard","call":"CA3","what":"say","text":"Hello. This is Harbor. We are sorry we missed you. Please call us at 212 555 0100."}
        {"n":15,"at":"2026-03-03T18:00:20Z","kind":"completed","call":"CA3","status":"completed"}
        {"n":16,"at":"2026-03-03T18:00:00Z","kind":"call-created","call":"CA4","to":"+14155550004","from":"+12125550100","direction":"outbound-api"}
        {"n":17,"at":"2026-03-03T18:00:08Z","kind":"answered","call":"CA4","by":"machine","greeting":9.0}
        {"n":18,"at":"2026-03-03T18:00:10Z","kind":"amd","call":"CA4","verdict":"machine_start","async":false}
        {"n":19,"at":"2026-03-03T18:00:11Z","kind":"completed","call":"CA4","status":"completed"}
        {"n":20,"at":"2026-03-03T18:00:00Z","kind":"call-created","call":"CA5","to":"+14155550005","from":"+12125550100","direction":"outbound-api"}
        {"n":21,"at":"2026-03-03T18:00:03Z","kind":"completed","call":"CA5","status":"busy"}
        {"n":22,"at":"2026-03-03T18:00:00Z","kind":"call-created","call":"CA6","to":"+14155550006","from":"+12125550100","direction":"outbound-api"}
        {"n":23,"at":"2026-03-03T18:00:20Z","kind":"completed","call":"CA6","status":"canceled"}
        {"n":24,"at":"2026-03-03T18:00:21Z","kind":"request","method":"POST","path":"/2010-04-01/Accounts/AC1/Calls.json","status":400,"code":21211,"to":"+14155550007","from":"+12125550100"}
        {"n":25,"at":"2026-03-03T18:00:21Z","kind":"request","method":"POST","path":"/2010-04-01/Accounts/AC1/Calls.json","status":429,"to":"+14155550008","from":"+12125550100"}
        {"n":25,"at":"2026-03-03T18:00:22Z","kind":"request","method":"POST","path":"/2010-04-01/Accounts/AC1/Calls.json","status":503,"to":"+14155550010","from":"+12125550100"}
        {"n":25,"at":"2026-03-03T18:00:23Z","kind":"request","method":"POST","path":"/2010-04-01/Accounts/AC1/Calls.json","status":0,"cut":"BeforeResponse","to":"+14155550011","from":"+12125550100"}
        {"n":25,"at":"2026-03-03T18:00:23Z","kind":"request","method":"POST","path":"/2010-04-01/Accounts/AC1/Calls.json","status":201,"cut":"BeforeResponse","sid":"CA6","to":"+14155550006","from":"+12125550100"}
        {"n":26,"at":"2026-03-03T18:00:00Z","kind":"call-created","call":"CA7","to":"client:agent_1","from":"+12125550100","direction":"outbound-api"}
        {"n":27,"at":"2026-03-03T18:00:00Z","kind":"call-created","call":"CA8","to":"+12125550100","from":"+14155550009","direction":"inbound"}
        {"n":28,"at":"2026-03-03T18:00:40Z","kind":"charge","call":"CA8","reference":"ch_1","amount":25.10,"method":"credit-card"}
        {"n":29,"at":"2026-03-03T18:00:41Z","kind":"charge","call":"CA1","reference":"ch_2","amount":0.20,"method":"credit-card"}
        {"n":30,"at":"2026-03-03T18:00:42Z","kind":"charge","call":"CA1","reference":"ch_3","amount":99.99,"method":"ach-debit"}
        """;

    private static readonly CallFigures ByHand = new(Attempts: 8, Live: 2, Machines: 2, Busy: 1, NoAnswer: 1, Failed: 2, Bridged: 1, Abandoned: 1, TalkSeconds: 60, NotPlaced: 2);

    private static readonly Dictionary<string, MoneyFigures> MoneyByHand = new() { ["credit-card"] = new(2, 25.30m), ["ach-debit"] = new(1, 99.99m) };

    private static LedgerFigures Counted => LedgerFigures.Count(Lines.Read(new StringReader(Day)), Messages);

    [Fact]
    public void Figures_are_those_counted_by_hand()
    {
        Counted.Calls.ShouldBe(ByHand);
        Counted.Money.OrderBy(each => each.Key).ShouldBe(MoneyByHand.OrderBy(each => each.Key));
        Differences(ByHand with { TalkSeconds = 60.9 }, MoneyByHand).ShouldBeEmpty();
    }

    [Fact]
    public void A_number_that_promises_nobody_an_agent_abandons_nobody() =>
        LedgerFigures.Count(Lines.Read(new StringReader(Day)), Messages, "+12125550100").Calls.ShouldBe(ByHand with { Abandoned = 0 });

    [Theory]
    [InlineData("attempts")]
    [InlineData("live answers")]
    [InlineData("machines")]
    [InlineData("busy")]
    [InlineData("without an answer")]
    [InlineData("failed")]
    [InlineData("with an agent")]
    [InlineData("abandoned")]
    public void One_call_more_in_a_report_is_told(string figure) => Differences(
        figure switch
        {
            "attempts" => ByHand with { Attempts = 9 },
            "live answers" => ByHand with { Live = 3 },
            "machines" => ByHand with { Machines = 3 },
            "busy" => ByHand with { Busy = 2 },
            "without an answer" => ByHand with { NoAnswer = 2 },
            "failed" => ByHand with { Failed = 3 },
            "with an agent" => ByHand with { Bridged = 2 },
            _ => ByHand with { Abandoned = 2 },
        },
        MoneyByHand).ShouldHaveSingleItem().ShouldContain($" {figure} by the ledger");

    [Fact]
    public void A_cent_or_a_second_too_many_and_a_report_of_nothing_are_told()
    {
        Differences(ByHand, new Dictionary<string, MoneyFigures>(MoneyByHand) { ["ach-debit"] = new(1, 100.00m) }).ShouldHaveSingleItem()
            .ShouldBe("payments by ach-debit: 1 of 99.99 by the ledger, 1 of 100.00 by the report");
        Differences(ByHand with { TalkSeconds = 62 }, MoneyByHand).ShouldHaveSingleItem().ShouldContain("60.0 s of talk by the ledger, 62.0 s by the report");
        Differences(CallFigures.None, []).Count().ShouldBe(8 + 1 + 1 + 2);
    }

    /// <summary>The report may know of more: what was stopped before it was sent is not in the ledger.</summary>
    [Theory]
    [InlineData(1, "2 asked for in vain by the ledger, 1 not placed by the report")]
    [InlineData(3, null)]
    public void What_was_asked_for_in_vain_is_no_attempt_and_must_be_told_of(int notPlaced, string? difference) =>
        Differences(ByHand with { NotPlaced = notPlaced }, MoneyByHand).SingleOrDefault().ShouldBe(difference);

    [Fact]
    public void Every_other_table_is_held_against_the_same_totals()
    {
        var right = new Dictionary<string, decimal>
        {
            ["attempts"] = 8, ["live answers"] = 2, ["abandoned"] = 1, ["charges"] = 3, ["taken"] = 125.29m,
            ["share abandoned of those for an agent"] = 0.5m, ["share abandoned of all"] = 0.125m,
        };
        Counted.Totals.OrderBy(each => each.Key).ShouldBe(right.OrderBy(each => each.Key));
        Counted.Differences("clients", right).ShouldBeEmpty();
        Counted.Differences("collected", new Dictionary<string, decimal> { ["taken"] = 125.28m }).ShouldHaveSingleItem().ShouldBe("125.29 taken by the ledger, 125.28 by the table collected");
        foreach (var figure in right.Keys)
            Counted.Differences("any", new Dictionary<string, decimal>(right) { [figure] = right[figure] + 0.01m }).ShouldHaveSingleItem().ShouldContain($" {figure} by the ledger");
    }

    private static IEnumerable<string> Differences(CallFigures reported, Dictionary<string, MoneyFigures> money) => Counted.Differences(reported, money, 1);
}
