namespace Dialer.Twilio.Webhooks;

/// <summary>How a <c>Pay</c> session ended, as its action webhook says it. Holds no card digits but the last four that Twilio unmasks.</summary>
/// <param name="Result">success, too-many-failed-attempts, payment-connector-error, caller-interrupted-with-star, caller-hung-up, validation-error or internal-error.</param>
/// <param name="ErrorCode">PayErrorCode, the 64xxx family.</param>
/// <param name="InstrumentLast4">The last four digits of card or bank account.</param>
public sealed record PayResult(string CallSid, string Result, string? ConfirmationCode, int? ErrorCode, string? InstrumentLast4, string? InstrumentBrand)
{
    /// <summary>Everything a charge needs had been entered; until then nothing can have gone to the processor.</summary>
    public bool InstrumentEntered { get; init; }

    public static PayResult? From(TwilioForm form) =>
        form["CallSid"] is { } sid && form["Result"] is { } result
            ? new(sid, result, form["PaymentConfirmationCode"], FieldText.Number(form["PayErrorCode"]), PayText.Last4(form["PaymentCardNumber"] ?? form["BankAccountNumber"]), PayText.Brand(form["PaymentCardType"]))
            {
                InstrumentEntered = form["PaymentMethod"] == "ach-debit" ? form["BankAccountNumber"] is { Length: > 0 } && form["BankRoutingNumber"] is { Length: > 0 }
                    : form["PaymentCardNumber"] is { Length: > 0 } && form["ExpirationDate"] is { Length: > 0 } && form["SecurityCode"] is { Length: > 0 } && form["PaymentCardPostalCode"] is { Length: > 0 },
            }
            : null;
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

    public static string? Brand(string? text) => text is { Length: > 0 and <= 20 } && text.All(c => char.IsAsciiLetter(c) || c is '-' or '_') ? text : null;
}
