namespace Dialer.Features.Imports;

/// <summary>The stage of a file about placed accounts.</summary>
internal static class AccountStage
{
    public static readonly ImportStage Table = new(
        """
        drop table if exists import_stage;
        create temporary table import_stage (
            row_number int not null, error_code text, error_text text, raw text,
            account_no text collate "C", reference text collate "C", amount bigint, currency text, on_day date, reason text, kind text, whole_person boolean)
        """, columns: 8, money: 2);

    public static void Accept(CopyStream copy, int line, AccountRow row)
    {
        Table.Accept(copy, line);
        copy.Text(row.AccountNo);
        copy.Text(row.Reference);
        copy.Int64(row.Amount);
        copy.Text(row.Currency);
        copy.Date(row.Day);
        copy.Text(row.Reason);
        copy.Text(row.Kind);
        copy.Bool(row.Person);
    }
}
