using System.Globalization;
using Dialer.Core.Payments;
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

    /// <summary>A returned debit was presented again, and paid.</summary>
    Retry,
}

/// <summary>One line of the processor's file. <paramref name="Reference"/> is the description we gave the session (<see cref="PaymentStore.ReferenceOf"/>).</summary>
/// <param name="ReturnCode">Of a returned debit: the bank's reason, "R01"; null when the file does not say.</param>
public sealed record ProcessorLine(string Reference, string? ConfirmationCode, decimal Amount, ProcessorLineKind Kind, string? ReturnCode = null);

/// <summary>The processor's whole file for [<paramref name="From"/>, <paramref name="Until"/>), by the time it handled each line.</summary>
/// <remarks>
/// Text: a first line <c># from=2026-11-22T00:00:00Z until=2026-11-23T00:00:00Z</c>, a second line <c>reference,confirmation,kind,amount</c>, then one line each,
/// kind being charge, declined, refund, return or retry, amount in units with a point. A second line that ends in <c>,code</c> announces a fifth field: the return code.
/// A retry needs its own confirmation, by which it is counted once,
/// as is each return of one debit. Lines stand in the order in which the processor handled them.
/// </remarks>
public sealed record ProcessorFile(IReadOnlyList<ProcessorLine> Lines, Instant From, Instant Until)
{
    private const string Columns = "reference,confirmation,kind,amount";
    private const string ColumnsWithCode = Columns + ",code";

    /// <exception cref="FormatException">The text is no such file; the message names the line.</exception>
    public static ProcessorFile Parse(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        if (lines.Length < 2 || !lines[0].StartsWith("# ", StringComparison.Ordinal) || lines[1].Trim() is not (Columns or ColumnsWithCode))
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
        if (fields.Length is not (4 or 5) || fields[0].Trim().Length == 0)
            throw new FormatException($"Line {number}: there must be four fields, or five with the return code.");
        if (!Enum.TryParse<ProcessorLineKind>(fields[2].Trim(), ignoreCase: true, out var kind) || !Enum.IsDefined(kind))
            throw new FormatException($"Line {number}: '{fields[2]}' is not charge, declined, refund, return or retry.");
        if (!decimal.TryParse(fields[3].Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) || decimal.Round(amount, 2) != amount)
            throw new FormatException($"Line {number}: '{fields[3]}' is not an amount.");
        var reason = fields.Length == 5 && fields[4].Trim() is { Length: > 0 } text ? text : null;
        if (reason is not null && (kind != ProcessorLineKind.Return || !AchReturn.IsCode(reason)))
            throw new FormatException($"Line {number}: '{reason}' is not a return code such as R01, or the line is no return.");
        var confirmation = fields[1].Trim() is { Length: > 0 } code ? code : null;
        if (kind == ProcessorLineKind.Retry && confirmation is null)
            throw new FormatException($"Line {number}: a retry needs its own confirmation.");
        return new ProcessorLine(fields[0].Trim(), confirmation, amount, kind, reason);
    }
}
