using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dialer.Features.Access;
using Dialer.Features.Agents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Dialer.Benchmarks.Floor;

/// <summary>The wallboard of 500 agents and 20 campaigns in a real browser: how long from an event to the screen, and what the page costs the browser as time goes by.</summary>
internal static class WallboardBenchmark
{
    private const int Agents = 500;
    private const int Campaigns = 20;

    /// <summary>Needs a PostgreSQL server on which a database may be made, a Redis, Node with tests/e2e installed, and the built screens. Writes Markdown.</summary>
    public static async Task RunAsync(string server, string redis, double minutes, string page)
    {
        Screens.Bring();
        await using var host = await FloorHost.StartAsync(server, redis);
        var stock = await FloorStock.FillAsync(host.Database, Agents, Campaigns, atWork: true);
        await host.Services.GetRequiredService<Users>().PutAsync("boss", "Bo Boss", FloorStock.Password, [Roles.Supervisor], [], SystemClock.Instance.GetCurrentInstant(), default);
        var day = new FloorDay(host.Database, host.Services.GetRequiredService<AgentSessions>(), stock, seed: 1);
        var probes = new FloorProbes(host.Database, stock, seed: 2);
        await using var said = await SayAsync(probes);
        using var over = new CancellationTokenSource();
        var dialled = day.RunAsync(over.Token);
        await Console.Error.WriteLineAsync("the floor fills for a minute");
        await Task.Delay(TimeSpan.FromMinutes(1), CancellationToken.None);
        var probed = probes.RunAsync(perSecond: 3, over.Token);
        var (cpu, watch) = (Process.GetCurrentProcess().TotalProcessorTime, Stopwatch.StartNew());
        var before = (day.Dials, day.StateChanges);
        var file = Path.Combine(Path.GetTempPath(), $"wallboard-{Guid.NewGuid():N}.json");
        using var gone = new CancellationTokenSource();
        var browsing = Screens.PlaywrightAsync(
            "load", gone.Token,
            ("DIALER_URL", host.Url.GetLeftPart(UriPartial.Authority)), ("DIALER_SUPERVISOR", $"boss:{FloorStock.Password}"), ("LOAD_PROBES", said.Urls.First()), ("LOAD_RESULT", file),
            ("LOAD_MINUTES", minutes.ToString(CultureInfo.InvariantCulture)), ("LOAD_PAGE", page));
        // A floor that has stopped is not measured for the rest of the hour.
        if (await Task.WhenAny(browsing, dialled, probed) is var first && first != browsing)
        {
            await gone.CancelAsync();
            await first;
            throw new InvalidOperationException("The floor ended before the browser did.");
        }

        var browser = await browsing;
        var (seconds, busy) = (watch.Elapsed.TotalSeconds, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds);
        var bytes = await SizeAsync(host.Url);
        if (browser != 0)
            throw new InvalidOperationException($"The browser's part ended with {browser}.");
        var result = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
        File.Delete(file);
        Write(
            result, page, minutes,
            string.Create(CultureInfo.InvariantCulture, $"{(day.Dials - before.Dials) / seconds:0.0} dials and {(day.StateChanges - before.StateChanges) / seconds:0.0} changes of agents' states a second besides the events that were timed; one reading of the floor is {bytes / 1024:0} KB of JSON; service and load generator together used {100 * busy / seconds:0} % of one core"));
        await over.CancelAsync();
        await Task.WhenAll(dialled, probed);
    }

    private static async Task<WebApplication> SayAsync(FloorProbes probes)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/", () => Results.Json(probes.Written, JsonSerializerOptions.Web));
        await app.StartAsync();
        return app;
    }

    private static async Task<double> SizeAsync(Uri url)
    {
        using var http = new HttpClient { BaseAddress = url };
        var login = await (await http.PostAsJsonAsync("/api/v1/access/login", new { userName = "boss", password = FloorStock.Password })).Content.ReadFromJsonAsync<JsonNode>();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", login!["token"]!.GetValue<string>());
        return (await http.GetByteArrayAsync("/api/v1/live")).Length;
    }

    private static void Write(JsonNode result, string page, double minutes, string load)
    {
        var lines = new List<string>
        {
            string.Create(CultureInfo.InvariantCulture, $"## `{page}`, {minutes:0.#} minutes"),
            "",
            $"{Agents} agents, {Campaigns} campaigns; {load}.",
            "",
            "| event to screen | p50 | p90 | p99 | longest | events | wanted |",
            "|---|---:|---:|---:|---:|---:|---:|",
            string.Create(CultureInfo.InvariantCulture, $"| ms | {N("p50")} | {N("p90")} | {N("p99")} | {N("longest")} | {N("events")} | p99 below 1,500 |"),
            "",
            "| after, min | renderer CPU, % of a core | all of the browser, % | JS heap after a collection, MB | DOM nodes | listeners | renderer RSS, MB |",
            "|---:|---:|---:|---:|---:|---:|---:|",
        };
        lines.AddRange(result["samples"]!.AsArray().Select(sample => string.Create(
            CultureInfo.InvariantCulture,
            $"| {S(sample!, "minute"):0.0} | {S(sample!, "renderer"):0.0} | {S(sample!, "browser"):0.0} | {S(sample!, "heapMb"):0.0} | {S(sample!, "nodes"):0} | {S(sample!, "listeners"):0} | {S(sample!, "rssMb"):0} |")));
        lines.AddRange(Steadiness([.. result["samples"]!.AsArray().Select(sample => sample!)]));
        Console.Out.WriteLine(string.Join('\n', lines));
        string N(string name) => result[name]!.GetValue<double>().ToString("#,0", CultureInfo.InvariantCulture);
        double S(JsonNode sample, string name) => sample[name]!.GetValue<double>();
    }

    /// <summary>The first sixth of the samples beside the last, by their medians: what grows with time is larger at the end. The very first sample, of a page that has just opened, is left out.</summary>
    private static IEnumerable<string> Steadiness(IReadOnlyList<JsonNode> samples)
    {
        var part = (samples.Count - 1) / 6;
        if (part == 0)
            yield break;
        yield return "";
        yield return string.Create(CultureInfo.InvariantCulture, $"| median of | samples 2 to {part + 1} | the last {part} | last / first | wanted |");
        yield return "|---|---:|---:|---:|---|";
        foreach (var (key, name) in new[] { ("renderer", "renderer CPU, % of a core"), ("browser", "all of the browser, %"), ("heapMb", "JS heap after a collection, MB"), ("nodes", "DOM nodes"), ("listeners", "listeners"), ("rssMb", "renderer RSS, MB") })
        {
            double Median(IEnumerable<JsonNode> some) => some.Select(sample => sample[key]!.GetValue<double>()).Order().ElementAt(part / 2);
            var (first, last) = (Median(samples.Skip(1).Take(part)), Median(samples.TakeLast(part)));
            yield return string.Create(CultureInfo.InvariantCulture, $"| {name} | {first:0.0} | {last:0.0} | {(first == 0 ? 1 : last / first):0.00} | at most 1.25 |");
        }
    }
}
