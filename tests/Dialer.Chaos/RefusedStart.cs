using System.Diagnostics;
using Dialer.Features.Tests;
using Dialer.Host.Demo;
using Npgsql;

namespace Dialer.Chaos;

/// <summary>The service's own words when it cannot start: what is wrong, and what to do; exit code 2 and no stack trace.</summary>
public sealed class RefusedStart : IAsyncLifetime
{
    private readonly TestDatabase _database = new();

    public Task InitializeAsync() => _database.InitializeAsync();

    public Task DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Without_a_connection_string_it_says_which_one_is_missing() =>
        (await ServeAsync(null, "127.0.0.1:1")).ShouldSatisfyAllConditions(
            end => end.Code.ShouldBe(2),
            end => end.Error.ShouldContain("ConnectionStrings__Postgres is not set"),
            end => end.Error.ShouldNotContain("   at "));

    [Fact]
    public async Task With_a_PostgreSQL_that_is_away_it_says_so_and_where_to_look() =>
        (await ServeAsync($"Host=127.0.0.1;Port={DemoPorts.Free()};Username=nobody;Database=none;Timeout=3", "127.0.0.1:1")).ShouldSatisfyAllConditions(
            end => end.Code.ShouldBe(2),
            end => end.Error.ShouldContain("PostgreSQL cannot be used"),
            end => end.Error.ShouldContain("Check ConnectionStrings__Postgres"),
            end => end.Error.ShouldNotContain("   at "));

    [Fact]
    public async Task With_a_database_that_was_never_migrated_it_names_the_command()
    {
        var empty = $"dialer_empty_{Guid.NewGuid():N}";
        await using var server = NpgsqlDataSource.Create(_database.ConnectionString);
        await server.CreateCommand($"create database \"{empty}\"").ExecuteNonQueryAsync();
        try
        {
            var end = await ServeAsync(new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Database = empty, Pooling = false }.ConnectionString, "127.0.0.1:1");
            end.Code.ShouldBe(2);
            end.Error.ShouldContain("migrate");
            end.Error.ShouldNotContain("   at ");
        }
        finally
        {
            await server.CreateCommand($"drop database \"{empty}\" with (force)").ExecuteNonQueryAsync();
        }
    }

    [Fact]
    public async Task With_its_port_taken_it_says_so()
    {
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        other.Start();
        var end = await ServeAsync(_database.ConnectionString, "127.0.0.1:1", $"http://{other.LocalEndpoint}");
        end.Code.ShouldBe(2);
        end.Error.ShouldContain("address already in use");
        end.Error.ShouldNotContain("   at ");
    }

    private static async Task<(int Code, string Error)> ServeAsync(string? postgres, string redis, string? urls = null)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in new[] { typeof(DemoProcess).Assembly.Location, "serve", "--urls", urls ?? $"http://127.0.0.1:{DemoPorts.Free()}" })
            start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("ConnectionStrings__", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        if (postgres is not null)
            start.Environment["ConnectionStrings__Postgres"] = postgres;
        start.Environment["ConnectionStrings__Redis"] = redis;
        start.Environment["Dialer__PublicUrl"] = "http://127.0.0.1:9";
        start.Environment["Dialer__TokenKey"] = new string('a', 64);
        start.Environment["Twilio__BaseUrl"] = "http://127.0.0.1:9";
        start.Environment["Twilio__AccountSid"] = "AC" + new string('0', 32);
        start.Environment["Twilio__AuthToken"] = new string('0', 32);
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        try
        {
            var error = process.StandardError.ReadToEndAsync(patience.Token);
            _ = process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
