using Dialer.Simulator.Audit;
using NodaTime;

namespace Dialer.Simulator.Tests;

/// <summary>Five people who called in and one whom the machine called, with two agents, counted by hand; and reports that say something else.</summary>
public class LedgerFloorTests
{
    private static readonly SpokenWords Words = new(
        [SpokenMessage.Of("Hello. This is {{business}}. We are sorry we missed you.")!],
        [SpokenMessage.Of("All of our agents are with other callers. You are number {{position}} in line.{{#if hasEstimate}} We expect to be with you in about {{waitMinutes}} minutes.{{/if}}")!],
        [SpokenMessage.Of("We are sorry, too many callers are waiting at the moment.")!],
        [SpokenMessage.Of("You promise to pay {{amount}} to {{creditor}} on {{date}}. To confirm, press 1.")!, SpokenMessage.Of("Usted promete pagar {{amount}} a {{creditor}} {{date}}. Para confirmar, oprima 1.")!],
        [SpokenMessage.Of("Thank you. Your promise to pay {{amount}} on {{date}} is recorded.")!]);

    private static readonly Instant Evening = Instant.FromUtc(2026, 3, 3, 19, 0);

    /// <summary>
    /// CA1 is served at once by agent 1, handed on after 60 s, waits 10 s more and talks 20 s with agent 2. CA2 waits 30 s and gives up. CA3 waits 2 s and hangs up. CA4 promises the machine 40.50 and hears so;
    /// then 9.00, which is refused. CA5 never reached the product. CA6, whom the machine called, promises 1,200.01 in Spanish and hangs up at once. CA7 is a called person of agent 1, who keys a promise.
    /// </summary>
    private const string Day = """
        {"n":1,"at":"2026-03-03T18:00:00Z","kind":"agent","user":"agent001","event":"session","detail":"aaaaaaaa-0000-0000-0000-000000000001"}
        {"n":2,"at":"2026-03-03T18:00:00Z","kind":"agent","user":"agent002","event":"session","detail":"aaaaaaaa-0000-0000-0000-000000000002"}
        {"n":3,"at":"2026-03-03T18:00:00Z","kind":"agent","user":"agent001","event":"state","detail":"Available"}
        {"n":4,"at":"2026-03-03T18:00:00Z","kind":"agent","user":"agent002","event":"state","detail":"Break"}
        {"n":5,"at":"2026-03-03T18:05:00Z","kind":"call-created","call":"CA1","to":"+12125550100","from":"+14155550001","direction":"inbound","url":"http://us/inbound"}
        {"n":6,"at":"2026-03-03T18:05:01Z","kind":"callback","call":"CA1","purpose":"twiml","status":200,"url":"http://us/inbound"}
        {"n":7,"at":"2026-03-03T18:05:20Z","kind":"bridged","call":"CA1","room":"agent-aaaaaaaa000000000000000000000001"}
        {"n":8,"at":"2026-03-03T18:05:20Z","kind":"agent","user":"agent001","event":"state","detail":"OnCall"}
        {"n":9,"at":"2026-03-03T18:06:20Z","kind":"unbridged","call":"CA1","room":"agent-aaaaaaaa000000000000000000000001"}
        {"n":9,"at":"2026-03-03T18:06:20Z","kind":"callback","call":"CA1","purpose":"twiml","status":200,"url":"http://us/dial-ended","took":1.0}
        {"n":10,"at":"2026-03-03T18:06:20Z","kind":"heard","call":"CA1","what":"say","text":"All of our agents are with other callers. You are number 1 in line."}
        {"n":11,"at":"2026-03-03T18:06:20Z","kind":"agent","user":"agent001","event":"state","detail":"WrapUp"}
        {"n":12,"at":"2026-03-03T18:06:30Z","kind":"bridged","call":"CA1","room":"agent-aaaaaaaa000000000000000000000002"}
        {"n":12,"at":"2026-03-03T18:06:30.5Z","kind":"callback","call":"CA1","purpose":"conference","event":"participant-join","status":204,"took":0.5}
        {"n":13,"at":"2026-03-03T18:06:50Z","kind":"completed","call":"CA1","status":"completed"}
        {"n":14,"at":"2026-03-03T18:06:50Z","kind":"unbridged","call":"CA1","room":"agent-aaaaaaaa000000000000000000000002"}
        {"n":15,"at":"2026-03-03T18:07:00Z","kind":"agent","user":"agent001","event":"state","detail":"Available"}
        {"n":16,"at":"2026-03-03T18:07:00Z","kind":"call-created","call":"CA2","to":"+12125550100","from":"anonymous","direction":"inbound","url":"http://us/inbound"}
        {"n":17,"at":"2026-03-03T18:07:01Z","kind":"callback","call":"CA2","purpose":"twiml","status":200,"url":"http://us/inbound"}
        {"n":18,"at":"2026-03-03T18:07:10Z","kind":"callback","call":"CA2","purpose":"twiml","status":200,"url":"http://us/ivr","took":1.0}
        {"n":18,"at":"2026-03-03T18:07:10Z","kind":"heard","call":"CA2","what":"say","text":"All of our agents are with other callers. You are number 2 in line. We expect to be with you in about 3 minutes."}
        {"n":19,"at":"2026-03-03T18:07:30Z","kind":"heard","call":"CA2","what":"say","text":"All of our agents are with other callers. You are number 1 in line."}
        {"n":20,"at":"2026-03-03T18:07:40Z","kind":"completed","call":"CA2","status":"completed"}
        {"n":21,"at":"2026-03-03T18:08:00Z","kind":"call-created","call":"CA3","to":"+12125550100","from":"+14155550003","direction":"inbound","url":"http://us/inbound"}
        {"n":22,"at":"2026-03-03T18:08:01Z","kind":"callback","call":"CA3","purpose":"twiml","status":200,"url":"http://us/inbound"}
        {"n":23,"at":"2026-03-03T18:08:10Z","kind":"callback","call":"CA3","purpose":"twiml","status":200,"url":"http://us/ivr","took":1.0}
        {"n":23,"at":"2026-03-03T18:08:10Z","kind":"heard","call":"CA3","what":"say","text":"All of our agents are with other callers. You are number 1 in line."}
        {"n":24,"at":"2026-03-03T18:08:12Z","kind":"completed","call":"CA3","status":"completed"}
        {"n":25,"at":"2026-03-03T18:09:00Z","kind":"call-created","call":"CA4","to":"+12125550100","from":"+14155550004","direction":"inbound","url":"http://us/inbound"}
        {"n":26,"at":"2026-03-03T18:09:01Z","kind":"callback","call":"CA4","purpose":"twiml","status":200,"url":"http://us/inbound"}
        {"n":27,"at":"2026-03-03T18:09:20Z","kind":"heard","call":"CA4","what":"say","text":"You promise to pay $40.50 to Cedar on Friday, March 6. To confirm, press 1."}
        {"n":28,"at":"2026-03-03T18:09:25Z","kind":"key","call":"CA4","key":"1"}
        {"n":29,"at":"2026-03-03T18:09:26Z","kind":"callback","call":"CA4","purpose":"twiml","status":200,"url":"http://us/ivr"}
        {"n":30,"at":"2026-03-03T18:09:26Z","kind":"heard","call":"CA4","what":"say","text":"Thank you. Your promise to pay $40.50 on Friday, March 6 is recorded."}
        {"n":31,"at":"2026-03-03T18:09:40Z","kind":"heard","call":"CA4","what":"say","text":"You promise to pay $9.00 to Cedar on Friday, March 6. To confirm, press 1."}
        {"n":32,"at":"2026-03-03T18:09:45Z","kind":"key","call":"CA4","key":"1"}
        {"n":33,"at":"2026-03-03T18:09:46Z","kind":"callback","call":"CA4","purpose":"twiml","status":200,"url":"http://us/ivr"}
        {"n":34,"at":"2026-03-03T18:09:46Z","kind":"heard","call":"CA4","what":"say","text":"We cannot take this now. Goodbye."}
        {"n":35,"at":"2026-03-03T18:09:50Z","kind":"completed","call":"CA4","status":"completed"}
        {"n":36,"at":"2026-03-03T18:10:00Z","kind":"call-created","call":"CA5","to":"+12125550100","from":"+14155550005","direction":"inbound","url":"http://us/inbound"}
        {"n":37,"at":"2026-03-03T18:10:01Z","kind":"callback","call":"CA5","purpose":"twiml","status":0,"url":"http://us/inbound"}
        {"n":38,"at":"2026-03-03T18:10:02Z","kind":"completed","call":"CA5","status":"failed"}
        {"n":39,"at":"2026-03-03T18:11:00Z","kind":"call-created","call":"CA6","to":"+14155550006","from":"+12125550101","direction":"outbound-api"}
        {"n":40,"at":"2026-03-03T18:11:20Z","kind":"heard","call":"CA6","what":"say","text":"Usted promete pagar 1200 dólares con un centavo a Cedar el viernes 6 de marzo. Para confirmar, oprima 1."}
        {"n":41,"at":"2026-03-03T18:11:25Z","kind":"key","call":"CA6","key":"1"}
        {"n":42,"at":"2026-03-03T18:11:25Z","kind":"completed","call":"CA6","status":"completed"}
        {"n":43,"at":"2026-03-03T18:11:26Z","kind":"callback","call":"CA6","purpose":"twiml","status":200,"url":"http://us/ivr"}
        {"n":44,"at":"2026-03-03T18:20:00Z","kind":"call-created","call":"CA7","to":"+14155550007","from":"+12125550100","direction":"outbound-api"}
        {"n":45,"at":"2026-03-03T18:20:10Z","kind":"bridged","call":"CA7","room":"agent-aaaaaaaa000000000000000000000001"}
        {"n":46,"at":"2026-03-03T18:20:40Z","kind":"completed","call":"CA7","status":"completed"}
        {"n":47,"at":"2026-03-03T18:21:00Z","kind":"agent","user":"agent001","event":"disposition","detail":"RPC-PTP: 204","attempt":"7","promised":65.68}
        """;

