using Dapper;
using Dialer.Features;
using Dialer.Host;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Npgsql;

namespace Dialer.Benchmarks.Floor;

/// <summary>The whole service on a database of its own, with its screens where they are built; it dials nobody.</summary>
internal sealed class FloorHost : IAsyncDisposable
{
    private readonly BenchmarkDatabase _database;
    private readonly WebApplication _app;

    private FloorHost(BenchmarkDatabase database, WebApplication app) => (_database, _app) = (database, app);

    public Database Database => new(_database.Source);

    public IServiceProvider Services => _app.Services;

    public Uri Url => new(_app.Urls.First());

    public static async Task<FloorHost> StartAsync(string server, string redis)
    {
        var database = await BenchmarkDatabase.MakeAsync(server, connections: 60);
        var settings = new Dictionary<string, string?>
        {
            ["ConnectionStrings:Postgres"] = database.Address, ["ConnectionStrings:Redis"] = redis, ["Dialer:PublicUrl"] = "https://calls.example.com", ["Dialer:TokenKey"] = new string('k', 40),
            ["Dialer:Redis:Prefix"] = database.Name, ["Dialer:Scheduler"] = "false", ["Dialer:Dialing:Leads"] = "false", ["Dialer:Access:SignInsPerMinute"] = "60000", ["Twilio:BaseUrl"] = "http://127.0.0.1:9",
            ["Twilio:AccountSid"] = "AC" + new string('1', 32), ["Twilio:AuthToken"] = new string('5', 32), ["Twilio:ApiKeySid"] = "SK" + new string('2', 32), ["Twilio:ApiKeySecret"] = new string('3', 32),
            ["Twilio:ApplicationSid"] = "AP" + new string('4', 32), ["Logging:LogLevel:Default"] = "Error",
        };
        var app = await DialerHost.BuildAsync([], builder =>
        {
            builder.Configuration.AddInMemoryCollection(settings);
            builder.WebHost.UseUrls("http://127.0.0.1:0");
        });
        await app.StartAsync();
        return new FloorHost(database, app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _database.DisposeAsync();
    }
}
