using Dialer.Simulator.Audit;

namespace Dialer.Simulator.Tests;

/// <summary>A clean ledger and dump, and for each invariant the one change that breaks it.</summary>
public class AuditorTests
{
    private const string Clean = """
        {"n":1,"at":"2026-03-03T18:00:00Z","kind":"call-created","call":"CA1","to":"+14155550001","from":"+12125550100","t":"a1","direction":"outbound-api"}
        {"n":2,"at":"2026-03-03T18:00:00Z","kind":"dialled","call":"CA1","to":"+14155550001","from":"+12125550100","t":"a1"}
        {"n":3,"at":"2026-03-03T18:00:02Z","kind":"ringing","call":"CA1","to":"+14155550001","from":"+12125550100","t":"a1"}
        {"n":4,"at":"2026-03-03T18:00:08Z","kind":"answered","call":"CA1","to":"+14155550001","from":"+12125550100","t":"a1","by":"human","greeting":1.0}
        {"n":5,"at":"2026-03-03T18:00:09Z","kind":"heard","call":"CA1","to":"+14155550001","from":"+12125550100","what":"say","text":"Hello."}
        {"n":6,"at":"2026-03-03T18:00:20Z","kind":"pay","call":"CA1","to":"+14155550001","event":"started"}
        {"n":7,"at":"2026-03-03T18:00:40Z","kind":"charge","call":"CA1","reference":"ch_1","amount":25.00}
        {"n":8,"at":"2026-03-03T18:00:40Z","kind":"pay","call":"CA1","event":"result"}
        {"n":9,"at":"2026-03-03T18:00:50Z","kind":"completed","call":"CA1","to":"+14155550001","from":"+12125550100","t":"a1","status":"completed","by":"caller","duration":42}
        """;

    private const string CleanDump = """
        {"row":"campaign","id":3,"mode":"Predictive","maxLines":5}
        {"row":"attempt","id":1,"sid":"CA1","status":"completed","durationSeconds":42,"personId":7,"debtIds":[70],"campaignId":3,"state":"CA","zip":"94110","submittedAt":"2026-03-03T17:59:59.9Z","placedAt":"2026-03-03T18:00:00.1Z"}
        {"row":"decision","attemptId":1}
        {"row":"free","user":"agent_1","from":"2026-03-03T17:00:00Z","until":"2026-03-03T18:00:09Z","campaigns":[3]}
        {"row":"free","user":"agent_2","from":"2026-03-03T17:00:00Z","campaigns":[4]}
        {"row":"listener","sid":"CA1","verifiedAt":"2026-03-03T18:00:05Z","amounts":["340.25"],"creditors":["Acme Broadband"]}
        {"row":"dnc","number":"+14155559999","since":"2026-01-01T00:00:00Z"}
        {"row":"stop","personId":99,"hold":"Cease","since":"2026-01-01T00:00:00Z"}
        {"row":"payment","id":5,"reference":"ch_1","amount":25.00,"status":"succeeded","sid":"CA1"}
        {"row":"entry","key":"payment:5:capture","side":"Processor","amount":25.00,"paymentId":5}
        {"row":"entry","key":"payment:5:capture","side":"Receivable","amount":-25.00,"paymentId":5}
        {"row":"effect","schedule":"open","fireTime":"2026-03-03T17:00:00Z"}
        {"row":"audit","id":1,"at":"2026-03-03T17:00:00Z","actor":"anna","action":"campaign.state","subject":"campaign/1","detail":"{\"state\": \"Open\"}","hash":"321990123ff394b44d9b4dcb1968cb1d5c35175756b0bbb54d2147d8745194dd"}
        {"row":"audit","id":2,"at":"2026-03-03T17:00:01Z","actor":"anna","action":"hold.open","subject":"person:7","detail":"{}","hash":"df9b2b1897faa4965896f0910ecee017fffe902b774e6068199fdfca17b54ea6"}
        {"row":"audit-head","id":2,"hash":"df9b2b1897faa4965896f0910ecee017fffe902b774e6068199fdfca17b54ea6"}
        """;

    private static AuditReport Run(string ledger, string dump) => Auditor.Run(Lines.Read(new StringReader(ledger)), Lines.Read(new StringReader(dump)), Limits, [new AuditSink("log", ["a line of a log"])]);

