using System.Globalization;
using System.Text.Json.Nodes;
using Dialer.Simulator.Engine;
using Dialer.Simulator.Payments;

namespace Dialer.Simulator.Rest;

/// <summary>The processor's own API, as far as charging a kept card or bank account needs it: Stripe's payment intents. Its key is the account's auth token.</summary>
/// <remarks>https://docs.stripe.com/api/payment_intents/create, https://docs.stripe.com/api/idempotent_requests, https://docs.stripe.com/api/errors</remarks>
internal static class ProcessorRoutes
{
    public const string Path = "/v1/payment_intents";

    public static RestReply Charge(PhoneNetwork network, RestRequest request)
    {
        var body = request.Body;
        if (request.Method != "POST")
            return Error(405, "invalid_request_error", "method_not_allowed", "Only POST.");
        if (request.User != network.Options.AuthToken)
            return Error(401, "invalid_request_error", "api_key_invalid", "The key is not valid.");
        if (!long.TryParse(body["amount"], NumberStyles.None, CultureInfo.InvariantCulture, out var cents) || cents <= 0 || body.NonEmpty("currency") is not { } currency)
            return Error(400, "invalid_request_error", "parameter_invalid_integer", "amount and currency are required.");
        if (body.NonEmpty("payment_method") is not { } token || body["confirm"] != "true" || body["off_session"] != "true")
            return Error(400, "invalid_request_error", "parameter_missing", "payment_method, confirm and off_session are required.");
        var charge = network.Payments.Processor.Charge(
            token, cents / 100m, currency, body.NonEmpty("description"), request.IdempotencyKey ?? network.Sids.Next("CH"), network.Calls.Find(body.NonEmpty("metadata[call]")));
        return charge.Outcome switch
        {
            "approved" => new RestReply(200, Intent(charge, cents, currency), DelaySeconds: charge.Seconds),
            "timeout" => new RestReply(0, Cut: Cut.BeforeResponse, DelaySeconds: charge.Seconds),
            "unknown-token" => Error(400, "invalid_request_error", "resource_missing", "No such payment_method."),
            _ => Error(402, "card_error", charge.Outcome == "insufficient-funds" ? "insufficient_funds" : "card_declined", "The card was declined.") with { DelaySeconds = charge.Seconds },
        };
    }

    private static JsonObject Intent(TokenCharge charge, long cents, string currency) => new()
    {
        ["id"] = "pi_" + charge.Reference[3..],
        ["object"] = "payment_intent",
        ["amount"] = cents,
        ["amount_received"] = cents,
        ["currency"] = currency,
        ["status"] = "succeeded",
        ["latest_charge"] = charge.Reference,
    };

    private static RestReply Error(int status, string type, string code, string message) =>
        new(status, new JsonObject { ["error"] = new JsonObject { ["type"] = type, ["code"] = code, ["message"] = message } });
}
