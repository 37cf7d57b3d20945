using Dialer.Core.Ivr;

namespace Dialer.Core.Tests.Ivr;

public sealed class IvrGraphTests
{
    private static readonly IvrNode Bye = new("goodbye", IvrNodeKind.End, []);

    [Fact]
    public void Graph_AnEdgeToNowhere_IsRefused() =>
        Should.Throw<InvalidOperationException>(() => new IvrGraph("x", 1, "a", [Menu("a", Edge('1', "nowhere")), Bye])).Message.ShouldContain("leads to 'nowhere'");

    [Fact]
    public void Graph_AnUnreachableStep_IsRefused() =>
        Should.Throw<InvalidOperationException>(() => new IvrGraph("x", 1, "a", [Menu("a", Edge('1', "goodbye")), Bye, new IvrNode("island", IvrNodeKind.End, [])])).Message.ShouldContain("'island' cannot be reached");

    [Fact]
    public void Graph_AStepWithoutAWayOut_IsRefused() =>
        Should.Throw<InvalidOperationException>(() => new IvrGraph("x", 1, "a", [Menu("a"), Bye])).Message.ShouldContain("no way out");

    [Fact]
    public void Graph_ADecisionThatMayNotDecide_IsRefused() =>
        Should.Throw<InvalidOperationException>(() => new IvrGraph("x", 1, "a", [new IvrNode("a", IvrNodeKind.Decision, [new IvrEdge(IvrTrigger.Always, null, "goodbye", "", _ => false)]), Bye])).Message.ShouldContain("may not decide");

    [Fact]
    public void Graph_AKeyUsedTwice_IsRefused() =>
        Should.Throw<InvalidOperationException>(() => new IvrGraph("x", 1, "a", [Menu("a", Edge('1', "goodbye"), Edge('1', "goodbye")), Bye])).Message.ShouldContain("a key twice");

    private static IvrNode Menu(string id, params IvrEdge[] edges) => new(id, IvrNodeKind.Menu, edges);

    private static IvrEdge Edge(char key, string to) => new(IvrTrigger.Key, key, to, "");
}
