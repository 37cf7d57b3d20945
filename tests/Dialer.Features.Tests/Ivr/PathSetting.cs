using Dialer.Core;
using Dialer.Core.Ivr;
using Dialer.Core.Numbers;
using Dialer.Core.Payments;
using NodaTime;

namespace Dialer.Features.Tests.Ivr;

/// <summary>How things stand when a scripted call begins: whose call it is, what they owe, and what the house can do for them. The same to the model, as facts, and to the database, as rows.</summary>
/// <param name="Flow">The flow the call begins with.</param>
internal sealed record PathSetting(string Name, string Flow)
{
    public const decimal Owed = 340.25m;
    public const decimal NotYetDue = 100m;
    public const decimal Least = 25m;
    public const decimal Settled = 120m;

    /// <summary>An amount that was paid some hours ago where <see cref="PaidToday"/>.</summary>
    public const decimal PaidBefore = 50m;

    /// <summary>Instruments that the processor of this network has never heard of; what it keeps in a call has higher numbers.</summary>
    public static readonly SavedMethod[] Foreign = [new(1, PaymentMethod.CreditCard, "mastercard", "4444"), new(2, PaymentMethod.AchDebit, null, "92")];

    public static readonly PlanOffer[] Plans = [new(1, 3, 30, 0m, 5000m), new(2, 6, 14, 0m, 5000m), new(3, 12, 30, 0m, 5000m)];

    public int Accounts { get; init; } = 1;

    /// <summary>On so many of the accounts, the first ones, nothing is owed.</summary>
    public int Paid { get; init; }

    /// <summary>The first account has a settlement on offer, a minimum, a part that is not yet due; and the client has three plans.</summary>
    public bool Offers { get; init; }

    /// <summary>How many of <see cref="Foreign"/> are saved.</summary>
    public int Saved { get; init; }

    /// <summary>What is not on record: "zip", "birth".</summary>
    public string Lacks { get; init; } = "";

    /// <summary>The number is nobody's: the caller is found by account number.</summary>
    public bool Stranger { get; init; }

    /// <summary>Nobody is free, and there is no room left in the line.</summary>
    public bool Nobody { get; init; }

    public bool Closed { get; init; }

    /// <summary>The identity questions about the person were failed too often in this hour.</summary>
    public bool Locked { get; init; }

    /// <summary>Cards declined earlier today, on other calls.</summary>
    public int DeclinedBefore { get; init; }

    /// <summary>An earlier payment whose end is not known.</summary>
    public bool PaymentOpen { get; init; }

    public bool BrokenPromises { get; init; }

    public bool PaidToday { get; init; }

    /// <summary>The bank sent an earlier debit back: the person had not authorized it.</summary>
    public bool DebitReturned { get; init; }

    /// <summary>What every call of this setting does first, by the moves' names: the way to a place that is far from everything else.</summary>
    public string[] Begins { get; init; } = [];

    /// <summary>Whoever calls and what they owe, as the engine is told once it knows them.</summary>
    public IvrFacts Facts(string language) => new(
        new IvrBusiness("Northfield Services", PhoneNumber.Parse(CallerNetwork.Ours), "Jordan Reed", ThirdPartyCollector: true),
        new IvrPerson(7, "Maria", "Lopez", language, Lacks.Contains("zip", StringComparison.Ordinal) ? null : "30301", Lacks.Contains("birth", StringComparison.Ordinal) ? null : new LocalDate(1980, 2, 29), "4321"),
        [.. Enumerable.Range(1, Accounts).Select(Account)],
        IvrPolicy.Default, new LocalDate(2026, 6, 10), ["en", "es"])
    {
        VerificationLocked = Locked,
        Clock = new LocalTime(15, 0, 30),
        IsOpen = !Closed,
        PaymentsLocked = DeclinedBefore >= 3,
        Plans = Offers ? Plans : [],
        KeepsMethods = true,
        SavedMethods = [.. Foreign.Take(Saved)],
    };

    private IvrAccount Account(int id)
    {
        var owed = id <= Paid ? 0 : Owed;
        return new IvrAccount(id, $"Creditor {id}", Money.Usd(owed), Money.Usd(Offers && id == 1 ? owed - NotYetDue : owed), false, PaymentOpen && id == 1, BrokenPromises ? 2 : 0)
        {
            MinimumPayment = Offers && id == 1 ? Least : 0,
            Settlement = Offers && id == 1 ? new SettlementOffer(1, Money.Usd(Settled), new LocalDate(2026, 6, 30)) : null,
        };
    }
}

/// <summary>The settings that together let callers come everywhere.</summary>
internal static class PathSettings
{
    private static readonly string[] Verifies = ["1", "30301", "02291980"];
    private static readonly string[] PaysWhole = ["1", "1", "1", "1"];

    /// <summary>Two cards declined, and asked whether to try again.</summary>
    private static readonly string[] TwiceDeclined = [.. Verifies, .. PaysWhole, "declined", "1", "1", "1", "declined"];

    /// <summary>Three cards declined; then a promise that is overtaken by a payment leads back to the menu, and from there to a plan, to which the payment rules object.</summary>
    private static readonly string[] ThriceDeclined = [.. TwiceDeclined, "1", "1", "1", "declined", "2", "1", "1", "1, paid elsewhere", "5", "1", "1"];

    public static IReadOnlyList<PathSetting> All { get; } =
    [
        .. new[] { OutboundFlow.Name, InboundFlow.Name }.SelectMany(Talking),
        new("an unknown number", InboundFlow.Name) { Stranger = true },
        new("a debit came back unauthorized", InboundFlow.Name) { Begins = [.. Verifies, "1", "1", "2", "1"], DebitReturned = true, Nobody = true },
        new("a machine", "machine"),
        new("nobody came in time", "abandoned"),
    ];

    private static IEnumerable<PathSetting> Talking(string flow) =>
    [
        new("nobody free", flow) { Nobody = true, Offers = true },
        new("a line to wait in", flow) { Offers = true },
        new("after hours", flow) { Closed = true, Offers = true },
        new("something saved", flow) { Begins = [.. Verifies, "1", "1", "3", "1"], Saved = 2, Nobody = true },
        new("one card saved", flow) { Saved = 1, Nobody = true },
        new("paid the same today", flow) { Begins = [.. Verifies, "1", "3", "50", "3", "1"], PaidToday = true, Saved = 2, Nobody = true },
        new("paid the same today, nothing saved", flow) { PaidToday = true, Nobody = true },
        new("one card declined today", flow) { Begins = TwiceDeclined, DeclinedBefore = 1, Nobody = true },
        new("three cards declined today", flow) { DeclinedBefore = 3, Nobody = true },
        new("two cards declined in this call", flow) { Begins = TwiceDeclined, Nobody = true },
        new("three cards declined in this call", flow) { Begins = ThriceDeclined, Offers = true, Nobody = true },
        new("a payment under way", flow) { PaymentOpen = true, Nobody = true },
        new("promises broken", flow) { BrokenPromises = true, Nobody = true },
        new("several debts", flow) { Accounts = 7, Paid = 1, Nobody = true },
        new("one debt of two", flow) { Accounts = 2, Paid = 1, Nobody = true },
        new("nothing to pay", flow) { Paid = 1, Nobody = true },
        new("no ZIP code on record", flow) { Lacks = "zip", Nobody = true },
        new("too little on record", flow) { Lacks = "zip birth", Nobody = true },
        new("failed too often", flow) { Locked = true },
    ];
}
