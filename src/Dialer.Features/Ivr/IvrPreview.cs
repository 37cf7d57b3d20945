using System.Xml.Linq;
using Dialer.Core;
using Dialer.Core.Ivr;
using Dialer.Core.Numbers;
using Dialer.Core.Payments;
using Dialer.Twilio.Twiml;
using NodaTime;

namespace Dialer.Features.Ivr;

/// <summary>A flow played as text with a fictional caller, key by key. Nothing is stored and nobody is called.</summary>
public sealed class IvrPreview
{
    private static readonly LocalDate Today = new(2026, 11, 23);

    private readonly TwimlTemplates _templates;
    private readonly IvrGraph _flow;
    private IvrFacts _facts;

    public IvrPreview(TwimlTemplates templates, string flow, string language)
    {
        _templates = templates;
        _flow = IvrFlows.Newest(flow);
        _facts = Sample([.. new[] { language }.Concat(templates.Languages.Order(StringComparer.Ordinal)).Distinct()]);
        Step = IvrEngine.Begin(_flow, flow == "inbound" ? _facts with { Person = null, Accounts = [] } : _facts, language, flow == "inbound" ? null : 1);
    }

    public IvrStep Step { get; private set; }

    public bool Ended => Step.Next.Ended;

    public bool IsPaying => _flow[Step.Next.Step].Kind == IvrNodeKind.Payment;

    /// <summary>What the fictional caller knows, for whoever plays them.</summary>
    public static string Hint => "The caller is Maria Lopez, ZIP 30301, born 02 29 1980, social security ...4321, account number 77001.";

    /// <summary>The keys of one line; an empty line is silence. In a payment session: ok, declined, cancelled or unknown.</summary>
    public void Enter(string line)
    {
        var position = Step.Next;
        if (_flow.Name == "inbound" && position.Step == "account-number" && line == "77001")
            position = position with { PersonId = 7, AccountId = 1 };
        if (position.Payments > 0)
            position = position with { PaymentId = position.Payments };
        var facts = position.PersonId is null ? _facts with { Person = null, Accounts = [] } : _facts;
        Step = IvrEngine.Step(_flow, position, InputOf(line.Trim()), facts);
        while (Step.Effects.Any(effect => effect is IvrEffect.TransferToAgent))
            Step = IvrEngine.Step(_flow, Step.Next, new IvrInput.NobodyFree(), facts);
        if (Step.Effects.OfType<IvrEffect.CompletePayment>().Any(effect => effect.Outcome.Result == PaymentResult.Captured))
            _facts = _facts with { Accounts = [.. _facts.Accounts.Select(Paid)] };
    }

    /// <summary>The lines the caller hears now, and in brackets what happens beside them.</summary>
    public IEnumerable<string> Lines()
    {
        foreach (var effect in Step.Effects.Where(effect => effect is not IvrEffect.HangUp))
            yield return $"[{effect.GetType().Name}]";
        var words = new Dictionary<string, object?>(Step.Words) { ["action"] = "https://preview.invalid/next", ["payAction"] = "https://preview.invalid/pay", ["payStatus"] = "https://preview.invalid/pay-status", ["chargeAction"] = "https://preview.invalid/charge", ["recordAction"] = "https://preview.invalid/voicemail", ["paymentReference"] = "preview" };
        var response = XDocument.Parse(_templates.Render(Step.Next.Language, _flow.Name, Step.Prompts, words)).Root!;
        foreach (var element in response.Descendants().Where(element => element.Name.LocalName is "Say" or "Hangup" or "Pay" or "Record"))
        {
            yield return element.Name.LocalName switch
            {
                "Say" => element.Value.Trim(),
                "Record" => "[records a message; enter its seconds, or an empty line for silence]",
                "Pay" when Step.Next.Step == "pay-token" => "[the processor keeps what is entered; enter ok, declined, cancelled or unknown]",
                "Pay" => $"[payment session: {element.Attribute("paymentMethod")?.Value}, {element.Attribute("chargeAmount")?.Value} {element.Attribute("currency")?.Value}; enter ok, declined, cancelled or unknown]",
                _ => "[hangs up]",
            };
        }

        if (Step.Next.Step == "pay-charge")
            yield return "[what is saved is charged; enter ok, declined, cancelled or unknown]";
    }

    private IvrAccount Paid(IvrAccount account) =>
        account.Id == Step.Next.AccountId && Step.Next.SettlementId is not null ? account with { Balance = account.Balance with { Amount = 0 }, Settlement = null }
        : account.Id == Step.Next.AccountId ? account with { Balance = account.Balance with { Amount = account.Balance.Amount - (Step.Next.Amount ?? 0) } } : account;

    private IvrInput InputOf(string line) => (IsPaying, line) switch
    {
        (true, "ok") when Step.Next.Step == "pay-token" => new IvrInput.Tokenized("pm_preview", null, "4001", "visa", null),
        (true, "ok") => SessionEnd(PaymentResult.Captured),
        (true, "declined") => SessionEnd(PaymentResult.Declined),
        (true, "cancelled") => SessionEnd(PaymentResult.Cancelled),
        (true, _) => SessionEnd(PaymentResult.Unknown),
        (_, "") => new IvrInput.Silence(),
        _ when _flow[Step.Next.Step].Kind == IvrNodeKind.Record => new IvrInput.Recorded("RE00", int.TryParse(line.TrimEnd('#'), out var seconds) ? Math.Max(1, seconds) : 5),
        _ => new IvrInput.Keys(line.TrimEnd('#')),
    };

    private static IvrInput.PaymentEnded SessionEnd(PaymentResult result) => new(new PaymentOutcome(result, result == PaymentResult.Captured ? "K7Q2M9" : null));

    private static IvrFacts Sample(IReadOnlyList<string> languages) => new(
        new IvrBusiness("Northfield Services", PhoneNumber.Parse("+18005550199"), "Jordan Reed", ThirdPartyCollector: true),
        new IvrPerson(7, "Maria", "Lopez", languages[0], "30301", new LocalDate(1980, 2, 29), "4321"),
        [new IvrAccount(1, "Acme Broadband", Money.Usd(340.25m), Money.Usd(300m), false, false, 0) { MinimumPayment = 35m, Settlement = new SettlementOffer(1, Money.Usd(240m), Today.PlusDays(14)) }, new IvrAccount(2, "Hill Power and Light", Money.Usd(88.10m), Money.Usd(0m), false, false, 0)],
        IvrPolicy.Default, Today, languages) { Clock = new LocalTime(11, 20), KeepsMethods = true, SavedMethods = [new SavedMethod(1, PaymentMethod.CreditCard, "mastercard", "5454")], Plans = [new PlanOffer(1, 3, 30, 50m, 5000m), new PlanOffer(2, 6, 30, 50m, 5000m)] };
}
