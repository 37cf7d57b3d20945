using System.Collections.Frozen;

namespace Dialer.Features.Imports;

/// <summary>The columns a placement row can have. Phones come in numbered sets of <c>phoneN</c>, <c>phoneN_type</c>, <c>phoneN_place</c>.</summary>
internal enum PlacementColumn
{
    AccountNo,
    PersonNo,
    FirstName,
    LastName,
    BirthDate,
    Ssn4,
    Email,
    Language,
    Address,
    City,
    State,
    Zip,
    Creditor,
    Product,
    Currency,
    Balance,
    BucketCurrent,
    Bucket30,
    Bucket60,
    Bucket90,
    Bucket120,
    BucketOlder,
    MinimumPayment,
    OldestDueOn,
    PlacedOn,
    Consent,
}

internal readonly record struct PhoneColumns(int Number, int Type, int Place);

/// <summary>Which cell of a row holds which column: read from the header by canonical names and the synonyms senders use.</summary>
internal sealed class PlacementColumns : ColumnSet
{
    public const int MaxPhones = 10;

    private static readonly (PlacementColumn Column, string[] Names)[] Names =
    [
        (PlacementColumn.AccountNo, ["client_account_no", "account_number", "account_no", "account", "acct", "acct_no", "acctnum", "account_id"]),
        (PlacementColumn.PersonNo, ["client_person_no", "person_number", "person_no", "customer_number", "customer_no", "customer_id", "debtor_number", "debtor_id"]),
        (PlacementColumn.FirstName, ["first_name", "firstname", "fname", "given_name", "debtor_first_name"]),
        (PlacementColumn.LastName, ["last_name", "lastname", "lname", "surname", "family_name", "debtor_last_name"]),
        (PlacementColumn.BirthDate, ["birth_date", "date_of_birth", "dob", "birthdate"]),
        (PlacementColumn.Ssn4, ["ssn4", "ssn_last4", "last4_ssn", "ssn_last_4"]),
        (PlacementColumn.Email, ["email", "e_mail", "email_address"]),
        (PlacementColumn.Language, ["language", "lang", "preferred_language"]),
        (PlacementColumn.Address, ["address", "address1", "address_1", "street", "street_address"]),
        (PlacementColumn.City, ["city", "town"]),
        (PlacementColumn.State, ["state", "st", "state_code", "province"]),
        (PlacementColumn.Zip, ["zip", "zip_code", "zipcode", "postal_code", "postcode"]),
        (PlacementColumn.Creditor, ["creditor", "original_creditor", "current_creditor", "creditor_name"]),
        (PlacementColumn.Product, ["product", "product_type", "type", "debt_type"]),
        (PlacementColumn.Currency, ["currency", "currency_code"]),
        (PlacementColumn.Balance, ["balance", "current_balance", "amount_due", "total_due", "balance_due"]),
        (PlacementColumn.BucketCurrent, ["bucket_current", "current", "not_due"]),
        (PlacementColumn.Bucket30, ["bucket_30", "days_1_30", "past_due_30", "1_30"]),
        (PlacementColumn.Bucket60, ["bucket_60", "days_31_60", "past_due_60", "31_60"]),
        (PlacementColumn.Bucket90, ["bucket_90", "days_61_90", "past_due_90", "61_90"]),
        (PlacementColumn.Bucket120, ["bucket_120", "days_91_120", "past_due_120", "91_120"]),
        (PlacementColumn.BucketOlder, ["bucket_older", "days_over_120", "past_due_older", "over_120"]),
        (PlacementColumn.MinimumPayment, ["minimum_payment", "min_payment", "minimum_due"]),
        (PlacementColumn.OldestDueOn, ["oldest_due_on", "oldest_due_date", "due_date", "delinquency_date"]),
        (PlacementColumn.PlacedOn, ["placed_on", "placed_date", "placement_date", "assigned_date"]),
        (PlacementColumn.Consent, ["artificial_voice_consent", "consent", "tcpa_consent", "autodial_consent"]),
    ];

    private static readonly PlacementColumn[] Required =
        [PlacementColumn.AccountNo, PlacementColumn.FirstName, PlacementColumn.LastName, PlacementColumn.Creditor, PlacementColumn.Balance];

    private static readonly PlacementColumn[] RequiredToUpdate = [PlacementColumn.AccountNo];

