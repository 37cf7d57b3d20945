using System.Text.Json;
using Dialer.Core.Pacing;

namespace Dialer.Core.Tests.Pacing;

public class PacingSessionTests
{
    private static JsonElement Answer(PacingSession session, string line) => JsonDocument.Parse(session.Answer(line)).RootElement;

    [Fact]
    public void Answer_ToASnapshot_IsAPlanWithDialsAndReasons()
    {
        var session = new PacingSession();
        Answer(session, """{"policy":{"mode":"progressive"}}""").GetProperty("dials").GetInt32().ShouldBe(0);
        var answer = Answer(session, """{"now":12.5,"snapshot":{"agents":[{"activity":"available","seconds":3},{"activity":"onCall","seconds":60}],"limits":{"callTokens":5}}}""");
        answer.GetProperty("dials").GetInt32().ShouldBe(1);
        answer.GetProperty("plan").GetProperty("reasons")[0].GetProperty("code").GetString().ShouldBe("ONE_TO_ONE");
        answer.GetProperty("shadows").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public void Answer_ToAnEvent_IsALineWithoutDials() =>
        Answer(new PacingSession(), """{"event":"resolved","at":"2026-03-02T15:00:00Z","outcome":"noAnswer","ringSeconds":25}""").GetProperty("kind").GetString().ShouldBe("learned");

    [Theory]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"snapshot":{}}""")]
    [InlineData("""{"policy":{"ringTimeoutSeconds":5}}""")]
    [InlineData("""{"event":"teleported","at":1}""")]
    public void Answer_ToALineThatMakesNoSense_IsAnErrorAndNoDials(string line)
    {
        var session = new PacingSession();
        var answer = Answer(session, line);
        answer.GetProperty("kind").GetString().ShouldBe("error");
        answer.GetProperty("error").GetString().ShouldNotBeNullOrEmpty();
        answer.GetProperty("dials").GetInt32().ShouldBe(0);
        session.Errors.ShouldBe(1);
    }

    [Fact]
    public void Answer_WithoutALedger_KeepsTheAccountFromTheEvents()
    {
        var session = new PacingSession();
        for (var i = 0; i < 200; i++)
            session.Answer($$"""{"event":"resolved","at":{{i}},"outcome":"{{(i % 5 == 0 ? "human" : "noAnswer")}}","ringSeconds":{{(i % 5 == 0 ? 9 : 25)}}}""");
        session.Answer("""{"events":[{"event":"abandoned","at":201,"waitedSeconds":2},{"event":"abandoned","at":202,"waitedSeconds":2}]}""");
        var answer = Answer(session, """{"now":203,"snapshot":{"agents":[{"activity":"available","seconds":3}]}}""");
        answer.GetProperty("plan").GetProperty("tau").GetDouble().ShouldBeLessThan(0.027);
        answer.GetProperty("dials").GetInt32().ShouldBe(1);
    }

    [Fact]
    public void Answer_ToTheSameLines_IsTheSame()
    {
        string[] lines =
        [
            """{"policy":{"budget":{"cap":0.03,"hardGate":false}}}""",
            .. Enumerable.Range(0, 120).Select(i => $$"""{"event":"resolved","at":{{i}},"outcome":"{{(i % 4 == 0 ? "human" : "noAnswer")}}","ringSeconds":{{(i % 4 == 0 ? 8 : 25)}}}"""),
            """{"now":121,"snapshot":{"agents":[{"activity":"available","seconds":3},{"activity":"wrapUp","seconds":20}],"calls":[{"ageSeconds":7,"class":{"line":"wireless","attempt":2}}]}}""",
            """{"save":true}""",
        ];
        var (one, two) = (new PacingSession(), new PacingSession());
        foreach (var line in lines)
            one.Answer(line).ShouldBe(two.Answer(line));
    }

    [Fact]
    public void Replay_OfALog_FindsNothing_AndOfATouchedLog_FindsTheLine()
    {
        var session = new PacingSession();
        string[] lines =
        [
            .. Enumerable.Range(0, 60).Select(i => $$"""{"event":"resolved","at":{{i}},"outcome":"{{(i % 4 == 0 ? "human" : "noAnswer")}}","ringSeconds":{{(i % 4 == 0 ? 8 : 25)}}}"""),
            """{"now":61,"snapshot":{"agents":[{"activity":"available","seconds":3},{"activity":"wrapUp","seconds":20}],"ledger":{"abandoned":3,"liveAnswers":400}}}""",
        ];
        string[] log = [.. lines.Select(line => $$"""{"in":{{line}},"out":{{session.Answer(line)}}}""")];
        PacingReplay.Compare(log).ShouldBeEmpty();
        log[7] = log[7].Replace("noAnswer", "human", StringComparison.Ordinal);
        PacingReplay.Compare(log).Select(difference => difference.Line).ShouldBe([61]);
    }
}
