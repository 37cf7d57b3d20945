namespace Dialer.Features.Imports;

/// <summary>What a row about one placed account can say: a payment, a recall or a stop.</summary>
internal enum AccountColumn
{
    AccountNo,
    Reference,
    Amount,
    PaidOn,
    Currency,
    Reason,
    Kind,
    Scope,
    ExpiresOn,
}

/// <summary>The columns of payment, recall and cease files.</summary>
internal sealed class AccountColumns : ColumnSet
{
    private static readonly (AccountColumn Column, string[] Names)[] Names =
    [
        (AccountColumn.AccountNo, ["client_account_no", "account_number", "account_no", "account", "acct", "acct_no", "acctnum", "account_id"]),
        (AccountColumn.Reference, ["reference", "payment_reference", "payment_id", "transaction_id", "transaction_no", "receipt", "receipt_no", "ref"]),
        (AccountColumn.Amount, ["amount", "payment_amount", "paid", "paid_amount"]),
        (AccountColumn.PaidOn, ["paid_on", "payment_date", "paid_date", "transaction_date", "date"]),
        (AccountColumn.Currency, ["currency", "currency_code"]),
        (AccountColumn.Reason, ["reason", "recall_reason", "note", "comment", "remarks"]),
        (AccountColumn.Kind, ["kind", "stop", "stop_type", "hold", "hold_type", "cease_type"]),
        (AccountColumn.Scope, ["scope", "applies_to"]),
        (AccountColumn.ExpiresOn, ["expires_on", "until", "expiry_date", "end_date"]),
    ];

    private readonly int[] _place;

    private AccountColumns(int[] place, IReadOnlyList<string> ignored, int count) => (_place, Ignored, Count) = (place, ignored, count);

    public override int Count { get; }

    public override IReadOnlyList<string> Ignored { get; }

    /// <summary>The cell's place in a row, or -1 when the file has no such column.</summary>
    public int this[AccountColumn column] => _place[(int)column];

    public override string? MeaningAt(int cell) => Array.IndexOf(_place, cell) is var slot and >= 0 ? Names[slot].Names[0] : null;

    public static string NameOf(AccountColumn column) => Names[(int)column].Names[0];

    public static IEnumerable<string> AllNames(FileKind kind) => Used(kind).Select(NameOf);

    public static IReadOnlyList<string> RequiredNames(FileKind kind) => [.. Required(kind).Select(NameOf)];

    public static new bool IsKnown(FileKind kind, string name) => Find(kind, Canonical(name)) is not null;

    /// <param name="header">The cells of the first line.</param>
    /// <param name="map">The sender's own names for our columns, or null.</param>
    public static new (AccountColumns? Columns, ImportRefusal? Refusal) Read(FileKind kind, IReadOnlyList<string> header, IReadOnlyDictionary<string, string>? map)
    {
        var place = new int[Names.Length];
        Array.Fill(place, -1);
        var ignored = new List<string>();
        for (var i = 0; i < header.Count; i++)
        {
            var name = Canonical(map is not null && map.TryGetValue(header[i].Trim(), out var mapped) ? mapped : header[i]);
            if (Find(kind, name) is not { } column)
                ignored.Add(header[i].Trim());
            else if (place[(int)column] >= 0)
                return (null, ImportRefusal.RepeatedColumn(NameOf(column)));
            else
                place[(int)column] = i;
        }

        if (ignored.Count == header.Count)
            return (null, ImportRefusal.NoHeader(kind));
        var missing = Required(kind).Where(column => place[(int)column] < 0).Select(NameOf).ToList();
        return missing.Count > 0 ? (null, ImportRefusal.WrongColumns(missing)) : (new AccountColumns(place, ignored, header.Count), null);
    }

    private static AccountColumn? Find(FileKind kind, string name)
    {
        foreach (var column in Used(kind))
        {
            if (Names[(int)column].Names.Contains(name))
                return column;
        }

        return null;
    }

    private static AccountColumn[] Used(FileKind kind) => kind switch
    {
        FileKind.Payment => [AccountColumn.AccountNo, AccountColumn.Reference, AccountColumn.Amount, AccountColumn.PaidOn, AccountColumn.Currency],
        FileKind.Recall => [AccountColumn.AccountNo, AccountColumn.Reason],
        _ => [AccountColumn.AccountNo, AccountColumn.Kind, AccountColumn.Scope, AccountColumn.Reason, AccountColumn.ExpiresOn],
    };

    private static AccountColumn[] Required(FileKind kind) =>
        kind == FileKind.Payment ? [AccountColumn.AccountNo, AccountColumn.Reference, AccountColumn.Amount] : [AccountColumn.AccountNo];
}
