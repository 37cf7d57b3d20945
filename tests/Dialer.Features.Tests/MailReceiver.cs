using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Options;

namespace Dialer.Features.Tests;

/// <summary>A mail server that takes one mail: as much of RFC 5321 as that needs.</summary>
internal sealed class MailReceiver : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task<string> _conversation;

    public MailReceiver()
    {
        _listener.Start();
        _conversation = TalkAsync();
    }

    /// <summary>The product's mail server, pointed here.</summary>
    public MailServer Server => ServerAt(((IPEndPoint)_listener.LocalEndpoint).Port);

    /// <summary>No mail server named.</summary>
    public static MailServer None => new(Options.Create(new MailOptions()));

    /// <summary>A mail server named where nobody listens.</summary>
    public static MailServer Closed()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ServerAt(((IPEndPoint)probe.LocalEndpoint).Port);
    }

    /// <summary>All that the client said, envelope and message.</summary>
    public Task<string> TextAsync() => _conversation.WaitAsync(TimeSpan.FromSeconds(30));

    public void Dispose() => _listener.Dispose();

    private static MailServer ServerAt(int port) => new(Options.Create(new MailOptions { Host = "127.0.0.1", Port = port, Tls = false, From = "dialer@example.com" }));

    private async Task<string> TalkAsync()
    {
        using var client = await _listener.AcceptTcpClientAsync();
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        await using var writer = new StreamWriter(client.GetStream(), Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
        var heard = new StringBuilder();
        await writer.WriteLineAsync("220 ready");
        var data = false;
        while (await reader.ReadLineAsync() is { } line)
        {
            heard.Append(line).Append("\r\n");
            if (data && line != ".")
                continue;
            data = line == "DATA";
            await writer.WriteLineAsync(data ? "354 go on" : line == "QUIT" ? "221 bye" : "250 ok");
            if (line == "QUIT")
                break;
        }

        return heard.ToString();
    }
}