    private static readonly FrozenDictionary<string, PlacementColumn> ByName =
        Names.SelectMany(entry => entry.Names.Select(name => KeyValuePair.Create(name, entry.Column))).ToFrozenDictionary(StringComparer.Ordinal);

    private readonly int[] _place; // by slot: first the columns, then three for each phone

    private PlacementColumns(int[] place, IReadOnlyList<string> ignored, int count)
    {
        _place = place;
        Ignored = ignored;
        Count = count;
        Phones = [.. Enumerable.Range(0, MaxPhones)
            .Select(n => Names.Length + n * 3)
            .Where(slot => place[slot] >= 0)
            .Select(slot => new PhoneColumns(place[slot], place[slot + 1], place[slot + 2]))];
        HasBuckets = Enumerable.Range((int)PlacementColumn.BucketCurrent, 6).Any(column => place[column] >= 0);
    }

    public override int Count { get; }

    public IReadOnlyList<PhoneColumns> Phones { get; }

    public override IReadOnlyList<string> Ignored { get; }

    public bool HasBuckets { get; }

    /// <summary>The cell's place in a row, or -1 when the file has no such column.</summary>
    public int this[PlacementColumn column] => _place[(int)column];

    public override string? MeaningAt(int cell)
    {
        var slot = Array.IndexOf(_place, cell);
        if (slot < 0)
            return null;
        if (slot < Names.Length)
            return Names[slot].Names[0];
        var (number, part) = ((slot - Names.Length) / 3 + 1, (slot - Names.Length) % 3);
        return $"phone{number}" + part switch { 1 => "_type", 2 => "_place", _ => "" };
    }

    public static IReadOnlyList<string> RequiredNames(bool update) => [.. (update ? RequiredToUpdate : Required).Select(NameOf)];

    public static IEnumerable<string> AllNames => Names.Select(entry => entry.Names[0]);

    public static bool IsKnown(string name) => Slot(Canonical(name)) is not null;

    public static string NameOf(PlacementColumn column) => Names[(int)column].Names[0];

    /// <param name="header">The cells of the first line.</param>
    /// <param name="map">The client's saved map from its own column names to ours, or null.</param>
    /// <param name="update">The file changes accounts that are placed already: only their number is needed.</param>
    public static (PlacementColumns? Columns, ImportRefusal? Refusal) Read(IReadOnlyList<string> header, IReadOnlyDictionary<string, string>? map, bool update)
    {
        var place = new int[Names.Length + MaxPhones * 3];
        Array.Fill(place, -1);
        var ignored = new List<string>();
        for (var i = 0; i < header.Count; i++)
        {
            var name = Canonical(map is not null && map.TryGetValue(header[i].Trim(), out var mapped) ? mapped : header[i]);
            if (Slot(name) is not { } slot)
                ignored.Add(header[i].Trim());
            else if (place[slot] >= 0)
                return (null, ImportRefusal.RepeatedColumn(name));
            else
                place[slot] = i;
        }

        if (ignored.Count == header.Count)
            return (null, ImportRefusal.NoHeader());
        var missing = (update ? RequiredToUpdate : Required).Where(column => place[(int)column] < 0).Select(NameOf).ToList();
        return missing.Count > 0 ? (null, ImportRefusal.WrongColumns(missing)) : (new PlacementColumns(place, ignored, header.Count), null);
    }

    private static int? Slot(string name)
    {
        if (ByName.TryGetValue(name, out var column))
            return (int)column;
        var rest = name.StartsWith("telephone", StringComparison.Ordinal) ? name[9..] : name.StartsWith("phone", StringComparison.Ordinal) ? name[5..] : null;
        if (rest is null)
            return null;
        rest = rest.TrimStart('_');
        var digits = rest.TakeWhile(char.IsAsciiDigit).Count();
        var number = digits == 0 ? 1 : digits <= 2 ? int.Parse(rest.AsSpan(0, digits)) : 0;
        var part = rest[digits..].TrimStart('_') switch
        {
            "" or "number" or "no" => 0,
            "type" or "line_type" => 1,
            "place" or "kind" => 2,
            _ => -1,
        };
        return number is < 1 or > MaxPhones || part < 0 ? null : Names.Length + (number - 1) * 3 + part;
    }
}
