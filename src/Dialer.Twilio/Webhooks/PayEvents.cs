using System.Globalization;
using NodaTime;

namespace Dialer.Twilio.Webhooks;

/// <summary>How a <c>Pay</c> session ended, as its action webhook says it. Holds no card digits but the last four that Twilio unmasks.</summary>
/// <param name="Result">success, too-many-failed-attempts, payment-connector-error, caller-interrupted-with-star, caller-hung-up, validation-error or internal-error.</param>
/// <param name="ErrorCode">PayErrorCode, the 64xxx family.</param>
/// <param name="InstrumentLast4">The last four digits of card or bank account.</param>
public sealed record PayResult(string CallSid, string Result, string? ConfirmationCode, int? ErrorCode, string? InstrumentLast4, string? InstrumentBrand)
{
    /// <summary>Everything a charge needs had been entered; until then nothing can have gone to the processor.</summary>
    public bool InstrumentEntered { get; init; }

    /// <summary>The session was there to have the instrument kept, and it is: nothing was charged.</summary>
    public bool IsTokenized { get; init; }

    /// <summary>What is kept, where enough of it was told to name it to its owner; else null.</summary>
    public KeptInstrument? Kept { get; init; }

    public static PayResult? From(TwilioForm form) =>
        form["CallSid"] is { } sid && form["Result"] is { } result
            ? new(sid, result, form["PaymentConfirmationCode"], FieldText.Number(form["PayErrorCode"]), PayText.Last4(form["PaymentCardNumber"] ?? form["BankAccountNumber"]), PayText.Brand(form["PaymentCardType"]))
            {
                IsTokenized = IsToken(form, result),
                Kept = IsToken(form, result) ? KeptInstrument.From(form) : null,
                InstrumentEntered = form["PaymentMethod"] == "ach-debit" ? form["BankAccountNumber"] is { Length: > 0 } && form["BankRoutingNumber"] is { Length: > 0 }
                    : form["PaymentCardNumber"] is { Length: > 0 } && form["ExpirationDate"] is { Length: > 0 } && form["SecurityCode"] is { Length: > 0 } && form["PaymentCardPostalCode"] is { Length: > 0 },
            }
            : null;

    private static bool IsToken(TwilioForm form, string result) => result == "success" && form["PaymentToken"] is { Length: > 0 } && form["PaymentConfirmationCode"] is null or "";
}

/// <summary>A card or bank account that the processor keeps, by the token it gave.</summary>
/// <param name="Profile">The processor's customer that the token belongs to.</param>
/// <param name="LastDigits">Four of a card, two of a bank account: what Twilio unmasks.</param>
/// <param name="ExpiresOn">The last day of a card.</param>
public sealed record KeptInstrument(string Token, string? Profile, string LastDigits, string? Brand, LocalDate? ExpiresOn)
{
    private const int Longest = 255;

    public static KeptInstrument? From(TwilioForm form)
    {
        var isBank = form["PaymentMethod"] == "ach-debit";
        var digits = isBank ? PayText.LastDigits(form["BankAccountNumber"]) : PayText.Last4(form["PaymentCardNumber"]);
        return digits is not null && form["PaymentToken"] is { Length: > 0 and <= Longest } token && form["ProfileId"] is null or { Length: <= Longest }
            ? new(token, form["ProfileId"] is { Length: > 0 } profile ? profile : null, digits, isBank ? null : PayText.Brand(form["PaymentCardType"]), isBank ? null : PayText.LastDay(form["ExpirationDate"]))
            : null;
    }

    /// <summary>Without the token.</summary>
    public override string ToString() => $"kept …{LastDigits}";
}

/// <summary>One step of a <c>Pay</c> session, from its status callback: what is being asked for, and what was wrong with the last entry.</summary>
public sealed record PayProgress(string CallSid, string For, int Attempt, string? ErrorType)
{
    /// <summary>The instrument is with the processor from now on.</summary>
    public bool IsProcessing => For == "payment-processing";

    public static PayProgress? From(TwilioForm form) =>
        form["CallSid"] is { } sid && form["For"] is { } field ? new(sid, field, FieldText.Number(form["Attempt"]) ?? 1, form["ErrorType"]) : null;
}

/// <summary>A callback of an agent-assisted payment session. Fields come masked, as <c>x</c> and at most the last four digits; anything less masked is not taken over.</summary>
/// <param name="Required">Fields still wanted, in the order in which to ask for them.</param>
/// <param name="Partial">Digits are still arriving.</param>
/// <param name="Result">As in <see cref="PayResult"/>; null while the session goes on.</param>
public sealed record PaymentChanged(string PaymentSid, string? Capture, bool Partial, IReadOnlyList<string> Required, IReadOnlyDictionary<string, string> Masked, string? ErrorType, string? Result)
{
    private static readonly string[] Names = ["PaymentCardNumber", "ExpirationDate", "SecurityCode", "PaymentCardPostalCode"];

    public static PaymentChanged? From(TwilioForm form) =>
        form["Sid"] is { } sid
            ? new(
                sid, form["Capture"], form["PartialResult"] == "true", (form["Required"] ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries),
                Names.Where(name => form[name] is { Length: <= 40 } text && text.Count(char.IsAsciiDigit) <= 4).ToDictionary(name => name, name => Hide(name, form[name]!), StringComparer.Ordinal),
                form["ErrorType"], form["Result"])
            : null;

    /// <summary>The last four of a card are told; of everything else no digit, also where the carrier shows it.</summary>
    private static string Hide(string name, string text) => name == Names[0] ? text : string.Concat(text.Select(c => char.IsAsciiDigit(c) ? 'x' : c));
}

internal static class PayText
{
    /// <summary>The four digits at the end of a masked number such as "xxxx-xxxxxx-x4001"; null when fewer are shown or when more than four are, which no masked number has.</summary>
    public static string? Last4(string? masked)
    {
        if (masked is null || masked.Count(char.IsAsciiDigit) > 4 || masked.Length < 4)
            return null;
        var tail = masked[^4..];
        return tail.All(char.IsAsciiDigit) ? tail : null;
    }

    /// <summary>The two to four digits at the end of a masked number such as "*******92"; null when there are fewer, or digits elsewhere.</summary>
    public static string? LastDigits(string? masked)
    {
        var tail = masked is null ? "" : new string([.. masked.Reverse().TakeWhile(char.IsAsciiDigit).Reverse()]);
        return tail.Length is >= 2 and <= 4 && masked!.Count(char.IsAsciiDigit) == tail.Length ? tail : null;
    }

    /// <summary>The last day of a month given as MMYY; null when it is none.</summary>
    public static LocalDate? LastDay(string? mmyy) =>
        mmyy is { Length: 4 } && mmyy.All(char.IsAsciiDigit) && int.Parse(mmyy[..2], CultureInfo.InvariantCulture) is >= 1 and <= 12 and var month
            ? new LocalDate(2000 + int.Parse(mmyy[2..], CultureInfo.InvariantCulture), month, 1).With(DateAdjusters.EndOfMonth)
            : null;

    public static string? Brand(string? text) => text is { Length: > 0 and <= 20 } && text.All(c => char.IsAsciiLetter(c) || c is '-' or '_') ? text : null;
}
