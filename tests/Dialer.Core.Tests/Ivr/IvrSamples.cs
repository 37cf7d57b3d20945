using Dialer.Core;
using Dialer.Core.Ivr;
using Dialer.Core.Numbers;
using NodaTime;

namespace Dialer.Core.Tests.Ivr;

/// <summary>A business, a person and debts that tests vary.</summary>
internal static class IvrSamples
{
    public static readonly LocalDate Today = new(2026, 11, 23);

    public static IvrFacts Facts(params IvrAccount[] accounts) => new(
        new IvrBusiness("Northfield Services", PhoneNumber.Parse("+18005550199"), "Jordan Reed", ThirdPartyCollector: true),
        new IvrPerson(7, "Maria", "Lopez", "en", "30301", new LocalDate(1980, 2, 29), "4321"),
        accounts.Length > 0 ? accounts : [Account()],
        IvrPolicy.Default, Today, ["en", "es"]);

    public static IvrAccount Account(long id = 1, decimal balance = 340.25m, decimal pastDue = 300m, bool disputed = false, bool paymentOpen = false, int broken = 0) =>
        new(id, $"Creditor {id}", Money.Usd(balance), Money.Usd(pastDue), disputed, paymentOpen, broken);

    public static Walk Begin(IvrFacts facts, IvrGraph? flow = null, long? account = 1) => new(flow ?? OutboundFlow.Graph, facts, account);

    public static Walk Verified(IvrFacts facts) => Begin(facts).Press("1", "30301", "02291980");
}

/// <summary>One caller walking through a flow without any shell around it.</summary>
internal sealed class Walk
{
    private readonly IvrGraph _flow;

    public Walk(IvrGraph flow, IvrFacts facts, long? account)
    {
        _flow = flow;
        Facts = facts;
        Step = IvrEngine.Begin(flow, facts, "en", account);
        Effects.AddRange(Step.Effects);
    }

    public IvrFacts Facts { get; set; }

    public IvrStep Step { get; private set; }

    public List<IvrEffect> Effects { get; } = [];

    public string At => Step.Next.Step;

    public Walk Press(params string[] keys)
    {
        foreach (var key in keys)
            Do(new IvrInput.Keys(key));
        return this;
    }

    public Walk Silent(int times = 1)
    {
        for (var i = 0; i < times; i++)
            Do(new IvrInput.Silence());
        return this;
    }

    public Walk PaymentEnds(PaymentResult result, string? code = null) => Do(new IvrInput.PaymentEnded(new PaymentOutcome(result, code)));

    public Walk Do(IvrInput input)
    {
        Step = IvrEngine.Step(_flow, Step.Next, input, Facts);
        Effects.AddRange(Step.Effects);
        return this;
    }
}
