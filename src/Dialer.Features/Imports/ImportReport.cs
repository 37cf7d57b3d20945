using NodaTime;

namespace Dialer.Features.Imports;

public enum ImportOutcome
{
    /// <summary>The good rows are in the database; the bad ones are kept as rejects.</summary>
    Committed,

    /// <summary>Everything was checked and counted; nothing was written.</summary>
    DryRun,

    /// <summary>This very file (by SHA-256) was committed for this client before; the report is that import's.</summary>
    AlreadyImported,

    /// <summary>The file as a whole is not acceptable; <see cref="ImportReport.Refusal"/> says why; nothing was written.</summary>
    Refused,
}

/// <summary>Why a file as a whole was not taken. Codes are stable; the text says what to do.</summary>
public sealed record ImportRefusal(string Code, string Text)
{
    public static ImportRefusal Empty() => new("EMPTY_FILE", "The file is empty. Send a file with a header line and at least one row.");

    public static ImportRefusal TooLarge(long maxBytes) =>
        new("FILE_TOO_LARGE", $"The file is larger than {maxBytes / (1024 * 1024)} MB. Split it, or raise Dialer__Imports__MaxFileBytes.");

    public static ImportRefusal NotText(string kind) => new("NOT_TEXT", $"The file is {kind}, not a text file of rows. Export it as CSV (UTF-8).");

    public static ImportRefusal Utf16WithoutMark() =>
        new("UTF16_WITHOUT_MARK", "The file looks like UTF-16 without a byte order mark. Save it as CSV UTF-8, or declare the encoding utf-16.");

    public static ImportRefusal NotUtf8(long offset) =>
        new("NOT_UTF8", $"The file is not UTF-8: the first wrong byte is at offset {offset}. Save it as CSV UTF-8, or declare its encoding (for example windows-1252).");

    public static ImportRefusal UnknownEncoding(string name) =>
        new("UNKNOWN_ENCODING", $"The encoding \"{name}\" is not known. Use utf-8, utf-16, utf-16be, windows-1252 or iso-8859-1.");

    public static ImportRefusal NoHeader(FileKind kind = FileKind.Placement) =>
        new("NO_HEADER", $"The first line names none of the columns of a {kind.ToString().ToLowerInvariant()} file. The first line must be the header; see the Imports page for the column names.");

    public static ImportRefusal BadPositions(string fault) => new("BAD_POSITIONS", $"The declared column positions cannot be used. {fault}");

    public static ImportRefusal BadTrailer(string what) => new("BAD_TRAILER", $"The trailer's {what} cannot be read. Correct where it stands, or ask the sender for a whole file.");

    public static ImportRefusal NoTrailer(string mark) => new("NO_TRAILER", $"The file does not end with its trailer \"{mark}\": it may have been cut off. Nothing was imported; ask the sender for a whole file.");

    public static ImportRefusal RowsAfterTrailer(long line) => new("ROWS_AFTER_TRAILER", $"Line {line} follows the trailer. Nothing was imported; ask the sender for a whole file.");

    public static ImportRefusal OtherFile() => new("OTHER_FILE", "This is not the file that was checked: its content has changed since. Check it again.");

    public static ImportRefusal WrongColumns(IEnumerable<string> missing) =>
        new("WRONG_COLUMNS", $"The header lacks the column(s) {string.Join(", ", missing)}. Add them, or map your own names to them.");

    public static ImportRefusal RepeatedColumn(string name) => new("REPEATED_COLUMN", $"Two columns of the header mean {name}. Remove or rename one.");

    public static ImportRefusal TooManyColumns(int max) => new("TOO_MANY_COLUMNS", $"The header has more than {max} columns.");

    public static ImportRefusal CellTooLong(long line, int max) =>
        new("CELL_TOO_LONG", $"Line {line} has a cell or a row longer than {max} characters: this is not a file of rows. Nothing was imported.");

    public static ImportRefusal NoRows() => new("NO_ROWS", "The file has a header but no rows.");

    public static ImportRefusal UnknownClient(string code) =>
        new("UNKNOWN_CLIENT", $"There is no client with the code \"{code}\". Create the client first, or correct the code.");