    private static AuditLimits Limits { get; } = new()
    {
        CallsPerSecond = 3,
        AbandonmentMessages = [SpokenMessage.Of("Hello. This is {{business}}. We are sorry we missed you. Please call us at {{callback}}.")!],
        DebtWords = DebtVocabulary.Of(new Dictionary<string, IReadOnlyList<string>> { ["en"] = ["balance", "collect"], ["es"] = ["saldo"] }),
        Canaries = ["mother's maiden name"],
    };

    [Fact]
    public void A_clean_run_has_no_violation_and_every_invariant_is_checked()
    {
        var report = Run(Clean, CleanDump);
        report.Violations.ShouldBeEmpty();
        report.NotChecked.ShouldBeEmpty();
        report.Checked.Count.ShouldBe(19, "fifteen invariants, debts, the gate, free agents and the clocks");
    }

    [Fact]
    public void What_cannot_be_checked_is_named() => Run(Clean, string.Empty).NotChecked.Select(n => n.Split(':')[0]).ShouldBe(["I3", "I5", "I7", "I8", "I11", "I12", "I13", "debt", "gate", "free", "clock"]);

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
    [InlineData("I2-inbound")]
    [InlineData("I2-dial")]
    [InlineData("I2-forgotten")]
    [InlineData("I2-person")]
    [InlineData("I3")]
    [InlineData("I3-conversation")]
    [InlineData("I4")]
    [InlineData("I4-address")]
    [InlineData("I5")]
    [InlineData("I5-artificial")]
    [InlineData("I5-person")]
    [InlineData("I6")]
    [InlineData("I6-lines")]
    [InlineData("I7")]
    [InlineData("I7-stranger")]
    [InlineData("I8")]
    [InlineData("I9")]
    [InlineData("I9-lease")]
    [InlineData("I9-leg")]
    [InlineData("I9-legs")]
    [InlineData("I9-dial")]
    [InlineData("I10")]
    [InlineData("I10-silence")]
    [InlineData("I10-uncounted")]
    [InlineData("I10-overcounted")]
    [InlineData("I11")]
    [InlineData("I11-amount")]
    [InlineData("I11-entry")]
    [InlineData("I11-unbooked")]
    [InlineData("I12")]
    [InlineData("I13")]
    [InlineData("I13-chain")]
    [InlineData("I13-cut")]
    [InlineData("I14")]
    [InlineData("I14-canary")]
    [InlineData("I15")]
    [InlineData("I15-conference")]
    [InlineData("I15-agent")]
    [InlineData("I15-bridge")]
    [InlineData("I15-parent")]
    [InlineData("I15-child")]
    [InlineData("debt-unverified")]
    [InlineData("debt-early")]
    [InlineData("debt-stranger")]
    [InlineData("debt-sum")]
    [InlineData("debt-amount")]
    [InlineData("debt-creditor")]
    [InlineData("debt-machine")]
    [InlineData("debt-relative")]
    [InlineData("debt-keyless")]
    [InlineData("debt-inbound")]
    [InlineData("debt-agent")]
    [InlineData("debt-agent-sum")]
    [InlineData("debt-agent-early")]
    [InlineData("debt-agent-machine")]
    [InlineData("gate-dial")]
    [InlineData("gate-participant")]
    [InlineData("gate-number")]
    [InlineData("gate-late")]
    [InlineData("gate-premium")]
    [InlineData("gate-information")]
    [InlineData("gate-foreign")]
    [InlineData("free")]
    [InlineData("free-still")]
    [InlineData("clock")]
    public void A_planted_violation_is_found_and_nothing_else(string plant)
    {
        var (ledger, dump) = Plant(plant);
        var found = Run(ledger, dump).Violations;
        found.ShouldNotBeEmpty();
        found.Select(v => v.Invariant).Distinct().ShouldBe([plant.Split('-')[0]], string.Join('\n', found));
    }

    /// <summary>Counted as abandoned, with no mode that would make I10 look at it. Nobody who serves its campaign was free.</summary>
    private static string Abandoned => CleanDump.Replace("\"campaignId\":3,", "\"campaignId\":3,\"abandoned\":true,", StringComparison.Ordinal);

    [Fact]
    public void An_abandoned_call_while_nobody_of_its_campaign_is_free_is_no_violation() => Run(Clean, Abandoned).Violations.ShouldBeEmpty();

    private static string Unverified => CleanDump.Replace("\"2026-03-03T18:00:05Z\"", "null", StringComparison.Ordinal);

    private static string Says(string words) => Clean.Replace("Hello.", words, StringComparison.Ordinal);

    private static string Relative(string words) => Says(words).Replace("\"by\":\"human\"", "\"by\":\"human\",\"party\":\"relative\"", StringComparison.Ordinal);

