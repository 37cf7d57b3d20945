using System.Collections.Immutable;
using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Core.Numbers;
using NodaTime;
using NodaTime.Text;

namespace Dialer.Core.Tests.Compliance;

/// <summary>A consumer in Los Angeles with one open third-party debt and a cell phone that consented to nothing, to be varied by each test.</summary>
internal static class Given
{
    public static readonly PersonId Person = new(1);
    public static readonly AccountId Debt = new(10);
    public static readonly PhoneNumber LosAngeles = PhoneNumber.Parse("+12135550123");
    public static readonly PhoneNumber NewYork = PhoneNumber.Parse("+12125550123");

    public static readonly ContactRequest Preview = new(Person, Debt, LosAngeles, ContactMode.Preview);

    public static readonly ContactFacts Facts = new()
    {
        Role = CollectorRole.ThirdParty,
        Debt = DebtClass.Consumer,
        Phone = new PhoneFacts(LineType.Wireless, PhonePlace.Personal, PhoneStatus.Active),
        Place = new PlaceFacts("CA", "90001"),
    };

    public static DateTimeZone Zone(string id) => DateTimeZoneProviders.Tzdb[id];

    /// <summary>A local time: "2026-06-08 08:01" in a zone, Los Angeles unless told.</summary>
    public static Instant At(string local, string zone = "America/Los_Angeles") =>
        LocalDateTimePattern.CreateWithInvariantCulture(local.Length == 16 ? "uuuu-MM-dd HH:mm" : "uuuu-MM-dd HH:mm:ss").Parse(local).GetValueOrThrow()
            .InZoneLeniently(Zone(zone)).ToInstant();

    public static PastAttempt Call(Instant at, bool counted = true) => new(at, Debt, LosAngeles, Counted: counted, Exclusion: counted ? null : "NotConnected");

    public static ConsentFact Granted(Instant at, ConsentScope scope = ConsentScope.All) => new(at, Channel.Voice, ConsentKind.Granted, scope);

    public static ContactDecision Decide(this ContactFacts facts, ContactRequest request, Instant now) => ComplianceEngine.Evaluate(request, facts, PolicySet.Shipped, now);

    public static ContactDecision Decide(this ContactFacts facts, Instant now) => facts.Decide(Preview, now);

    public static ContactFacts With(this ContactFacts facts, params PastAttempt[] attempts) => facts with { Attempts = facts.Attempts.AddRange(attempts) };

    public static ImmutableArray<string> Codes(this ContactDecision decision) => [.. decision.Reasons.Where(r => r.Severity != Severity.Warn).Select(r => r.Code)];
}
