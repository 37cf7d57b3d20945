using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Dialer.Benchmarks.Webhooks;

/// <summary>One keep-alive connection that sends ready-made HTTP/1.1 requests and reads their answers: as little client as possible, the same for every side of a comparison.</summary>
internal sealed class Caller : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[64 * 1024];

    private Caller(Socket socket) => _socket = socket;

    public static async Task<Caller> OpenAsync(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", port);
        return new Caller(socket);
    }

    public static byte[] Request(string path, string signature, string body) => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded; charset=UTF-8\r\nX-Twilio-Signature: {signature}\r\nContent-Length: {body.Length}\r\n\r\n{body}"));

    /// <summary>Sends and waits for the whole answer; returns its status and body.</summary>
    public async ValueTask<int> ExchangeAsync(byte[] request)
    {
        await _socket.SendAsync(request);
        var length = 0;
        while (true)
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(length));
            if (read == 0)
                throw new IOException("The server closed the connection.");
            length += read;
            if (Whole(_buffer.AsSpan(0, length)))
                return int.Parse(Encoding.ASCII.GetString(_buffer, 9, 3), CultureInfo.InvariantCulture);
        }
    }

    public void Dispose() => _socket.Dispose();

    private static bool Whole(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0)
            return false;
        var at = answer[..head].IndexOf("Content-Length: "u8);
        if (at >= 0)
        {
            var text = answer[(at + 16)..head];
            var end = text.IndexOf((byte)'\r');
            return answer.Length >= head + 4 + int.Parse(end < 0 ? text : text[..end], CultureInfo.InvariantCulture);
        }

        return answer[..head].IndexOf("chunked"u8) < 0 || answer.EndsWith("0\r\n\r\n"u8);
    }
}

/// <summary>Closed loop: every connection sends its next request when the last is answered. Open loop: requests leave at their time, whatever the answers do.</summary>
internal static class Load
{
    /// <returns>Answers a second. Throws when an answer is not 2xx.</returns>
    public static async Task<double> ClosedAsync(int port, int connections, TimeSpan time, Func<byte[]?> next)
    {
        var done = 0;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            using var caller = await Caller.OpenAsync(port);
            while (watch.Elapsed < time && next() is { } request)
            {
                var status = await caller.ExchangeAsync(request);
                if (status is < 200 or > 299)
                    throw new InvalidOperationException($"answered {status}");
                Interlocked.Increment(ref done);
            }
        })));
        return done / watch.Elapsed.TotalSeconds;
    }

    /// <returns>Milliseconds from the time each request was due to its answer, sorted.</returns>
    public static async Task<double[]> OpenAsync(int port, int perSecond, TimeSpan time, Func<byte[]?> next)
    {
        var free = new System.Collections.Concurrent.ConcurrentBag<Caller>();
        for (var i = 0; i < 64; i++)
            free.Add(await Caller.OpenAsync(port));
        var took = new System.Collections.Concurrent.ConcurrentBag<double>();
        var sent = new List<Task>();
        var watch = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        for (var number = 0; ;)
        {
            await timer.WaitForNextTickAsync();
            if (watch.Elapsed > time)
                break;
            for (; number < watch.Elapsed.TotalSeconds * perSecond; number++)
            {
                if (next() is not { } request)
                    break;
                sent.Add(SendAsync(request, number * 1000.0 / perSecond));
            }
        }

        await Task.WhenAll(sent);
        foreach (var caller in free)
            caller.Dispose();
        return [.. took.Order()];

        async Task SendAsync(byte[] request, double due)
        {
            var caller = free.TryTake(out var idle) ? idle : await Caller.OpenAsync(port);
            await caller.ExchangeAsync(request);
            took.Add(watch.Elapsed.TotalMilliseconds - due);
            free.Add(caller);
        }
    }
}
