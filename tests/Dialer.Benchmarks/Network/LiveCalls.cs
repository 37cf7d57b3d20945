namespace Dialer.Benchmarks.Network;

/// <summary>Memory of calls that are up: everybody answers after a second and listens for a quarter of an hour.</summary>
internal static class LiveCalls
{
    private const int Step = 1000;
    private const int Steps = 5;

    public static async Task RunAsync(Report report)
    {
        var people = Path.GetTempFileName();
        await File.WriteAllLinesAsync(people, Enumerable.Range(0, Step * Steps).Select(i =>
            $$$"""{"e164":"{{{Number(i)}}}","name":{"first":"A","last":"B"},"zip":"94110","birthDate":"1980-05-17","ssn4":"1234","language":"en","lineType":"wireless","balance":250.00,"persona":{"script":"answers after 1 s, hangs up after 900 s"}}"""));
        await using var product = await Product.StartAsync("<Response><Say>Hello.</Say><Pause length=\"900\"/></Response>");
        await using var network = await NetworkProcess.StartAsync(people);
        var rows = new List<(long Live, double Mb)> { (0, await network.SettledMbAsync()) };
        var next = 0;
        for (var step = 0; step < Steps; step++)
        {
            await Dialling.OpenLoopAsync(network.Http, product.Url, 300, TimeSpan.FromSeconds(Step / 300.0 + 0.01), () => Number(next++));
            await Task.Delay(TimeSpan.FromSeconds(4));
            rows.Add(((await network.StatsAsync())["live"]!.GetValue<long>(), await network.SettledMbAsync()));
        }

        var idle = network.ProcessorSeconds;
        await Task.Delay(TimeSpan.FromSeconds(10));
        idle = (network.ProcessorSeconds - idle) / 10;
        File.Delete(people);
        report.Line($"### Live calls and memory ({Report.Machine})");
        report.Line();
        report.Line("Everybody answers after a second and listens; resident memory of the network's process after a collection.");
        report.Line();
        report.Line("| live calls | resident MB |");
        report.Line("|---:|---:|");
        foreach (var (live, mb) in rows)
            report.Line($"| {live:n0} | {mb:0} |");
        var (first, last) = (rows[1], rows[^1]);
        report.Line();
        report.Line($"Memory per 1,000 live calls: {(last.Mb - first.Mb) / (last.Live - first.Live) * 1000:0.0} MB. Processor share with {last.Live:n0} calls up: {idle:0.00} of one.");
        report.Line();
    }

    private static string Number(int i) => $"+1415{556 + (i / 10_000)}{i % 10_000:0000}";
}
