using System.Collections.Immutable;
using Dialer.Core.Compliance;
using Dialer.Core.Numbers;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;

namespace Dialer.Core.Tests.Compliance;

/// <summary>What holds for every set of facts, whatever the rules say.</summary>
public class PropertyTests
{
    private static readonly Instant Base = Given.At("2026-03-04 00:00");
    private static readonly string[] AreaCodes = ["213", "212", "928", "850", "808", "907", "671", "787", "202", "617", "206", "305", "800"];
    private static readonly (string? State, string? Zip)[] Addresses = [("CA", "90001"), ("NY", "10001"), ("AZ", "86503"), ("FL", "32401"), ("MA", "02108"), (null, null), ("HI", "96813"), ("IN", "47586")];

    /// <summary>Facts from a seed: small counts, times that crowd the edges of windows, two debts, several channels.</summary>
    private static (ContactRequest Request, ContactFacts Facts, Instant Now) Case(int seed)
    {
        var r = new Random(seed);
        var now = Base + Duration.FromMinutes(r.Next(0, 60 * 24 * 20));
        T Any<T>(params T[] values) => values[r.Next(values.Length)];
        Instant Past(int days) => now - Duration.FromMinutes(r.Next(0, 60 * 24 * days));
        AccountId? Debt() => Any<AccountId?>(Given.Debt, new AccountId(11), null);
        var to = PhoneNumber.Parse($"+1{Any(AreaCodes)}5550123");
        var (state, zip) = Any(Addresses);
        var request = new ContactRequest(Given.Person, Given.Debt, to, Any<ContactMode>(Enum.GetValues<ContactMode>()), Any(ContactPurpose.Collect, ContactPurpose.Collect, ContactPurpose.CallbackRequested, ContactPurpose.LegalNotice, ContactPurpose.Servicing),
            Any(Channel.Voice, Channel.Voice, Channel.Voice, Channel.Sms, Channel.Email, Channel.Letter));
        var facts = new ContactFacts
        {
            Role = Any(CollectorRole.ThirdParty, CollectorRole.FirstParty, CollectorRole.DebtBuyer),
            Debt = DebtClass.Consumer,
            Phone = new PhoneFacts(Any<LineType>(Enum.GetValues<LineType>()), Any(PhonePlace.Home, PhonePlace.Personal, PhonePlace.Work, PhonePlace.Unknown), PhoneStatus.Active),
            Place = new PlaceFacts(state, zip),
            EmployerProhibits = Any<bool?>(null, false, true),
            Attempts = [.. Enumerable.Range(0, r.Next(0, 9)).Select(_ => new PastAttempt(Past(9), Debt(), to, Any(Channel.Voice, Channel.Voice, Channel.Sms, Channel.Email), Counted: r.Next(4) > 0, Connected: r.Next(2) == 0, ArtificialVoice: r.Next(2) == 0, Inbound: r.Next(6) == 0))],
            Conversations = [.. Enumerable.Range(0, r.Next(0, 2)).Select(_ => new PastConversation(Past(10), Debt()))],
            Consents =
            [
                .. Enumerable.Range(0, r.Next(0, 4)).Select(_ => new ConsentFact(
                    Past(10), Any(Channel.Voice, request.Channel), r.Next(5) == 0 ? ConsentKind.Revoked : ConsentKind.Granted, Any(ConsentScope.All, ConsentScope.ArtificialVoice, ConsentScope.Direct),
                    From: r.Next(2) == 0 ? now + Duration.FromHours(r.Next(-40, 90)) : null)),
            ],
            Holds = [.. Enumerable.Range(0, r.Next(0, 2)).Select(_ => new HoldFact(Any(HoldKind.Hardship, HoldKind.Dispute, HoldKind.Cease), Debt(), r.Next(3) == 0 ? null : now + Duration.FromHours(r.Next(-20, 200))))],
            InconvenientTimes = [.. Enumerable.Range(0, r.Next(0, 3)).Select(_ => new InconvenientTime(r.Next(2) == 0 ? [] : [IsoDayOfWeek.Sunday, IsoDayOfWeek.Monday], new LocalTime(r.Next(24), 0), new LocalTime(r.Next(24), 30)))],
            // Two answers of one instant, worse and better, in either order.
            Lists =
            [
                .. Enumerable.Range(0, r.Next(0, 4)).Select(_ => new ListResult(
                    Any(OutsideList.ReassignedNumbers, OutsideList.Bankruptcy, OutsideList.Litigators), Any(ListAnswer.Clear, ListAnswer.Clear, ListAnswer.NoData, ListAnswer.Listed),
                    now - Duration.FromDays(Any(1, 29, 31)), Any<Instant?>(null, now + Duration.FromDays(2)))),
            ],
            LicensedStates = r.Next(3) == 0 ? ["NY", "CA", "AZ"] : null,
            FirstCommunicationAt = r.Next(2) == 0 ? Past(60) : null,
            ValidationSentOn = r.Next(2) == 0 ? now.InUtc().Date.PlusDays(-r.Next(60)) : null,
            ActivePromise = r.Next(5) == 0 ? new PromiseFact(Given.Debt, now.InUtc().Date.PlusDays(r.Next(-2, 6))) : null,
            InconvenientPlaces = r.Next(6) == 0 ? [PhonePlace.Work, PhonePlace.Home] : [],
        };
        return (request, facts, now);
    }

