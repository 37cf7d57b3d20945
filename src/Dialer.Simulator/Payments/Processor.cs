using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Payments;

/// <summary>How the card or bank processor answered.</summary>
public sealed record ProcessorAnswer(bool Approved, Form Fields, double Seconds, string Outcome);

/// <summary>The payment processor behind the connector, with its own book of charges.</summary>
/// <remarks>Test numbers decide: ...0002 is declined, ...9995 has insufficient funds, ...0119 makes the processor time out, ...0127 is not valid to it, at ...0341 it breaks;
/// bank accounts ending in 16 are refused. Everything else is approved.</remarks>
public sealed class Processor(PhoneNetwork network)
{
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
            _ when instrument.EndsWith("9995", StringComparison.Ordinal) => "insufficient-funds",
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
        return new ProcessorAnswer(outcome == "approved", Fields(order, outcome, reference, chance), seconds, outcome);
    }

    private static Form Fields(PaymentOrder order, string outcome, string reference, Chance chance) => outcome switch
    {
        "approved" when order.Charges => new Form().Add("Result", "success").Add("PaymentConfirmationCode", reference),
        "approved" when order.TokenType == "payment-method" => new Form().Add("Result", "success").Add("ProfileId", $"pm_{chance.NextBits():x12}").Add("PaymentToken", $"pm_{chance.NextBits():x12}"),
        "approved" => new Form().Add("Result", "success").Add("PaymentToken", $"tok_{chance.NextBits():x12}"),
        "timeout" => new Form().Add("Result", "payment-connector-error").Add("PaymentError", "The payment gateway did not answer in time").Add("PayErrorCode", "64002").Add("ConnectorError", "timeout"),
        "invalid" => new Form().Add("Result", "validation-error").Add("PaymentError", "The connector found the data not valid: incorrect security code").Add("PayErrorCode", "64012").Add("ConnectorError", "incorrect_cvc"),
        "broken" => new Form().Add("Result", "internal-error").Add("PaymentError", "The payment could not be processed").Add("PayErrorCode", "64002"),
        "declined" => new Form().Add("Result", "payment-connector-error").Add("PaymentError", "The card was declined").Add("PayErrorCode", "64012").Add("ConnectorError", "card_declined"),
        _ => new Form().Add("Result", "payment-connector-error").Add("PaymentError", "The charge was rejected: insufficient funds").Add("PayErrorCode", "64008").Add("ConnectorError", "insufficient_funds"),
    };
}
