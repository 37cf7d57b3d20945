using System.Xml.Linq;
using Dialer.Simulator.Payments;
using Dialer.Simulator.People;

namespace Dialer.Simulator.Twiml.Verbs;

/// <summary>What Pay says: the document's own Prompt for the field, attempt, error and card, else a default in Pay's language.</summary>
/// <remarks>https://www.twilio.com/docs/voice/twiml/pay/prompt. Languages without words of their own here are spoken to in English.</remarks>
internal static class PayPrompts
{
    private static readonly Dictionary<string, (string English, string Spanish)> Defaults = new(StringComparer.Ordinal)
    {
        ["payment-card-number"] = ("Please enter your credit card number, followed by the pound key.", "Ingrese el número de su tarjeta de crédito, seguido de la tecla numeral."),
        ["expiration-date"] = ("Please enter your card's expiration date: two digits for the month and two digits for the year.", "Ingrese la fecha de vencimiento de su tarjeta: dos dígitos para el mes y dos dígitos para el año."),
        ["security-code"] = ("Please enter your card's security code.", "Ingrese el código de seguridad de su tarjeta."),
        ["postal-code"] = ("Please enter your billing zip code, followed by the pound key.", "Ingrese su código postal de facturación, seguido de la tecla numeral."),
        ["bank-routing-number"] = ("Please enter your bank routing number.", "Ingrese el número de ruta de su banco."),
        ["bank-account-number"] = ("Please enter your bank account number, followed by the pound key.", "Ingrese su número de cuenta bancaria, seguido de la tecla numeral."),
        ["payment-processing"] = ("Thank you. Please wait while we process your payment.", "Gracias. Espere mientras procesamos su pago."),
    };

    public static void Speak(TwimlRun run, XElement pay, string field, int attempt, string? error, string? cardType, Action done)
    {
        var (bare, again) = (PaymentForm.Bare(field), PaymentForm.Bare(field) != field);
        var prompt = pay.Elements("Prompt")
            .Where(p => Lists(p, "for", bare) && p.Flag("requireMatchingInputs", false) == again && Lists(p, "attempt", attempt.ToString()) && Lists(p, "cardType", cardType)
                && (p.Attribute("errorType") is null || (error is not null && Lists(p, "errorType", error == "input-timeout" ? "timeout" : error))))
            .OrderByDescending(p => (p.Attribute("errorType") is null ? 0 : 2) + (p.Attribute("attempt") is null ? 0 : 1))
            .FirstOrDefault();
        var language = pay.Text("language", "en-US");
        var children = prompt?.Elements().ToList() ?? [new XElement("Say", new XAttribute("language", language), Default(bare, again, error, language))];
        SpeakNext(run, new Queue<XElement>(children), done);
    }

    private static string Default(string field, bool again, string? error, string language)
    {
        var (english, spanish) = Defaults[field];
        return language.StartsWith("es", StringComparison.OrdinalIgnoreCase)
            ? (error is not null ? "Lo siento, eso no es válido. " : again ? "Una vez más, por favor. " : string.Empty) + spanish
            : (error is not null ? "Sorry, that was not valid. " : again ? "Once more, please. " : string.Empty) + english;
    }

    private static void SpeakNext(TwimlRun run, Queue<XElement> children, Action done)
    {
        if (!children.TryDequeue(out var child))
        {
            done();
            return;
        }

        var utterance = child.Name.LocalName switch
        {
            "Say" => SayVerb.Read(run, child),
            "Play" when run.Resolve(child.Value) is { } url => new Utterance(UtteranceKind.Play, url, "en-US", run.Network.Media.Seconds(url) ?? 4),
            _ => Utterance.Silence(child.Number(run, "length", 1, 0, 60, 13910)),
        };
        if (utterance is null)
            SpeakNext(run, children, done);
        else
            run.Utter(utterance, () => SpeakNext(run, children, done));
    }

    private static bool Lists(XElement prompt, string attribute, string? value) =>
        prompt.Text(attribute) is not { Length: > 0 } list || (value is not null && list.Split(' ').Contains(value, StringComparer.Ordinal));
}
