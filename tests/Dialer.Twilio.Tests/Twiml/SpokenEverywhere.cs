using System.Xml.Linq;
using Dialer.Core;
using Dialer.Core.Ivr;
using Dialer.Core.Numbers;
using Dialer.Core.Payments;
using Dialer.Twilio.Twiml;
using NodaTime;

namespace Dialer.Twilio.Tests.Twiml;

/// <summary>Every way through every version of every flow can be said in every language: no step asks for a value its state does not have.</summary>
public sealed class SpokenEverywhere
{
    private static readonly TwimlTemplates Shipped = TwimlTemplates.Load(Path.Combine(AppContext.BaseDirectory, "twiml-templates"));
    private static readonly LocalDate Today = new(2026, 11, 23);

    [Fact]
    public void Every_step_that_can_be_reached_can_be_spoken_and_every_speaking_step_is_reached()
    {
        foreach (var flow in IvrFlows.All)
        {
            // A version in between is the newest one where nothing is saved: those worlds are among the newest one's.
            if (flow.Version > 1 && flow.Version < IvrFlows.Newest(flow.Name).Version)
            {
                flow.Templates.Except(IvrFlows.Newest(flow.Name).Templates).ShouldBeEmpty($"{flow.Name} {flow.Version}");
                continue;
            }

            var said = new HashSet<string>();
            foreach (var facts in Worlds(flow))
                Explore(flow, facts, said);
            flow.Templates.Except(said).ShouldBeEmpty($"{flow.Name} {flow.Version}");
        }
    }

    private static void Explore(IvrGraph flow, IvrFacts facts, HashSet<string> said)
    {
        var seen = new HashSet<string>();
        var spoken = new HashSet<string>();
        var open = new Queue<(IvrPosition Position, int Depth)>();
        void Take(IvrStep step, int depth)
        {
            var p = step.Next;
            if (step.Prompts.Count > 0 && spoken.Add($"{string.Join(' ', step.Prompts)} {p.Verified} {p.SettlementId} {p.PlanId} {p.Method} {p.SavedMethodId} {p.Date} {p.Amount} {p.Refusal}"))
            {
                Speak(flow, step);
                said.UnionWith(step.Prompts);
            }

            if (!p.Ended && depth < 24 && seen.Add($"{p.Step} {p.Verified} {p.Tries} {p.Asked.Count} {p.Mismatch} {p.Failures} {p.SettlementId} {p.PlanId} {p.Method} {p.SavedMethodId} {p.Declines} {p.Waiting} {p.AccountId} {(p.Step == "pay-refused" ? p.Refusal : null)}"))
                open.Enqueue((p, depth));
        }

        Take(IvrEngine.Begin(flow, facts, "en", facts.Person is null ? null : 1), 0);
        while (open.TryDequeue(out var at))
        {
            foreach (var input in Inputs())
            {
                var position = at.Position is { PersonId: null, Step: "account-number" } ? at.Position with { PersonId = 7, AccountId = 1 } : at.Position;
                Take(IvrEngine.Step(flow, position, input, position.PersonId is null ? facts : facts with { Person = facts.Person ?? Somebody, Accounts = facts.Accounts.Count > 0 ? facts.Accounts : [Debt] }), at.Depth + 1);
            }
        }
    }

    private static void Speak(IvrGraph flow, IvrStep step)
    {
        foreach (var language in Shipped.Languages)
        {
            var words = new Dictionary<string, object?>(step.Words) { ["paymentReference"] = "1f2e" };
            foreach (var url in new[] { "action", "payAction", "payStatus", "chargeAction", "recordAction" })
                words[url] = "https://calls.example.com/" + url;
            XDocument.Parse(Shipped.Render(language, flow.Name, step.Prompts, words)).Root!.Value.ShouldNotContain("{");
        }
    }

    private static IEnumerable<IvrInput> Inputs()
    {
        foreach (var keys in new[] { "0", "1", "2", "3", "4", "5", "6", "9", "30301", "02291980", "99999", "01011970", "50", "1201", "77001", "4321" })
            yield return new IvrInput.Keys(keys);
        yield return new IvrInput.Silence();
        yield return new IvrInput.NobodyFree();
        yield return new IvrInput.Recorded("RE1", 4);
        foreach (var result in Enum.GetValues<PaymentResult>())
            yield return new IvrInput.PaymentEnded(new PaymentOutcome(result, "K7"));
        yield return new IvrInput.Tokenized("pm_1", "cus_1", "4242", "visa", null);
        yield return new IvrInput.PaymentBlocked();
        foreach (var code in new[] { "TEL_NOT_PERMITTED", "DUPLICATE_SUSPECTED", "PAY_ATTEMPT_LIMIT" })
            yield return new IvrInput.PaymentRefused(code);
    }

    private static IEnumerable<IvrFacts> Worlds(IvrGraph flow)
    {
        var rich = new IvrFacts(
            new IvrBusiness("Northfield Services", PhoneNumber.Parse("+18005550199"), "Jordan Reed", true), Somebody, [Debt, Debt with { Id = 2 }], IvrPolicy.Default, Today, ["en", "es"])
        {
            Plans = [new PlanOffer(1, 3, 30, 1m, 5000m)], Queue = new QueuePlace(3, 4),
        };
        yield return rich;
        yield return rich with { InitialDisclosureGiven = true, Queue = null, Accounts = [Debt] };
        yield return rich with { Accounts = [Debt with { PaymentOpen = true }] };
        yield return rich with { PaymentsLocked = true, IsOpen = false };
        yield return rich with { Accounts = [Debt with { Disputed = true }] };
        yield return rich with { VerificationLocked = true };
        if (flow.Version >= 3)
            yield return rich with { KeepsMethods = true, SavedMethods = [new SavedMethod(1, PaymentMethod.CreditCard, "visa", "4242")], Accounts = [Debt with { MinimumPayment = 0, Settlement = null }], Plans = [] };
        yield return rich with { Person = Somebody with { Zip = null } };
        if (flow.Name == InboundFlow.Name)
            yield return rich with { Person = null, Accounts = [] };
    }

    private static IvrPerson Somebody { get; } = new(7, "Maria", "Lopez", "en", "30301", new LocalDate(1980, 2, 29), "4321");

    private static IvrAccount Debt { get; } = new(1, "Acme Broadband", Money.Usd(340.25m), Money.Usd(300m), false, false, 0)
    {
        MinimumPayment = 35m, Settlement = new SettlementOffer(1, Money.Usd(200m), Today.PlusDays(9)),
    };
}
