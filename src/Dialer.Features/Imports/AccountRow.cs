using Dialer.Core.Compliance;
using Dialer.Features.Imports.Reading;
using NodaTime;

namespace Dialer.Features.Imports;

/// <summary>One row about a placed account, every value valid on its own. Money is in cents. Reused for the next row.</summary>
internal sealed class AccountRow
{
    public string AccountNo { get; set; } = "";

    public string? Reference { get; set; }

    public long Amount { get; set; }

    public string? Currency { get; set; }

    /// <summary>Of a payment: the day it was made. Of a stop: the last day on which it holds.</summary>
    public LocalDate? Day { get; set; }

    public string? Reason { get; set; }

    public string? Kind { get; set; }

    /// <summary>The stop is about the whole person, not this account alone.</summary>
    public bool Person { get; set; }
}

/// <summary>Turns the cells of one record into an <see cref="AccountRow"/>, or says everything that is wrong with it. Pure: no database, no clock.</summary>
internal sealed class AccountRules(FileKind kind, AccountColumns columns, string? dateFormat, LocalDate today)
{
    private static readonly LocalDate Oldest = new(1990, 1, 1);

    public bool Read(DelimitedReader record, AccountRow row, RowFaults faults)
    {
        faults.Clear();
        (row.Amount, row.Day, row.Reference, row.Currency, row.Reason, row.Kind, row.Person) = (0, null, null, null, null, null, true);
        if (!faults.IsWhole(record, columns.Count))
            return false;
        row.AccountNo = Identifier(record, AccountColumn.AccountNo, faults);
        if (kind == FileKind.Payment)
            ReadPayment(record, row, faults);
        else
            row.Reason = Text(record, AccountColumn.Reason, 300, faults);
        if (kind == FileKind.Cease)
            ReadStop(record, row, faults);
        return faults.Code is null;
    }

    private void ReadPayment(DelimitedReader record, AccountRow row, RowFaults faults)
    {
        row.Reference = Identifier(record, AccountColumn.Reference, faults);
        var amount = Cell(record, AccountColumn.Amount);
        if (amount.IsEmpty)
            faults.Add(RowFault.MissingValue, "amount is empty");
        else if (!FieldText.TryMoney(amount, out var cents))
            faults.Add(RowFault.BadMoney, "amount is not an amount such as 1234.50");
        else if (cents <= 0)
            faults.Add(RowFault.NegativeAmount, "amount is not above zero; a payment that was returned is taken back by undoing its import, or by a person on the account");
        else
            row.Amount = cents;
        row.Currency = Text(record, AccountColumn.Currency, 10, faults)?.ToUpperInvariant();
        row.Day = Day(record, AccountColumn.PaidOn, Oldest, today.PlusDays(1), faults) ?? today;
    }

    private void ReadStop(DelimitedReader record, AccountRow row, RowFaults faults)
    {
        var word = Cell(record, AccountColumn.Kind);
        if (word.IsEmpty)
            row.Kind = nameof(HoldKind.Cease);
        else if (!long.TryParse(word, out _) && Enum.TryParse<HoldKind>(word, ignoreCase: true, out var hold))
            row.Kind = hold.ToString();
        else
            faults.Add(RowFault.UnknownValue, $"kind is none of {string.Join(", ", Enum.GetNames<HoldKind>())}");
        var scope = Cell(record, AccountColumn.Scope);
        row.Person = scope.IsEmpty || FieldText.IsOneOf(scope, "person", "debtor", "all", "p");
        if (!row.Person && !FieldText.IsOneOf(scope, "account", "debt", "a"))
            faults.Add(RowFault.UnknownValue, "scope is neither person nor account");
        row.Day = Day(record, AccountColumn.ExpiresOn, today, today.PlusYears(20), faults);
    }

    private ReadOnlySpan<char> Cell(DelimitedReader record, AccountColumn column) =>
        columns[column] is var at and >= 0 ? CsvText.Unguard(record[at].Trim()) : default;

    private string Identifier(DelimitedReader record, AccountColumn column, RowFaults faults)
    {
        var text = Text(record, column, 64, faults) ?? "";
        if (text.Length == 0)
            faults.Add(RowFault.MissingValue, $"{AccountColumns.NameOf(column)} is empty");
        else if (FieldText.IsScientific(text))
            faults.Add(RowFault.SpreadsheetDamage, $"{AccountColumns.NameOf(column)} was shortened by a spreadsheet (1.2E+10); format the column as text and export again");
        return text;
    }

    private string? Text(DelimitedReader record, AccountColumn column, int max, RowFaults faults)
    {
        var text = Cell(record, column);
        if (text.IsEmpty)
            return null;
        if (text.Length > max)
            faults.Add(RowFault.TooLong, $"{AccountColumns.NameOf(column)} is longer than {max} characters");
        foreach (var c in text)
        {
            if (!char.IsControl(c) && c is not '\uFFFD')
                continue;
            faults.Add(RowFault.ControlCharacter, $"{AccountColumns.NameOf(column)} has a character that is no text");
            break;
        }

        return text.ToString();
    }

    private LocalDate? Day(DelimitedReader record, AccountColumn column, LocalDate from, LocalDate to, RowFaults faults)
    {
        var text = Cell(record, column);
        if (text.IsEmpty)
            return null;
        if (FieldText.TryDate(text, dateFormat, out var date) && date >= from && date <= to)
            return date;
        faults.Add(RowFault.BadDate, $"{AccountColumns.NameOf(column)} is not a date as {dateFormat ?? "yyyy-MM-dd"} between {from.ToDateOnly():yyyy-MM-dd} and {to.ToDateOnly():yyyy-MM-dd}");
        return null;
    }
}
