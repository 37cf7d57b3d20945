using Npgsql;

namespace Dialer.Features.Imports;

/// <summary>The temporary table into which every row of a file is copied with its first verdict. It lives in one session and is never logged or shared.</summary>
internal static class PlacementStage
{
    private const short Columns = 33;

    private const string CreateSql =
        """
        drop table if exists placement_stage;
        create temporary table placement_stage (
            row_number int not null, error_code text, error_text text, raw text,
            account_no text collate "C", person_no text collate "C", first_name text, last_name text, birth_date date, ssn_last4 text, email text, language text,
            address text, city text, state text, zip text, creditor text, product text, currency text,
            balance bigint, bucket_current bigint, bucket_30 bigint, bucket_60 bigint, bucket_90 bigint, bucket_120 bigint, bucket_older bigint,
            minimum_payment bigint, oldest_due_on date, placed_on date, consent boolean, e164s text[], line_types text[], places text[])
        """;

    private const string CopySql = "copy placement_stage from stdin (format binary)";

    public const string DropSql = "drop table if exists placement_stage, late_verdict, late_raw, known, file_person, touched_person, consent_now";

    public static async Task<CopyStream> BeginAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using (var create = new NpgsqlCommand(CreateSql, connection))
            await create.ExecuteNonQueryAsync(cancel);
        return await CopyStream.BeginAsync(connection, CopySql, cancel);
    }

    public static void Accept(CopyStream copy, int rowNumber, PlacementRow row)
    {
        copy.BeginRow(Columns);
        copy.Int32(rowNumber);
        copy.Null();
        copy.Null();
        copy.Null();
        copy.Text(row.AccountNo);
        copy.Text(row.PersonNo);
        copy.Text(row.FirstName);
        copy.Text(row.LastName);
        copy.Date(row.BirthDate);
        copy.Text(row.Ssn4);
        copy.Text(row.Email);
        copy.Text(row.Language);
        copy.Text(row.Address);
        copy.Text(row.City);
        copy.Text(row.State);
        copy.Text(row.Zip);
        copy.Text(row.Creditor);
        copy.Text(row.Product);
        copy.Text(row.Currency);
        copy.Int64(row.Balance);
        foreach (var bucket in row.Bucket)
            copy.Int64(bucket);
        copy.Int64(row.MinimumPayment);
        copy.Date(row.OldestDueOn);
        copy.Date(row.PlacedOn);
        copy.Bool(row.Consent);
        Array(copy, row.Phones, phone => phone.E164);
        Array(copy, row.Phones, phone => phone.LineType);
        Array(copy, row.Phones, phone => phone.Place);
    }

    public static void Reject(CopyStream copy, int rowNumber, ReadOnlySpan<char> raw, RowFaults faults)
    {
        copy.BeginRow(Columns);
        copy.Int32(rowNumber);
        copy.Text(faults.Code);
        copy.Text(faults.Text);
        if (raw.Contains('\0'))
            copy.Text(raw.ToString().Replace('\0', '\u2400')); // PostgreSQL's text cannot hold NUL; its picture can be seen
        else
            copy.Text(raw);
        for (var i = 4; i < Columns; i++)
            copy.Null();
    }

    private static void Array(CopyStream copy, List<PlacementPhone> phones, Func<PlacementPhone, string> part)
    {
        copy.BeginTextArray(phones.Count);
        foreach (var phone in phones)
            copy.Text(part(phone));
        copy.EndTextArray();
    }
}
