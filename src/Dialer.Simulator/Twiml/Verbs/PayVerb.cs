using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using Dialer.Simulator.Payments;
using Dialer.Simulator.People;
using Dialer.Simulator.Webhooks;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Twiml.Verbs;

/// <summary>https://www.twilio.com/docs/voice/twiml/pay: asks for card or bank data key by key, and has it charged or tokenised.</summary>
public sealed class PayVerb : Verb
{
    public override void Run(TwimlRun run, XElement element)
    {
        var action = run.Resolve(element.Text("action"));
        if (action is null || (!action.StartsWith("https://", StringComparison.OrdinalIgnoreCase) && !run.Network.Options.AllowHttpPay))
        {
            run.Break(64001, "Pay's action must be an absolute https URL");
            return;
        }

        if (PayAttributes.Read(run, element) is { } order)
            new Paying(run, element, order, action).Start();
    }

    private sealed class Paying(TwimlRun run, XElement element, PaymentOrder order, string action) : Activity
    {
        private readonly PaymentForm _form = new(order);
        private readonly StringBuilder _digits = new();
        private readonly Queue<string> _fields = new(order.Fields);
        private readonly int _tries = (int)element.Number(run, "maxAttempts", 1, 1, 3, 64014);
        private readonly double _timeout = element.Number(run, "timeout", 5, 1, 600, 64014);
        private string _field = string.Empty;
        private int _attempt;
        private string? _lastError;
        private Appointment? _waiting;
        private bool _done;

        public void Start()
        {
            run.Wait(this);
            run.Call.Secret = true;
            run.Network.Ledger.Write("pay", run.Call, ("event", "started"), ("method", order.Method), ("amount", order.ChargeAmount), ("via", "twiml"));
            NextField();
        }

        public override bool Digit(char key)
        {
            if (_field.Length == 0)
                return true;
            run.CutUtterance();
            if (key == '*')
            {
                Finish(_form.Masked().Add("Result", "caller-interrupted-with-star"), "interrupted");
                return true;
            }

            if (key != '#')
                _digits.Append(key);
            if (key == '#' || _form.IsComplete(_field, _digits.ToString()))
                Taken();
            else
                Listen();
            return true;
        }

        public override void Stopped(StopReason reason)
        {
            if (_done)
                return;
            _done = true;
            run.Call.Secret = false;
            run.Network.Ledger.Write("pay", run.Call, ("event", "result"), ("result", reason == StopReason.HungUp ? "caller-hung-up" : "redirected"), ("via", "twiml"));
            if (reason == StopReason.HungUp)
                run.Tell(action, "POST", _form.Masked().Add("Result", "caller-hung-up"));
        }

        private void NextField()
        {
            _attempt = 0;
            _lastError = null;
            if (_fields.TryDequeue(out var field))
            {
                _field = field;
                Ask();
            }
            else
                Process();
        }

        private void Ask()
        {
            _attempt++;
            _digits.Clear();
            _waiting?.Cancel();
            PayPrompts.Speak(run, element, _field, _attempt, _lastError, _form.CardType, Listen);
        }

        private void Listen()
        {
            _waiting?.Cancel();
            _waiting = run.Later(_timeout, Taken);
        }

        private void Taken()
        {
            _waiting?.Cancel();
            var error = _form.Take(_field, _digits.ToString(), run.Network.Timeline.Now.InUtc().Date);
            run.Network.Ledger.Write("pay", run.Call, ("event", "captured"), ("field", _field), ("attempt", _attempt), ("error", error), ("via", "twiml"));
            Tell(_field, error, _attempt);
            if (error is null)
                NextField();
            else if (_attempt < _tries)
            {
                _lastError = error;
                Ask();
            }
            else
                Finish(_form.Masked().Add("Result", "too-many-failed-attempts"), "too-many-failed-attempts");
        }

        private void Process()
        {
            _field = string.Empty;
            Tell("payment-processing", null, 1);
            PayPrompts.Speak(run, element, "payment-processing", 1, null, _form.CardType, () => { });
            var answer = run.Network.Payments.Processor.Answer(run.Call, _form);
            run.Network.Timeline.After(answer.Seconds, () =>
            {
                if (_done)
                    return;
                Finish(_form.Masked().AddAll(answer.Fields), answer.Outcome);
            });
        }

