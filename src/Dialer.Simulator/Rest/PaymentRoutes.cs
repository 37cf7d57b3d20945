using System.Globalization;
using System.Text.Json.Nodes;
using Dialer.Simulator.Payments;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Rest;

/// <summary>https://www.twilio.com/docs/voice/api/payment-resource</summary>
internal static class PaymentRoutes
{
    private const int Bad = 64020;

    private static readonly string[] Captures = ["payment-card-number", "expiration-date", "security-code", "postal-code", "bank-routing-number", "bank-account-number"];

    private static readonly (string Name, string Allowed)[] Words =
    [
        ("Input", "dtmf"), ("TokenType", "one-time reusable payment-method"), ("BankAccountType", PaymentOrder.BankAccountTypes), ("SecurityCode", "true false"), ("Confirmation", "true false"),
    ];

    /// <summary>ISO 4217 codes of what the common processors take.</summary>
    private static readonly string[] Currencies =
        [.. "aed ars aud bbd bdt bgn bhd bmd bob brl bsd cad chf clp cny cop crc czk dkk dop dzd egp eur gbp gel gtq hkd huf idr ils inr isk jmd jpy kes krw kwd lbp mad mxn myr ngn nok nzd pen php pkr pln qar ron rub sar sek sgd thb try twd uah usd uyu vnd zar".Split(' ')];

    private static readonly string[] CardTypes = ["visa", "mastercard", "amex", "maestro", "discover", "optima", "jcb", "diners-club", "enroute"];

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
        if (context.Network.Payments.LiveOn(call) is not null || call.Paying)
            return RestReply.Error(400, 64021, "A payment session is already in progress on this call.");
        if (Refuse(body) is { } refusal)
            return refusal;
        return new RestReply(201, Json(context, context.Network.Payments.Start(call, Order(context), callback, key, context.Number("Timeout", 5))));
    }

    private static RestReply? Refuse(Form body)
    {
        if (body.NonEmpty("ChargeAmount") is { } text && (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) || amount >= 1_000_000m))
            return RestReply.Error(400, 64003, $"Invalid ChargeAmount: {text}");
        if (body.NonEmpty("PaymentMethod") is { } method && method is not ("credit-card" or "ach-debit"))
            return RestReply.Error(400, 64013, $"Invalid PaymentMethod: {method}");
        if (body.NonEmpty("Currency") is { } currency && !Currencies.Contains(currency, StringComparer.OrdinalIgnoreCase))
            return RestReply.Error(400, 64011, $"Invalid Currency: {currency}");
        if (body.NonEmpty("Parameter") is { } parameter && !IsObject(parameter))
            return RestReply.Error(400, 64014, "Parameter is not a JSON object.");
        if (Twice(body).FirstOrDefault(f => !Captures.Contains(f, StringComparer.Ordinal)) is { } unknown)
            return RestReply.Error(400, Bad, $"Invalid RequireMatchingInputs: {unknown}");
        if (body.NonEmpty("ValidCardTypes")?.Split(' ').FirstOrDefault(c => !CardTypes.Contains(c, StringComparer.Ordinal)) is { } card)
            return RestReply.Error(400, Bad, $"Invalid ValidCardTypes: {card}");
        return Check.Words(body, Words, Bad) ?? Check.Ranges(body, [("Timeout", 1, 600), ("MinPostalCodeLength", 0, 12)], Bad) ?? Check.Urls(body, Bad, "StatusCallback");
    }

    private static PaymentOrder Order(RestContext context)
    {
        var body = context.Body;
        var postal = body.NonEmpty("PostalCode") ?? "true";
        decimal? amount = body.NonEmpty("ChargeAmount") is { } text ? decimal.Parse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) : null;
        return new PaymentOrder(body.NonEmpty("PaymentMethod") ?? "credit-card", amount, body.NonEmpty("Currency") ?? "USD", context.Flag("SecurityCode", true), postal == "true",
            postal is "true" or "false" ? null : postal, context.Number("MinPostalCodeLength", 0), body.NonEmpty("TokenType") ?? "reusable", body.NonEmpty("BankAccountType") ?? "consumer-checking",
            body.NonEmpty("PaymentConnector") ?? "Default", body.NonEmpty("ValidCardTypes") ?? "visa mastercard amex", body.NonEmpty("Description"))
        {
            Twice = Twice(body),
            Confirmation = context.Flag("Confirmation", false),
            Parameters = body.NonEmpty("Parameter"),
        };
    }

    /// <summary>RequireMatchingInputs is a list of fields; the official declarations have it as text, and "false" means none.</summary>
    private static string[] Twice(Form body) => body.NonEmpty("RequireMatchingInputs") is { } list and not "false" ? list.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries) : [];

    private static bool IsObject(string text)
    {
        try
        {
            return JsonNode.Parse(text) is JsonObject;
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }

    private static RestReply Update(RestContext context)
    {
        var body = context.Body;
        if (context.Network.Payments.Find(context.Part(1)) is not { } session || session.Call.Sid != context.Part(0))
            return context.NotFound();
        if (body.NonEmpty("IdempotencyKey") is not { } key || body.NonEmpty("StatusCallback") is not { } callback)
            return RestReply.Error(400, 64020, "IdempotencyKey and StatusCallback are required.");
        var (capture, status) = (body.NonEmpty("Capture"), body.NonEmpty("Status"));
        if ((capture is null) == (status is null))
            return RestReply.Error(400, 64018, "Exactly one of Capture and Status must be given.");
        if (Check.Urls(body, Bad, "StatusCallback") is { } refusal)
            return refusal;
        if (session.Acted(key))
            return new RestReply(202, Json(context, session));
        if (session.Over)
            return RestReply.Error(400, 64021, "The payment session is over.");
        switch (capture, status)
        {
            case ({ } field, _) when !session.MayCapture(field):
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

        session.Remember(key);
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
