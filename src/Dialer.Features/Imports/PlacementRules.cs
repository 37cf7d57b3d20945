using Dialer.Core.Numbers;
using Dialer.Features.Imports.Reading;
using NodaTime;

namespace Dialer.Features.Imports;

/// <summary>Turns the cells of one record into a <see cref="PlacementRow"/>, or says everything that is wrong with it. Pure: no database, no clock.</summary>
/// <param name="columns">Which cell is what.</param>
/// <param name="dateFormat">The declared format of dates, or null for ISO.</param>
/// <param name="update">The row changes an account that is placed already: a blank cell leaves what is stored.</param>
/// <param name="today">The day of the import: the placement date where the file gives none, and the day no birth or placement lies after.</param>
internal sealed class PlacementRules(PlacementColumns columns, string? dateFormat, LocalDate today, bool update = false)
{
    private static readonly LocalDate Oldest = new(1900, 1, 1);
    private readonly Dictionary<int, string> _recent = []; // the last text of each column: creditors, cities and states repeat

    public bool Read(DelimitedReader record, PlacementRow row, RowFaults faults)
    {
        faults.Clear();
        row.Balance = 0; // a rejected row is staged with the balance that could be read, for the control total
        if (!faults.IsWhole(record, columns.Count))
            return false;

        ReadPerson(record, row, faults);
        ReadPhones(record, row, faults);
        ReadAccount(record, row, faults);
        return faults.Code is null;
    }

    private void ReadPerson(DelimitedReader record, PlacementRow row, RowFaults faults)
    {
        row.AccountNo = Identifier(record, PlacementColumn.AccountNo, faults) ?? "";
        if (row.AccountNo.Length == 0)
            faults.Add(RowFault.MissingValue, "client_account_no is empty");
        row.PersonNo = Identifier(record, PlacementColumn.PersonNo, faults) ?? (update ? "" : row.AccountNo);
        row.FirstName = Needed(record, PlacementColumn.FirstName, 100, faults);
        row.LastName = Needed(record, PlacementColumn.LastName, 100, faults);
        row.BirthDate = Date(record, PlacementColumn.BirthDate, Oldest, today, faults);
        row.Ssn4 = Text(record, PlacementColumn.Ssn4, 20, faults);
        if (row.Ssn4 is { } ssn && (ssn.Length != 4 || !FieldText.AllDigits(ssn)))
            faults.Add(RowFault.BadSsn4, "ssn4 is not four digits");
        row.Email = Text(record, PlacementColumn.Email, 254, faults);
        if (row.Email is { } email && !FieldText.IsEmail(email))
            faults.Add(RowFault.BadEmail, "email is not an e-mail address");
        row.Language = Language(Cell(record, PlacementColumn.Language), faults);
        row.Address = Text(record, PlacementColumn.Address, 200, faults);
        row.City = Text(record, PlacementColumn.City, 100, faults);
        row.State = null;
        if (Cell(record, PlacementColumn.State) is { IsEmpty: false } state)
        {
            if (UsState.TryFind(state, out var code))
                row.State = code;
            else
                faults.Add(RowFault.UnknownState, "state is no state or territory of the United States");
        }

        row.Zip = null;
        if (Cell(record, PlacementColumn.Zip) is { IsEmpty: false } zip)
        {
            if (FieldText.TryZip(zip, out var five))
                row.Zip = five.ToString();
            else
                faults.Add(RowFault.BadZip, zip.Length == 4 && FieldText.AllDigits(zip) ? "zip has four digits; a spreadsheet dropped its leading zero" : "zip is not 5 digits, or 5+4");
        }
    }

    private void ReadPhones(DelimitedReader record, PlacementRow row, RowFaults faults)
    {
        row.Phones.Clear();
        for (var i = 0; i < columns.Phones.Count; i++)
        {
            var (numberAt, typeAt, placeAt) = columns.Phones[i];
            var text = Cell(record, numberAt);
            if (text.IsEmpty)
                continue;
            var type = Type(Cell(record, typeAt), i + 1, faults);
            var place = Place(Cell(record, placeAt), i + 1, faults);
            if (PhoneNumber.TryParse(text.ToString(), out var number))
                row.AddPhone(number, type, place);
            else if (FieldText.IsScientific(text))
                faults.Add(RowFault.SpreadsheetDamage, $"phone{i + 1} was shortened by a spreadsheet (1.5E+10); format the column as text and export again");
            else
                faults.Add(RowFault.BadPhone, $"phone{i + 1} is not a telephone number: ten digits whose area code and exchange begin with 2-9, or + and a country code");
        }
    }

