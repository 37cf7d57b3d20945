using System.Globalization;
using NodaTime;
using NodaTime.Text;

namespace Dialer.Features.Payments;

/// <summary>What one line of the processor's file says happened.</summary>
public enum ProcessorLineKind
{
    /// <summary>Money was taken.</summary>
    Charge,

    /// <summary>The instrument was refused; nothing was taken.</summary>
    Declined,

    /// <summary>Money we gave back.</summary>
    Refund,

    /// <summary>Money the customer's bank took back: a chargeback, or a returned debit.</summary>
    Return,
}

/// <summary>One line of the processor's file. <paramref name="Reference"/> is the description we gave the session (<see cref="PaymentStore.ReferenceOf"/>).</summary>
public sealed record ProcessorLine(string Reference, string? ConfirmationCode, decimal Amount, ProcessorLineKind Kind);

/// <summary>The processor's whole file for [<paramref name="From"/>, <paramref name="Until"/>), by the time it handled each line.</summary>
/// <remarks>
/// Text: a first line <c># from=2026-11-22T00:00:00Z until=2026-11-23T00:00:00Z</c>, a second line <c>reference,confirmation,kind,amount</c>, then one line each,
/// kind being charge, declined, refund or return, amount in units with a point.
/// </remarks>
public sealed record ProcessorFile(IReadOnlyList<ProcessorLine> Lines, Instant From, Instant Until)
{
    private const string Columns = "reference,confirmation,kind,amount";

    /// <exception cref="FormatException">The text is no such file; the message names the line.</exception>
    public static ProcessorFile Parse(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        if (lines.Length < 2 || !lines[0].StartsWith("# ", StringComparison.Ordinal) || lines[1].Trim() != Columns)
            throw new FormatException($"The file must begin with '# from=<instant> until=<instant>' and then '{Columns}'.");
        var period = lines[0][2..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
        var (from, until) = (Time(period, "from"), Time(period, "until"));
        if (until <= from)
            throw new FormatException("Line 1: until must be after from.");
        return new ProcessorFile([.. lines.Skip(2).Select((line, i) => (line, Number: i + 3)).Where(x => x.line.Trim().Length > 0).Select(x => Line(x.line, x.Number))], from, until);
    }

    private static Instant Time(Dictionary<string, string> period, string name) =>
        period.TryGetValue(name, out var text) && InstantPattern.ExtendedIso.Parse(text) is { Success: true } parsed
            ? parsed.Value
            : throw new FormatException($"Line 1: {name}= must be an instant such as 2026-11-22T00:00:00Z.");

    private static ProcessorLine Line(string line, int number)
    {
        var fields = line.Split(',');
        if (fields.Length != 4 || fields[0].Trim().Length == 0)
            throw new FormatException($"Line {number}: there must be four fields.");
        if (!Enum.TryParse<ProcessorLineKind>(fields[2].Trim(), ignoreCase: true, out var kind) || !Enum.IsDefined(kind))
            throw new FormatException($"Line {number}: '{fields[2]}' is not charge, declined, refund or return.");
        if (!decimal.TryParse(fields[3].Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) || decimal.Round(amount, 2) != amount)
            throw new FormatException($"Line {number}: '{fields[3]}' is not an amount.");
        return new ProcessorLine(fields[0].Trim(), fields[1].Trim() is { Length: > 0 } code ? code : null, amount, kind);
    }
}
