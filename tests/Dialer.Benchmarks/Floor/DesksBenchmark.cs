using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using Dialer.Core.Routing;
using Dialer.Features.Agents;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Dialer.Benchmarks.Floor;

/// <summary>
/// How long from a change of an agent's state, by whatever part of the service, until that agent's desk has heard of it: every desk signed in, with its event stream open and its heartbeat beating,
/// while the changes of a busy floor happen at random desks.
/// </summary>
internal static class DesksBenchmark
{
    /// <summary>A call every 140 s makes four changes for its agent.</summary>
    private const double ChangesASecondADesk = 4.0 / 140;

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(string server, string redis, int desks, TimeSpan time)
    {
        await using var host = await FloorHost.StartAsync(server, redis);
        await FloorStock.FillAsync(host.Database, desks, 1, atWork: false);
        using var over = new CancellationTokenSource();
        await Console.Error.WriteLineAsync($"{desks} agents sign in");
        var all = new ConcurrentBag<Desk>();
        await Parallel.ForEachAsync(Enumerable.Range(1, desks), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (number, cancel) => all.Add(await Desk.SignInAsync(host.Url, number, cancel)));
        await host.Database.ExecuteAsync("update agent_session set softphone_up = true, conference_sid = 'CF' || agent_id, state = 'Break', reason = '0' where ended_at is null", null, default);
        var open = all.OrderBy(desk => desk.Number).ToList();
        var reading = open.ConvertAll(desk => desk.ListenAsync(over.Token));
        foreach (var desk in open)
            await desk.UntilOpenAsync();
        await Console.Error.WriteLineAsync("every desk is open");
        await Task.Delay(TimeSpan.FromSeconds(10), CancellationToken.None);

        var (cpu, watch) = (Process.GetCurrentProcess().TotalProcessorTime, Stopwatch.StartNew());
        var changes = await ChangeAsync(host.Services.GetRequiredService<AgentSessions>(), open, time);
        var busy = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds / watch.Elapsed.TotalSeconds;
        await Task.Delay(TimeSpan.FromSeconds(6), CancellationToken.None);
        await over.CancelAsync();
        await Task.WhenAll(reading);
        var took = open.SelectMany(desk => desk.Took).Order().ToList();
        foreach (var desk in open)
            desk.Dispose();
        Write(desks, changes, took, busy, watch.Elapsed.TotalSeconds);
    }

    /// <summary>The same path that calls and supervisors take; the reason says which change it is.</summary>
    private static async Task<int> ChangeAsync(AgentSessions sessions, List<Desk> open, TimeSpan time)
    {
        var random = new Random(1);
        var watch = Stopwatch.StartNew();
        var under = new List<Task>();
        var number = 0;
        for (var due = 0.0; due < time.TotalSeconds; due += -Math.Log(1 - random.NextDouble()) / (ChangesASecondADesk * open.Count))
        {
            var wait = due - watch.Elapsed.TotalSeconds;
            if (wait > 0)
                await Task.Delay(TimeSpan.FromSeconds(wait), CancellationToken.None);
            var desk = open[random.Next(open.Count)];
            var change = ++number;
            under.Add(Task.Run(async () =>
            {
                desk.Changed(change);
                _ = await sessions.ApplyAsync(
                        desk.Session, new AgentEvent.Requested(AgentState.Break, change.ToString(CultureInfo.InvariantCulture)), SystemClock.Instance.GetCurrentInstant(), default)
                    ?? throw new InvalidOperationException($"The change {change} was refused.");
            }));
        }

        await Task.WhenAll(under);
        return number;
    }

