namespace Dialer.Core.Ivr;

/// <summary>What the caller, or the network on their behalf, did.</summary>
public abstract record IvrInput
{
    private IvrInput()
    {
    }

    /// <summary>The keys pressed, 0-9 and *; the finishing # is not part of it.</summary>
    public sealed record Keys(string Digits) : IvrInput;

    /// <summary>Nothing was pressed in time.</summary>
    public sealed record Silence : IvrInput;

    /// <summary>The payment session ended.</summary>
    /// <param name="Number">Which of the call's sessions, from 1: news of an earlier one may come while a later one is under way. Null: the webhook does not say.</param>
    public sealed record PaymentEnded(PaymentOutcome Outcome, int? Number = null) : IvrInput;

    /// <summary>The caller left a message of this many seconds.</summary>
    public sealed record Recorded(string RecordingSid, int Seconds) : IvrInput;

    /// <summary>The processor keeps the instrument for later charges, and named it by a token; nothing was charged. Never a digit but the last ones the gateway unmasks.</summary>
    /// <param name="Profile">The processor's customer that the token belongs to; null where it has none.</param>
    /// <param name="LastDigits">The last four digits of a card, the last two of a bank account.</param>
    /// <param name="ExpiresOn">The last day of a card; null for a bank account.</param>
    public sealed record Tokenized(string Token, string? Profile, string LastDigits, string? Brand, NodaTime.LocalDate? ExpiresOn) : IvrInput
    {
        /// <summary>Without the token: whoever holds it, and our key, can charge.</summary>
        public override string ToString() => $"tokenized …{LastDigits}";
    }

    /// <summary>No payment session could be begun: one is open on the account, or its end is not known, or the call's recording would not be paused.</summary>
    public sealed record PaymentBlocked : IvrInput;

    /// <summary>The payment rules object: <paramref name="Code"/> is the gravest reason's. Nothing was begun.</summary>
    public sealed record PaymentRefused(string Code) : IvrInput;

    /// <summary>No agent could be reserved for the transfer that was asked for.</summary>
    public sealed record NobodyFree : IvrInput;
}

/// <summary>How a payment session ended, as far as the processor said.</summary>
/// <param name="Last4">The last four digits of the instrument, as the payment gateway unmasks them.</param>
/// <param name="Certain">False: the caller left before the end was told; should the instrument have been with the processor by then, the end is unknown.</param>
public sealed record PaymentOutcome(PaymentResult Result, string? ConfirmationCode = null, string? Last4 = null, string? Brand = null, int? ErrorCode = null, bool Certain = true);

public enum PaymentResult
{
    /// <summary>The money is taken.</summary>
    Captured,

    /// <summary>The processor said no, or the caller failed to enter an instrument: nothing was taken.</summary>
    Declined,

    /// <summary>The caller stopped before anything was sent to the processor.</summary>
    Cancelled,

    /// <summary>Nobody here can say whether money was taken. Never tried again by itself.</summary>
    Unknown,
}
