using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Dialer.Simulator.Engine;
using Dialer.Simulator.People;
using Dialer.Simulator.Serving;

namespace Dialer.Benchmarks.Network;

/// <summary>The network in a process of its own, as <c>./dialer network</c> runs it, so that its memory and processor time are its own.</summary>
internal sealed class NetworkProcess : IAsyncDisposable
{
    public const string Account = "AC00000000000000000000000000000001";
    public const string Token = "benchmark";
    private readonly Process _process;

    private NetworkProcess(Process process, Uri address)
    {
        _process = process;
        Http = Client(address);
    }

    public HttpClient Http { get; }

    /// <summary>Resident memory, MB.</summary>
    public double ResidentMb
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1048576.0;
        }
    }

    public double ProcessorSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>The child's side: serves until its standard input closes, and collects garbage at each line of it.</summary>
    public static async Task ServeAsync(string people)
    {
        var book = PhoneBook.Empty;
        if (people.Length > 0)
        {
            using var reader = File.OpenText(people);
            book = PhoneBook.Read(reader);
        }

        var options = new NetworkOptions { AccountSid = Account, AuthToken = Token, CallsPerSecond = 100_000, CheckCallerId = false, CallBackProbability = 0 };
        await using var server = await NetworkServer.StartAsync(options, new ServerOptions { LedgerFile = Path.GetTempFileName() }, NetworkClock.RealTime(TimeProvider.System), book, CancellationToken.None);
        await Console.Out.WriteLineAsync(server.Address.AbsoluteUri);
        await Console.Out.FlushAsync();
        while (await Console.In.ReadLineAsync() is not null)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            await Console.Out.WriteLineAsync("collected");
            await Console.Out.FlushAsync();
        }
    }

    public static async Task<NetworkProcess> StartAsync(string people)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardInput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet")
            start.ArgumentList.Add(typeof(NetworkProcess).Assembly.Location);
        start.ArgumentList.Add("serve");
        start.ArgumentList.Add(people);
        var process = Process.Start(start)!;
        var address = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The network did not start.");
        return new NetworkProcess(process, new Uri(address));
    }

    public static HttpClient Client(Uri address)
    {
        var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64, PooledConnectionLifetime = Timeout.InfiniteTimeSpan }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Account}:{Token}")));
        return http;
    }

    public async Task<JsonNode> StatsAsync() => JsonNode.Parse(await Http.GetStringAsync("/simulator/stats"))!;

    /// <summary>Resident memory, MB, after a collection.</summary>
    public async Task<double> SettledMbAsync()
    {
        await _process.StandardInput.WriteLineAsync();
        await _process.StandardInput.FlushAsync();
        await _process.StandardOutput.ReadLineAsync();
        return ResidentMb;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