    private static void ForAll(int cases, Action<int> property) => Check.One(Config.QuickThrowOnFailure.WithMaxTest(cases), Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue - 1)), seed => { property(seed); return true; }));

    [Fact]
    public void AddingARule_NeverAllowsMore() => ForAll(300, seed =>
    {
        var (request, facts, now) = Case(seed);
        var one = PolicySet.Shipped.Packs.SelectMany(p => p.Rows).ElementAt(seed % PolicySet.Shipped.Rows.Count());
        var fewer = PolicySet.Shipped.WithRow(one with { Enabled = false }, PolicySet.Shipped.Packs.First(p => p.Rows.Contains(one)).Pack, "test");

        if (ComplianceEngine.Evaluate(request, facts, PolicySet.Shipped, now).Allowed)
            ComplianceEngine.Evaluate(request, facts, fewer, now).Allowed.ShouldBeTrue();
    });

    [Fact]
    public void OneMoreAttempt_NeverMakesADenialAnAllowance() => ForAll(500, seed =>
    {
        var (request, facts, now) = Case(seed);
        if (facts.Decide(request, now).Allowed)
            return;
        var more = facts.With(new PastAttempt(now - Duration.FromMinutes(seed % 20000), Given.Debt, request.To, Counted: seed % 2 == 0, Connected: true));
        more.Decide(request, now).Allowed.ShouldBeFalse();
    });

    [Fact]
    public void AnyOrderOfTheSameFacts_GivesTheSameDecision() => ForAll(500, seed =>
    {
        var (request, facts, now) = Case(seed);
        var shuffled = facts with
        {
            Attempts = Reversed(facts.Attempts), Conversations = Reversed(facts.Conversations), Consents = Reversed(facts.Consents), Holds = Reversed(facts.Holds),
            InconvenientTimes = Reversed(facts.InconvenientTimes), InconvenientPlaces = Reversed(facts.InconvenientPlaces), Lists = Reversed(facts.Lists), LicensedStates = facts.LicensedStates is { } held ? Reversed(held) : null,
        };
        var (one, two) = (facts.Decide(request, now), shuffled.Decide(request, now));

        two.Verdict.ShouldBe(one.Verdict);
        two.Reasons.ShouldBe(one.Reasons);
        two.RetryAt.ShouldBe(one.RetryAt);
        two.FactsHash.ShouldBe(one.FactsHash);
        two.Conditions.ShouldBe(one.Conditions);
    });

    /// <summary>The oracle asks again and again; the engine jumps.</summary>
    [Fact]
    public void RetryAt_IsCallable_AndNothingBeforeItIs() => ForAll(60, seed =>
    {
        var (request, facts, now) = Case(seed);
        var decision = facts.Decide(request, now);
        if (decision.Allowed)
            return;
        bool Callable(Instant at) => ComplianceEngine.Allows(request, facts, PolicySet.Shipped, at);
        var step = decision.RetryAt is null ? Duration.FromMinutes(61) : Duration.FromMinutes(13);
        for (var at = now; at < (decision.RetryAt ?? now + Duration.FromDays(20)); at += step)
            Callable(at).ShouldBeFalse($"seed {seed}: callable at {at}, but retryAt is {decision.RetryAt}");
        if (decision.RetryAt is not { } retry)
            return;
        Callable(retry).ShouldBeTrue($"seed {seed}: not callable at {retry}");
        Callable(retry - Duration.Epsilon).ShouldBeFalse($"seed {seed}: callable before {retry}");
    });

    private static ImmutableArray<T> Reversed<T>(ImmutableArray<T> values) => [.. values.Reverse()];
}
