using Npgsql;

namespace Dialer.Features.Imports;

/// <summary>The temporary table of a file about placed accounts. Its first four columns are those of every stage.</summary>
internal static class AccountStage
{
    private const short Columns = 12;
    private const int AmountAt = 6;

    private const string CreateSql =
        """
        drop table if exists import_stage;
        create temporary table import_stage (
            row_number int not null, error_code text, error_text text, raw text,
            account_no text collate "C", reference text collate "C", amount bigint, currency text, on_day date, reason text, kind text, whole_person boolean)
        """;

    private const string CopySql = "copy import_stage from stdin (format binary)";

    public static async Task<CopyStream> BeginAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using (var create = new NpgsqlCommand(CreateSql, connection))
            await create.ExecuteNonQueryAsync(cancel);
        return await CopyStream.BeginAsync(connection, CopySql, cancel);
    }

    public static void Accept(CopyStream copy, int line, AccountRow row)
    {
        copy.BeginRow(Columns);
        copy.Int32(line);
        copy.Null();
        copy.Null();
        copy.Null();
        copy.Text(row.AccountNo);
        copy.Text(row.Reference);
        copy.Int64(row.Amount);
        copy.Text(row.Currency);
        copy.Date(row.Day);
        copy.Text(row.Reason);
        copy.Text(row.Kind);
        copy.Bool(row.Person);
    }

    public static void Reject(CopyStream copy, int line, ReadOnlySpan<char> raw, RowFaults faults, long amount)
    {
        copy.BeginRow(Columns);
        PlacementStage.RejectHead(copy, line, raw, faults);
        for (var i = 4; i < Columns; i++)
        {
            if (i == AmountAt)
                copy.Int64(amount);
            else
                copy.Null();
        }
    }
}
