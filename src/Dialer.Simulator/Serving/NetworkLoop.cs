using System.Collections.Concurrent;
using Dialer.Simulator.Engine;
using Dialer.Simulator.Webhooks;
using Microsoft.Extensions.Logging;

namespace Dialer.Simulator.Serving;

/// <summary>Drives a network by a running clock: one thread on which everything of the engine happens.</summary>
public sealed class NetworkLoop : IDisposable
{
    private const int LongestSleepMs = 250;
    private readonly PhoneNetwork _network;
    private readonly NetworkClock _clock;
    private readonly IWebhookTransport _transport;
    private readonly ILogger _log;
    private readonly Queue<Action> _commands = new();
    private readonly object _gate = new();
    private readonly Thread _thread;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<long, Task> _tasks = new();
    private long _lastTask;
    private long _lastFlush;

    public NetworkLoop(PhoneNetwork network, NetworkClock clock, IWebhookTransport transport, ILogger log)
    {
        _network = network;
        _clock = clock;
        _transport = transport;
        _log = log;
        network.Webhooks.Outgoing = Send;
        _thread = new Thread(Run) { IsBackground = true, Name = "network" };
    }

    public CancellationToken Stopping => _stopping.Token;

    public NetworkClock Clock => _clock;

    public void Start() => _thread.Start();

    /// <summary>Queues work for the engine's thread.</summary>
    public void Post(Action command)
    {
        lock (_gate)
        {
            _commands.Enqueue(command);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Runs a function on the engine's thread and returns what it returns.</summary>
    public Task<T> AskAsync<T>(Func<T> function)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                done.SetResult(function());
            }
            catch (Exception problem)
            {
                done.SetException(problem);
            }
        });
        return done.Task;
    }

    /// <summary>Does something on the engine's thread; the task ends when it is done.</summary>
    public Task DoAsync(Action action) => AskAsync(() =>
    {
        action();
        return true;
    });

    /// <summary>Starts work beside the engine's thread. It is kept track of: what fails is logged, and stopping waits for it.</summary>
    public void Spawn(Func<Task> work)
    {
        var id = Interlocked.Increment(ref _lastTask);
        _tasks[id] = Task.CompletedTask;
        var task = Task.Run(async () =>
        {
            try
            {
                await work();
            }
            catch (Exception problem) when (problem is not OperationCanceledException)
            {
                _log.LogError(problem, "Work beside the simulated network failed.");
            }
            finally
            {
                _tasks.TryRemove(id, out _);
            }
        });
        _tasks.TryUpdate(id, task, Task.CompletedTask);
    }

    public void Dispose()
    {
        if (_stopping.IsCancellationRequested)
            return;
        _stopping.Cancel();
        Post(() => { });
        if (_thread.IsAlive)
            _thread.Join(TimeSpan.FromSeconds(5));
        SpinWait.SpinUntil(() => _tasks.IsEmpty, TimeSpan.FromSeconds(3));
        _network.Ledger.Flush();
        _stopping.Dispose();
    }

    private void Run()
    {
        var batch = new List<Action>();
        while (!_stopping.IsCancellationRequested)
        {
            Take(batch);
            Guard(() => _network.Timeline.AdvanceTo(_clock.Now));
            foreach (var command in batch)
                Guard(command);
            batch.Clear();
            if (Environment.TickCount64 - _lastFlush > 200)
            {
                _network.Ledger.Flush();
                _lastFlush = Environment.TickCount64;
            }
        }
    }

    private void Take(List<Action> batch)
    {
        lock (_gate)
        {
            if (_commands.Count == 0)
            {
                var sleep = _network.Timeline.Next is { } next ? _clock.Until(next).TotalMilliseconds : LongestSleepMs;
                if (sleep > 0)
                    Monitor.Wait(_gate, Math.Clamp((int)Math.Ceiling(sleep), 1, LongestSleepMs));
            }

            while (_commands.TryDequeue(out var command))
                batch.Add(command);
        }
    }

    /// <summary>One bad event must not stop the network: it is logged, and the rest goes on.</summary>
    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception problem)
        {
            _log.LogError(problem, "An event of the simulated network failed.");
        }
    }

    private void Send(WebhookRequest request) => Spawn(async () =>
    {
        var reply = WebhookReply.Failed(WebhookFailure.Protocol);
        try
        {
            reply = await _transport.ExchangeAsync(request, _stopping.Token);
        }
        finally
        {
            Post(() => _network.Webhooks.Complete(request.Id, reply));
        }
    });
}
