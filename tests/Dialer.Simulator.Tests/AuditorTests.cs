using Dialer.Simulator.Audit;

namespace Dialer.Simulator.Tests;

/// <summary>A clean ledger and dump, and for each invariant the one change that breaks it.</summary>
public class AuditorTests
{
    private const string Clean = """
        {"n":1,"at":"2026-03-03T18:00:00Z","kind":"call-created","call":"CA1","to":"+14155550001","from":"+12125550100","t":"a1","direction":"outbound-api"}
        {"n":2,"at":"2026-03-03T18:00:00Z","kind":"dialled","call":"CA1","to":"+14155550001","from":"+12125550100","t":"a1"}
        {"n":3,"at":"2026-03-03T18:00:02Z","kind":"ringing","call":"CA1","to":"+14155550001","from":"+12125550100","t":"a1"}
        {"n":4,"at":"2026-03-03T18:00:08Z","kind":"answered","call":"CA1","to":"+14155550001","from":"+12125550100","t":"a1","by":"human"}
        {"n":5,"at":"2026-03-03T18:00:09Z","kind":"heard","call":"CA1","to":"+14155550001","from":"+12125550100","what":"say","text":"Hello."}
        {"n":6,"at":"2026-03-03T18:00:20Z","kind":"pay","call":"CA1","to":"+14155550001","event":"started"}
        {"n":7,"at":"2026-03-03T18:00:40Z","kind":"charge","call":"CA1","reference":"ch_1","amount":25.00}
        {"n":8,"at":"2026-03-03T18:00:40Z","kind":"pay","call":"CA1","event":"result"}
        {"n":9,"at":"2026-03-03T18:00:50Z","kind":"completed","call":"CA1","to":"+14155550001","from":"+12125550100","t":"a1","status":"completed","by":"caller","duration":42}
        """;

    private const string CleanDump = """
        {"row":"attempt","id":1,"sid":"CA1","status":"completed","durationSeconds":42,"personId":7,"debtIds":[70]}
        {"row":"decision","attemptId":1}
        {"row":"dnc","number":"+14155559999","since":"2026-01-01T00:00:00Z"}
        {"row":"payment","reference":"ch_1","amount":25.00,"status":"succeeded"}
        {"row":"effect","schedule":"open","fireTime":"2026-03-03T17:00:00Z"}
        {"row":"audit","seq":1,"payload":"first","hash":"a7937b64b8caa58f03721bb6bacf5c78cb235febe0e70b1b84cd99541461a08e"}
        """;

    private static AuditReport Run(string ledger, string dump) => Auditor.Run(Lines.Read(new StringReader(ledger)), Lines.Read(new StringReader(dump)), new AuditLimits { CallsPerSecond = 3 });

    [Fact]
    public void A_clean_run_has_no_violation_and_every_invariant_is_checked()
    {
        var report = Run(Clean, CleanDump);
        report.Violations.ShouldBeEmpty();
        report.NotChecked.ShouldBeEmpty();
        report.Checked.Count.ShouldBe(15);
    }

    [Fact]
    public void What_cannot_be_checked_is_named() => Run(Clean, string.Empty).NotChecked.Select(n => n.Split(':')[0]).ShouldBe(["I3", "I5", "I7", "I8", "I11", "I12", "I13"]);

    private static string Second(string created, string ended, string to = "+14155550001", string token = "a2", string call = "CA2") => $$"""

        {"n":10,"at":"{{created}}","kind":"call-created","call":"{{call}}","to":"{{to}}","from":"+12125550100","t":"{{token}}","direction":"outbound-api"}
        {"n":11,"at":"{{created}}","kind":"dialled","call":"{{call}}","to":"{{to}}","from":"+12125550100","t":"{{token}}"}
        {"n":12,"at":"{{ended}}","kind":"completed","call":"{{call}}","to":"{{to}}","from":"+12125550100","t":"{{token}}","status":"no-answer","by":"limit","duration":0}
        """;

    private static string Row(int id, string call, string more = "") => $$"""

        {"row":"attempt","id":{{id}},"sid":"{{call}}","status":"no-answer","durationSeconds":0,"personId":7,"debtIds":[70]{{more}}}
        {"row":"decision","attemptId":{{id}}}
        """;

    [Theory]
    [InlineData("I1")]
    [InlineData("I2")]
    [InlineData("I3")]
    [InlineData("I3-conversation")]
    [InlineData("I4")]
    [InlineData("I5")]
    [InlineData("I6")]
    [InlineData("I7")]
    [InlineData("I8")]
    [InlineData("I9")]
    [InlineData("I9-lease")]
    [InlineData("I10")]
    [InlineData("I10-count")]
    [InlineData("I11")]
    [InlineData("I11-amount")]
    [InlineData("I12")]
    [InlineData("I13")]
    [InlineData("I13-chain")]
    [InlineData("I14")]
    [InlineData("I15")]
    public void A_planted_violation_is_found_and_nothing_else(string plant)
    {
        var (ledger, dump) = Plant(plant);
        var found = Run(ledger, dump).Violations;
        found.ShouldNotBeEmpty();
        found.Select(v => v.Invariant).Distinct().ShouldBe([plant.Split('-')[0]], string.Join('\n', found));
    }

