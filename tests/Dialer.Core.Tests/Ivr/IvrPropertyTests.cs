using Dialer.Core.Ivr;
using Dialer.Core.Payments;
using static Dialer.Core.Tests.Ivr.IvrSamples;

namespace Dialer.Core.Tests.Ivr;

/// <summary>Ten thousand callers who press anything, or nothing, and whose payments end in every way.</summary>
public sealed class IvrPropertyTests
{
    private static readonly PlanOffer[] Plans = [new(1, 3, 30, 50m, 5000m), new(2, 6, 14, 0m, 900m)];
    private static readonly IvrGraph[] Flows = [OutboundFlow.Graph, OutboundFlow.Graph, InboundFlow.Graph, OutboundFlow.Version2, InboundFlow.Version2, OutboundFlow.Version1, InboundFlow.Version1];
    private static readonly SavedMethod[] Saved = [new(11, PaymentMethod.CreditCard, "visa", "4242"), new(12, PaymentMethod.AchDebit, null, "92")];
    private static readonly IvrInput Card = new IvrInput.Tokenized("pm_1", "cus_1", "4242", "visa", new NodaTime.LocalDate(2030, 12, 31));
    private static readonly string[] Keys = ["0", "1", "2", "3", "4", "5", "6", "8", "9", "*", "30301", "02291980", "4321", "99999", "50", "7*5", "1201", "123456", ""];

    [Fact]
    public void Step_TenThousandRandomCalls_EveryRuleHoldsAtEveryStep()
    {
        var visited = new HashSet<string>();
        for (var seed = 0; seed < 10_000; seed++)
            Walk(new Random(seed), visited);
        var all = Flows.SelectMany(flow => flow.Nodes.Where(node => node.Kind != IvrNodeKind.Decision).Select(node => Name(flow, node.Id)));
        all.Except(visited).ShouldBeEmpty();
    }

    [Fact]
    public void Step_OnlySilence_EveryWaitingStepEndsTheCall()
    {
        foreach (var flow in IvrFlows.All)
        {
            foreach (var node in flow.Nodes.Where(node => node.Kind is IvrNodeKind.Menu or IvrNodeKind.Entry or IvrNodeKind.Record))
            {
                var position = IvrEngine.Begin(flow, Facts(), "en", 1).Next with { Step = node.Id, Verified = true, Amount = 20, Date = Today.PlusDays(3), Ended = false };
                for (var i = 0; i < 20 && !position.Ended; i++)
                {
                    var step = IvrEngine.Step(flow, position with { Waiting = false }, new IvrInput.Silence(), Facts());
                    position = step.Effects.Any(effect => effect is IvrEffect.TransferToAgent) ? IvrEngine.Step(flow, step.Next, new IvrInput.NobodyFree(), Facts()).Next : step.Next;
                }

                position.Ended.ShouldBeTrue($"{flow.Name}/{node.Id}");
            }
        }
    }

    [Fact]
    public void Words_WithoutVerification_HoldNoDebt()
    {
        foreach (var flow in IvrFlows.All)
        {
            foreach (var node in flow.Nodes)
            {
                var position = new IvrPosition { Flow = flow.Name, Version = 1, Step = node.Id, Language = "en", AccountId = 1, PersonId = 7, Amount = 3, Date = Today, Verified = false };
                IvrWords.For(flow, position, Facts()).Keys.Intersect(IvrWords.DebtNames).ShouldBeEmpty();
            }
        }
    }

    private static void Walk(Random random, HashSet<string> visited)
    {
        var flow = Flows[random.Next(Flows.Length)];
        var facts = RandomFacts(random, flow);
        var step = IvrEngine.Begin(flow, facts, random.Next(2) == 0 ? "en" : "es", random.Next(2) == 0 ? 1 : null);
        var known = false;
        var mood = random.Next(6);
        for (var i = 0; i < 60 && !step.Next.Ended; i++)
        {
            visited.Add(Name(flow, step.Next.Step));
            var before = step.Next;
            var input = Mood(mood, step.Next.Step, random) ?? Input(random, step);
            if (input is IvrInput.Keys { Digits: "123456" } && before.Step == "account-number" && !known)
                (known, facts) = (true, facts with { Person = Facts().Person, Accounts = [Account()] });
            if (facts.Person is not null)
                before = before with { PersonId = 7 };
            step = IvrEngine.Step(flow, before, input, facts);
            Check(flow, before, step, input);
        }

        visited.Add(Name(flow, step.Next.Step));
        if (step.Next.Ended)
            step.Effects.ShouldContain(new IvrEffect.HangUp());
    }