    private static string Keys(int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"\n{{\"n\":{60 + i},\"at\":\"2026-03-03T18:00:04Z\",\"kind\":\"key\",\"call\":\"CA1\",\"key\":\"{i % 10}\"}}"));

    private static string Inbound(string words) => $$"""

        {"n":40,"at":"2026-03-03T18:10:00Z","kind":"call-created","call":"CA40","to":"+12125550100","from":"+14155550044","direction":"inbound"}
        {"n":41,"at":"2026-03-03T18:10:02Z","kind":"heard","call":"CA40","to":"+12125550100","from":"+14155550044","what":"say","text":"{{words}}","language":"es-US"}
        """;

    private static string Agent(string words, string heardBy = "[\"CA1\"]") =>
        $"\n{{\"n\":45,\"at\":\"2026-03-03T18:00:15Z\",\"kind\":\"said\",\"call\":\"CA9\",\"from\":\"client:anna\",\"text\":\"{words}\",\"heardBy\":{heardBy}}}";

    private static string Ticked(string at) => Unverified.Replace("\"verifiedAt\":null", $"\"verifiedAt\":null,\"rightPartyAt\":\"{at}\"", StringComparison.Ordinal);

    private static string Line(string at, string kind, string call, string more) => $"\n{{\"n\":50,\"at\":\"2026-03-03T{at}Z\",\"kind\":\"{kind}\",\"call\":\"{call}\",{more}}}";

    /// <summary>A leg of a document or of a caller, with its end.</summary>
    private static string Leg(string call, string direction, string from, string to, string begins, string ends) =>
        Line(begins, "call-created", call, $"\"direction\":\"{direction}\",\"from\":\"{from}\",\"to\":\"{to}\"")
        + (direction == "inbound" ? string.Empty : Line(begins, "dialled", call, $"\"to\":\"{to}\""))
        + Line(ends, "completed", call, "\"status\":\"completed\"");

    private static string Room(string kind, string at, string call, string room) => Line(at, kind, call, $"\"conference\":\"{(room.StartsWith("CF", StringComparison.Ordinal) ? room : string.Empty)}\",\"room\":\"{room}\"");

    private static string Recorder(string at, string call, string happened) => Line(at, "recording", call, $"\"recording\":\"RE1\",\"event\":\"{happened}\"");

    /// <summary>The clean ledger with these lines before its payment.</summary>
    private static string BeforePay(string lines) => Clean.Replace("\n{\"n\":6,", lines + "\n{\"n\":6,", StringComparison.Ordinal);

    private static string Dialled(string direction, string to) => $$"""

        {"n":42,"at":"2026-03-03T18:10:00Z","kind":"call-created","call":"CA42","to":"{{to}}","from":"+12125550100","direction":"{{direction}}"}
        """;

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
            "free" => (Clean, Abandoned.Replace("18:00:09Z\",\"campaigns\":[3]", "18:00:40Z\",\"campaigns\":[3]", StringComparison.Ordinal)),
            "free-still" => (Clean, Abandoned.Replace("\"campaigns\":[4]", "\"campaigns\":[3,4]", StringComparison.Ordinal)),
            "I1" => (Clean + Second("2026-03-03T19:00:00Z", "2026-03-03T19:00:30Z", token: "a1"), CleanDump + Row(2, "CA2")),
            "I2" => (Clean + Second("2026-03-03T18:00:30Z", "2026-03-03T18:01:00Z"), CleanDump + Row(2, "CA2")),
            "I2-inbound" => (Clean + Leg("CA44", "inbound", "+14155550001", "+12125550100", "18:10:00", "18:20:00") + Second("2026-03-03T18:15:00Z", "2026-03-03T18:15:30Z"), CleanDump + Row(2, "CA2")),
            "I2-dial" => (Clean + Leg("CA44", "outbound-dial", "+12125550100", "+14155550001", "18:00:20", "18:00:30"), CleanDump + Row(2, "CA44")),
            "I2-forgotten" => (Clean.Replace("18:00:50Z", "18:30:00Z", StringComparison.Ordinal) + Second("2026-03-03T18:05:00Z", "2026-03-03T18:06:00Z") + Second("2026-03-03T18:20:00Z", "2026-03-03T18:20:30Z", token: "a3", call: "CA3"), CleanDump + Row(2, "CA2") + Row(3, "CA3")),
            "I2-person" => (Clean.Replace("18:00:50Z", "18:30:00Z", StringComparison.Ordinal) + Second("2026-03-03T18:20:00Z", "2026-03-03T18:20:30Z", "+14155550002"), CleanDump + Row(2, "CA2")),
            "I3" => (Clean + week, CleanDump + weekRows),
            "I3-conversation" => (Clean + Second("2026-03-05T18:00:00Z", "2026-03-05T18:00:30Z"), CleanDump.Replace("\"personId\":7,", "\"personId\":7,\"conversation\":true,", StringComparison.Ordinal) + Row(2, "CA2")),
            "I4" => (Clean.Replace("T18:", "T13:", StringComparison.Ordinal), CleanDump.Replace("T17:59:59.9Z", "T12:59:59.9Z", StringComparison.Ordinal)),
            "I4-address" => (Clean.Replace("T18:", "T02:", StringComparison.Ordinal), CleanDump.Replace("\"state\":\"CA\",\"zip\":\"94110\"", "\"state\":\"NY\",\"zip\":\"10001\"", StringComparison.Ordinal).Replace("2026-03-03T17:59:59.9Z", "2026-03-03T01:59:59.9Z", StringComparison.Ordinal).Replace("2026-03-03T18:00:00.1Z", "2026-03-03T02:00:00.1Z", StringComparison.Ordinal)),
            "I5" => (Clean, CleanDump.Replace("+14155559999", "+14155550001", StringComparison.Ordinal)),
            "I5-artificial" => (Clean, CleanDump.Replace("\"personId\":7,", "\"personId\":7,\"artificialVoice\":true,", StringComparison.Ordinal) + "\n{\"row\":\"dnc\",\"number\":\"+14155550001\",\"artificialOnly\":true,\"since\":\"2026-03-01T00:00:00Z\",\"until\":\"2026-03-04T00:00:00Z\"}"),
            "I5-person" => (Clean, CleanDump + "\n{\"row\":\"stop\",\"personId\":7,\"hold\":\"Cease\",\"since\":\"2026-03-01T00:00:00Z\"}"),
            "I6" => (Clean + string.Concat(Enumerable.Range(2, 4).Select(i => Second("2026-03-03T19:00:00Z", "2026-03-03T19:00:30Z", $"+1415555000{i}", $"a{i}", $"CA{i}"))), CleanDump + string.Concat(Enumerable.Range(2, 4).Select(i => Row(i, $"CA{i}").Replace("\"personId\":7", $"\"personId\":{i}", StringComparison.Ordinal)))),
            "I6-lines" => (Clean + Second("2026-03-03T18:00:01Z", "2026-03-03T18:05:00Z", "+14155550002"), CleanDump.Replace("\"maxLines\":5", "\"maxLines\":1", StringComparison.Ordinal) + Row(2, "CA2", ",\"campaignId\":3").Replace("\"personId\":7", "\"personId\":8", StringComparison.Ordinal)),
            "I7" => (Clean, CleanDump.Replace("\"durationSeconds\":42", "\"durationSeconds\":12", StringComparison.Ordinal)),
            "I7-stranger" => (Clean, CleanDump + Row(2, "CA77", ",\"createdAt\":\"2026-03-03T18:30:00Z\"")),
            "I8" => (Clean, CleanDump + "\n{\"row\":\"attempt\",\"id\":2,\"status\":\"submitting\",\"personId\":8}\n{\"row\":\"decision\",\"attemptId\":2}"),
            "I9" => (Clean + agents + Second("2026-03-03T18:05:00Z", "2026-03-03T18:06:00Z", "+14155550002") + "\n{\"n\":30,\"at\":\"2026-03-03T18:05:10Z\",\"kind\":\"joined\",\"call\":\"CA2\",\"conference\":\"CF1\",\"room\":\"a\"}", CleanDump + Row(2, "CA2").Replace("\"personId\":7", "\"personId\":8", StringComparison.Ordinal)),
            "I9-lease" => (Clean + agents, CleanDump + "\n{\"row\":\"lease\",\"user\":\"anna\",\"from\":\"2026-03-03T16:00:00Z\",\"until\":\"2026-03-03T17:30:00Z\"}"),
            "I9-leg" => (Clean + agents + Room("bridged", "18:00:20", "CA9", "CF2"), CleanDump),
            "I9-legs" => (Clean + agents + Line("18:00:15", "call-created", "CA8", "\"to\":\"\",\"from\":\"client:anna\",\"direction\":\"inbound\"") + Room("bridged", "18:00:20", "CA8", "CF2"), CleanDump),
            "I9-dial" => (Clean + agents + Line("18:00:15", "call-created", "CA8", "\"to\":\"\",\"from\":\"client:anna\",\"direction\":\"inbound\"") + Room("bridged", "18:00:20", "CA8", "bridge-CA8-CA1"), CleanDump),
            "I10" => (Clean.Replace("18:00:09Z", "18:00:12Z", StringComparison.Ordinal), CleanDump),
            "I10-silence" => (Clean.Replace("\"kind\":\"heard\"", "\"kind\":\"beep\"", StringComparison.Ordinal), CleanDump),
            "I10-uncounted" => (Clean.Replace("Hello.", "Hello. This is Northfield. We are sorry we missed you. Please call us at 8 0 0.", StringComparison.Ordinal), CleanDump.Replace("\"personId\":7,", "\"personId\":7,\"mode\":\"Predictive\",\"abandoned\":false,", StringComparison.Ordinal)),
            "I10-overcounted" => (Clean + "\n{\"n\":13,\"at\":\"2026-03-03T18:00:09Z\",\"kind\":\"bridged\",\"call\":\"CA1\"}", CleanDump.Replace("\"personId\":7,", "\"personId\":7,\"mode\":\"Predictive\",\"abandoned\":true,", StringComparison.Ordinal)),
            "I11" => (Clean, CleanDump.Replace("\"ch_1\"", "\"ch_2\"", StringComparison.Ordinal)),
            "I11-amount" => (Clean, CleanDump.Replace("25.00", "26.00", StringComparison.Ordinal)),
            "I11-entry" => (Clean, CleanDump.Replace("-25.00", "-24.00", StringComparison.Ordinal)),
            "I11-unbooked" => (Clean, CleanDump.Replace("\"row\":\"entry\"", "\"row\":\"other\"", StringComparison.Ordinal)),
            "I12" => (Clean, CleanDump + "\n{\"row\":\"effect\",\"schedule\":\"open\",\"fireTime\":\"2026-03-03T17:00:00Z\"}"),
            "I13" => (Clean, CleanDump.Replace("\"attemptId\":1}", "\"attemptId\":99}", StringComparison.Ordinal)),
            "I13-chain" => (Clean, CleanDump.Replace("campaign/1", "campaign/2", StringComparison.Ordinal)),
            "I13-cut" => (Clean, string.Join('\n', CleanDump.Split('\n').Where(line => !line.Contains("hold.open", StringComparison.Ordinal)))),
            "I14-canary" => (Clean, CleanDump + "\n{\"row\":\"note\",\"text\":\"Mother's maiden name\"}"),
            "debt-unverified" => (Says("Your balance is high."), Unverified),
            "debt-early" => (Says("We collect."), CleanDump.Replace("18:00:05Z", "18:00:30Z", StringComparison.Ordinal)),
            "debt-stranger" => (Says("Your balance is high."), CleanDump.Replace("\"row\":\"listener\"", "\"row\":\"other\"", StringComparison.Ordinal) + "\n{\"row\":\"listener\",\"sid\":\"CA77\"}"),
            "debt-sum" => (Says("It comes to $12 in all."), Unverified),
            "debt-amount" => (Says("The number is 340.25."), Unverified),
            "debt-creditor" => (Says("It is about acme broadband."), Unverified),
            "debt-machine" => (Says("Your balance is high.").Replace("\"by\":\"human\"", "\"by\":\"machine\"", StringComparison.Ordinal), CleanDump),
            "debt-relative" => (Relative("Your balance is high."), Unverified),
            "debt-keyless" => (Says("Your balance is high."), CleanDump),
            "debt-inbound" => (Clean + Inbound("Su saldo es alto."), CleanDump),
            "debt-agent" => (Clean + agents + Agent("About your balance."), Unverified),
            "debt-agent-sum" => (Clean + agents + Agent("It is about 340.25 with Acme Broadband."), Unverified),
            "debt-agent-early" => (Clean + agents + Agent("About your balance."), Ticked("2026-03-03T18:00:50Z")),
            "debt-agent-machine" => (Clean.Replace("\"by\":\"human\"", "\"by\":\"machine\"", StringComparison.Ordinal) + agents + Agent("About your balance."), CleanDump),
            "gate-dial" => (Clean + Dialled("outbound-dial", "+14155550009"), CleanDump),
            "gate-participant" => (Clean + Dialled("outbound-participant", "+14155550009"), CleanDump),
            "gate-number" => (Clean, CleanDump.Replace("\"personId\":7,", "\"personId\":7,\"number\":\"+14155550002\",", StringComparison.Ordinal)),
            "gate-late" => (Clean, CleanDump.Replace("\"attemptId\":1}", "\"attemptId\":1,\"at\":\"2026-03-03T18:00:03Z\"}", StringComparison.Ordinal)),
            "gate-premium" => (Clean + Dialled("outbound-dial", "+19005550100"), CleanDump),
            "gate-information" => (Clean + Dialled("outbound-dial", "+12129760100"), CleanDump),
            "gate-foreign" => (Clean + Dialled("outbound-dial", "+442071838750"), CleanDump),
            "I15-agent" => (BeforePay(Room("joined", "18:00:09", "CA1", "CF1") + Room("joined", "18:00:09", "CA9", "CF1") + Recorder("18:00:10", "CA9", "started")), CleanDump),
            "I15-bridge" => (BeforePay(Room("bridged", "18:00:09", "CA1", "bridge-CA1-CA9") + Room("bridged", "18:00:09", "CA9", "bridge-CA1-CA9") + Recorder("18:00:10", "CA9", "started")), CleanDump),
            "I15-parent" => (BeforePay(Line("18:00:03", "call-created", "CA9", "\"direction\":\"inbound\",\"from\":\"client:anna\",\"to\":\"\"") + Line("18:00:00", "call-created", "CA1", "\"parent\":\"CA9\"") + Recorder("18:00:10", "CA9", "started")), CleanDump),
            "I15-child" => (BeforePay(Line("18:00:09", "call-created", "CA9", "\"direction\":\"outbound-dial\",\"to\":\"client:anna\",\"parent\":\"CA1\"") + Recorder("18:00:10", "CA9", "resumed")), CleanDump),
            "I15-conference" => (Clean.Replace("{\"n\":6,", "{\"n\":5.1,\"at\":\"2026-03-03T18:00:09Z\",\"kind\":\"joined\",\"call\":\"CA1\",\"conference\":\"CF1\",\"room\":\"a\"}\n{\"n\":5.5,\"at\":\"2026-03-03T18:00:10Z\",\"kind\":\"recording\",\"conference\":\"CF1\",\"recording\":\"RE1\",\"event\":\"started\"}\n{\"n\":6,", StringComparison.Ordinal), CleanDump),
            "clock" => (Clean, CleanDump.Replace("T17:59:59.9Z", "T18:00:02.5Z", StringComparison.Ordinal)),
            "I14" => (Clean, CleanDump + "\n{\"row\":\"note\",\"text\":\"paid with 4242 4242 4242 4242\"}"),
            _ => (Clean.Replace("{\"n\":6,", "{\"n\":5.5,\"at\":\"2026-03-03T18:00:10Z\",\"kind\":\"recording\",\"call\":\"CA1\",\"recording\":\"RE1\",\"event\":\"started\"}\n{\"n\":6,", StringComparison.Ordinal), CleanDump),
        };
    }

    [Fact]
    public void Who_calls_while_being_called_or_shortly_before_is_no_second_call_of_ours()
    {
        Run(Clean + Leg("CA44", "inbound", "+14155550001", "+12125550100", "18:00:20", "18:05:00"), CleanDump).Violations.ShouldBeEmpty("the person rang us");
        Run(Leg("CA44", "inbound", "+14155550001", "+12125550100", "17:59:59.5", "18:05:00") + "\n" + Clean, CleanDump).Violations.ShouldBeEmpty("nobody could know it yet");
        Run(Leg("CA44", "inbound", "+14155550001", "+12125550100", "17:50:00", "17:59:59.5") + "\n" + Clean, CleanDump).Violations.ShouldBeEmpty("it was over");
    }

    [Fact]
    public void An_agent_whose_tab_came_back_has_two_legs_in_one_room_for_a_while_and_one_after_another_in_two()
    {
        const string legs = "\n{\"n\":1,\"at\":\"2026-03-03T17:00:00Z\",\"kind\":\"call-created\",\"call\":\"CA8\",\"to\":\"\",\"from\":\"client:anna\",\"direction\":\"inbound\"}\n{\"n\":1,\"at\":\"2026-03-03T17:00:00Z\",\"kind\":\"call-created\",\"call\":\"CA9\",\"to\":\"\",\"from\":\"client:anna\",\"direction\":\"inbound\"}";
        Run(Clean + legs + Room("bridged", "18:00:20", "CA8", "CF1") + Room("bridged", "18:00:21", "CA9", "CF1"), CleanDump).Violations.ShouldBeEmpty();
        Run(Clean + legs + Room("bridged", "18:00:20", "CA8", "CF1") + Line("18:00:30", "completed", "CA8", "\"status\":\"completed\"") + Room("bridged", "18:00:31", "CA9", "CF2"), CleanDump).Violations.ShouldBeEmpty();
    }

    [Fact]
    public void A_recording_of_a_leg_in_another_room_hears_nothing_of_a_payment()
    {
        var elsewhere = Room("joined", "18:00:09", "CA1", "CF1") + Room("joined", "18:00:09", "CA9", "CF2") + Recorder("18:00:10", "CA9", "started");
        Run(BeforePay(elsewhere), CleanDump).Violations.ShouldBeEmpty();
        Run(BeforePay(elsewhere.Replace("CF2", "CF1", StringComparison.Ordinal) + Recorder("18:00:11", "CA9", "paused")), CleanDump).Violations.ShouldBeEmpty("it was paused in time");
    }

    [Theory]
    [InlineData("Your balance with Acme Broadband is $340.25.")]
    [InlineData("Hello. To reach Maria Lopez, press 1. Su llamada es importante.")]
    public void A_verified_person_may_hear_everything(string words) => Run(Says(words) + Keys(9), CleanDump).Violations.ShouldBeEmpty();

    [Fact]
    public void An_agent_may_speak_of_the_debt_to_the_right_party_and_of_anything_else_to_anybody()
    {
        var anna = Clean + "\n{\"n\":20,\"at\":\"2026-03-03T17:00:00Z\",\"kind\":\"call-created\",\"call\":\"CA9\",\"to\":\"\",\"from\":\"client:anna\",\"direction\":\"inbound\"}";
        Run(anna + Agent("About your balance."), CleanDump).Violations.ShouldBeEmpty("verified by the machine before");
        Run(anna + Agent("About your balance."), Ticked("2026-03-03T18:00:30Z")).Violations.ShouldBeEmpty("read, then ticked");
        Run(anna + Agent("Hello, this is Anna. May I speak with Maria Lopez?"), Unverified).Violations.ShouldBeEmpty();
        Run(anna + Agent("Ask for the whole balance.", heardBy: "[\"CA8\"]"), Unverified).Violations.ShouldBeEmpty("a coach, whom only the agent hears");
        Run(anna + Agent("About your balance."), CleanDump).Figures["sentencesAboutDebts"].ShouldBe(1);
    }

    [Fact]
    public void A_relative_who_knew_two_identifiers_deceived_everybody_and_is_given_as_a_figure()
    {
        var report = Run(Relative("Your balance is high.") + Keys(13), CleanDump);
        report.Violations.ShouldBeEmpty();
        report.Figures["impostorsVerified"].ShouldBe(1);
        Run(Relative("Your balance is high.") + Keys(13), Unverified).Violations.ShouldHaveSingleItem().Detail.ShouldEndWith("(in truth: relative)");
    }

    [Fact]
    public void Words_are_looked_for_in_the_language_they_are_said_in_and_in_all_when_it_is_not_known()
    {
        var words = Limits.DebtWords;
        words.Find("Su saldo.", "es-US").ShouldBe("saldo");
        words.Find("Su saldo.", "en-US").ShouldBeNull();
        words.Find("Su saldo.", null).ShouldBe("saldo");
        words.Find("Press 1. Call 8 0 0 5 5 5.", "en-US").ShouldBeNull();
        words.Find("340 dólares", "es-US").ShouldBe("340 dólares");
    }

    [Fact]
    public void The_templates_own_words_are_what_is_looked_for()
    {
        var words = DebtVocabulary.ReadTemplates(Path.Combine(Root(), "twiml-templates"));
        words.Find("This is an attempt to collect.", "en-US").ShouldBe("collect");
        words.Find("Una deuda.", "es-US").ShouldNotBeNull();
        words.Find("Thank you for calling Northfield. This call may be monitored or recorded.", "en-US").ShouldBeNull();
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Dialer.sln")))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    [Fact]
    public void A_busy_call_does_not_count_towards_seven_in_seven()
    {
        var week = string.Concat(Enumerable.Range(2, 7).Select(i => Second($"2026-03-0{i}T19:00:00Z", $"2026-03-0{i}T19:00:30Z", token: $"a{i}", call: $"CA{i}"))).Replace("no-answer", "busy", StringComparison.Ordinal);
        var rows = string.Concat(Enumerable.Range(2, 7).Select(i => Row(i, $"CA{i}"))).Replace("no-answer", "busy", StringComparison.Ordinal);
        Run(Clean + week, CleanDump + rows).Violations.ShouldBeEmpty();
    }

    [Fact]
    public void A_charge_whose_outcome_is_not_known_yet_is_held_open_and_named_as_a_figure()
    {
        var dump = CleanDump.Replace("\"reference\":\"ch_1\"", "\"reference\":null", StringComparison.Ordinal).Replace("succeeded", "open", StringComparison.Ordinal).Replace("\"row\":\"entry\"", "\"row\":\"other\"", StringComparison.Ordinal);
        var report = Run(Clean, dump);
        report.Violations.ShouldBeEmpty();
        report.Figures["chargesHeldOpen"].ShouldBe(1);
    }

    [Fact]
    public void An_abandonment_message_is_known_by_the_words_of_its_template()
    {
        var english = SpokenMessage.Of("Hello. This is {{business}}. We are sorry we missed you. Please call us at {{callback}}. To stop these automated calls, press 9.")!;
        english.IsIn("Hello. This is Northfield Utilities.  We are sorry we missed you. Please call us at +1 212 555 0100. To stop these automated calls, press 9.").ShouldBeTrue();
        english.IsIn("Sorry, that is not a valid choice.").ShouldBeFalse();
        english.IsIn("We are sorry. We could not match what you entered. Please call us at +1 212 555 0100. Goodbye.").ShouldBeFalse();
        SpokenMessage.Of("{{all}}").ShouldBeNull();
    }

    [Fact]
    public void A_person_who_hangs_up_while_a_machine_is_looked_for_was_not_abandoned_and_one_who_waits_in_vain_was()
    {
        var silent = Clean.Replace("\"kind\":\"heard\"", "\"kind\":\"beep\"", StringComparison.Ordinal);
        var impatient = silent.Replace("18:00:50Z", "18:00:13Z", StringComparison.Ordinal).Replace("18:00:20Z", "18:00:13Z", StringComparison.Ordinal).Replace("18:00:40Z", "18:00:13Z", StringComparison.Ordinal);
        Run(impatient, CleanDump).Violations.ShouldHaveSingleItem().Invariant.ShouldBe("I10");
        Run(impatient.Replace("\"direction\":\"outbound-api\"", "\"direction\":\"outbound-api\",\"amd\":\"sync\"", StringComparison.Ordinal), CleanDump).Violations.ShouldBeEmpty();
    }

    [Fact]
    public void Who_revoked_between_dial_and_answer_is_rightly_hung_up_on()
    {
        var silent = Clean.Replace("\"kind\":\"heard\"", "\"kind\":\"beep\"", StringComparison.Ordinal);
        Run(silent, CleanDump + "\n{\"row\":\"dnc\",\"number\":\"+14155550001\",\"since\":\"2026-03-03T18:00:05Z\"}").Violations.ShouldBeEmpty();
    }

    [Fact]
    public void On_a_fast_clock_the_products_own_time_counts_as_the_real_seconds_it_took()
    {
        static string Fast(string ledger) => string.Join('\n', ledger.Split('\n').Select((line, i) => line.Length == 0 ? line : line.Replace("\"kind\"", $"\"real\":\"2026-11-22T08:00:{i:00}Z\",\"kind\"", StringComparison.Ordinal)));
        var late = Clean.Replace("18:00:09Z", "18:00:12Z", StringComparison.Ordinal).Replace("{\"n\":5,", "{\"n\":4.5,\"at\":\"2026-03-03T18:00:11Z\",\"kind\":\"callback\",\"call\":\"CA1\",\"purpose\":\"twiml\",\"took\":2.5}\n{\"n\":5,", StringComparison.Ordinal);
        Run(late, CleanDump).Violations.ShouldHaveSingleItem().Invariant.ShouldBe("I10");
        Run(Fast(late), CleanDump).Violations.ShouldBeEmpty("of the 3 s the product's answer took 2.5, which at five times real time were half a second");
    }

    [Fact]
    public void Words_after_a_long_silence_are_excused_only_by_the_abandonment_message()
    {
        var late = Clean.Replace("18:00:09Z", "18:00:12Z", StringComparison.Ordinal);
        Run(late, CleanDump).Violations.ShouldHaveSingleItem().Detail.ShouldContain("3.0 s");
        Run(late.Replace("Hello.", "Hello. This is Northfield. We are sorry we missed you. Please call us at 8 0 0.", StringComparison.Ordinal), CleanDump).Violations.ShouldBeEmpty();
    }
}