    private void ReadAccount(DelimitedReader record, PlacementRow row, RowFaults faults)
    {
        row.Creditor = Needed(record, PlacementColumn.Creditor, 200, faults);
        row.Product = Text(record, PlacementColumn.Product, 100, faults) ?? "";
        row.Currency = Text(record, PlacementColumn.Currency, 10, faults)?.ToUpperInvariant() ?? (update ? "" : "USD");
        if (row.Currency.Length != (update && row.Currency.Length == 0 ? 0 : 3) || !row.Currency.All(char.IsAsciiLetterUpper))
            faults.Add(RowFault.UnknownValue, "currency is not a three-letter code such as USD");
        var placedOn = Date(record, PlacementColumn.PlacedOn, Oldest, today.PlusDays(1), faults);
        (row.PlacedOn, row.HasPlacedOn) = (placedOn ?? today, placedOn is not null);
        row.OldestDueOn = Date(record, PlacementColumn.OldestDueOn, Oldest, today.PlusYears(1), faults);
        row.HasBalance = !Cell(record, PlacementColumn.Balance).IsEmpty;
        row.HasMinimumPayment = !Cell(record, PlacementColumn.MinimumPayment).IsEmpty;
        if (!row.HasBalance && !update)
            faults.Add(RowFault.MissingValue, "balance is empty");
        row.Balance = Money(record, PlacementColumn.Balance, faults);
        row.MinimumPayment = Money(record, PlacementColumn.MinimumPayment, faults);
        ReadBuckets(record, row, faults);
        row.Consent = null;
        if (Cell(record, PlacementColumn.Consent) is { IsEmpty: false } consent)
        {
            if (FieldText.TryYesNo(consent, out var yes))
                row.Consent = yes;
            else
                faults.Add(RowFault.UnknownValue, "artificial_voice_consent is neither yes nor no");
        }
    }

    private void ReadBuckets(DelimitedReader record, PlacementRow row, RowFaults faults)
    {
        Array.Clear(row.Bucket);
        row.HasBuckets = columns.HasBuckets && (!update || AnyBucket(record));
        if (!row.HasBuckets)
        {
            row.Bucket[BucketOf(row.OldestDueOn, row.PlacedOn)] = row.Balance;
            return;
        }

        long sum = 0;
        for (var i = 0; i < PlacementRow.Buckets; i++)
            sum += row.Bucket[i] = Money(record, PlacementColumn.BucketCurrent + i, faults);
        if (update && !row.HasBalance)
            (row.Balance, row.HasBalance) = (sum, true);
        if (sum != row.Balance && faults.Code is null)
            faults.Add(RowFault.BucketsDoNotReconcile, "the ageing buckets do not sum to the balance");
    }

    private bool AnyBucket(DelimitedReader record)
    {
        for (var i = 0; i < PlacementRow.Buckets; i++)
        {
            if (!Cell(record, PlacementColumn.BucketCurrent + i).IsEmpty)
                return true;
        }

        return false;
    }

    /// <summary>The bucket of a debt by its days past due on the day it was placed: 0 not due, then 1-30, 31-60, 61-90, 91-120, more.</summary>
    private static int BucketOf(LocalDate? oldestDue, LocalDate placed)
    {
        var days = oldestDue is { } due ? Period.DaysBetween(due, placed) : 0;
        return days <= 0 ? 0 : Math.Min((days - 1) / 30 + 1, PlacementRow.Buckets - 1);
    }

    private ReadOnlySpan<char> Cell(DelimitedReader record, PlacementColumn column) => Cell(record, columns[column]);

    private static ReadOnlySpan<char> Cell(DelimitedReader record, int at) => at < 0 ? default : CsvText.Unguard(record[at].Trim());

    private string Needed(DelimitedReader record, PlacementColumn column, int max, RowFaults faults)
    {
        var text = Text(record, column, max, faults);
        if (text is null && !update)
            faults.Add(RowFault.MissingValue, $"{PlacementColumns.NameOf(column)} is empty");
        return text ?? "";
    }

    private string? Identifier(DelimitedReader record, PlacementColumn column, RowFaults faults)
    {
        var text = Text(record, column, 64, faults);
        if (text is not null && FieldText.IsScientific(text))
            faults.Add(RowFault.SpreadsheetDamage, $"{PlacementColumns.NameOf(column)} was shortened by a spreadsheet (1.2E+10); format the column as text and export again");
        return text;
    }