    private static readonly CallerFigures CallersByHand = new(Arrived: 4, AnsweredWaits: [new(10, 11.5)], GivenUpWaits: [new(30, 31), new(2, 3)], SentAway: 0, Promises: 2, Promised: 1240.51m);

    private static readonly ReportedCallers Reported = new(
        new Dictionary<string, long> { ["hours"] = 4, ["clients"] = 4 }, Answered: 1, InTime: 1, Target: 20, Abandoned: 1, Short: 5, SentAway: 0, WaitSeconds: 10.5, Promises: 2, Promised: 1240.51m);

    private static readonly Dictionary<string, AgentFigures> AgentsByHand = new()
    {
        ["agent001"] = new(Calls: 1, TalkSeconds: 90, WrapSeconds: 40, IdleSeconds: 320 + (53 * 60), BreakSeconds: 0, Promises: 1, Promised: 65.68m, Changes: 4),
        ["agent002"] = new(Calls: 1, TalkSeconds: 20, WrapSeconds: 0, IdleSeconds: 0, BreakSeconds: 3600, Promises: 0, Promised: 0, Changes: 1),
    };

    private static Lines Ledger => Lines.Read(new StringReader(Day));

    private static CallerFigures Callers => CallerFigures.Count(Ledger, Words, "+12125550101");

