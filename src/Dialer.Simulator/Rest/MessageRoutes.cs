using System.Text.Json.Nodes;
using Dialer.Simulator.Numbers;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Rest;

/// <summary>https://www.twilio.com/docs/messaging/api/message-resource</summary>
internal static class MessageRoutes
{
    private const int LongestBody = 1600;
    private const int MostMedia = 10;

    public static void Map(RestApi api)
    {
        api.Map("POST", "Messages", Create);
        api.Map("GET", "Messages", c => c.Page("messages", c.Network.Messages.NewestFirst.Where(m =>
            (c.Query["To"] is not { Length: > 0 } to || m.To == to) && (c.Query["From"] is not { Length: > 0 } from || m.From == from)
            && TimeFilter.Passes(c.Query, "DateSent", m.Sent)), m => Json(c, m), m => new PageKey(m.Sid, m.Created)));
        api.Map("GET", "Messages/*", c => c.Network.Messages.Find(c.Part(0)) is { } message ? new RestReply(200, Json(c, message)) : c.NotFound());
        api.Map("POST", "Messages/*", Update);
        api.Map("DELETE", "Messages/*", Delete);
        api.Map("GET", "Messages/*/Media", c => c.Network.Messages.Find(c.Part(0)) is { } message
            ? c.Page("media_list", message.Media.Where(m => TimeFilter.Passes(c.Query, "DateCreated", m.Created)), m => MediaJson(c, message, m), m => new PageKey(m.Sid, m.Created))
            : c.NotFound());
        api.Map("GET", "Messages/*/Media/*", Media);
        api.Map("DELETE", "Messages/*/Media/*", c => Find(c) is var (message, media) && message.Media.Remove(media) ? new RestReply(204) : c.NotFound());
    }

    private static RestReply Create(RestContext context)
    {
        var body = context.Body;
        if (body.NonEmpty("To") is not { } to)
            return RestReply.Error(400, 21604, "A 'To' phone number is required.");
        if (!Core.Numbers.PhoneNumber.TryParse(to, out var number))
            return RestReply.Error(400, 21211, $"Invalid 'To' Phone Number: {to}");
        if (body.NonEmpty("From") is null && body.NonEmpty("MessagingServiceSid") is null)
            return RestReply.Error(400, 21603, "A 'From' phone number is required.");
        if (RefuseText(body) is { } refusal)
            return refusal;
        var from = body.NonEmpty("From") is { } sender ? CreateCall.Address(sender) : context.Network.Numbers.Owned.FirstOrDefault()?.PhoneNumber ?? string.Empty;
        var application = context.Network.Numbers.Application(body.NonEmpty("ApplicationSid"));
        if (body.NonEmpty("ApplicationSid") is { } sid && application is null)
            return RestReply.Error(400, 21218, $"Invalid ApplicationSid: {sid}");
        if (context.Network.Options.CheckCallerId && body.NonEmpty("From") is not null && context.Network.Numbers.ByNumber(from) is null)
            return RestReply.Error(400, 21606, $"The 'From' phone number {from} is not a valid, SMS-capable Twilio number of this account.");
        var at = body.NonEmpty("ScheduleType") == "fixed" ? TwilioDate.ParseFilter(body.NonEmpty("SendAt"), out _) : null;
        var message = context.Network.Messages.Send(number.E164, from, body.NonEmpty("Body") ?? string.Empty, body.NonEmpty("StatusCallback") ?? application?.MessageStatusCallback ?? application?.SmsStatusCallback, at);
        message.Media.AddRange(body.All("MediaUrl").Select(url => new MessageMedia(context.Network.Sids.Next("ME"), url, message.Created)));
        message.MessagingServiceSid = body.NonEmpty("MessagingServiceSid");
        if (message.MessagingServiceSid is not null && at is null)
            message.Status = "accepted";
        return new RestReply(201, Json(context, message));
    }

