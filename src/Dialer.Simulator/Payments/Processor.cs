using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Payments;

/// <summary>How the card or bank processor answered.</summary>
public sealed record ProcessorAnswer(bool Approved, Form Fields, double Seconds, string Outcome);

/// <summary>How a charge to what the processor keeps ended: "approved", "declined", "insufficient-funds", "timeout" or "unknown-token".</summary>
public sealed record TokenCharge(string Outcome, string Reference, double Seconds);

/// <summary>The payment processor behind the connector, with its own book of charges and of the instruments it keeps.</summary>
/// <remarks>Test numbers decide: ...0002 is declined, ...9995 has insufficient funds (which a session that only keeps the card does not find out), ...0119 makes the processor time out, ...0127 is not valid to it, at ...0341 it breaks;
/// bank accounts ending in 16 are refused. Everything else is approved.</remarks>
public sealed class Processor(PhoneNetwork network)
{
    private readonly Dictionary<string, Kept> _kept = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TokenCharge> _byKey = new(StringComparer.Ordinal);

    public ProcessorAnswer Answer(Call call, PaymentForm form)
    {
        var order = form.Order;
        var chance = network.ChanceFor(call, $"processor{network.Sids.Next("CH")}");
        var instrument = form.Instrument;
        var outcome = instrument switch
        {
            _ when network.Faults.ProcessorFails(call) => "timeout",
            _ when instrument.EndsWith("0119", StringComparison.Ordinal) => "timeout",
            _ when instrument.EndsWith("0002", StringComparison.Ordinal) => "declined",
            _ when order.Charges && instrument.EndsWith("9995", StringComparison.Ordinal) => "insufficient-funds",
            _ when order.Method == "credit-card" && instrument.EndsWith("0127", StringComparison.Ordinal) => "invalid",
            _ when order.Method == "credit-card" && instrument.EndsWith("0341", StringComparison.Ordinal) => "broken",
            _ when order.Method == "ach-debit" && instrument.EndsWith("16", StringComparison.Ordinal) => "declined",
            _ => "approved",
        };
        var seconds = (outcome == "timeout" ? 20 : chance.LogNormal(2.2, 0.4)) + network.Faults.ProcessorDelay(call);
        var reference = $"ch_{chance.NextBits():x12}";
        if (outcome == "approved" && order.Charges)
        {
            network.Ledger.Write("charge", call, ("reference", reference), ("amount", order.ChargeAmount), ("currency", order.Currency), ("method", order.Method), ("description", order.Description), ("parameters", order.Parameters), ("connector", order.Connector == "Default" ? null : order.Connector));
            network.Stats.Charged(order.ChargeAmount!.Value);
        }

        if (outcome == "approved")
            network.Usage.Add("calls-pay-verb-transactions", 1, Usage.Rates.Payment);
        var fields = Fields(order, outcome, reference, chance);
        if (fields["PaymentToken"] is { } token)
            _kept[token] = new Kept(order.Method, instrument[^Math.Min(4, instrument.Length)..]);
        return new ProcessorAnswer(outcome == "approved", fields, seconds, outcome);
    }

    /// <summary>Charges what is kept, once for each key: a key that comes again gets the same answer and is not charged again.</summary>
    /// <param name="call">The call it was agreed in; null when nobody says.</param>
    public TokenCharge Charge(string token, decimal amount, string currency, string? description, string key, Call? call)
    {
        if (_byKey.TryGetValue(key, out var before))
            return before;
        var chance = Chance.Of(network.Options.Seed, "token-charge", key);
        var outcome = !_kept.TryGetValue(token, out var kept) ? "unknown-token"
            : network.Faults.ProcessorFails(call) ? "timeout"
            : kept.Ending == "9995" ? "insufficient-funds"
            : kept.Ending == "0002" ? "declined"
            : "approved";
        var seconds = (outcome == "timeout" ? 20 : chance.LogNormal(1.2, 0.4)) + network.Faults.ProcessorDelay(call);
        var charge = new TokenCharge(outcome, $"ch_{chance.NextBits():x12}", seconds);
        if (outcome == "unknown-token")
            return charge;
        _byKey[key] = charge;
        if (outcome == "approved")
        {
            network.Ledger.Write("charge", call, ("reference", charge.Reference), ("amount", amount), ("currency", currency), ("method", kept!.Method), ("description", description), ("via", "token"));
            network.Stats.Charged(amount);
        }

        return charge;
    }

    private static Form Fields(PaymentOrder order, string outcome, string reference, Chance chance) => outcome switch
    {
        "approved" when order.Charges => new Form().Add("Result", "success").Add("PaymentConfirmationCode", reference),
        "approved" when order.TokenType == "payment-method" => new Form().Add("Result", "success").Add("ProfileId", $"cus_{chance.NextBits():x12}").Add("PaymentToken", $"pm_{chance.NextBits():x12}"),
        "approved" when order.TokenType == "reusable" => new Form().Add("Result", "success").Add("PaymentToken", $"tok_{chance.NextBits():x12}").Add("ProfileId", $"cus_{chance.NextBits():x12}"),
        "approved" => new Form().Add("Result", "success").Add("PaymentToken", $"tok_{chance.NextBits():x12}"),
        "timeout" => new Form().Add("Result", "payment-connector-error").Add("PaymentError", "The payment gateway did not answer in time").Add("PayErrorCode", "64002").Add("ConnectorError", "timeout"),
        "invalid" => new Form().Add("Result", "validation-error").Add("PaymentError", "The connector found the data not valid: incorrect security code").Add("PayErrorCode", "64012").Add("ConnectorError", "incorrect_cvc"),
        "broken" => new Form().Add("Result", "internal-error").Add("PaymentError", "The payment could not be processed").Add("PayErrorCode", "64002"),
        "declined" => new Form().Add("Result", "payment-connector-error").Add("PaymentError", "The card was declined").Add("PayErrorCode", "64012").Add("ConnectorError", "card_declined"),
        _ => new Form().Add("Result", "payment-connector-error").Add("PaymentError", "The charge was rejected: insufficient funds").Add("PayErrorCode", "64008").Add("ConnectorError", "insufficient_funds"),
    };

    private sealed record Kept(string Method, string Ending);
}
