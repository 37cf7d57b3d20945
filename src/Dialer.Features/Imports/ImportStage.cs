using Dapper;
using Npgsql;

namespace Dialer.Features.Imports;

/// <summary>
/// The temporary table into which every row of a file is copied with its first verdict: four columns that all kinds of file have, then the kind's own.
/// It lives in one session and is never logged or shared.
/// </summary>
/// <param name="create">Makes the table anew.</param>
/// <param name="columns">How many columns of its own the kind has.</param>
/// <param name="money">Which of them, from 0, holds cents and is kept for rejected rows too: control totals count those.</param>
internal sealed class ImportStage(string create, int columns, int money)
{
    public const string DropSql = "drop table if exists import_stage, late_verdict, late_raw, known, file_person, touched_person, consent_now";

    public async Task<CopyStream> BeginAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await connection.ExecuteAsync(new CommandDefinition(create, cancellationToken: cancel));
        return await CopyStream.BeginAsync(connection, "copy import_stage from stdin (format binary)", cancel);
    }

    /// <summary>Begins a row without a fault; the kind's own columns follow.</summary>
    public void Accept(CopyStream copy, int line)
    {
        copy.BeginRow((short)(4 + columns));
        copy.Int32(line);
        copy.Null();
        copy.Null();
        copy.Null();
    }

    /// <summary>A whole row with its faults, as it stood in the file.</summary>
    /// <param name="cents">What could be read of its money.</param>
    public void Reject(CopyStream copy, int line, ReadOnlySpan<char> raw, RowFaults faults, long cents)
    {
        copy.BeginRow((short)(4 + columns));
        copy.Int32(line);
        copy.Text(faults.Code);
        copy.Text(faults.Text);
        if (raw.Contains('\0'))
            copy.Text(raw.ToString().Replace('\0', '\u2400')); // PostgreSQL's text cannot hold NUL; its picture can be seen
        else
            copy.Text(raw);
        for (var i = 0; i < columns; i++)
        {
            if (i == money)
                copy.Int64(cents);
            else
                copy.Null();
        }
    }
}
