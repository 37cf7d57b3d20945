using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using Dialer.Simulator.Payments;
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
            if (run.Network.Payments.LiveOn(run.Call) is not null)
            {
                _done = true; // an agent's capture is under way on this call, and what is keyed stays its own
                run.Network.Ledger.Write("pay", run.Call, ("event", "result"), ("result", "session-in-progress"), ("via", "twiml"));
                Tell(order.Fields[0], "session-in-progress", 1);
                run.GoTo(action, "POST", _form.Masked().Add("Result", "internal-error"));
                return;
            }

            run.Call.Secret = run.Call.Paying = true;
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
            run.Call.Secret = run.Call.Paying = false;
            run.Network.Ledger.Write("pay", run.Call, ("event", "result"), ("result", reason == StopReason.HungUp ? "caller-hung-up" : "redirected"), ("via", "twiml"));
            if (reason == StopReason.HungUp)
                run.Tell(action, "POST", _form.Masked().Add("Result", "caller-hung-up"));
        }

        private void NextField()
        {
            _attempt = 0;
            _lastError = null;
            if (_form.Missing is [var field, ..])
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
            Tell(PaymentForm.Bare(_field), error, _attempt);
            if (error is null)
                NextField();
            else if (_attempt < _tries)
            {
                _lastError = error;
                _field = _form.Missing[0]; // what was keyed twice and differs is asked for twice again
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
            run.Call.Secret = run.Call.Paying = false;
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
    /// <summary>What the connector gets beside the card: the Parameter children as a JSON object, null without any.</summary>
    private static string? Parameters(XElement pay) => pay.Elements("Parameter").DistinctBy(p => p.Text("name", string.Empty)).ToList() is { Count: > 0 } parameters
        ? new JsonObject(parameters.Select(p => KeyValuePair.Create<string, JsonNode?>(p.Text("name", string.Empty), p.Text("value", string.Empty)))).ToJsonString()
        : null;

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
            element.Text("validCardTypes", "visa mastercard amex"), element.Text("description"))
        {
            Parameters = Parameters(element),
            Twice = element.Text("requireMatchingInputs", string.Empty).Split([' ', ','], StringSplitOptions.RemoveEmptyEntries),
        };
    }
}
