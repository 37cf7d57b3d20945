using System.Collections.Immutable;
using NodaTime;

namespace Dialer.Core.Compliance;

/// <summary>One rule's objection.</summary>
/// <param name="Code">Stable name, "REGF_7IN7_ATTEMPTS"; codes beginning POLICY_ are the house's own.</param>
/// <param name="Citation">Where the rule is written; begins "policy after" when the house applies a law to someone it does not bind.</param>
/// <param name="PolicyRow">The row of the policy set that objected.</param>
/// <param name="ClearsAt">The earliest instant at which this rule alone stops objecting, all facts staying as they are; null: never by time.</param>
public sealed record Reason(string Code, Severity Severity, Basis Basis, string Citation, string PolicyRow, Instant? ClearsAt);

/// <summary>Something the contact must do or must not do, if it is made: say a disclosure, leave no voicemail.</summary>
/// <param name="Text">The words owed, where the row gives them; else empty.</param>
public sealed record Condition(string Code, string Citation, string PolicyRow, string Text = "");

/// <summary>The answer to "may this contact be made now?", with everything needed to explain it later.</summary>
public sealed class ContactDecision
{
    private readonly ContactRequest _request;
    private readonly ContactFacts _facts;
    private string? _factsHash;

    internal ContactDecision(ContactRequest request, ContactFacts facts)
    {
        _request = request;
        _facts = facts;
    }

    public required Verdict Verdict { get; init; }

    /// <summary>Every objection and warning, the most severe first, then by code.</summary>
    public required ImmutableArray<Reason> Reasons { get; init; }

    public required ImmutableArray<Condition> Conditions { get; init; }

    /// <summary>On a denial: the earliest instant at which every rule allows, all facts staying as they are; null when time alone will not do it.</summary>
    public required Instant? RetryAt { get; init; }

    public required string PackVersion { get; init; }

    /// <summary>Why an attempt made under this decision does not count towards the cap of seven; null when it counts.</summary>
    public required string? Exclusion { get; init; }

    /// <summary>SHA-256 over request and facts in canonical form, hex. Computed when first asked for.</summary>
    public string FactsHash => _factsHash ??= FactsFingerprint.Of(_request, _facts);

    public bool Allowed => Verdict != Verdict.Deny;
}
