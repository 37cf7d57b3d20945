using System.Collections.Immutable;
using NodaTime;

namespace Dialer.Core.Compliance;

public enum PaymentMeans
{
    CreditCard,
    DebitCard,
    PrepaidCard,
    AchDebit,
    Check,
}

/// <summary>Whether money is to be taken now, or an authorization to take it is.</summary>
public enum PaymentStep
{
    Accept,
    Charge,
}

/// <summary>Where the authorization was given.</summary>
public enum AuthorizedBy
{
    Telephone,
    Web,
    Paper,
}

/// <summary>What makes a fee lawful (12 CFR 1006.22(b); 15 USC 1692f(1)).</summary>
public enum FeeBasis
{
    None,
    Contract,
    Statute,
}

/// <summary>The parts of an oral authorization of a debit (Nacha Operating Rules, TEL entries).</summary>
[Flags]
public enum TelPart
{
    None = 0,
    DebitDate = 1,
    Amount = 2,
    PayerName = 4,
    BankAccount = 8,
    TelephoneForQuestions = 16,
    AuthorizationDate = 32,
    ThatItIsAnAchDebit = 64,
    HowToRevoke = 128,
    All = 255,
}

/// <summary>One charge somebody wants to make or to schedule, with what is known about its authorization. What is not known is false, and so denies.</summary>
public sealed record PaymentRequest
{
    public PaymentStep Step { get; init; } = PaymentStep.Charge;

    public required CollectorRole Role { get; init; }

    /// <summary>Of the payer's address; null when not known: then every state's rows are asked.</summary>
    public string? State { get; init; }

    public required PaymentMeans Means { get; init; }

    public AuthorizedBy AuthorizedBy { get; init; } = AuthorizedBy.Telephone;

    /// <summary>The consumer rang us: an inbound call, or a call-back they asked for.</summary>
    public bool ConsumerPlacedCall { get; init; }

    /// <summary>A written agreement, or a purchase within two years.</summary>
    public bool ExistingRelationship { get; init; }

    public TelPart Said { get; init; }

    /// <summary>The oral authorization was recorded, or written notice goes out before settlement.</summary>
    public bool RecordedOrNotified { get; init; }

    public bool Recurring { get; init; }

    /// <summary>Authorized in writing, signed or similarly authenticated, with a copy to the consumer (12 CFR 1005.10(b)).</summary>
    public bool Signed { get; init; }

    public required Money Amount { get; init; }

    public Money Fee { get; init; } = Money.Usd(0);

    public FeeBasis FeeBasis { get; init; }

    /// <summary>The fee is charged because a card is used.</summary>
    public bool Surcharge { get; init; }

    /// <summary>What the card costs us, for the surcharge's limit; null when not known.</summary>
    public Money? CardCost { get; init; }

    public required Money Balance { get; init; }

    public Money Minimum { get; init; } = Money.Usd(0);

    /// <summary>The day the instrument or its number was accepted.</summary>
    public required LocalDate AcceptedOn { get; init; }

    public required LocalDate ScheduledOn { get; init; }

    /// <summary>The day the written reminder of a post-dated payment was sent; null when none was.</summary>
    public LocalDate? NoticeSentOn { get; init; }

    /// <summary>The amount, date, account and instrument were read back and the consumer said yes.</summary>
    public bool Confirmed { get; init; }

    public bool Bankruptcy { get; init; }

    /// <summary>The account it would be applied to is disputed.</summary>
    public bool Disputed { get; init; }

    /// <summary>The consumer, told of the bankruptcy or dispute, asked for this payment nevertheless.</summary>
    public bool ConsumerInsists { get; init; }

    /// <summary>Declined tries in this session.</summary>
    public int FailedTries { get; init; }

    /// <summary>Hours since the same amount was taken from the same instrument for the same account; null when it was not.</summary>
    public int? HoursSinceSame { get; init; }

    public bool DuplicateConfirmed { get; init; }

    /// <summary>Return code of the last ACH debit of this authorization ("R01"); null when none came back.</summary>
    public string? AchReturn { get; init; }

    /// <summary>This is that debit, presented again; not a new one.</summary>
    public bool PresentedAgain { get; init; }

    /// <summary>How often the returned debit has been presented again already.</summary>
    public int AchRetries { get; init; }
}

/// <summary>May this be charged? <paramref name="Reasons"/> name every objection.</summary>
/// <param name="Notice">The reminder owed before a post-dated charge, and when it must be sent; null when none is owed.</param>
public sealed record PaymentDecision(bool Allowed, ImmutableArray<Reason> Reasons, PostDatedNotice? Notice);