    private static string Name(IvrGraph flow, string step) => $"{flow.Name} {flow.Version}/{step}";

    private static void Check(IvrGraph flow, IvrPosition before, IvrStep step, IvrInput input)
    {
        (before.Verified && !step.Next.Verified).ShouldBeFalse();
        if (!before.Verified && step.Next.Verified)
        {
            before.Asked.Count.ShouldBe(1);
            before.Mismatch.ShouldBeFalse();
            step.Effects.OfType<IvrEffect.ConversationStarted>().Count().ShouldBe(1);
        }

        if (!step.Next.Verified)
        {
            step.Words.Keys.Any(IvrWords.DebtNames.Contains).ShouldBeFalse();
            flow[step.Next.Step].Private.ShouldBeFalse();
            step.Effects.Any(effect => effect is IvrEffect.StartPayment or IvrEffect.CreatePromise or IvrEffect.OpenDispute or IvrEffect.OpenHardship or IvrEffect.CreatePlan or IvrEffect.RecordCallBackConsent or IvrEffect.KeepMethod or IvrEffect.RemoveMethod).ShouldBeFalse();
        }

        if (step.Effects.OfType<IvrEffect.StartPayment>().SingleOrDefault() is { } start)
        {
            before.Step.ShouldBe("pay-confirm");
            input.ShouldBe(new IvrInput.Keys(start.Keep ? "3" : "1"));
            (start.Keep && start.SavedMethodId is not null).ShouldBeFalse();
            start.SavedMethodId.ShouldBe(before.SavedMethodId);
            start.Number.ShouldBe(before.Payments + 1);
            before.Amount.ShouldBe(start.Amount.Amount);
        }

        // Nothing is kept without the key that agrees to it, and nothing is charged to it in the same step.
        if (step.Effects.OfType<IvrEffect.KeepMethod>().Any())
            before.Step.ShouldBe("pay-token");
        if (step.Next.Step == "opted-out" && before.Step != "opted-out")
            step.Effects.ShouldContain(new IvrEffect.RecordConsentRevoked());
        (step.Prompts.Count > 0 || step.Effects.Any(effect => effect is IvrEffect.TransferToAgent)).ShouldBeTrue();
    }

    /// <summary>Some callers mean one thing all along: to guess, to try every card, to promise.</summary>
    private static IvrInput? Mood(int mood, string at, Random random) => (mood, at) switch
    {
        (_, _) when random.Next(10) == 0 => null,
        (1 or 2 or 3 or 4 or 5, "open") => new IvrInput.Keys("1"),
        (5, "menu" or "choose") when random.Next(3) > 0 => new IvrInput.Keys("1"),
        (5, "pay-amount") => new IvrInput.Keys("1"),
        (5, "pay-how") => new IvrInput.Keys(random.Next(3) switch { 0 => "1", 1 => "3", _ => "6" }),
        (5, "pay-confirm") => new IvrInput.Keys(random.Next(2) == 0 ? "1" : "3"),
        (5, "method-remove") => new IvrInput.Keys(random.Next(2) == 0 ? "1" : "3"),
        (_, "pay-token") when random.Next(2) == 0 => Card,
        (1, "verify-zip") => new IvrInput.Keys("99999"),
        (1, "verify-birth-date") => new IvrInput.Keys("01011970"),
        (1, "verify-ssn") => new IvrInput.Keys("0000"),
        (2, "menu" or "pay-amount" or "pay-how" or "pay-confirm" or "pay-declined" or "choose") => new IvrInput.Keys("1"),
        (2, "pay-session") => new IvrInput.PaymentEnded(new PaymentOutcome(PaymentResult.Declined)),
        (3, "menu") => new IvrInput.Keys("2"),
        (4, "menu") => new IvrInput.Keys("5"),
        (4, "more") => new IvrInput.Keys(random.Next(3) switch { 0 => "2", 1 => "3", _ => "1" }),
        (4, "plan" or "plan-confirm" or "hardship-confirm" or "call-time") => new IvrInput.Keys("1"),
        (3, "promise-date") when random.Next(4) == 0 => new IvrInput.Keys("4"),
        (5, "pay-session" or "pay-charge") => new IvrInput.PaymentEnded(new PaymentOutcome(PaymentResult.Captured)),
        (5, "pay-done" or "plan-done") => new IvrInput.Silence(),
        (_, "voicemail") when random.Next(2) == 0 => new IvrInput.Recorded("RE1", 9),
        (3, "promise-amount") when random.Next(2) == 0 => new IvrInput.Keys("3"),
        (3, "promise-date" or "promise-amount" or "promise-confirm" or "promise-done" or "choose") => new IvrInput.Keys("1"),
        _ => null,
    };

