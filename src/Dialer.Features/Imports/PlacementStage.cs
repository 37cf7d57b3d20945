namespace Dialer.Features.Imports;

/// <summary>The stage of a file that places accounts or brings them up to date.</summary>
internal static class PlacementStage
{
    public static readonly ImportStage Table = new(
        """
        drop table if exists import_stage;
        create temporary table import_stage (
            row_number int not null, error_code text, error_text text, raw text,
            account_no text collate "C", person_no text collate "C", first_name text, last_name text, birth_date date, ssn_last4 text, email text, language text,
            address text, city text, state text, zip text, creditor text, product text, currency text,
            balance bigint, bucket_current bigint, bucket_30 bigint, bucket_60 bigint, bucket_90 bigint, bucket_120 bigint, bucket_older bigint,
            minimum_payment bigint, oldest_due_on date, placed_on date, consent boolean, e164s text[], line_types text[], places text[])
        """, columns: 29, money: 15);

    /// <summary>An update, whose blanks are null here and filled from what is stored.</summary>
    public static void AcceptUpdate(CopyStream copy, int line, PlacementRow row)
    {
        Table.Accept(copy, line);
        copy.Text(row.AccountNo);
        Given(copy, row.PersonNo);
        Given(copy, row.FirstName);
        Given(copy, row.LastName);
        copy.Date(row.BirthDate);
        copy.Text(row.Ssn4);
        copy.Text(row.Email);
        copy.Text(row.Language);
        copy.Text(row.Address);
        copy.Text(row.City);
        copy.Text(row.State);
        copy.Text(row.Zip);
        Given(copy, row.Creditor);
        Given(copy, row.Product);
        Given(copy, row.Currency);
        Given(copy, row.Balance, row.HasBalance);
        foreach (var bucket in row.Bucket)
            Given(copy, bucket, row.HasBuckets);
        Given(copy, row.MinimumPayment, row.HasMinimumPayment);
        copy.Date(row.OldestDueOn);
        copy.Date(row.HasPlacedOn ? row.PlacedOn : null);
        copy.Bool(row.Consent);
        Phones(copy, row);
    }

    public static void Accept(CopyStream copy, int line, PlacementRow row)
    {
        Table.Accept(copy, line);
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
        Phones(copy, row);
    }

    private static void Given(CopyStream copy, string text)
    {
        if (text.Length == 0)
            copy.Null();
        else
            copy.Text(text);
    }

    private static void Given(CopyStream copy, long cents, bool given)
    {
        if (given)
            copy.Int64(cents);
        else
            copy.Null();
    }

    private static void Phones(CopyStream copy, PlacementRow row)
    {
        Array(copy, row.Phones, static phone => phone.E164);
        Array(copy, row.Phones, static phone => phone.LineType);
        Array(copy, row.Phones, static phone => phone.Place);
    }

    private static void Array(CopyStream copy, List<PlacementPhone> phones, Func<PlacementPhone, string> part)
    {
        copy.BeginTextArray(phones.Count);
        foreach (var phone in phones)
            copy.Text(part(phone));
        copy.EndTextArray();
    }
}
