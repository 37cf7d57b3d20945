using System.Text;
using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using Dialer.Simulator.People;
using Dialer.Simulator.Webhooks;
using Dialer.Simulator.Wire;
using NodaTime;

namespace Dialer.Simulator.Payments;

/// <summary>One agent-assisted payment: fields are captured one by one while the caller talks to an agent, then completed or cancelled.</summary>
/// <remarks>https://www.twilio.com/docs/voice/api/payment-resource. Callbacks come for every digit (PartialResult=true) and when a field is
/// done; Required lists what is still wanted.</remarks>
public sealed class PaymentSession(PhoneNetwork network, Call call, PaymentOrder order, string statusCallback, double timeout)
{
    /// <summary>Seconds a caller has to confirm.</summary>
    private const double Unconfirmed = 30;

    private readonly PaymentForm _form = new(order);
    private readonly StringBuilder _digits = new();
    private string _callback = statusCallback;
    private string? _capturing;
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private Appointment? _waiting;
    private bool _confirming;

    public string Sid { get; } = network.Sids.Next("PK");

    public Call Call => call;

    /// <summary>The call and the idempotency key of the request that made this session.</summary>
    public required string Key { get; init; }

    public Instant Created { get; } = network.Timeline.Now;

    public Instant Updated { get; private set; } = network.Timeline.Now;

    public bool Over { get; private set; }

    public IReadOnlyList<string> Missing => _form.Missing;

    /// <summary>True when an update with this idempotency key has acted already; a repeat must not act again.</summary>
    public bool Acted(string key) => _keys.Contains(key);

    public void Remember(string key) => _keys.Add(key);

    /// <summary>True for a field of this payment, and for the matcher of one that has been captured.</summary>
    public bool MayCapture(string field) =>
        order.Fields.Contains(PaymentForm.Bare(field), StringComparer.Ordinal) && (PaymentForm.Bare(field) == field || _form.Has(PaymentForm.Bare(field)));

    public void Started()
    {
        network.Ledger.Write("pay", call, ("session", Sid), ("event", "started"), ("method", order.Method), ("amount", order.ChargeAmount), ("via", "api"));
        Tell(new Form().Add("Required", string.Join(',', _form.Missing)));
    }

    public void Capture(string field, string callback)
    {
        _callback = callback;
        Updated = network.Timeline.Now;
        _digits.Clear();
        if (field == "security-code" && !_form.Has("payment-card-number"))
        {
            StopCapture();
            Report(field, "invalid-card-number-security-code-capture-sequence");
            return;
        }

        _capturing = field;
        call.Secret = true;
        Tell(new Form().Add("Capture", field).Add("Required", string.Join(',', _form.Missing)));
        call.Party?.OnAsked(PaymentForm.Bare(field));
        Wait(timeout * 6);
    }

    public bool Digit(char key)
    {
        if (_confirming)
            return Confirmed(key);
        if (_capturing is not { } field)
            return false;
        if (key == '#')
        {
            Taken();
            return true;
        }

        if (!char.IsAsciiDigit(key))
            return true;
        _digits.Append(key);
        if (_form.IsComplete(field, _digits.ToString()))
            Taken();
        else
        {
            Tell(new Form().Add("Capture", field).Add("PartialResult", "true").Add("Required", string.Join(',', _form.Missing)).Add(MaskName(field), new string('x', _digits.Length)));
            Wait(timeout);
        }

        return true;
    }

    public void Complete(string callback)
    {
        _callback = callback;
        Updated = network.Timeline.Now;
        StopCapture();
        if (!order.Confirmation)
        {
            Process();
            return;
        }

        _confirming = true;
        var last = _form.Instrument[^Math.Min(4, _form.Instrument.Length)..];
        call.Hear(new Utterance(UtteranceKind.Say, $"You entered the {(order.Method == "ach-debit" ? "account" : "card")} ending in {string.Join(' ', last.ToCharArray())}. Press 1 to confirm, or press 2 to cancel.", "en-US", 6));
        _waiting = call.Later(Unconfirmed, () => End("caller-interrupted-with-star", "not-confirmed"));
    }

    /// <summary>1 goes on to the processor, 2 and star give up; other keys are not meant for us but swallowed.</summary>
    private bool Confirmed(char key)
    {
        if (key == '1')
        {
            StopCapture();
            Process();
        }
        else if (key is '2' or '*')
            End("caller-interrupted-with-star", "not-confirmed");
        return true;
    }

    private void Process()
    {
        Over = true;
        var answer = network.Payments.Processor.Answer(call, _form);
        network.Timeline.After(answer.Seconds, () =>
        {
            network.Ledger.Write("pay", call, ("session", Sid), ("event", "result"), ("result", answer.Outcome), ("amount", order.ChargeAmount), ("via", "api"),
                ("reference", answer.Fields["PaymentConfirmationCode"]));
            Tell(_form.Masked().AddAll(answer.Fields));
            network.Payments.Over(this);
        });
    }

    public void Cancel(string callback)
    {
        _callback = callback;
        End("caller-interrupted-with-star", "cancelled");
    }

    public void CallerHungUp()
    {
        if (!Over)
            End("caller-hung-up", "caller-hung-up");
    }

    private void End(string result, string word)
    {
        StopCapture();
        Over = true;
        Updated = network.Timeline.Now;
        network.Ledger.Write("pay", call, ("session", Sid), ("event", "result"), ("result", word), ("via", "api"));
        Tell(_form.Masked().Add("Result", result));
        network.Payments.Over(this);
    }

    private void Taken()
    {
        var field = _capturing!;
        StopCapture();
        Report(field, _form.Take(field, _digits.ToString(), network.Timeline.Now.InUtc().Date));
    }

    private void Report(string field, string? error)
    {
        network.Ledger.Write("pay", call, ("session", Sid), ("event", "captured"), ("field", field), ("error", error));
        var fields = _form.Masked().Add("Capture", field).Add("PartialResult", "false").Add("Required", string.Join(',', _form.Missing));
        if (error is not null)
            fields.Add("ErrorType", error);
        Tell(fields);
    }

    private void StopCapture()
    {
        _waiting?.Cancel();
        _capturing = null;
        _confirming = false;
        call.Secret = false;
    }

    private void Wait(double seconds)
    {
        _waiting?.Cancel();
        _waiting = call.Later(seconds, Taken);
    }

    private void Tell(Form fields)
    {
        var common = new Form().Add("AccountSid", network.Options.AccountSid).Add("CallSid", call.Sid).Add("Sid", Sid)
            .Add("DateCreated", TwilioDate.Format(Created)).Add("DateUpdated", TwilioDate.Format(Updated))
            .Add("PaymentConnector", order.Connector).Add("PaymentMethod", order.Method).Add("TokenType", order.TokenType)
            .Add("BankAccountType", order.BankAccountType).Add("ChargeAmount", order.ChargeAmount?.ToString("0.00"));
        foreach (var field in fields)
        {
            if (!common.Has(field.Key))
                common.Add(field.Key, field.Value);
        }

        network.Webhooks.Send(call, WebhookPurpose.Payments, "POST", _callback, common, label: fields["Capture"] ?? fields["Result"] ?? "initialized");
    }

    private static string MaskName(string field) => PaymentForm.Bare(field) switch
    {
        "payment-card-number" => "PaymentCardNumber",
        "expiration-date" => "ExpirationDate",
        "security-code" => "SecurityCode",
        "postal-code" => "PaymentCardPostalCode",
        "bank-routing-number" => "BankRoutingNumber",
        _ => "BankAccountNumber",
    };
}
