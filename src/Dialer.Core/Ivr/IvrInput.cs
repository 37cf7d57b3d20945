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
    public sealed record PaymentEnded(PaymentOutcome Outcome) : IvrInput;

    /// <summary>The caller left a message of this many seconds.</summary>
    public sealed record Recorded(string RecordingSid, int Seconds) : IvrInput;

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
