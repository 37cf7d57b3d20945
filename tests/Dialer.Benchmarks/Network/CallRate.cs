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
        var rounds = new List<(double Bare, double Calls)>();
        for (var round = 0; round <= 3; round++)
        {
            var limit = await Dialling.ClosedLoopAsync(bare, product.Url, Connections, Length / 2);
            await using var network = await NetworkProcess.StartAsync("");
            await Dialling.ClosedLoopAsync(network.Http, product.Url, Connections, Length / 4);
            var calls = await Dialling.ClosedLoopAsync(network.Http, product.Url, Connections, Length);
            if (round > 0)
                rounds.Add((limit, calls)); // the first warms both up
        }

        report.Line($"### Calls started a second ({Report.Machine})");
        report.Line();
        report.Line($"`POST Calls` from {Connections} connections for {Length.TotalSeconds:0} s; calls of the default population ring, are answered, hear a sentence and end, with four signed callbacks each. Load, product and network share the two processors. Bare: a web server that only reads the same request and answers 201.");
        report.Line();
        report.Line("| round | bare server, requests/s | network, calls started/s | ratio |");
        report.Line("|---|---:|---:|---:|");
        for (var i = 0; i < rounds.Count; i++)
            report.Line($"| {i + 1} | {rounds[i].Bare:n0} | {rounds[i].Calls:n0} | {rounds[i].Calls / rounds[i].Bare:0.00} |");
        report.Line($"| median | {Dialling.Percentile(rounds.Select(r => r.Bare), 0.5):n0} | {Dialling.Percentile(rounds.Select(r => r.Calls), 0.5):n0} | {Dialling.Percentile(rounds.Select(r => r.Calls / r.Bare), 0.5):0.00} |");
        report.Line();
        await WholeLivesAsync(product, report);
        await SteadyAsync(product, report);
    }

    /// <summary>Processor time of calls from their request to their last callback: what a rate costs, however busy the machine is.</summary>
    private static async Task WholeLivesAsync(Product product, Report report)
    {
        const int Calls = 3000;
        await using var network = await NetworkProcess.StartAsync("");
        await LiveAsync(500);
        var (processor, callbacks) = (network.ProcessorSeconds, product.Callbacks);
        await LiveAsync(Calls);
        var each = (network.ProcessorSeconds - processor) / Calls;
        report.Line($"Processor time of the network for one call, from its request to its last callback ({Calls:n0} calls, {(double)(product.Callbacks - callbacks) / Calls:0.0} callbacks each): {each * 1000:0.00} ms. So 300 calls a second take {300 * each:0.00} of a processor, and one processor makes {1 / each:n0} a second.");
        report.Line();

        async Task LiveAsync(int calls)
        {
            await Dialling.OpenLoopAsync(network.Http, product.Url, 100, TimeSpan.FromSeconds(calls / 100.0));
            for (var i = 0; i < 120 && (await network.StatsAsync())["live"]!.GetValue<long>() > 0; i++)
                await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }

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
        report.Line($"### 300 calls a second, asked for 40 s ({Report.Machine})");
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