    private string? Text(DelimitedReader record, PlacementColumn column, int max, RowFaults faults)
    {
        var text = Cell(record, column);
        if (text.IsEmpty)
            return null;
        if (text.Length > max)
            faults.Add(RowFault.TooLong, $"{PlacementColumns.NameOf(column)} is longer than {max} characters");
        foreach (var c in text)
        {
            if (char.IsControl(c) || c is '\uFFFD')
            {
                faults.Add(RowFault.ControlCharacter, $"{PlacementColumns.NameOf(column)} has a control character, a line end or a damaged letter");
                break;
            }
        }

        if (_recent.TryGetValue((int)column, out var recent) && text.SequenceEqual(recent))
            return recent;
        return _recent[(int)column] = text.ToString();
    }

    private LocalDate? Date(DelimitedReader record, PlacementColumn column, LocalDate from, LocalDate to, RowFaults faults)
    {
        var text = Cell(record, column);
        if (text.IsEmpty)
            return null;
        var name = PlacementColumns.NameOf(column);
        if (!FieldText.TryDate(text, dateFormat, out var date))
            faults.Add(RowFault.BadDate, $"{name} is not a date as {dateFormat ?? "yyyy-MM-dd; declare the file's date format if it has another"}");
        else if (date < from || date > to)
            faults.Add(RowFault.BadDate, $"{name} is not between {from.ToDateOnly():yyyy-MM-dd} and {to.ToDateOnly():yyyy-MM-dd}");
        else
            return date;
        return null;
    }

    private long Money(DelimitedReader record, PlacementColumn column, RowFaults faults)
    {
        var text = Cell(record, column);
        if (text.IsEmpty)
            return 0;
        if (!FieldText.TryMoney(text, out var cents))
            faults.Add(RowFault.BadMoney, $"{PlacementColumns.NameOf(column)} is not an amount such as 1234.50");
        else if (cents < 0)
            faults.Add(RowFault.NegativeAmount, $"{PlacementColumns.NameOf(column)} is negative");
        return cents;
    }

    private static string? Language(ReadOnlySpan<char> text, RowFaults faults)
    {
        if (text.IsEmpty)
            return null;
        if (FieldText.IsOneOf(text, "en", "english", "eng", "en-us"))
            return "en";
        if (FieldText.IsOneOf(text, "es", "spanish", "spa", "es-us", "es-mx", "español"))
            return "es";
        if (text.Length == 2 && char.IsAsciiLetter(text[0]) && char.IsAsciiLetter(text[1]))
            return text.ToString().ToLowerInvariant();
        faults.Add(RowFault.UnknownValue, "language is not a two-letter code such as en or es");
        return null;
    }

    private static LineType Type(ReadOnlySpan<char> text, int n, RowFaults faults)
    {
        if (text.IsEmpty || FieldText.IsOneOf(text, "unknown", "other"))
            return LineType.Unknown;
        if (FieldText.IsOneOf(text, "wireless", "mobile", "cell", "cellular", "c", "m"))
            return LineType.Wireless;
        if (FieldText.IsOneOf(text, "landline", "land", "fixed", "wireline", "l"))
            return LineType.Landline;
        if (FieldText.IsOneOf(text, "voip", "v"))
            return LineType.Voip;
        if (FieldText.IsOneOf(text, "tollfree", "toll-free"))
            return LineType.TollFree;
        faults.Add(RowFault.UnknownValue, $"phone{n}_type is none of wireless, landline, voip, tollfree, unknown");
        return LineType.Unknown;
    }

    private static string Place(ReadOnlySpan<char> text, int n, RowFaults faults)
    {
        if (text.IsEmpty || FieldText.IsOneOf(text, "unknown", "other"))
            return "Unknown";
        if (FieldText.IsOneOf(text, "home", "h"))
            return "Home";
        if (FieldText.IsOneOf(text, "personal", "cell", "mobile"))
            return "Personal";
        if (FieldText.IsOneOf(text, "work", "poe", "employer", "w"))
            return "Work";
        if (FieldText.IsOneOf(text, "thirdparty", "third-party", "reference", "relative"))
            return "ThirdParty";
        faults.Add(RowFault.UnknownValue, $"phone{n}_place is none of home, personal, work, thirdparty, unknown");
        return "Unknown";
    }
}
