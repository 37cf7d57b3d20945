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
    private readonly string _server;
    private readonly string _name;
    private readonly WebApplication _app;
    private readonly NpgsqlDataSource _source;

    private FloorHost(string server, string name, WebApplication app, NpgsqlDataSource source) => (_server, _name, _app, _source) = (server, name, app, source);

    public Database Database => new(_source);

    public IServiceProvider Services => _app.Services;

    public Uri Url => new(_app.Urls.First());

    public static async Task<FloorHost> StartAsync(string server, string redis)
    {
        var name = $"dialer_bench_{Guid.NewGuid():N}";
        await using (var setup = new NpgsqlConnection(server))
            await setup.ExecuteAsync($"create database {name}");
        var address = new NpgsqlConnectionStringBuilder(server) { Database = name, MaxPoolSize = 60 }.ConnectionString;
        var source = NpgsqlDataSource.Create(address);
        await Migrator.MigrateAsync(source, default);
        await PartitionKeeper.EnsureAsync(new Database(source), SystemClock.Instance.GetCurrentInstant().InUtc().Date, default);
        var settings = new Dictionary<string, string?>
        {
            ["ConnectionStrings:Postgres"] = address, ["ConnectionStrings:Redis"] = redis, ["Dialer:PublicUrl"] = "https://calls.example.com", ["Dialer:TokenKey"] = new string('k', 40),
            ["Dialer:Redis:Prefix"] = name, ["Dialer:Scheduler"] = "false", ["Dialer:Dialing:Leads"] = "false", ["Dialer:Access:SignInsPerMinute"] = "60000", ["Twilio:BaseUrl"] = "http://127.0.0.1:9",
            ["Twilio:AccountSid"] = "AC" + new string('1', 32), ["Twilio:AuthToken"] = new string('5', 32), ["Twilio:ApiKeySid"] = "SK" + new string('2', 32), ["Twilio:ApiKeySecret"] = new string('3', 32),
            ["Twilio:ApplicationSid"] = "AP" + new string('4', 32), ["Logging:LogLevel:Default"] = "Error",
        };
        var app = await DialerHost.BuildAsync([], builder =>
        {
            builder.Configuration.AddInMemoryCollection(settings);
            builder.WebHost.UseUrls("http://127.0.0.1:0");
        });
        await app.StartAsync();
        return new FloorHost(server, name, app, source);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _source.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await using var drop = new NpgsqlConnection(_server);
        await drop.ExecuteAsync($"drop database if exists {_name} with (force)");
    }
}
