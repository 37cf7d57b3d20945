using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using NodaTime;

namespace Dialer.Core.Compliance;

/// <summary>What a row does. Each kind is one class of rule; the row's members are its parameters.</summary>
public enum RuleKind
{
    /// <summary>A fact that must be known: member <c>field</c>.</summary>
    DataRequired,

    /// <summary>Numbers that are never dialled: premium and unlisted destinations, bad or protected numbers.</summary>
    Destination,
    PhoneStatus,
    ProtectedLine,
    AccountOpen,
    CallerIdOwned,

    /// <summary>At most <c>max</c> contacts in <c>windowHours</c> or <c>windowDays</c>, per <c>unit</c>.</summary>
    Cap,

    /// <summary>No call for <c>days</c> calendar days after a conversation, its date being day one.</summary>
    Cooldown,

    /// <summary>Only inside <c>schedule</c>, in every zone the person may be in.</summary>
    Hours,
    InconvenientTime,

    /// <summary>Not where the person said, or it is known, that a call does not suit.</summary>
    InconvenientPlace,

    /// <summary>Holds of the kinds in <c>holds</c> stop the contact.</summary>
    Hold,

    /// <summary>Needs a consent to artificial voice in force; with <c>field</c> "Channel": to the channel itself.</summary>
    ConsentRequired,
    Revocation,
    Employer,
    OutsideList,
    SmsFreshness,
    ThirdParty,
    LocationOnce,
    ActivePromise,
    License,

    /// <summary>The notice of the debt is overdue.</summary>
    ValidationOwed,

    /// <summary>Always stops whatever the row's filters select.</summary>
    Ban,

    /// <summary>Denies nothing; adds a condition to the contact.</summary>
    Condition,

    /// <summary>Limits the pacing engine; not asked for one contact.</summary>
    Abandon,

    /// <summary>Asked for a payment, not for a contact: member <c>field</c> names what it looks at (<see cref="PaymentCheck"/>).</summary>
    Payment,
}

public enum CapUnit
{
    /// <summary>This person about this debt.</summary>
    PersonDebt,

    /// <summary>This debt, whoever is called about it.</summary>
    Account,
    Person,

    /// <summary>This telephone number.</summary>
    Line,
}

/// <summary>Which past attempts a cap counts.</summary>
public enum CapCounts
{
    /// <summary>Outbound attempts that count as calls placed.</summary>
    Counted,

    /// <summary>Those that reached a person or a voicemail, and those whose end is not known.</summary>
    Connected,

    /// <summary>Those that used an artificial voice.</summary>
    Artificial,
    Abandoned,
}

/// <summary>Local opening hours on some weekdays. <c>close</c> is exclusive; no <c>days</c> means every day.</summary>
public sealed record OpenHours
{
    public ImmutableArray<IsoDayOfWeek> Days { get; init; } = [];

    public required string Open { get; init; }

    public required string Close { get; init; }
}

/// <summary>
/// One rule as data: what it says, where it is written, how sure we are, whom it binds and from when. A row without a citation or a confidence is refused.
/// </summary>
/// <remarks>Empty filter lists select everything. Dates are local dates of <see cref="Zone"/>; <see cref="To"/> is exclusive.</remarks>
public sealed record PolicyRow
{
    public required string Id { get; init; }

    /// <summary>"HOUSE", a country ("US"), a state or province ("US-MA", "CA-ON") or a city ("US-NYC").</summary>
    public required string Jur { get; init; }

    public required RuleKind Kind { get; init; }

    /// <summary>The reason or condition code it reports.</summary>
    public required string Code { get; init; }

    public string? Cite { get; init; }

    /// <summary>"H", "M" or "L"; a row of L is never enforced as law unless <see cref="CounselSignedBy"/> says who answered for it.</summary>
    public string? Conf { get; init; }

    public Basis EnforceAs { get; init; } = Basis.Law;

    public string? CounselSignedBy { get; init; }

    public string? Note { get; init; }

    public bool Enabled { get; init; } = true;

    public string? From { get; init; }

    public string? To { get; init; }

    public string Zone { get; init; } = "America/New_York";

    /// <summary>Collector roles that the law binds; empty: all.</summary>
    public ImmutableArray<CollectorRole> Roles { get; init; } = [];

    /// <summary>Roles the house applies the same row to as policy.</summary>
    public ImmutableArray<CollectorRole> PolicyRoles { get; init; } = [];

    public ImmutableArray<DebtClass> Debts { get; init; } = [];

    public ImmutableArray<Channel> Channels { get; init; } = [];

    public ImmutableArray<ContactMode> Modes { get; init; } = [];

    public ImmutableArray<ContactPurpose> Purposes { get; init; } = [];

    public ImmutableArray<ContactPurpose> ExceptPurposes { get; init; } = [];

    public ImmutableArray<Relation> Relations { get; init; } = [];

    public ImmutableArray<Relation> ExceptRelations { get; init; } = [];

    public ImmutableArray<Numbers.LineType> Lines { get; init; } = [];

    /// <summary>Places of the number dialled. A number of unknown place is selected by every place filter.</summary>
    public ImmutableArray<PhonePlace> Places { get; init; } = [];

    /// <summary>Selects only contacts that use (true) an artificial voice.</summary>
    public bool? Artificial { get; init; }

    /// <summary>Leaves alone contacts to numbers with a consent to artificial voice in force.</summary>
    public bool UnlessConsent { get; init; }

    /// <summary>Leaves alone contacts under permission given directly to the collector (12 CFR 1006.14(b)(3)(i)).</summary>
    public bool UnlessDirectConsent { get; init; }

    public Severity? Severity { get; init; }

    // Parameters, by kind.
    public string? Field { get; init; }

    public ImmutableArray<string> Countries { get; init; } = [];

    public int? Max { get; init; }

    public int? WindowHours { get; init; }

    public int? WindowDays { get; init; }

    public CapUnit Unit { get; init; }

    public CapCounts Counts { get; init; }

    /// <summary>Channels of past attempts a cap counts; empty: those of <see cref="Channels"/>.</summary>
    public ImmutableArray<Channel> CountChannels { get; init; } = [];

    public int? Days { get; init; }

    public ImmutableArray<OpenHours> Schedule { get; init; } = [];

    /// <summary>Holiday calendar on whose days it is closed: "US".</summary>
    public string? Holidays { get; init; }

    public ImmutableArray<HoldKind> Holds { get; init; } = [];

    public OutsideList? List { get; init; }

    public int? MaxAgeDays { get; init; }

    public string? StaleCode { get; init; }

    /// <summary>For conditions: "Always", "Initial" (no earlier communication about the debt), "Subsequent", "TimeBarred" or "ValidationPeriod" (the consumer may still dispute).</summary>
    public string? When { get; init; }

    public string? Text { get; init; }

    public double? MaxRate { get; init; }

    public int? ConnectSeconds { get; init; }

    public int? RingSeconds { get; init; }
}

/// <summary>A versioned file of rows.</summary>
public sealed record PolicyPack
{
    public required string Pack { get; init; }

    /// <summary>Rises with every change; part of every decision.</summary>
    public required string Version { get; init; }

    public required ImmutableArray<PolicyRow> Rows { get; init; }
}

/// <remarks>By reflection, not generated: the generated reader ignores the initial values of init-only members, and "enabled" would read as false.</remarks>
internal static class PolicyJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false) },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };
}
