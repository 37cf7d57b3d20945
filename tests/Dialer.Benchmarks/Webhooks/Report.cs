using System.Globalization;

namespace Dialer.Benchmarks.Webhooks;

internal static class Report
{
    private static readonly string[] Names =
        ["bare Kestrel, the same form, a constant document", "fallback: signature, form, template; no store", "IVR, a call's first key: step and ticked disclosures stored before the reply", "IVR, a later entry: step stored before the reply", "status callback: inbox and state machine stored before its reply"];

    public static void Write(IReadOnlyList<double[]> rounds, IReadOnlyList<double> latency, TimeSpan time, string server)
    {
        Line("# Webhooks beside a bare endpoint");
        Line("");
        Line("Made by `dotnet run -c Release --project tests/Dialer.Benchmarks -- webhooks \"$ConnectionStrings__Postgres\" \"$ConnectionStrings__Redis\"` (server, client, PostgreSQL and Redis on one machine of two cores, shared with other work).");
        Line($"{server}.");
        Line($"{rounds.Count} rounds of {time.TotalSeconds:0} s each in turn, {WebhooksBenchmark.Connections} connections (grouping needs company), after one that warms up; medians, and the ratio of each round to the bare endpoint of the same round.");
        Line("");
        Line("| what | answers a second | ratio: median | lowest - highest | wanted |");
        Line("|---|---:|---:|---:|---:|");
        string[] wanted = ["", "0.80", "0.35", "0.35", "0.35"];
        for (var column = 0; column < Names.Length; column++)
        {
            var ratios = rounds.Select(round => round[column] / round[0]).Order().ToList();
            Line($"| {Names[column]} | {Median([.. rounds.Select(round => round[column]).Order()]):0} | {Median(ratios):0.00} | {ratios[0]:0.00} - {ratios[^1]:0.00} | {wanted[column]} |");
        }

        Line("");
        Line($"First keys at 300 a second, open loop, {latency.Count} answered: p50 {At(latency, 0.5):0.0} ms, p99 {At(latency, 0.99):0.0} ms, longest {latency[^1]:0.0} ms (wanted: p99 below 50 ms).");
    }

    private static void Line(FormattableString text) => Console.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static void Line(string text) => Console.Out.WriteLine(text);

    private static double Median(IReadOnlyList<double> sorted) => (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;

    private static double At(IReadOnlyList<double> sorted, double share) => sorted[(int)Math.Min(sorted.Count - 1, sorted.Count * share)];
}
