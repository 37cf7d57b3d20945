using System.Data;
using Dapper;
using Npgsql;

namespace Dialer.Host.Auditing;

/// <summary>
/// Writes what the auditor needs of the database as JSON lines, from one moment's snapshot and row by row, whatever the size. The rows and fields are those of
/// the Simulator's README. It holds telephone numbers and free text: it is as confidential as the database.
/// </summary>
internal static class DatabaseDump
{
    /// <summary>Writes the dump and returns how many rows it has.</summary>
    public static async Task<long> WriteAsync(string postgres, TextWriter writer, CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(postgres);
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        var rows = 0L;
        foreach (var query in DumpQueries.All)
        {
            await foreach (var row in connection.QueryUnbufferedAsync<string>(query, transaction: snapshot).WithCancellation(cancel))
            {
                await writer.WriteLineAsync(row.AsMemory(), cancel);
                rows++;
            }
        }

        await writer.FlushAsync(cancel);
        return rows;
    }
}