        private void Finish(Form result, string word)
        {
            _done = true;
            run.Call.Secret = false;
            run.Network.Ledger.Write("pay", run.Call, ("event", "result"), ("result", word), ("amount", order.ChargeAmount), ("via", "twiml"),
                ("reference", result["PaymentConfirmationCode"]), ("card", result["PaymentCardNumber"]));
            run.GoTo(action, "POST", result);
        }

        private void Tell(string subject, string? error, int attempt)
        {
            if (element.Text("statusCallback") is not { Length: > 0 } callback || run.Resolve(callback) is not { } url)
                return;
            var fields = new Form().Add("AccountSid", run.Network.Options.AccountSid).Add("CallSid", run.Call.Sid)
                .Add("For", subject).Add("Attempt", attempt.ToString(CultureInfo.InvariantCulture));
            if (error is not null)
                fields.Add("ErrorType", error);
            run.Network.Webhooks.Send(run.Call, WebhookPurpose.Pay, "POST", url, fields.AddAll(_form.Masked()), label: subject);
        }
    }
}

/// <summary>Pay's attributes as an order; null (and the document broken) when they contradict.</summary>
internal static class PayAttributes
{
    public static PaymentOrder? Read(TwimlRun run, XElement element)
    {
        decimal? amount = null;
        if (element.Text("chargeAmount") is { Length: > 0 } text)
        {
            if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number >= 1_000_000m)
            {
                run.Break(64003, $"chargeAmount {text}");
                return null;
            }

            amount = number;
        }

        var method = element.Text("paymentMethod", "credit-card");
        if (method is not ("credit-card" or "ach-debit"))
        {
            run.Break(64013, $"paymentMethod {method}");
            return null;
        }

        var postal = element.Text("postalCode", "true");
        return new PaymentOrder(method, amount, element.Text("currency", "usd"), element.Flag("securityCode", true), postal == "true",
            postal is "true" or "false" ? null : postal, (int)element.Number(run, "minPostalCodeLength", 0, 0, 12, 64014), element.Text("tokenType", "reusable"),
            element.Text("bankAccountType", "consumer-checking"), element.Text("paymentConnector", "Default"),
            element.Text("validCardTypes", "visa mastercard amex"), element.Text("description"));
    }
}

/// <summary>What Pay says: the document's own Prompt for the field, attempt, error and card, else a default.</summary>
internal static class PayPrompts
{
    private static readonly Dictionary<string, string> Defaults = new(StringComparer.Ordinal)
    {
        ["payment-card-number"] = "Please enter your credit card number, followed by the pound key.",
        ["expiration-date"] = "Please enter your card's expiration date: two digits for the month and two digits for the year.",
        ["security-code"] = "Please enter your card's security code.",
        ["postal-code"] = "Please enter your billing zip code, followed by the pound key.",
        ["bank-routing-number"] = "Please enter your bank routing number.",
        ["bank-account-number"] = "Please enter your bank account number, followed by the pound key.",
        ["payment-processing"] = "Thank you. Please wait while we process your payment.",
    };

    public static void Speak(TwimlRun run, XElement pay, string field, int attempt, string? error, string? cardType, Action done)
    {
        var prompt = pay.Elements("Prompt")
            .Where(p => Lists(p, "for", field) && Lists(p, "attempt", attempt.ToString()) && Lists(p, "cardType", cardType)
                && (p.Attribute("errorType") is null || (error is not null && Lists(p, "errorType", error == "input-timeout" ? "timeout" : error))))
            .OrderByDescending(p => (p.Attribute("errorType") is null ? 0 : 2) + (p.Attribute("attempt") is null ? 0 : 1))
            .FirstOrDefault();
        var children = prompt?.Elements().ToList() ?? [new XElement("Say", new XAttribute("language", pay.Text("language", "en-US")), Apology(error) + Defaults[field])];
        SpeakNext(run, new Queue<XElement>(children), done);
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

    private static string Apology(string? error) => error is null ? string.Empty : "Sorry, that was not valid. ";

    private static bool Lists(XElement prompt, string attribute, string? value) =>
        prompt.Text(attribute) is not { Length: > 0 } list || (value is not null && list.Split(' ').Contains(value, StringComparer.Ordinal));
}
