using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;

namespace Dialer.Storage.Postgres;

/// <summary>Brings a database to this build's schema: every embedded <c>Migrations/NNNN_name.sql</c> once, in order, each in its own transaction.</summary>
/// <remarks>
/// Nodes that start together wait for one another on an advisory lock. A migration that was applied with other text than it has now stops the start:
/// a migration is never edited after it has shipped. A database that is newer than the build stops the start too.
/// </remarks>
public static class Migrator
{
    private const long LockKey = 0x4449_414C_4552; // "DIALER"

    public static Task<IReadOnlyList<string>> MigrateAsync(NpgsqlDataSource source, CancellationToken cancel) => MigrateAsync(source, last: null, cancel);

    /// <summary>As far as the named migration, it included: for tests of what a later one does to the rows it finds.</summary>
    internal static async Task<IReadOnlyList<string>> MigrateAsync(NpgsqlDataSource source, string? last, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition("select pg_advisory_lock(@LockKey)", new { LockKey }, commandTimeout: 300, cancellationToken: cancel));
        try
        {
            return await ApplyMissingAsync(connection, Load(), last, cancel);
        }
        finally
        {
            await connection.ExecuteAsync("select pg_advisory_unlock(@LockKey)", new { LockKey });
        }
    }

    /// <summary>Throws with what to do when the database's schema is not this build's.</summary>
    public static async Task RequireCurrentAsync(NpgsqlDataSource source, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var exists = await connection.ExecuteScalarAsync<bool>(new CommandDefinition("select to_regclass('schema_migration') is not null", cancellationToken: cancel));
        var applied = exists ? (await connection.QueryAsync<string>(new CommandDefinition("select name from schema_migration", cancellationToken: cancel))).ToHashSet() : [];
        var missing = Load().Select(m => m.Name).Where(name => !applied.Contains(name)).ToList();
        if (missing.Count > 0)
            throw new SchemaException($"The database lacks {missing.Count} migration(s), the first is {missing[0]}. Run `./dialer migrate` with the same ConnectionStrings__Postgres.");
    }

    private static async Task<IReadOnlyList<string>> ApplyMissingAsync(NpgsqlConnection connection, IReadOnlyList<Migration> migrations, string? last, CancellationToken cancel)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            "create table if not exists schema_migration (name text primary key, checksum text not null, applied_at timestamptz not null default now())",
            cancellationToken: cancel));
        var applied = (await connection.QueryAsync<(string Name, string Checksum)>(new CommandDefinition("select name, checksum from schema_migration", cancellationToken: cancel)))
            .ToDictionary(row => row.Name, row => row.Checksum);
        RefuseSurprises(migrations, applied);
        var done = new List<string>();
        foreach (var migration in migrations.Where(m => !applied.ContainsKey(m.Name) && (last is null || string.CompareOrdinal(m.Name, last) <= 0)))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            await using (var command = new NpgsqlCommand(null, connection, transaction) { CommandTimeout = 3600 })
            {
#pragma warning disable CA2100 // the text is embedded in this assembly
                command.CommandText = migration.Sql;
#pragma warning restore CA2100
                await command.ExecuteNonQueryAsync(cancel);
            }

            await connection.ExecuteAsync(new CommandDefinition("insert into schema_migration (name, checksum) values (@Name, @Checksum)", migration, transaction, cancellationToken: cancel));
            await transaction.CommitAsync(cancel);
            done.Add(migration.Name);
        }

        return done;
    }

    private static void RefuseSurprises(IReadOnlyList<Migration> migrations, Dictionary<string, string> applied)
    {
        var known = migrations.ToDictionary(m => m.Name);
        foreach (var (name, checksum) in applied)
        {
            if (!known.TryGetValue(name, out var migration))
                throw new SchemaException($"The database has migration {name}, which this build does not know: it is newer. Start a build at least as new as the database.");
            if (migration.Checksum != checksum)
                throw new SchemaException($"Migration {name} was applied with other text than this build carries. Restore the original file and put the change into a new migration.");
        }
    }

    private static IReadOnlyList<Migration> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        const string Marker = ".Migrations.";
        return [.. assembly.GetManifestResourceNames()
            .Where(resource => resource.Contains(Marker, StringComparison.Ordinal) && resource.EndsWith(".sql", StringComparison.Ordinal))
            .Select(resource => Read(assembly, resource, resource[(resource.IndexOf(Marker, StringComparison.Ordinal) + Marker.Length)..^4]))
            .OrderBy(migration => migration.Name, StringComparer.Ordinal)];
    }

    private static Migration Read(Assembly assembly, string resource, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        var sql = reader.ReadToEnd();
        return new Migration(name, sql, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))));
    }

    private sealed record Migration(string Name, string Sql, string Checksum);
}

/// <summary>The database's schema and the build do not match. The message says what to do.</summary>
public sealed class SchemaException(string message) : Exception(message);