    /// <summary>The refusals of what a message says and asks for.</summary>
    public static RestReply? RefuseText(Form body)
    {
        if (body.NonEmpty("Body") is null && body.NonEmpty("MediaUrl") is null && body.NonEmpty("ContentSid") is null)
            return RestReply.Error(400, 21602, "Message body is required.");
        if (body.NonEmpty("Body") is { Length: > LongestBody })
            return RestReply.Error(400, 21617, "The concatenated message body exceeds the 1600 character limit.");
        if (body.All("MediaUrl").Count > MostMedia)
            return RestReply.Error(400, 21623, "A message has at most 10 media.");
        return Check.Urls(body, 21609, "StatusCallback") ?? Check.Urls(body, 21620, "MediaUrl") ?? Check.Ranges(body, [("ValidityPeriod", 1, 36_000)]);
    }

    private static RestReply Update(RestContext context)
    {
        if (context.Network.Messages.Find(context.Part(0)) is not { } message)
            return context.NotFound();
        if (context.Body["Status"] == "canceled")
        {
            if (message.Status != "scheduled")
                return RestReply.Error(400, 30409, "Only a scheduled message can be canceled.");
            message.Status = "canceled";
        }
        else if (context.Body["Body"] is { Length: 0 })
            message.Body = string.Empty;
        return new RestReply(200, Json(context, message));
    }

    private static RestReply Delete(RestContext context)
    {
        if (context.Network.Messages.Find(context.Part(0)) is not { } message)
            return context.NotFound();
        context.Network.Messages.Remove(message);
        return new RestReply(204);
    }

    private static (Message Message, MessageMedia Media)? Find(RestContext context) =>
        context.Network.Messages.Find(context.Part(0)) is { } message && message.Media.Find(m => m.Sid == context.Part(1)) is { } media ? (message, media) : null;

    /// <summary>What it is, with .json; the thing itself, without: it is where the message's sender said.</summary>
    private static RestReply Media(RestContext context)
    {
        if (Find(context) is not var (message, media))
            return context.NotFound();
        return context.Request.Path.EndsWith(".json", StringComparison.Ordinal)
            ? new RestReply(200, MediaJson(context, message, media))
            : new RestReply(307) { Headers = [new("Location", media.Url)] };
    }

    private static JsonObject MediaJson(RestContext context, Message message, MessageMedia media) => new()
    {
        ["sid"] = media.Sid,
        ["account_sid"] = context.Network.Options.AccountSid,
        ["parent_sid"] = message.Sid,
        ["content_type"] = media.ContentType,
        ["date_created"] = TwilioDate.Format(media.Created),
        ["date_updated"] = TwilioDate.Format(media.Created),
        ["uri"] = $"{context.AccountPath}/Messages/{message.Sid}/Media/{media.Sid}.json",
    };

    public static JsonObject Json(RestContext context, Message message) => new()
    {
        ["sid"] = message.Sid,
        ["account_sid"] = context.Network.Options.AccountSid,
        ["to"] = message.To,
        ["from"] = message.From,
        ["body"] = message.Body,
        ["status"] = message.Status,
        ["direction"] = message.Direction,
        ["num_segments"] = message.Segments.ToString(),
        ["num_media"] = message.Media.Count.ToString(),
        ["price"] = null,
        ["price_unit"] = "USD",
        ["error_code"] = message.ErrorCode,
        ["error_message"] = MessageFate.Describe(message.ErrorCode),
        ["messaging_service_sid"] = message.MessagingServiceSid,
        ["api_version"] = "2010-04-01",
        ["date_created"] = TwilioDate.Format(message.Created),
        ["date_updated"] = TwilioDate.Format(message.Updated),
        ["date_sent"] = TwilioDate.Format(message.Sent),
        ["uri"] = $"{context.AccountPath}/Messages/{message.Sid}.json",
        ["subresource_uris"] = new JsonObject { ["media"] = $"{context.AccountPath}/Messages/{message.Sid}/Media.json" },
    };
}
