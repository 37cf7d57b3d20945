using System.Diagnostics;
using System.Globalization;
using Dapper;
using Dialer.Core;
using Dialer.Features;
using Dialer.Host;
using Dialer.Storage.Postgres;
using Dialer.Twilio.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodaTime;
using Npgsql;

namespace Dialer.Benchmarks.Webhooks;

/// <summary>
/// What a webhook costs us beside a bare Kestrel endpoint that reads the same form and answers the same document: in the same process, in turns, over the same number of connections;
/// then IVR steps at a fixed rate, whatever the answers do.
/// </summary>
internal static class WebhooksBenchmark
{
    private const string PublicUrl = "https://calls.example.com";
    private const string AuthToken = "0123456789abcdef0123456789abcdef";
    internal const int Connections = 256;

    /// <summary>Calls made ready for each second of measuring: more than are answered.</summary>
    private const int MostPerSecond = 9000;

    private const int Rate = 300;

    /// <summary>The first round is not counted and this many times as long: until then the runtime is still compiling.</summary>
    private const int WarmUp = 2;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    /// <summary>Needs a PostgreSQL server on which a database may be made, and a Redis. Writes a Markdown report.</summary>
    public static async Task RunAsync(string server, string redis, int rounds, TimeSpan time)
    {
        await using var database = await BenchmarkDatabase.MakeAsync(server, connections: 40);
        await using var host = await HostAsync(database.Address, redis);
        await using var bare = await BareAsync();
        var seconds = (rounds + WarmUp) * (int)Math.Ceiling(time.TotalSeconds);
        var stock = await Stock.FillAsync(new Database(database.Source), host.Services, openings: (seconds * MostPerSecond) + (int)(Rate * Long.TotalSeconds), steps: seconds * MostPerSecond, statuses: seconds * MostPerSecond);

        var form = Stock.Form("CA" + new string('0', 32), ("From", "+14045550100"), ("To", "+18005550199"), ("Direction", "inbound"));
        var plain = Caller.Request("/bare", Signature("/bare", form), form.Body);
        var fallback = Caller.Request("/twilio/voice/fallback", Signature("/twilio/voice/fallback", form), form.Body);
        var rows = new List<double[]>();
        for (var round = 0; round <= rounds; round++)
        {
            var turn = round == 0 ? time * WarmUp : time;
            var figures = new[]
            {
                await MeasureAsync(Port(bare), turn, () => plain),
                await MeasureAsync(Port(host), turn, () => fallback),
                await MeasureAsync(Port(host), turn, stock.NextOpening),
                await MeasureAsync(Port(host), turn, stock.NextStep),
                await MeasureAsync(Port(host), turn, stock.NextStatus),
            };
            if (round > 0)
                rows.Add([.. figures.Select(figure => figure.Rate)]);
            await Console.Error.WriteLineAsync($"round {round}: {string.Join("; ", figures.Select(figure => string.Create(CultureInfo.InvariantCulture, $"{figure.Rate:0} a second, {figure.Processor:0} us of this process")))}");
        }

        var latency = await Load.OpenAsync(Port(host), Rate, Long, stock.NextOpening);
        await host.StopAsync();
        Report.Write(rows, latency, time, await ServerAsync(database.Source));
    }

    /// <summary>Answers a second, and the processor time that one took in this process, which is both server and client.</summary>
    private static async Task<(double Rate, double Processor)> MeasureAsync(int port, TimeSpan time, Func<byte[]?> next)
    {
        var before = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        var rate = await Load.ClosedAsync(port, Connections, time, next);
        return (rate, (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / (rate * watch.Elapsed.TotalSeconds));
    }

    /// <summary>What "stored" means here.</summary>
    internal static async Task<string> ServerAsync(NpgsqlDataSource source)
    {
        await using var connection = await source.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<string>("select format('PostgreSQL %s, fsync %s, synchronous_commit %s', current_setting('server_version'), current_setting('fsync'), current_setting('synchronous_commit'))") ?? "";
    }

    internal static int Port(WebApplication app) => new Uri(app.Urls.First()).Port;

    private static string Signature(string path, Stock.SignedForm form) => TwilioSignature.Compute(AuthToken, PublicUrl + path, form.Fields);

    private static async Task<WebApplication> BareAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        const string Document = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Say voice=\"Polly.Joanna-Neural\" language=\"en-US\">This is the customer service line. We are sorry, we cannot help you on this line at the moment. "
            + "Please call us again later at <say-as interpret-as=\"telephone\">800 555 0199</say-as>. Goodbye.</Say><Hangup/></Response>";
        app.MapPost("/bare", async (HttpContext http) =>
        {
            var fields = await http.Request.ReadFormAsync();
            return Results.Text(fields["CallSid"].Count == 1 ? Document : "", "text/xml; charset=utf-8");
        });
        await app.StartAsync();
        return app;
    }

    /// <summary>The product as it is, with nothing running beside the webhooks.</summary>
    internal static async Task<WebApplication> HostAsync(string postgres, string redis, params (string Name, string Value)[] more)
    {
        var settings = new Dictionary<string, string?>
        {
            ["ConnectionStrings:Postgres"] = postgres, ["ConnectionStrings:Redis"] = redis, ["Dialer:PublicUrl"] = PublicUrl, ["Dialer:TokenKey"] = new string('k', 40),
            ["Dialer:Redis:Prefix"] = $"bench-{Guid.NewGuid():N}", ["Dialer:Scheduler"] = "false", ["Dialer:Dialing:Leads"] = "false", ["Twilio:BaseUrl"] = "http://127.0.0.1:9",
            ["Twilio:AccountSid"] = "AC" + new string('1', 32), ["Twilio:AuthToken"] = AuthToken, ["Twilio:ApiKeySid"] = "SK" + new string('2', 32), ["Twilio:ApiKeySecret"] = new string('3', 32),
            ["Twilio:ApplicationSid"] = "AP" + new string('4', 32), ["Logging:LogLevel:Default"] = "Critical",
        };
        foreach (var (key, value) in more)
            settings[key] = value;
        var app = await DialerHost.BuildAsync([], builder =>
        {
            builder.Configuration.AddInMemoryCollection(settings);
            builder.WebHost.UseUrls("http://127.0.0.1:0");
        });
        await app.StartAsync();
        return app;
    }
}