    public static ImportRefusal Busy(string code) => new("IMPORT_RUNNING", $"Another import for client \"{code}\" is running. Try again when it has ended.");

    public static ImportRefusal ControlTotal(string what, string declared, string found) =>
        new("CONTROL_TOTAL_MISMATCH", $"The declared {what} is {declared} but the file holds {found}. Nothing was imported; ask the sender for a whole file.");
}

/// <summary>What happened to a file. For a committed file, always <c>RowsIn = Accepted + Updated + Duplicate + Rejected</c>.</summary>
/// <param name="ImportId">The batch's id; null when nothing was stored.</param>
/// <param name="RowsIn">Rows after the header, without blank lines.</param>
/// <param name="Accepted">Rows that placed a new account.</param>
/// <param name="Updated">Rows of a known account that changed the account, its person, a phone or a consent.</param>
/// <param name="Duplicate">Rows that say nothing new: they repeat an earlier row of the file, or what is stored already.</param>
/// <param name="Rejected">Rows kept aside with a code and a text each.</param>
/// <param name="Balance">Sum of the balances of all rows whose balance can be read.</param>
/// <param name="Rows">When asked for: the first rows that were not simply accepted, each with its verdict.</param>
/// <param name="IgnoredColumns">Columns of the header that mean nothing here; their cells were not read.</param>
public sealed record ImportReport(
    ImportOutcome Outcome,
    long? ImportId,
    string Client,
    string FileName,
    string Sha256,
    string Encoding,
    long RowsIn,
    long Accepted,
    long Updated,
    long Duplicate,
    long Rejected,
    decimal Balance,
    IReadOnlyDictionary<string, long> RejectedByCode,
    IReadOnlyList<string> IgnoredColumns,
    Instant At,
    ImportRefusal? Refusal = null,
    FileKind Kind = FileKind.Placement,
    IReadOnlyList<RowVerdict>? Rows = null)
{
    public static ImportReport Refused(ImportRequest request, ImportRefusal refusal, Instant at, byte[]? sha256 = null) =>
        new(ImportOutcome.Refused, null, request.ClientCode, request.FileName, Convert.ToHexStringLower(sha256 ?? []), "", 0, 0, 0, 0, 0, 0,
            new Dictionary<string, long>(), [], at, refusal, request.Kind);
}

/// <summary>What became, or would become, of one row. <paramref name="Verdict"/>: Accepted, Updated, Duplicate or Rejected.</summary>
public sealed record RowVerdict(int Line, string Verdict, string? Code, string? Text);

/// <summary>What to import and how.</summary>
/// <param name="ClientCode">The client who placed the accounts.</param>
/// <param name="FileName">As the sender named it; shown, never opened.</param>
/// <param name="By">Who asked, for the record.</param>
/// <param name="DryRun">Check and count everything, write nothing.</param>
/// <param name="Encoding">Declared encoding; null: UTF-8, or UTF-16 with a byte order mark.</param>
/// <param name="DateFormat">Declared .NET date format such as <c>MM/dd/yyyy</c>; null: ISO dates only, because 03/04/2026 has two meanings.</param>
/// <param name="ExpectedRows">Control total: the number of rows the sender counted.</param>
/// <param name="ExpectedBalance">Control total: the sum of balances (of payments: of amounts) the sender counted.</param>
/// <param name="Kind">What the rows mean.</param>
/// <param name="Map">How to read this one file; null: the client's saved map for the kind, if there is one.</param>
/// <param name="Sha256">The hash, in hex, of the file that was checked; another file is refused.</param>
/// <param name="ListRows">How many rows to list with their verdict.</param>
public sealed record ImportRequest(
    string ClientCode,
    string FileName,
    string By,
    bool DryRun = false,
    string? Encoding = null,
    string? DateFormat = null,
    long? ExpectedRows = null,
    decimal? ExpectedBalance = null,
    FileKind Kind = FileKind.Placement,
    ImportMap? Map = null,
    string? Sha256 = null,
    int ListRows = 0);

public readonly record struct ImportProgress(string Step, long Rows);