    private static IvrInput Input(Random random, IvrStep step)
    {
        if (step.Next.Step is "agent" or "transfer")
            return new IvrInput.NobodyFree();
        if (step.Next.Step is "pay-session" or "pay-token" or "pay-charge" && random.Next(10) > 0)
        {
            return random.Next(9) switch
            {
                2 => Card,
                0 => new IvrInput.PaymentBlocked(),
                1 => new IvrInput.PaymentRefused(random.Next(2) == 0 ? "DUPLICATE_SUSPECTED" : "TEL_NOT_PERMITTED"),
                _ => new IvrInput.PaymentEnded(new PaymentOutcome((PaymentResult)random.Next(4))),
            };
        }

        return (random.Next(12), step.Next.Step) switch
        {
            (0, _) => new IvrInput.Silence(),
            (1, _) => new IvrInput.PaymentEnded(new PaymentOutcome(PaymentResult.Captured)),
            ( < 8, "verify-zip") => new IvrInput.Keys("30301"),
            ( < 8, "verify-birth-date") => new IvrInput.Keys("02291980"),
            ( < 8, "verify-ssn") => new IvrInput.Keys("4321"),
            ( < 8, "account-number") => new IvrInput.Keys("123456"),
            ( < 6, "pay-confirm" or "promise-confirm" or "open") => new IvrInput.Keys("1"),
            _ => new IvrInput.Keys(Keys[random.Next(Keys.Length)]),
        };
    }

    private static IvrFacts RandomFacts(Random random, IvrGraph flow)
    {
        var accounts = Enumerable.Range(1, random.Next(1, 8)).Select(id => Account(
            id, balance: random.Next(8) == 0 ? 0 : random.Next(1, 90_000) / 100m, pastDue: random.Next(3) == 0 ? 0 : 1m,
            disputed: random.Next(5) == 0, paymentOpen: random.Next(9) == 0, broken: random.Next(4))
            with { MinimumPayment = random.Next(2) * 25m, Settlement = random.Next(2) == 0 ? null : new SettlementOffer(id, Money.Usd(random.Next(1, 400)), Today.PlusDays(random.Next(-1, 3))) }).ToArray();
        var facts = Facts(accounts) with { InitialDisclosureGiven = random.Next(2) == 0, VerificationLocked = random.Next(20) == 0, IsOpen = random.Next(6) > 0, PaymentsLocked = random.Next(8) == 0, Plans = Plans, KeepsMethods = random.Next(3) > 0, SavedMethods = [.. Saved.Take(random.Next(3))] };
        if (flow.Name == InboundFlow.Name && random.Next(2) == 0)
            return facts with { Person = null, Accounts = [] };
        return random.Next(10) switch
        {
            0 => facts with { Person = facts.Person! with { Zip = null } },
            1 => facts with { Person = facts.Person! with { Zip = null, BirthDate = null } },
            _ => facts,
        };
    }
}
