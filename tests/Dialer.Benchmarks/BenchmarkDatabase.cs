using Dapper;
using Dialer.Features;
using Dialer.Storage.Postgres;
using NodaTime;
using Npgsql;

namespace Dialer.Benchmarks;

/// <summary>A migrated database of a benchmark's own, with today's partitions; dropped at the end.</summary>
internal sealed class BenchmarkDatabase : IAsyncDisposable
{
    private readonly string _server;

    private BenchmarkDatabase(string server, string name, int connections)
    {
        (_server, Name) = (server, name);
        Address = new NpgsqlConnectionStringBuilder(server) { Database = name, MaxPoolSize = connections }.ConnectionString;
        Source = NpgsqlDataSource.Create(Address);
    }

    public string Name { get; }

    public string Address { get; }

    public NpgsqlDataSource Source { get; }

    /// <param name="server">The connection string of a server on which a database may be made.</param>
    /// <param name="connections">The most at once.</param>
    public static async Task<BenchmarkDatabase> MakeAsync(string server, int connections)
    {
        var name = $"dialer_bench_{Guid.NewGuid():N}";
        await using (var setup = new NpgsqlConnection(server))
            await setup.ExecuteAsync($"create database {name}");
        var made = new BenchmarkDatabase(server, name, connections);
        try
        {
            await Migrator.MigrateAsync(made.Source, default);
            await PartitionKeeper.EnsureAsync(new Database(made.Source), SystemClock.Instance.GetCurrentInstant().InUtc().Date, default);
            return made;
        }
        catch
        {
            await made.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await using var drop = new NpgsqlConnection(_server);
        await drop.ExecuteAsync($"drop database if exists {Name} with (force)");
    }
}
