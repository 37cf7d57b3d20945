using Dialer.Storage.Postgres;
using Npgsql;

namespace Dialer.Features.Tests;

/// <summary>An own, migrated PostgreSQL database for one test class: made from the server that <c>ConnectionStrings__Postgres</c> names, dropped at the end.</summary>
/// <remarks>
/// Use as <c>IClassFixture&lt;TestDatabase&gt;</c>, or make one in <c>IAsyncLifetime</c> when each test needs an empty one.
/// The migrations run once in a test run: into a template of which each database is a copy.
/// </remarks>
public sealed class TestDatabase : IAsyncLifetime
{
    private const string Variable = "ConnectionStrings__Postgres";
    private static readonly SemaphoreSlim Making = new(1);
    private static string? template;
    private readonly string _name = $"dialer_test_{Guid.NewGuid():N}";
    private readonly Func<NpgsqlDataSource, Task>? _migrate;
    private NpgsqlDataSource? _source;

    public TestDatabase()
    {
    }

    /// <summary>With another schema than the newest: for tests of what a migration does to the rows it finds.</summary>
    internal TestDatabase(Func<NpgsqlDataSource, Task> migrate) => _migrate = migrate;

    public string ConnectionString { get; private set; } = "";

    public Database Database => new(Source);

    public NpgsqlDataSource Source => _source ?? throw new InvalidOperationException("The fixture was not initialised.");

    public async Task InitializeAsync()
    {
        var server = ServerConnectionString();
        await OnServerAsync(server, $"create database \"{_name}\"{(_migrate is null ? $" template \"{await TemplateAsync(server)}\"" : "")}");
        ConnectionString = new NpgsqlConnectionStringBuilder(server) { Database = _name, Pooling = true, MaxPoolSize = 20 }.ConnectionString; // pooled as in earnest: a connection costs PostgreSQL a process
        _source = NpgsqlDataSource.Create(ConnectionString);
        if (_migrate is not null)
            await _migrate(_source);
    }

    public async Task DisposeAsync()
    {
        if (_source is null)
            return;
        await _source.DisposeAsync();
        await OnServerAsync(ServerConnectionString(), $"drop database if exists \"{_name}\" with (force)");
    }

    private static async Task<string> TemplateAsync(string server)
    {
        await Making.WaitAsync();
        try
        {
            return template ??= await MakeTemplateAsync(server);
        }
        finally
        {
            Making.Release();
        }
    }

    private static async Task<string> MakeTemplateAsync(string server)
    {
        var name = $"dialer_test_template_{Guid.NewGuid():N}";
        await OnServerAsync(server, $"create database \"{name}\"");
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            using var connection = new NpgsqlConnection(server);
            connection.Open();
#pragma warning disable CA2100 // a database name cannot be a parameter; it is made above from a Guid
            using var drop = new NpgsqlCommand($"drop database if exists \"{name}\" with (force)", connection);
#pragma warning restore CA2100
            drop.ExecuteNonQuery();
        };

        // Without a pool: nobody may be connected to a database while it is copied.
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server) { Database = name, Pooling = false });
        await Migrator.MigrateAsync(source, CancellationToken.None);
        return name;
    }

    private static string ServerConnectionString() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } text
            ? new NpgsqlConnectionStringBuilder(text) { Database = "postgres", Pooling = false }.ConnectionString
            : throw new InvalidOperationException(
                $"These tests need a real PostgreSQL: set {Variable} (for example \"Host=127.0.0.1;Username=postgres\") to a server on which databases may be created, or run `./dialer test`.");

    private static async Task OnServerAsync(string server, string sql)
    {
        await using var connection = new NpgsqlConnection(server);
        await connection.OpenAsync();
#pragma warning disable CA2100 // a database name cannot be a parameter; it is made above from a Guid
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
