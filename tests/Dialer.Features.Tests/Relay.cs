using System.Net;
using System.Net.Sockets;

namespace Dialer.Features.Tests;

/// <summary>A wire that a test can cut, and that counts: relays TCP to one server; while it is cut, open connections are reset and new ones are refused.</summary>
internal sealed class Relay : IDisposable
{
    private readonly IPEndPoint _server;
    private readonly IPEndPoint _here;
    private readonly Lock _lock = new();
    private readonly List<Socket> _open = [];
    private TcpListener? _listener;
    private bool _cut;
    private int _turns;

    public Relay(string host, int port)
    {
        _server = new IPEndPoint(Dns.GetHostAddresses(host, AddressFamily.InterNetwork)[0], port);
        var first = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        _here = (IPEndPoint)first.LocalEndpoint;
        Listen(first);
    }

    public string Host => _here.Address.ToString();

    public int Port => _here.Port;

    /// <summary>Round trips so far, of all connections: how often this side spoke after the server had, or for the first time.</summary>
    public int Turns => Volatile.Read(ref _turns);

    public void Cut()
    {
        lock (_lock)
        {
            _cut = true;
            _listener?.Stop();
            _listener = null;
            foreach (var socket in _open)
            {
                if (socket.Connected)
                    socket.LingerState = new LingerOption(true, 0); // reset, as a server that died
                socket.Dispose();
            }

            _open.Clear();
        }
    }

    /// <summary>Takes connections again; nothing to do while the wire is whole.</summary>
    public void Restore()
    {
        lock (_lock)
        {
            if (!_cut)
                return;
        }

        var listener = new TcpListener(_here);
        listener.Start();
        Listen(listener);
    }

    public void Dispose() => Cut();

    private void Listen(TcpListener listener)
    {
        lock (_lock)
            (_listener, _cut) = (listener, false);
        _ = AcceptAsync(listener);
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
                Carry(await listener.AcceptSocketAsync());
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // cut
        }
    }

    private void Carry(Socket near)
    {
        var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        lock (_lock)
        {
            if (_cut)
            {
                near.Dispose();
                far.Dispose();
                return;
            }

            _open.AddRange([near, far]);
        }

        _ = Task.Run(async () =>
        {
            try
            {
                await far.ConnectAsync(_server);
                var asked = 0; // 1 while the server owes an answer
                await Task.WhenAny(
                    PumpAsync(near, far, () => Interlocked.Add(ref _turns, 1 - Interlocked.Exchange(ref asked, 1))),
                    PumpAsync(far, near, () => Interlocked.Exchange(ref asked, 0)));
            }
            catch (Exception away) when (away is SocketException or ObjectDisposedException)
            {
                // the far side is away, or the wire was cut meanwhile
            }

            lock (_lock)
            {
                _open.RemoveAll(socket => socket == near || socket == far);
                near.Dispose();
                far.Dispose();
            }
        });
    }

    private static async Task PumpAsync(Socket from, Socket to, Action spoke)
    {
        var buffer = new byte[16384];
        try
        {
            while (await from.ReceiveAsync(buffer) is var read and > 0)
            {
                spoke();
                for (var sent = 0; sent < read;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent));
            }
        }
        catch (Exception cut) when (cut is SocketException or ObjectDisposedException)
        {
            // one side is gone; the other is closed after it
        }
    }
}
