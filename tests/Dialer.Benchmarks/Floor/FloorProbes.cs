using System.Collections.Concurrent;
using Dialer.Storage.Postgres;
using NodaTime;

namespace Dialer.Benchmarks.Floor;

/// <summary>
/// Events that can be told apart on the screen: one agent more signs in, and after seven of them all seven leave, so that the number of agents says which event is the newest that is shown.
/// They are written at random times, several a second, and noted before the write.
/// </summary>
internal sealed class FloorProbes(Database database, FloorStock stock, int seed)
{
    private readonly Random _random = new(seed);

    /// <param name="At">Milliseconds since 1970, before the row was written.</param>
    /// <param name="Agents">What the screen shows once it is there.</param>
    public sealed record Probe(int Number, long At, int Agents);

    public ConcurrentQueue<Probe> Written { get; } = new();

    public async Task RunAsync(double perSecond, CancellationToken cancel)
    {
        try
        {
            for (var number = 1; ; number++)
            {
                await Task.Delay(TimeSpan.FromSeconds(-Math.Log(1 - _random.NextDouble()) / perSecond), cancel);
                var step = number % (stock.Extras.Count + 1);
                var now = SystemClock.Instance.GetCurrentInstant();
                if (step == 0)
                    await database.ExecuteAsync("update agent_session set ended_at = @now, state = 'Offline' where agent_id = any (@extras) and ended_at is null", new { now, extras = stock.Extras.ToArray() }, cancel);
                else
                    await database.ExecuteAsync(
                        "insert into agent_session (session_id, agent_id, state, since, heartbeat_at, started_at, softphone_up) values (gen_random_uuid(), @agent, 'Break', @now, clock_timestamp(), @now, true)",
                        new { now, agent = stock.Extras[step - 1] }, cancel);
                Written.Enqueue(new Probe(number, now.ToUnixTimeMilliseconds(), stock.Sessions.Count + step));
            }
        }
        catch (OperationCanceledException)
        {
            // the day is over
        }
    }
}
