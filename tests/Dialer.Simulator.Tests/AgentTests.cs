using System.Text.Json.Nodes;
using Dialer.Simulator.Agents;
using NodaTime;

namespace Dialer.Simulator.Tests;

/// <summary>What a virtual agent does besides talking, seen in the ledger.</summary>
public class AgentTests
{
    private static async Task<List<JsonNode>> Morning(AgentTemper temper)
    {
        using var toy = new ToyDialer(5, agents: 3, lines: 2, null, Instant.FromUtc(2026, 3, 3, 18, 0), temper);
        await toy.Virtual.RunForAsync(1200);
        toy.Disposed.ShouldBeGreaterThan(3, "a mishap costs no disposition");
        return [.. toy.Virtual.Network.Ledger.After(0).Select(line => JsonNode.Parse(line)!)];
    }

    private static string? Text(JsonNode line, string name) => line[name]?.ToString();

    private static double At(JsonNode line) => NodaTime.Text.InstantPattern.ExtendedIso.Parse(Text(line, "at")!).Value.ToUnixTimeTicks() / 1e7;

    /// <summary>The softphone of this agent that was live when the line was written: when it ended and when the next one connected, in seconds after the line.</summary>
    private static (double Ended, double Back) Softphone(List<JsonNode> ledger, JsonNode line)
    {
        var from = $"client:agent-{Text(line, "user")}";
        var here = ledger.IndexOf(line);
        var leg = Text(ledger.Take(here).Last(l => Text(l, "kind") == "softphone" && Text(l, "from") == from), "call");
        var ended = ledger.Skip(here).First(l => Text(l, "kind") == "completed" && Text(l, "call") == leg);
        Text(ended, "by").ShouldBe("caller");
        var back = ledger.Skip(here).First(l => Text(l, "kind") == "softphone" && Text(l, "from") == from);
        return (At(ended) - At(line), At(back) - At(line));
    }

    [Fact]
    public async Task A_reloaded_tab_drops_its_softphone_and_connects_another()
    {
        var ledger = await Morning(new AgentTemper { HeartbeatSeconds = 30, Refreshes = 1, NetworkLosses = 0, Breaks = 0 });
        var reloads = ledger.Where(l => Text(l, "kind") == "agent" && Text(l, "event") == "refresh").SkipLast(3).ToList();
        reloads.ShouldNotBeEmpty();
        foreach (var (ended, back) in reloads.Select(reload => Softphone(ledger, reload)))
        {
            ended.ShouldBe(0, 0.01);
            back.ShouldBeInRange(1.4, 5);
        }
    }

    [Fact]
    public async Task A_network_that_is_away_for_long_drops_the_softphone_and_a_short_gap_does_not()
    {
        var ledger = await Morning(new AgentTemper { HeartbeatSeconds = 30, Refreshes = 0, NetworkLosses = 1, Breaks = 0 });
        var losses = ledger.Where(l => Text(l, "kind") == "agent" && Text(l, "event") == "network-lost").SkipLast(3).ToList();
        Func<JsonNode, double> Seconds = loss => double.Parse(Text(loss, "detail")!.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        losses.ShouldContain(loss => Seconds(loss) > 5.1);
        foreach (var loss in losses.Where(loss => Seconds(loss) > 5.1))
        {
            var (ended, back) = Softphone(ledger, loss);
            ended.ShouldBe(5, 0.01);
            back.ShouldBeInRange(Seconds(loss) - 0.1, Seconds(loss) + 3);
        }

        foreach (var gap in losses.Where(loss => Seconds(loss) < 4.9))
        {
            var from = $"client:agent-{Text(gap, "user")}";
            ledger.ShouldNotContain(l => Text(l, "kind") == "completed" && Text(l, "from") == from && At(l) >= At(gap) && At(l) < At(gap) + Seconds(gap) + 1);
        }
    }
}
