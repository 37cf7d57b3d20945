using System.Diagnostics;

namespace Dialer.Benchmarks.Network;

/// <summary>Calls started a second over HTTP, each with its document and four signed callbacks, beside a bare server that only answers the same request.</summary>
internal static class CallRate
{
    private const int Connections = 16;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(8);

    public static async Task RunAsync(TextWriter output)
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

        output.WriteLine("### Calls started a second");
        output.WriteLine();
        output.WriteLine($"`POST Calls` from {Connections} connections for {Length.TotalSeconds:0} s; calls of the default population ring, are answered, hear a sentence and end, with four signed callbacks each. Load, product and network share the two processors. Bare: a web server that only reads the same request and answers 201.");
        output.WriteLine();
        output.WriteLine("| round | bare server, requests/s | network, calls started/s | ratio |");
        output.WriteLine("|---|---:|---:|---:|");
        for (var i = 0; i < rounds.Count; i++)
            output.WriteLine($"| {i + 1} | {rounds[i].Bare:n0} | {rounds[i].Calls:n0} | {rounds[i].Calls / rounds[i].Bare:0.00} |");
        output.WriteLine($"| median | {Dialling.Percentile(rounds.Select(r => r.Bare), 0.5):n0} | {Dialling.Percentile(rounds.Select(r => r.Calls), 0.5):n0} | {Dialling.Percentile(rounds.Select(r => r.Calls / r.Bare), 0.5):0.00} |");
        output.WriteLine();
        await SteadyAsync(product, output);
    }

    /// <summary>The wanted rate, held: are requests answered at once, and do the callbacks keep up?</summary>
    private static async Task SteadyAsync(Product product, TextWriter output)
    {
        const double PerSecond = 300;
        await using var network = await NetworkProcess.StartAsync("");
        await Dialling.OpenLoopAsync(network.Http, product.Url, PerSecond, TimeSpan.FromSeconds(5));
        var (callbacks, processor, clock) = (product.Callbacks, network.ProcessorSeconds, Stopwatch.StartNew());
        var waits = await Dialling.OpenLoopAsync(network.Http, product.Url, PerSecond, TimeSpan.FromSeconds(40));
        var seconds = clock.Elapsed.TotalSeconds;
        var live = (await network.StatsAsync())["live"]!.GetValue<long>();
        output.WriteLine("### 300 calls a second, held for 40 s");
        output.WriteLine();
        output.WriteLine("| figure | value |");
        output.WriteLine("|---|---:|");
        output.WriteLine($"| calls started a second | {waits.Count / seconds:n0} |");
        output.WriteLine($"| answer to `POST Calls`, from when it was due: median, p99 | {Dialling.Percentile(waits, 0.5):0.0} ms, {Dialling.Percentile(waits, 0.99):0.0} ms |");
        output.WriteLine($"| callbacks delivered a second | {(product.Callbacks - callbacks) / seconds:n0} |");
        output.WriteLine($"| live calls at the end | {live:n0} |");
        output.WriteLine($"| the network's share of one processor | {(network.ProcessorSeconds - processor) / seconds:0.00} |");
        output.WriteLine();
    }
}
