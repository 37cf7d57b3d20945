using System.Text.Json.Nodes;
using Dialer.Simulator.Calls;
using Dialer.Simulator.Usage;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Rest;

/// <summary>A call as REST shows it.</summary>
internal static class CallJson
{
    private static readonly string[] Below = ["notifications", "recordings", "payments", "events", "siprec", "streams", "transcriptions", "user_defined_message_subscriptions", "user_defined_messages"];

    private static readonly string[] Paths = ["Notifications", "Recordings", "Payments", "Events", "Siprec", "Streams", "Transcriptions", "UserDefinedMessageSubscriptions", "UserDefinedMessages"];

    /// <summary>Seconds after the end at which a call's price is known.</summary>
    public const int PricedAfter = 60;

    /// <summary>What start_time says: when it was answered, or dialled when nobody has; null while it waits to be dialled.</summary>
    public static NodaTime.Instant? StartTime(Call call) => call.AnsweredAt ?? call.StartedAt;

    public static JsonObject Of(Call call)
    {
        var options = call.Network.Options;
        var uri = $"/2010-04-01/Accounts/{options.AccountSid}/Calls/{call.Sid}";
        var below = new JsonObject();
        for (var i = 0; i < Below.Length; i++)
            below[Below[i]] = $"{uri}/{Paths[i]}.json";
        return new JsonObject
        {
            ["sid"] = call.Sid,
            ["date_created"] = TwilioDate.Format(call.Created),
            ["date_updated"] = TwilioDate.Format(call.Updated),
            ["parent_call_sid"] = call.Parent?.Sid,
            ["account_sid"] = options.AccountSid,
            ["to"] = call.To,
            ["to_formatted"] = Pretty(call.To),
            ["from"] = call.From,
            ["from_formatted"] = Pretty(call.From),
            ["phone_number_sid"] = call.PhoneNumberSid,
            ["status"] = CallTable.RestWord(call.State),
            ["start_time"] = TwilioDate.Format(StartTime(call)),
            ["end_time"] = TwilioDate.Format(call.EndedAt),
            ["duration"] = call is { IsOver: true, AnsweredAt: not null } ? call.DurationSeconds.ToString() : null,
            ["price"] = IsPriced(call) ? (-Rates.Price(call)).ToString("0.00000") : null,
            ["price_unit"] = "USD",
            ["direction"] = call.Direction,
            ["answered_by"] = call.AnsweredBy,
            ["api_version"] = "2010-04-01",
            ["forwarded_from"] = call.ForwardedFrom,
            ["group_sid"] = null,
            ["caller_name"] = null,
            ["queue_time"] = ((long)call.QueueTime.TotalMilliseconds).ToString(),
            ["trunk_sid"] = null,
            ["uri"] = $"{uri}.json",
            ["subresource_uris"] = below,
        };
    }

    private static bool IsPriced(Call call) =>
        call is { AnsweredAt: not null, EndedAt: { } ended, DurationSeconds: > 0 } && (call.Network.Timeline.Now - ended).TotalSeconds >= PricedAfter;

    private static string Pretty(string number) =>
        number.StartsWith("+1", StringComparison.Ordinal) && number.Length == 12 ? $"({number[2..5]}) {number[5..8]}-{number[8..]}" : number;
}
