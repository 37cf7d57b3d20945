using Dialer.Features.Imports.Reading;

namespace Dialer.Features.Imports;

/// <summary>The stable codes of <c>error_code</c> in a rejects file.</summary>
public static class RowFault
{
    public const string BrokenQuotes = "BROKEN_QUOTES";
    public const string ColumnCount = "COLUMN_COUNT";
    public const string ControlCharacter = "CONTROL_CHARACTER";
    public const string MissingValue = "MISSING_VALUE";
    public const string TooLong = "TOO_LONG";
    public const string SpreadsheetDamage = "SPREADSHEET_DAMAGE";
    public const string BadPhone = "BAD_PHONE";
    public const string BadDate = "BAD_DATE";
    public const string BadMoney = "BAD_MONEY";
    public const string NegativeAmount = "NEGATIVE_AMOUNT";
    public const string BucketsDoNotReconcile = "BUCKETS_DO_NOT_RECONCILE";
    public const string UnknownState = "UNKNOWN_STATE";
    public const string BadZip = "BAD_ZIP";
    public const string BadSsn4 = "BAD_SSN4";
    public const string BadEmail = "BAD_EMAIL";
    public const string UnknownValue = "UNKNOWN_VALUE";
    public const string DuplicateAccount = "DUPLICATE_ACCOUNT";
    public const string PersonConflict = "PERSON_CONFLICT";
    public const string AccountOfOtherPerson = "ACCOUNT_OF_OTHER_PERSON";
    public const string AccountPaid = "ACCOUNT_PAID";
    public const string UnknownAccount = "UNKNOWN_ACCOUNT";
    public const string AccountNotOpen = "ACCOUNT_NOT_OPEN";
    public const string DuplicateReference = "DUPLICATE_REFERENCE";
    public const string OtherCurrency = "OTHER_CURRENCY";
}

/// <summary>Collects what is wrong with one row: the first fault's code, and the texts of all, so that a row is repaired in one go.</summary>
internal sealed class RowFaults
{
    private readonly List<string> _texts = [];

    public string? Code { get; private set; }

    public string Text => string.Join("; ", _texts);

    public void Add(string code, string text)
    {
        Code ??= code;
        if (_texts.Count < 10)
            _texts.Add(text);
    }

    /// <summary>False, with the fault added, when the record could not be cut into as many cells as the header has.</summary>
    public bool IsWhole(DelimitedReader record, int cells)
    {
        if (record.Fault == RecordFault.BrokenQuotes)
            Add(RowFault.BrokenQuotes, "A quote is opened and not closed, or text follows a closing quote; double a quote that belongs to the text");
        else if (record.CellCount != cells)
            Add(RowFault.ColumnCount, $"The row has {record.CellCount} cells, the header {cells}; quote cells that contain the delimiter");
        return Code is null;
    }

    public void Clear()
    {
        Code = null;
        _texts.Clear();
    }
}
