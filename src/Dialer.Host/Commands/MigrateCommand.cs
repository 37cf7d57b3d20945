using System.CommandLine;
using Dialer.Storage.Postgres;
using Npgsql;

namespace Dialer.Host.Commands;

/// <summary><c>./dialer migrate</c>: brings the database that <c>ConnectionStrings__Postgres</c> names to this build's schema.</summary>
internal static class MigrateCommand
{
    public static Command Build()
    {
        var command = new Command("migrate", "Bring the database to this build's schema.");
        command.SetAction(async (_, cancel) =>
        {
            var connection = new ConfigurationBuilder().AddEnvironmentVariables().Build().GetConnectionString("Postgres");
            if (string.IsNullOrEmpty(connection))
                return await Fail("Set ConnectionStrings__Postgres to the database to migrate.");
            try
            {
                await using var source = NpgsqlDataSource.Create(connection);
                var applied = await Migrator.MigrateAsync(source, cancel);
                await Console.Out.WriteLineAsync(applied.Count == 0 ? "The schema is current." : $"Applied {string.Join(", ", applied)}.");
                return 0;
            }
            catch (Exception failure) when (failure is NpgsqlException or SchemaException or ArgumentException)
            {
                return await Fail($"Not migrated: {failure.Message}");
            }
        });
        return command;
    }

    private static async Task<int> Fail(string message)
    {
        await Console.Error.WriteLineAsync(message);
        return 2;
    }
}