    [Fact]
    public void Callers_are_those_counted_by_hand()
    {
        Callers.AnsweredWaits.ShouldBe(CallersByHand.AnsweredWaits);
        Callers.GivenUpWaits.ShouldBe(CallersByHand.GivenUpWaits);
        (Callers with { AnsweredWaits = [], GivenUpWaits = [] }).ShouldBe(CallersByHand with { AnsweredWaits = [], GivenUpWaits = [] });
        Callers.Differences(Reported).ShouldBeEmpty();
    }

    [Fact]
    public void Agents_are_those_counted_by_hand()
    {
        LedgerAgents.Count(Ledger, Words, Evening).OrderBy(each => each.Key).ShouldBe(AgentsByHand.OrderBy(each => each.Key));
        LedgerAgents.Differences(AgentsByHand, AgentsByHand, 0).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("inbound calls")]
    [InlineData("callers answered by")]
    [InlineData("callers answered within")]
    [InlineData("callers gave up after")]
    [InlineData("callers sent away")]
    [InlineData("s waited")]
    [InlineData("promises of")]
    public void One_caller_more_a_second_or_a_cent_in_a_report_is_told(string figure)
    {
        var wrong = figure switch
        {
            "inbound calls" => Reported with { Inbound = new Dictionary<string, long> { ["hours"] = 4, ["clients"] = 5 } },
            "callers answered by" => Reported with { Answered = 2 },
            "callers answered within" => Reported with { InTime = 0 },
            "callers gave up after" => Reported with { Abandoned = 2 },
            "callers sent away" => Reported with { SentAway = 1 },
            "s waited" => Reported with { WaitSeconds = 12.6 },
            _ => Reported with { Promised = 1240.52m },
        };
        Callers.Differences(wrong).ShouldHaveSingleItem().ShouldContain($" {figure}");
    }

