using Dapper;
using Dialer.Features;
using Dialer.Features.Access;
using Dialer.Features.Accounts;
using Dialer.Features.Imports;
using Dialer.Storage.Postgres;
using Dialer.Storage.Redis;
using Microsoft.Extensions.Options;
using NodaTime;
using Npgsql;

namespace Dialer.Host.Demo;

/// <summary>A database of the demonstration's own, made anew for each run beside whatever else the server holds.</summary>
internal static class DemoDatabase
{
    private const string Name = "dialer_demo";
    private const string Mark = "made and dropped by ./dialer demo";

    /// <summary>Drops the last run's database, makes a new one, migrates it, and returns its connection string.</summary>
    public static async Task<string> CreateAsync(string server, CancellationToken cancel)
    {
        await using (var connection = new NpgsqlConnection(server))
        {
            await connection.OpenAsync(cancel);
            var comment = await connection.ExecuteScalarAsync<string?>(
                "select coalesce(shobj_description(oid, 'pg_database'), '') from pg_database where datname = @Name", new { Name });
            if (comment is not null && comment != Mark)
                throw new StartException($"The server already has a database '{Name}' that the demonstration did not make. Rename it, or let ConnectionStrings__Postgres name another server.");
            await connection.ExecuteAsync($"drop database if exists {Name} with (force)");
            await connection.ExecuteAsync($"create database {Name}");
            await connection.ExecuteAsync($"comment on database {Name} is '{Mark}'");
        }

        var text = new NpgsqlConnectionStringBuilder(server) { Database = Name }.ConnectionString;
        await using var source = NpgsqlDataSource.Create(text);
        await Migrator.MigrateAsync(source, cancel);
        return text;
    }

    private static readonly string[] Teams = ["North", "South"];

    /// <summary>One of each role besides, to look at the screens as they do.</summary>
    private static readonly (string Name, string Display, string Role)[] Others =
    [
        ("senior", "Sasha Senior", Roles.SeniorCollector), ("lead", "Lee Lead", Roles.TeamLead), ("manager", "Max Manager", Roles.DiallerManager), ("compliance", "Cleo Compliance", Roles.Compliance),
        ("quality", "Quinn Quality", Roles.Quality), ("auditor", "Ada Auditor", Roles.Auditor), ("admin", "Alex Admin", Roles.Admin),
    ];

    /// <summary>Users, the client and its placement file, through the same code as everybody's.</summary>
    public static async Task<ImportReport> FillAsync(string postgres, DemoOptions options, TimeProvider clock, CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(postgres);
        var database = new Database(source);
        var now = Instant.FromDateTimeOffset(clock.GetUtcNow());
        await PartitionKeeper.EnsureAsync(database, now.InUtc().Date, cancel);
        var users = new Users(database, new Passwords());
        await users.PutAsync("supervisor", "Sam Supervisor", options.Password, [Roles.Supervisor, Roles.Compliance], [], now, cancel);
        await users.PutAsync("desk", "Dana Desk", options.Password, [Roles.Collector], ["es:3", "tier:3"], now, cancel, Teams[0]); // a seat for whoever watches
        await Parallel.ForEachAsync(Others, cancel, async (each, token) => await users.PutAsync(each.Name, each.Display, options.Password, [each.Role], [], now, token, Teams[0]));
        await Parallel.ForEachAsync(Enumerable.Range(1, options.Agents), cancel, async (i, token) =>
            await users.PutAsync($"agent{i:000}", $"Agent {i:000}", options.Password, [Roles.Collector], i % 5 == 0 ? ["es"] : [], now, token, Teams[i % Teams.Length]));
        await new Clients(database, clock).EnsureAsync(new Client(DemoOptions.ClientCode, "Northfield Utilities", "Northfield", DemoOptions.CampaignNumber), cancel);
        await using var file = File.OpenRead(options.In("placement.csv"));
        await using var rejects = new StreamWriter(options.In("rejects.csv"));
        var request = new ImportRequest(DemoOptions.ClientCode, "placement.csv", "demo", false, null, null, null, null);
        return await new ImportFile(database, Options.Create(new ImportsOptions()), clock).RunAsync(file, request, rejects, null, cancel);
    }

    /// <summary>Forgets what an earlier run left in Redis under the demonstration's own prefix.</summary>
    public static async Task ForgetRedisAsync(string redis, string prefix)
    {
        using var connection = await RedisConnection.OpenAsync(redis, prefix);
        await connection.Database.ScriptEvaluateAsync("for _, k in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', k) end", [], [(string)connection.Key("*")!]);
    }
}
