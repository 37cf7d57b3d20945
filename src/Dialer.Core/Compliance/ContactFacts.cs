using System.Collections.Immutable;
using Dialer.Core.Numbers;
using NodaTime;

namespace Dialer.Core.Compliance;

/// <summary>Everything known that bears on one contact. Plain immutable data; what is not known stays unknown, and unknown denies.</summary>
/// <remarks>The order of the lists never changes a decision.</remarks>
public sealed record ContactFacts
{
    public required CollectorRole Role { get; init; }

    public required DebtClass Debt { get; init; }

    /// <summary>False when the account is paid, recalled or closed, or there is none.</summary>
    public bool AccountOpen { get; init; } = true;

    /// <summary>The debt is past its statute of limitations (12 CFR 1006.26(b)).</summary>
    public bool TimeBarred { get; init; }

    public required PhoneFacts Phone { get; init; }

    public PlaceFacts Place { get; init; } = new();

    public string Language { get; init; } = "en";

    /// <summary>Attempts of the last 31 days, in and out, on every channel, over all of the person's accounts and numbers; calls for location information from ever.</summary>
    public ImmutableArray<PastAttempt> Attempts { get; init; } = [];

    public ImmutableArray<PastConversation> Conversations { get; init; } = [];

    public ImmutableArray<ConsentFact> Consents { get; init; } = [];

    public ImmutableArray<HoldFact> Holds { get; init; } = [];

    public ImmutableArray<InconvenientTime> InconvenientTimes { get; init; } = [];

    /// <summary>Places where a call does not suit the person: "not at my mother's" (12 CFR 1006.6(b)(1)). The employer's word is <see cref="EmployerProhibits"/>.</summary>
    public ImmutableArray<PhonePlace> InconvenientPlaces { get; init; } = [];

    public ImmutableArray<ListResult> Lists { get; init; } = [];

    public PromiseFact? ActivePromise { get; init; }

    /// <summary>When the first communication about this debt took place; null when there was none.</summary>
    public Instant? FirstCommunicationAt { get; init; }

    /// <summary>When the first text, e-mail or letter about this debt left; null when none did.</summary>
    public Instant? FirstWrittenAt { get; init; }

    /// <summary>The day the notice of this debt was sent (12 CFR 1006.34), the newest that did not come back; null when none was.</summary>
    public LocalDate? ValidationSentOn { get; init; }

    /// <summary>The employer is known to forbid calls at work; null when nobody has asked.</summary>
    public bool? EmployerProhibits { get; init; }

    /// <summary>Licences held in the person's states, where the house keeps such a list; empty list with a list kept means none.</summary>
    public ImmutableArray<string>? LicensedStates { get; init; }

    /// <summary>Caller ids this installation may show; null when it keeps no such list.</summary>
    public ImmutableArray<PhoneNumber>? OwnedNumbers { get; init; }

    /// <summary>Opt-out text, first party numbers and the like are the message modules' business; this is when the person last wrote to us from this number.</summary>
    public Instant? LastTextFromPerson { get; init; }
}

/// <param name="ProtectedLine">An emergency line, a patient's room, a line whose owner pays for calls (47 USC 227(b)(1)(A)).</param>
public sealed record PhoneFacts(LineType Line, PhonePlace Place, PhoneStatus Status, string Source = "", bool ProtectedLine = false);

/// <summary>Where the person may be. A known location (they told us, and when) replaces every guess (12 CFR 1006.6(b)(1)(i), official comment).</summary>
/// <param name="Country">Of the postal address; empty reads as "US" when there is a state or ZIP.</param>
public sealed record PlaceFacts(string? State = null, string? Zip = null, string? City = null, string? Country = null, DateTimeZone? KnownZone = null, string? KnownState = null);

/// <param name="Counted">Counts as a call placed under 12 CFR 1006.14(b)(2)(i)(A). False only with a reason in <paramref name="Exclusion"/>.</param>
/// <param name="OtherPerson">Made to somebody else: counts for the line and the account, not for this person.</param>
/// <param name="Connected">Reached a person or a voicemail, whether or not a message was left (940 CMR 7.04(1)(f)).</param>
public sealed record PastAttempt(
    Instant At,
    AccountId? Account,
    PhoneNumber To,
    Channel Channel = Channel.Voice,
    bool Counted = true,
    string? Exclusion = null,
    bool ArtificialVoice = false,
    bool Inbound = false,
    bool Connected = false,
    PhonePlace Place = PhonePlace.Unknown,
    ContactPurpose Purpose = ContactPurpose.Collect,
    bool Abandoned = false,
    bool OtherPerson = false);

/// <summary>A telephone conversation, whoever placed the call. Account null: it touched every account of the person.</summary>
public sealed record PastConversation(Instant At, AccountId? Account, bool Inbound = false);

/// <param name="Number">The number it is about; empty: every number of the person.</param>
/// <param name="From">For <see cref="ConsentScope.Direct"/>: from when the person may be called; null is from <paramref name="At"/>.</param>
/// <param name="Until">For <see cref="ConsentScope.Direct"/>: exclusive end; never later than the seventh day, whatever is written here.</param>
public sealed record ConsentFact(
    Instant At, Channel Channel, ConsentKind Kind, ConsentScope Scope, PhoneNumber Number = default, AccountId? Account = null, Instant? From = null, Instant? Until = null);

/// <param name="Account">Null: every account of the person.</param>
/// <param name="Until">Exclusive; null is until somebody closes it.</param>
public sealed record HoldFact(HoldKind Kind, AccountId? Account = null, Instant? Until = null);

/// <summary>"Not before noon", "no Sundays": a daily span of the person's local time on some weekdays (12 CFR 1006.6(b)(1)).</summary>
/// <param name="Days">Weekdays it holds on; none means every day.</param>
/// <param name="From">Start, inclusive. When it is after <paramref name="To"/>, the span runs over midnight and belongs to the day it starts on.</param>
/// <param name="To">End, exclusive; equal to <paramref name="From"/> means the whole day.</param>
public sealed record InconvenientTime(ImmutableArray<IsoDayOfWeek> Days, LocalTime From, LocalTime To);

/// <summary>What an outside list answered about this number or person, and when it was asked.</summary>
/// <param name="ExpiresAt">From when the answer may no longer be relied on; null when it names no end of its own.</param>
public sealed record ListResult(OutsideList List, ListAnswer Answer, Instant CheckedAt, Instant? ExpiresAt = null);

/// <param name="Until">The first day after due date and grace: dialling about this account may resume at its start.</param>
public sealed record PromiseFact(AccountId Account, LocalDate Until);
