using System.Diagnostics;

namespace Dialer.Benchmarks.Network;

/// <summary>Calls started a second over HTTP, each with its document and four signed callbacks, beside a bare server that only answers the same request.</summary>
internal static class CallRate
{
    private const int Connections = 16;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(8);

    public static async Task RunAsync(Report report)
    {
        await using var product = await Product.StartAsync("<Response><Say>Hello. This is a benchmark.</Say><Hangup/></Response>");
        using var bare = NetworkProcess.Client(new Uri(product.Url));
        var rounds = new List<(double Bare, double Calls, double Milliseconds)>();
        for (var round = 0; round <= 3; round++)
        {
            var limit = await Dialling.ClosedLoopAsync(bare, product.Url, Connections, Length / 2);
            await using var network = await NetworkProcess.StartAsync("");
            await Dialling.ClosedLoopAsync(network.Http, product.Url, Connections, Length / 4);
            var (processor, created) = (network.ProcessorSeconds, await CreatedAsync(network));
            var calls = await Dialling.ClosedLoopAsync(network.Http, product.Url, Connections, Length);
            var each = (network.ProcessorSeconds - processor) / (await CreatedAsync(network) - created) * 1000;
            if (round > 0)
                rounds.Add((limit, calls, each)); // the first warms both up
        }

        report.Line("### Calls started a second");
        report.Line();
        report.Line($"`POST Calls` from {Connections} connections for {Length.TotalSeconds:0} s; calls of the default population ring, are answered, hear a sentence and end, with four signed callbacks each. Load, product and network share the two processors. Bare: a web server that only reads the same request and answers 201.");
        report.Line();
        report.Line("| round | bare server, requests/s | network, calls started/s | ratio | the network's processor time a call |");
        report.Line("|---|---:|---:|---:|---:|");
        for (var i = 0; i < rounds.Count; i++)
            report.Line($"| {i + 1} | {rounds[i].Bare:n0} | {rounds[i].Calls:n0} | {rounds[i].Calls / rounds[i].Bare:0.00} | {rounds[i].Milliseconds:0.00} ms |");
        report.Line($"| median | {Dialling.Percentile(rounds.Select(r => r.Bare), 0.5):n0} | {Dialling.Percentile(rounds.Select(r => r.Calls), 0.5):n0} | {Dialling.Percentile(rounds.Select(r => r.Calls / r.Bare), 0.5):0.00} | {Dialling.Percentile(rounds.Select(r => r.Milliseconds), 0.5):0.00} ms |");
        report.Line();
        report.Line($"One processor's worth of calls, by that time: {1000 / Dialling.Percentile(rounds.Select(r => r.Milliseconds), 0.5):n0} a second, each rung, answered or not, and told of. This holds however busy the machine is.");
        report.Line();
        await SteadyAsync(product, report);
    }

    private static async Task<long> CreatedAsync(NetworkProcess network) => (await network.StatsAsync())["created"]!.GetValue<long>();

    /// <summary>The wanted rate, held: are requests answered at once, and do the callbacks keep up?</summary>
    private static async Task SteadyAsync(Product product, Report report)
    {
        const double PerSecond = 300;
        await using var network = await NetworkProcess.StartAsync("");
        await Dialling.OpenLoopAsync(network.Http, product.Url, PerSecond, TimeSpan.FromSeconds(5));
        var (callbacks, processor, clock) = (product.Callbacks, network.ProcessorSeconds, Stopwatch.StartNew());
        var all = await Dialling.OpenLoopAsync(network.Http, product.Url, PerSecond, TimeSpan.FromSeconds(40));
        var waits = all.Where(wait => !double.IsNaN(wait)).ToList();
        var seconds = clock.Elapsed.TotalSeconds;
        var live = (await network.StatsAsync())["live"]!.GetValue<long>();
        report.Line("### 300 calls a second, held for 40 s");
        report.Line();
        report.Line("| figure | value |");
        report.Line("|---|---:|");
        report.Line($"| calls started a second | {waits.Count / seconds:n0} |");
        report.Line($"| answer to `POST Calls`, from when it was due: median, p99 | {Dialling.Percentile(waits, 0.5):0.0} ms, {Dialling.Percentile(waits, 0.99):0.0} ms |");
        report.Line($"| requests not answered within 30 s | {all.Count - waits.Count:n0} |");
        report.Line($"| callbacks delivered a second | {(product.Callbacks - callbacks) / seconds:n0} |");
        report.Line($"| live calls at the end | {live:n0} |");
        report.Line($"| the network's share of one processor | {(network.ProcessorSeconds - processor) / seconds:0.00} |");
        report.Line();
    }
}