    private static (string Ledger, string Dump) Plant(string plant)
    {
        const string agents = """

            {"n":20,"at":"2026-03-03T17:00:00Z","kind":"call-created","call":"CA9","to":"","from":"client:anna","direction":"inbound"}
            {"n":21,"at":"2026-03-03T17:00:01Z","kind":"joined","call":"CA9","conference":"CF1","room":"a"}
            {"n":22,"at":"2026-03-03T18:00:10Z","kind":"joined","call":"CA1","conference":"CF1","room":"a"}
            {"n":23,"at":"2026-03-03T18:00:10Z","kind":"bridged","call":"CA9","conference":"CF1","room":"a"}
            """;
        var week = string.Concat(Enumerable.Range(2, 7).Select(i => Second($"2026-03-0{i}T19:00:00Z", $"2026-03-0{i}T19:00:30Z", token: $"a{i}", call: $"CA{i}")));
        var weekRows = string.Concat(Enumerable.Range(2, 7).Select(i => Row(i, $"CA{i}")));
        return plant switch
        {
            "I1" => (Clean + Second("2026-03-03T19:00:00Z", "2026-03-03T19:00:30Z", token: "a1"), CleanDump + Row(2, "CA2")),
            "I2" => (Clean + Second("2026-03-03T18:00:30Z", "2026-03-03T18:01:00Z"), CleanDump + Row(2, "CA2")),
            "I3" => (Clean + week, CleanDump + weekRows),
            "I3-conversation" => (Clean + Second("2026-03-05T18:00:00Z", "2026-03-05T18:00:30Z"), CleanDump.Replace("\"personId\":7,", "\"personId\":7,\"conversation\":true,", StringComparison.Ordinal) + Row(2, "CA2")),
            "I4" => (Clean.Replace("T18:", "T13:", StringComparison.Ordinal), CleanDump),
            "I5" => (Clean, CleanDump.Replace("+14155559999", "+14155550001", StringComparison.Ordinal)),
            "I6" => (Clean + string.Concat(Enumerable.Range(2, 4).Select(i => Second("2026-03-03T19:00:00Z", "2026-03-03T19:00:30Z", $"+1415555000{i}", $"a{i}", $"CA{i}"))), CleanDump + string.Concat(Enumerable.Range(2, 4).Select(i => Row(i, $"CA{i}").Replace("\"personId\":7", $"\"personId\":{i}", StringComparison.Ordinal)))),
            "I7" => (Clean, CleanDump.Replace("\"durationSeconds\":42", "\"durationSeconds\":12", StringComparison.Ordinal)),
            "I8" => (Clean, CleanDump + "\n{\"row\":\"attempt\",\"id\":2,\"status\":\"submitting\",\"personId\":8}\n{\"row\":\"decision\",\"attemptId\":2}"),
            "I9" => (Clean + agents + Second("2026-03-03T18:05:00Z", "2026-03-03T18:06:00Z", "+14155550002") + "\n{\"n\":30,\"at\":\"2026-03-03T18:05:10Z\",\"kind\":\"joined\",\"call\":\"CA2\",\"conference\":\"CF1\",\"room\":\"a\"}", CleanDump + Row(2, "CA2").Replace("\"personId\":7", "\"personId\":8", StringComparison.Ordinal)),
            "I9-lease" => (Clean + agents, CleanDump + "\n{\"row\":\"lease\",\"user\":\"anna\",\"from\":\"2026-03-03T16:00:00Z\",\"until\":\"2026-03-03T17:30:00Z\"}"),
            "I10" => (Clean.Replace("18:00:09Z", "18:00:12Z", StringComparison.Ordinal), CleanDump),
            "I10-count" => (Clean, CleanDump + "\n{\"row\":\"abandonment\",\"campaign\":1,\"abandoned\":1}"),
            "I11" => (Clean, CleanDump.Replace("\"ch_1\"", "\"ch_2\"", StringComparison.Ordinal)),
            "I11-amount" => (Clean, CleanDump.Replace("\"amount\":25.00", "\"amount\":26.00", StringComparison.Ordinal)),
            "I12" => (Clean, CleanDump + "\n{\"row\":\"effect\",\"schedule\":\"open\",\"fireTime\":\"2026-03-03T17:00:00Z\"}"),
            "I13" => (Clean, CleanDump.Replace("\"attemptId\":1}", "\"attemptId\":99}", StringComparison.Ordinal)),
            "I13-chain" => (Clean, CleanDump.Replace("\"payload\":\"first\"", "\"payload\":\"changed\"", StringComparison.Ordinal)),
            "I14" => (Clean, CleanDump + "\n{\"row\":\"note\",\"text\":\"paid with 4242 4242 4242 4242\"}"),
            _ => (Clean.Replace("{\"n\":6,", "{\"n\":5.5,\"at\":\"2026-03-03T18:00:10Z\",\"kind\":\"recording\",\"call\":\"CA1\",\"recording\":\"RE1\",\"event\":\"started\"}\n{\"n\":6,", StringComparison.Ordinal), CleanDump),
        };
    }
}
