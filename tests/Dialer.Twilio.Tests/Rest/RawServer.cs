using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Dialer.Twilio.Tests.Rest;

/// <summary>A TCP server that reads one whole HTTP request at a time and then does exactly what the test says, down to cutting the connection.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<int, NetworkStream, Task> _answer;
    private readonly Task _loop;
    private int _requests;

    public RawServer(Func<int, NetworkStream, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _loop = AcceptAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Whole requests that arrived.</summary>
    public int Requests => Volatile.Read(ref _requests);

    public List<string> Bodies { get; } = [];

    public static RawServer Answering(params (int Status, string Body)[] answers) =>
        new((number, stream) => WriteAsync(stream, answers[Math.Min(number, answers.Length - 1)].Status, answers[Math.Min(number, answers.Length - 1)].Body));

    public static Task WriteAsync(NetworkStream stream, int status, string body) =>
        stream.WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}")).AsTask();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
#pragma warning disable VSTHRD003 // the loop is this object's own, started in its constructor
        await _loop;
#pragma warning restore VSTHRD003
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var stream = client.GetStream();
                while (await ReadRequestAsync(stream) is { } body)
                {
                    lock (Bodies)
                        Bodies.Add(body);
                    await _answer(Interlocked.Increment(ref _requests) - 1, stream);
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or SocketException)
            {
                // the client, or the test, ended the connection
            }
        }
    }

    private async Task<string?> ReadRequestAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (true)
        {
            var all = text.ToString();
            var end = all.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0)
            {
                var length = all.Split("\r\n").Where(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)).Select(line => int.Parse(line[15..])).FirstOrDefault();
                if (all.Length >= end + 4 + length)
                    return all[(end + 4)..];
            }

            var read = await stream.ReadAsync(buffer, _stop.Token);
            if (read == 0)
                return null;
            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }
    }
}
