using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Dialer.Storage.Postgres;
using Microsoft.Extensions.Configuration;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace Dialer.Features.Reports.Tables;

/// <summary>Runs a report's query, row by row, in a read-only transaction that is cut off before it could trouble the dialling.</summary>
public sealed class ReportReader(Database database, ServiceClock clock, IConfiguration configuration)
{
    public const int MostSeconds = 30;

    private const string Careful = "set transaction read only; set local statement_timeout = '30s'";

    private readonly double _amdFalsePositives = configuration.GetValue("Dialer:Reports:AmdFalsePositives", 0.02);
    private readonly double _targetSeconds = configuration.GetValue("Dialer:Routing:TargetSeconds", 20);

    /// <summary>Cells in the columns' order: null, string, long, double, decimal, <see cref="LocalDate"/> or <see cref="Instant"/>, as the column's kind says.</summary>
    /// <exception cref="PostgresException">SQLSTATE 57014: it took longer than <see cref="MostSeconds"/>.</exception>
    [SuppressMessage("Security", "CA2100", Justification = "A report's query is a constant of the catalogue; what is asked goes in as parameters.")]
    public async IAsyncEnumerable<object?[]> ReadAsync(Report report, ReportScope scope, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        await using (var careful = new NpgsqlCommand(Careful, connection, transaction))
            await careful.ExecuteNonQueryAsync(cancel);
        await using var command = new NpgsqlCommand(report.Sql, connection, transaction) { CommandTimeout = MostSeconds + 10 };
        var now = clock.Now;
        command.Parameters.Add(new NpgsqlParameter("from", NpgsqlDbType.TimestampTz) { Value = scope.Start.ToDateTimeUtc() });
        command.Parameters.Add(new NpgsqlParameter("to", NpgsqlDbType.TimestampTz) { Value = scope.End.ToDateTimeUtc() });
        command.Parameters.Add(new NpgsqlParameter("zone", NpgsqlDbType.Text) { Value = scope.Zone.Id });
        command.Parameters.Add(new NpgsqlParameter("campaign", NpgsqlDbType.Bigint) { Value = scope.Campaign ?? (object)DBNull.Value });
        command.Parameters.Add(new NpgsqlParameter("now", NpgsqlDbType.TimestampTz) { Value = now.ToDateTimeUtc() });
        command.Parameters.Add(new NpgsqlParameter("today", NpgsqlDbType.Date) { Value = now.InZone(scope.Zone).Date.ToDateOnly() });
        command.Parameters.Add(new NpgsqlParameter("amd_false_positives", NpgsqlDbType.Double) { Value = _amdFalsePositives });
        command.Parameters.Add(new NpgsqlParameter("target_seconds", NpgsqlDbType.Double) { Value = _targetSeconds });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (reader.FieldCount != report.Columns.Count)
            throw new InvalidOperationException($"The report {report.Name} names {report.Columns.Count} columns and reads {reader.FieldCount}.");
        while (await reader.ReadAsync(cancel))
        {
            var row = new object?[report.Columns.Count];
            for (var i = 0; i < row.Length; i++)
                row[i] = await reader.IsDBNullAsync(i, cancel) ? null : Cell(reader, i, report.Columns[i].Kind);
            yield return row;
        }
    }

    private static object Cell(NpgsqlDataReader reader, int column, CellKind kind) => kind switch
    {
        CellKind.Text => reader.GetString(column),
        CellKind.Integer => reader.GetInt64(column),
        CellKind.Money => reader.GetDecimal(column),
        CellKind.Date => LocalDate.FromDateTime(reader.GetDateTime(column)),
        CellKind.Instant => Instant.FromDateTimeUtc(reader.GetDateTime(column)),
        _ => reader.GetDouble(column),
    };
}
