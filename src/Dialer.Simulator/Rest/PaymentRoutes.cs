using System.Globalization;
using System.Text.Json.Nodes;
using Dialer.Simulator.Payments;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Rest;

/// <summary>https://www.twilio.com/docs/voice/api/payment-resource</summary>
internal static class PaymentRoutes
{
    private static readonly string[] Captures =
        ["payment-card-number", "expiration-date", "security-code", "postal-code", "bank-routing-number", "bank-account-number",
         "payment-card-number-matcher", "expiration-date-matcher", "security-code-matcher", "postal-code-matcher"];

    public static void Map(RestApi api)
    {
        api.Map("POST", "Calls/*/Payments", Create);
        api.Map("POST", "Calls/*/Payments/*", Update);
    }

    private static RestReply Create(RestContext context)
    {
        var body = context.Body;
        if (context.Network.Calls.Find(context.Part(0)) is not { } call)
            return context.NotFound();
        if (body.NonEmpty("IdempotencyKey") is not { } key || body.NonEmpty("StatusCallback") is not { } callback)
            return RestReply.Error(400, 64020, "IdempotencyKey and StatusCallback are required.");
        if (context.Network.Payments.ByKey(call, key) is { } before)
            return new RestReply(201, Json(context, before));
        if (!call.IsLive)
            return RestReply.Error(400, 21220, "Call is not in-progress.");
        if (context.Network.Payments.LiveOn(call) is not null)
            return RestReply.Error(400, 64021, "A payment session is already in progress on this call.");
        decimal? amount = null;
        if (body.NonEmpty("ChargeAmount") is { } text)
        {
            if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number >= 1_000_000m)
                return RestReply.Error(400, 64003, $"Invalid ChargeAmount: {text}");
            amount = number;
        }

        var method = body.NonEmpty("PaymentMethod") ?? "credit-card";
        if (method is not ("credit-card" or "ach-debit"))
            return RestReply.Error(400, 64013, $"Invalid PaymentMethod: {method}");
        var postal = body.NonEmpty("PostalCode") ?? "true";
        var order = new PaymentOrder(method, amount, body.NonEmpty("Currency") ?? "USD", context.Flag("SecurityCode", true), postal == "true", postal is "true" or "false" ? null : postal,
            context.Number("MinPostalCodeLength", 0), body.NonEmpty("TokenType") ?? "reusable", body.NonEmpty("BankAccountType") ?? "consumer-checking",
            body.NonEmpty("PaymentConnector") ?? "Default", body.NonEmpty("ValidCardTypes") ?? "visa mastercard amex", body.NonEmpty("Description"));
        return new RestReply(201, Json(context, context.Network.Payments.Start(call, order, callback, key, context.Number("Timeout", 5))));
    }

    private static RestReply Update(RestContext context)
    {
        var body = context.Body;
        if (context.Network.Payments.Find(context.Part(1)) is not { } session || session.Call.Sid != context.Part(0))
            return context.NotFound();
        if (body.NonEmpty("IdempotencyKey") is null || body.NonEmpty("StatusCallback") is not { } callback)
            return RestReply.Error(400, 64020, "IdempotencyKey and StatusCallback are required.");
        var (capture, status) = (body.NonEmpty("Capture"), body.NonEmpty("Status"));
        if ((capture is null) == (status is null))
            return RestReply.Error(400, 64018, "Exactly one of Capture and Status must be given.");
        if (session.Over)
            return RestReply.Error(400, 64021, "The payment session is over.");
        switch (capture, status)
        {
            case ({ } field, _) when !Captures.Contains(field, StringComparer.Ordinal) || !session.Fields.Contains(field.Replace("-matcher", string.Empty, StringComparison.Ordinal), StringComparer.Ordinal):
                return RestReply.Error(400, 64020, $"Invalid Capture: {field}");
            case ({ } field, _):
                session.Capture(field, callback);
                break;
            case (_, "complete") when session.Missing.Count > 0:
                return RestReply.Error(400, 64019, $"Fields are still required: {string.Join(',', session.Missing)}");
            case (_, "complete"):
                session.Complete(callback);
                break;
            case (_, "cancel"):
                session.Cancel(callback);
                break;
            default:
                return RestReply.Error(400, 64020, $"Invalid Status: {status}");
        }

        return new RestReply(202, Json(context, session));
    }

    private static JsonObject Json(RestContext context, PaymentSession session) => new()
    {
        ["account_sid"] = context.Network.Options.AccountSid,
        ["call_sid"] = session.Call.Sid,
        ["sid"] = session.Sid,
        ["date_created"] = TwilioDate.Format(session.Created),
        ["date_updated"] = TwilioDate.Format(session.Updated),
        ["uri"] = $"{context.AccountPath}/Calls/{session.Call.Sid}/Payments/{session.Sid}.json",
    };
}
