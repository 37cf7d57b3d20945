using Dialer.Core.Numbers;
using Dialer.Core.Payments;
using NodaTime;

namespace Dialer.Core.Ivr;

/// <summary>What the engine may know at one step, read fresh for it.</summary>
/// <param name="Person">Whom the caller claims to be; null when nobody is claimed or the claim names nobody.</param>
/// <param name="Accounts">The person's open accounts, the one dialled about first.</param>
/// <param name="Today">The date where the person is.</param>
public sealed record IvrFacts(
    IvrBusiness Business, IvrPerson? Person, IReadOnlyList<IvrAccount> Accounts, IvrPolicy Policy, LocalDate Today, IReadOnlyList<string> Languages)
{
    /// <summary>Too many failures lately, in this account, from this number or overall: verification is not offered.</summary>
    public bool VerificationLocked { get; init; }

    /// <summary>False for a withheld number: there is nothing yet that an opt-out could be stored for.</summary>
    public bool CallerNumberKnown { get; init; } = true;

    /// <summary>An earlier communication carried the whole initial disclosure, to its end (12 CFR 1006.18(e)).</summary>
    public bool InitialDisclosureGiven { get; init; }

    /// <summary>The time of day where the person is.</summary>
    public LocalTime Clock { get; init; } = LocalTime.Noon;

    /// <summary>Somebody works at this hour. After hours nobody is looked for.</summary>
    public bool IsOpen { get; init; } = true;

    /// <summary>Too many cards were declined lately on the account or from this number: the machine takes no payment today.</summary>
    public bool PaymentsLocked { get; init; }

    /// <summary>The person asked for receipts by e-mail; else they come by letter.</summary>
    public bool ReceiptsByEmail { get; init; }

    /// <summary>The client's catalogue of payment plans.</summary>
    public IReadOnlyList<PlanOffer> Plans { get; init; } = [];

    /// <summary>What the person had the processor keep, the newest first. Only of a verified caller.</summary>
    public IReadOnlyList<SavedMethod> SavedMethods { get; init; } = [];

    /// <summary>The processor can be asked to keep an instrument and to charge what it keeps.</summary>
    public bool KeepsMethods { get; init; }

    /// <summary>Where this caller stands in the queue for an agent; null when nobody can say.</summary>
    public QueuePlace? Queue { get; init; }
}

/// <param name="Position">1 is next.</param>
/// <param name="Minutes">The estimated wait; null when there is no estimate.</param>
public sealed record QueuePlace(int Position, int? Minutes);

/// <param name="SpokenName">The registered name said on calls; it must not reveal collections.</param>
/// <param name="ContactName">The natural person, or traceable alias, a message asks to call back.</param>
/// <param name="ThirdPartyCollector">A debt collector under the FDCPA: the mini-Miranda is owed.</param>
public sealed record IvrBusiness(string SpokenName, PhoneNumber CallBack, string ContactName, bool ThirdPartyCollector);

public sealed record IvrPerson(long Id, string FirstName, string LastName, string Language, string? Zip, LocalDate? BirthDate, string? SsnLast4)
{
    public bool Has(Identifier identifier) => identifier switch
    {
        Identifier.Zip => Zip is not null,
        Identifier.BirthDate => BirthDate is not null,
        _ => SsnLast4 is not null,
    };
}

/// <param name="Disputed">Under dispute: never paid, promised or talked about by the machine (15 USC 1692h).</param>
/// <param name="PaymentOpen">A payment is under way or its end is not known.</param>
/// <param name="BrokenPromises">Promises broken on this account so far.</param>
public sealed record IvrAccount(long Id, string Creditor, Money Balance, Money PastDue, bool Disputed, bool PaymentOpen, int BrokenPromises)
{
    /// <summary>The least the creditor asks for now; zero when it asks for nothing less than the balance.</summary>
    public decimal MinimumPayment { get; init; }

    /// <summary>A settlement on offer that is still good today.</summary>
    public SettlementOffer? Settlement { get; init; }

    /// <summary>A payment plan is agreed or waits for its signature.</summary>
    public bool HasPlan { get; init; }
}

/// <summary>A card or bank account that the processor keeps for the person: what may be said of it.</summary>
/// <param name="Brand">"visa"; null for a bank account.</param>
/// <param name="LastDigits">Four of a card, two of a bank account.</param>
public sealed record SavedMethod(long Id, PaymentMethod Method, string? Brand, string LastDigits);

/// <summary>The limits a client sets for its IVR.</summary>
public sealed record IvrPolicy
{
    public static readonly IvrPolicy Default = new();

    /// <summary>In the order they are asked; the first two the person has are used.</summary>
    public IReadOnlyList<Identifier> Identifiers { get; init; } = [Identifier.Zip, Identifier.BirthDate, Identifier.SsnLast4];

    /// <summary>Rounds of verification a call may fail.</summary>
    public int MaxFailures { get; init; } = 3;

    /// <summary>The least that can be paid or promised, unless the balance is smaller.</summary>
    public decimal MinimumAmount { get; init; } = 5m;

    /// <summary>The farthest day a promise may name, counted from today.</summary>
    public int MaxPromiseDays { get; init; } = 30;

    /// <summary>With this many broken promises the machine takes no more; a person may.</summary>
    public int MaxBrokenPromises { get; init; } = 2;

    /// <summary>Declined sessions a call may have: three failed cards stop the carding.</summary>
    public int MaxDeclines { get; init; } = 3;

    public bool TakesBankAccounts { get; init; } = true;
}