    private static void Write(int desks, int changes, List<double> took, double busy, double seconds)
    {
        double At(double share) => took[(int)Math.Min(took.Count - 1, took.Count * share)];
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            | desks | changes a second | event to desk, ms: p50 | p90 | p99 | longest | heard of | cores used, service and desks together | wanted |
            |---:|---:|---:|---:|---:|---:|---:|---:|---:|
            | {desks} | {changes / seconds:0.0} | {At(0.5):0.0} | {At(0.9):0.0} | {At(0.99):0.0} | {took[^1]:0.0} | {took.Count} of {changes} | {busy:0.00} | p99 below 250 |
            """));
    }

    private sealed class Desk : IDisposable
    {
        private readonly HttpClient _http;
        private readonly ConcurrentDictionary<int, long> _expected = new();
        private readonly SemaphoreSlim _open = new(0);

        private Desk(int number, HttpClient http, Guid session) => (Number, _http, Session) = (number, http, session);

        public int Number { get; }

        public Guid Session { get; }

        public ConcurrentBag<double> Took { get; } = [];

        /// <summary>Until the stream has said something for the first time.</summary>
        /// <exception cref="TimeoutException">It said nothing in two minutes.</exception>
        public async Task UntilOpenAsync()
        {
            if (!await _open.WaitAsync(TimeSpan.FromMinutes(2)))
                throw new TimeoutException($"The desk {Number} heard nothing.");
        }

        public static async Task<Desk> SignInAsync(Uri url, int number, CancellationToken cancel)
        {
            var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = url, Timeout = Timeout.InfiniteTimeSpan };
            using var login = await http.PostAsJsonAsync("/api/v1/access/login", new { userName = $"agent{number:000}", password = FloorStock.Password }, cancel);
            login.EnsureSuccessStatusCode();
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await login.Content.ReadFromJsonAsync<JsonNode>(cancel))!["token"]!.GetValue<string>());
            using var session = await http.PostAsJsonAsync("/api/v1/agent/session", new { draws = false }, cancel);
            session.EnsureSuccessStatusCode();
            return new Desk(number, http, (await session.Content.ReadFromJsonAsync<JsonNode>(cancel))!["sessionId"]!.GetValue<Guid>());
        }

        public void Changed(int change) => _expected[change] = Stopwatch.GetTimestamp();

        /// <summary>Hears and beats until the token ends it.</summary>
        public Task ListenAsync(CancellationToken cancel) => Task.WhenAll(ReadAsync(cancel), BeatAsync(cancel));

        public void Dispose()
        {
            _http.Dispose();
            _open.Dispose();
        }

        private async Task ReadAsync(CancellationToken cancel)
        {
            try
            {
                await using var stream = await _http.GetStreamAsync("/api/v1/agent/events", cancel);
                await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancel))
                {
                    var now = Stopwatch.GetTimestamp();
                    _open.Release();
                    if (JsonNode.Parse(item.Data)?["reason"]?.GetValue<string>() is { } reason && int.TryParse(reason, NumberStyles.None, CultureInfo.InvariantCulture, out var newest))
                        Hear(newest, now);
                }
            }
            catch (Exception ended) when (cancel.IsCancellationRequested && ended is OperationCanceledException or IOException)
            {
                // the day is over
            }
        }

        /// <summary>A snapshot is whole: an earlier change that a later one has overtaken is heard of with it.</summary>
        private void Hear(int newest, long now)
        {
            foreach (var change in _expected.Keys.Where(change => change <= newest))
            {
                if (_expected.TryRemove(change, out var at))
                    Took.Add(Stopwatch.GetElapsedTime(at, now).TotalMilliseconds);
            }
        }

        private async Task BeatAsync(CancellationToken cancel)
        {
            try
            {
                using var timer = new PeriodicTimer(Heartbeat);
                await Task.Delay(TimeSpan.FromMilliseconds(Heartbeat.TotalMilliseconds * (Number % 50) / 50), cancel);
                while (await timer.WaitForNextTickAsync(cancel))
                {
                    using var _ = await _http.PostAsJsonAsync("/api/v1/agent/heartbeat", new { sessionId = Session }, cancel);
                }
            }
            catch (OperationCanceledException)
            {
                // the day is over
            }
        }
    }
}