    [Theory]
    [InlineData("calls of agent001")]
    [InlineData("promises of 65.68 to agent001")]
    [InlineData("talk")]
    [InlineData("wrap-up")]
    [InlineData("idle time")]
    [InlineData("breaks")]
    public void One_call_more_of_an_agent_a_cent_or_a_second_is_told(string figure)
    {
        var first = AgentsByHand["agent001"];
        var wrong = figure switch
        {
            "calls of agent001" => first with { Calls = 2 },
            "promises of 65.68 to agent001" => first with { Promised = 65.69m },
            "talk" => first with { TalkSeconds = 96 },
            "wrap-up" => first with { WrapSeconds = 46 },
            "idle time" => first with { IdleSeconds = first.IdleSeconds - 6 },
            _ => first with { BreakSeconds = 6 },
        };
        LedgerAgents.Differences(AgentsByHand, new Dictionary<string, AgentFigures>(AgentsByHand) { ["agent001"] = wrong }, 1).ShouldHaveSingleItem().ShouldContain(figure);
        LedgerAgents.Differences(AgentsByHand, new Dictionary<string, AgentFigures>(), 1).Count().ShouldBe(3 + 4); // a report of nothing: calls of both, promises of one, and every time
    }

    [Fact]
    public void The_templates_themselves_say_what_is_listened_for()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(folder.FullName, "twiml-templates")))
            folder = folder.Parent!;
        var words = SpokenWords.ReadTemplates(Path.Combine(folder.FullName, "twiml-templates"));
        foreach (var messages in new[] { words.Abandoned, words.Waiting, words.SentAway, words.PromiseRead, words.PromiseRecorded })
            messages.Count.ShouldBe(2); // English and Spanish
        words.Waiting.Count(each => each.IsIn("Todos nuestros agentes están atendiendo otras llamadas. Usted es el número 3 en la fila. Calculamos atenderle en unos 4 minutos.")).ShouldBe(1);
        words.PromiseRead.Count(each => each.IsIn("You promise to pay $5.00 to Cedar on Friday. To confirm, press 1. To change it, press 2. To speak with a representative, press 0.")).ShouldBe(1);
    }
}
