using NodaTime;

namespace Dialer.Features.Imports;

/// <summary>What the rows of a file mean.</summary>
public enum FileKind
{
    /// <summary>Accounts to be worked, with their persons and telephone numbers.</summary>
    Placement,

    /// <summary>New values for accounts that are placed already. A blank cell, and a column that is not there, leaves what is stored.</summary>
    Update,

    /// <summary>Payments that debtors made to the client itself.</summary>
    Payment,

    /// <summary>Accounts that the client takes back: closed to dialling.</summary>
    Recall,

    /// <summary>Stops: no more contact with a person, or about one account.</summary>
    Cease,
}

/// <summary>Which cell of a row is what: read from a header, by canonical names, synonyms and the sender's own map.</summary>
internal abstract class ColumnSet
{
    /// <summary>How many cells each row must have.</summary>
    public abstract int Count { get; }

    /// <summary>Columns of the header that mean nothing here.</summary>
    public abstract IReadOnlyList<string> Ignored { get; }

    /// <summary>The canonical name of what the cell at a place is read as; null when it is not read.</summary>
    public abstract string? MeaningAt(int cell);

    public static (ColumnSet? Columns, ImportRefusal? Refusal) Read(FileKind kind, IReadOnlyList<string> header, IReadOnlyDictionary<string, string>? map) =>
        kind is FileKind.Placement or FileKind.Update ? PlacementColumns.Read(header, map, kind == FileKind.Update) : AccountColumns.Read(kind, header, map);

    /// <summary>Every canonical name that a header of this kind may use; phones are <c>phoneN</c>, <c>phoneN_type</c>, <c>phoneN_place</c>.</summary>
    public static IReadOnlyList<string> NamesOf(FileKind kind) =>
        kind is FileKind.Placement or FileKind.Update
            ? [.. PlacementColumns.AllNames, .. Enumerable.Range(1, PlacementColumns.MaxPhones).SelectMany(n => new[] { $"phone{n}", $"phone{n}_type", $"phone{n}_place" })]
            : [.. AccountColumns.AllNames(kind)];

    public static IReadOnlyList<string> RequiredOf(FileKind kind) => kind switch
    {
        FileKind.Placement => PlacementColumns.RequiredNames(update: false),
        FileKind.Update => PlacementColumns.RequiredNames(update: true),
        _ => AccountColumns.RequiredNames(kind),
    };

    public static bool IsKnown(FileKind kind, string name) =>
        kind is FileKind.Placement or FileKind.Update ? PlacementColumns.IsKnown(name) : AccountColumns.IsKnown(kind, name);

    /// <summary>Lower case, every run of other characters one underscore: <c>"Account Number "</c> is <c>account_number</c>.</summary>
    protected static string Canonical(string header)
    {
        var name = new System.Text.StringBuilder(header.Length);
        foreach (var c in header.Trim().TrimStart('\'').ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c))
                name.Append(c);
            else if (name.Length > 0 && name[^1] != '_')
                name.Append('_');
        }

        return name.ToString().TrimEnd('_');
    }
}
