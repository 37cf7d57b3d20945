using System.Text.Json.Nodes;
using Dialer.Simulator.Engine;
using Dialer.Simulator.Numbers;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Rest;

/// <summary>Our numbers and verified caller ids.</summary>
internal static class NumberRoutes
{
    public static void Map(RestApi api)
    {
        api.Map("POST", "IncomingPhoneNumbers", Create);
        api.Map("GET", "IncomingPhoneNumbers", c => List(c, null));
        foreach (var kind in (ReadOnlySpan<string>)["Local", "Mobile", "TollFree"])
        {
            var only = kind;
            api.Map("GET", $"IncomingPhoneNumbers/{kind}", c => List(c, only));
            api.Map("POST", $"IncomingPhoneNumbers/{kind}", Create);
        }

        api.Map("GET", "IncomingPhoneNumbers/*", c => c.Network.Numbers.Number(c.Part(0)) is { } number ? new RestReply(200, EndpointJson.Number(c, number)) : c.NotFound());
        api.Map("POST", "IncomingPhoneNumbers/*", Update);
        api.Map("DELETE", "IncomingPhoneNumbers/*", Delete);
        api.Map("GET", "OutgoingCallerIds", c => c.Page("outgoing_caller_ids", c.Network.Numbers.Verified, v => new JsonObject
        {
            ["sid"] = v.Sid,
            ["account_sid"] = c.Network.Options.AccountSid,
            ["friendly_name"] = v.Number,
            ["phone_number"] = v.Number,
            ["date_created"] = TwilioDate.Format(v.Created),
            ["date_updated"] = TwilioDate.Format(v.Created),
            ["uri"] = $"{c.AccountPath}/OutgoingCallerIds/{v.Sid}.json",
        }, v => new PageKey(v.Sid, v.Created)));
    }

    private static RestReply Create(RestContext context)
    {
        var wanted = context.Body.NonEmpty("PhoneNumber");
        var area = context.Body.NonEmpty("AreaCode");
        if (wanted is null && area is null)
            return RestReply.Error(400, 21469, "PhoneNumber or AreaCode is required.");
        if (wanted is not null && !Core.Numbers.PhoneNumber.TryParse(wanted, out _))
            return RestReply.Error(400, 21421, $"{wanted} is not a valid number");
        if (wanted is null && (area!.Length != 3 || !area.All(char.IsAsciiDigit)))
            return RestReply.Error(400, 21451, $"No phone numbers found in area code {area}");
        var number = wanted is not null ? CreateCall.Address(wanted) : Free(context, area!);
        if (context.Network.Numbers.ByNumber(number) is not null)
            return RestReply.Error(400, 21422, $"{number} is not available.");
        if (EndpointForm.Problem(context) is { } problem)
            return problem;
        var endpoint = context.Network.Numbers.Buy(number, context.Body.NonEmpty("FriendlyName") ?? number);
        EndpointForm.Apply(context, endpoint);
        return new RestReply(201, EndpointJson.Number(context, endpoint));
    }

    private static RestReply List(RestContext context, string? kind)
    {
        var query = context.Query;
        return context.Page("incoming_phone_numbers", context.Network.Numbers.Owned.Where(n =>
            (kind is null || EndpointJson.Kind(n) == kind)
            && (query["PhoneNumber"] is not { Length: > 0 } number || n.PhoneNumber!.Contains(number.Replace("*", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal))
            && (query["FriendlyName"] is not { Length: > 0 } name || n.FriendlyName == name)), n => EndpointJson.Number(context, n), n => new PageKey(n.Sid, n.Created));
    }

    private static RestReply Update(RestContext context)
    {
        if (context.Network.Numbers.Number(context.Part(0)) is not { } number)
            return context.NotFound();
        if (EndpointForm.Problem(context) is { } problem)
            return problem;
        EndpointForm.Apply(context, number);
        return new RestReply(200, EndpointJson.Number(context, number));
    }

    private static RestReply Delete(RestContext context)
    {
        if (context.Network.Numbers.Number(context.Part(0)) is not { } number)
            return context.NotFound();
        context.Network.Numbers.Release(number);
        return new RestReply(204);
    }

    private static string Free(RestContext context, string area)
    {
        var chance = Chance.Of(context.Network.Options.Seed, "number", area);
        while (true)
        {
            var number = $"+1{area}{2 + chance.Below(8)}{chance.Below(10)}{(chance.Below(8) + 2)}{chance.Below(10000):0000}";
            if (context.Network.Numbers.ByNumber(number) is null)
                return number;
        }
    }
}

/// <summary>Applications: https://www.twilio.com/docs/usage/api/applications</summary>
internal static class ApplicationRoutes
{
    public static void Map(RestApi api)
    {
        api.Map("POST", "Applications", Create);
        api.Map("GET", "Applications", c => c.Page("applications", c.Network.Numbers.Applications.Where(a => c.Query["FriendlyName"] is not { Length: > 0 } name || a.FriendlyName == name), a => EndpointJson.Application(c, a), a => new PageKey(a.Sid, a.Created)));
        api.Map("GET", "Applications/*", c => c.Network.Numbers.Application(c.Part(0)) is { } application ? new RestReply(200, EndpointJson.Application(c, application)) : c.NotFound());
        api.Map("POST", "Applications/*", Update);
        api.Map("DELETE", "Applications/*", Delete);
    }

    private static RestReply Create(RestContext context)
    {
        if (EndpointForm.Problem(context) is { } problem)
            return problem;
        var application = context.Network.Numbers.CreateApplication(context.Body.NonEmpty("FriendlyName") ?? string.Empty);
        EndpointForm.Apply(context, application);
        return new RestReply(201, EndpointJson.Application(context, application));
    }

    private static RestReply Update(RestContext context)
    {
        if (context.Network.Numbers.Application(context.Part(0)) is not { } application)
            return context.NotFound();
        if (EndpointForm.Problem(context) is { } problem)
            return problem;
        EndpointForm.Apply(context, application);
        return new RestReply(200, EndpointJson.Application(context, application));
    }

    private static RestReply Delete(RestContext context)
    {
        if (context.Network.Numbers.Application(context.Part(0)) is not { } application)
            return context.NotFound();
        context.Network.Numbers.RemoveApplication(application);
        return new RestReply(204);
    }
}

/// <summary>The voice parameters that numbers and applications share.</summary>
internal static class EndpointForm
{
    public static RestReply? Problem(RestContext context)
    {
        foreach (var name in (ReadOnlySpan<string>)["VoiceApplicationSid", "SmsApplicationSid"])
        {
            if (context.Body.NonEmpty(name) is { } sid && context.Network.Numbers.Application(sid) is null)
                return RestReply.Error(400, 21218, $"Invalid {name}: {sid}");
        }

        return Check.Urls(context.Body, 21502, "VoiceUrl", "VoiceFallbackUrl", "StatusCallback", "SmsUrl", "SmsFallbackUrl", "SmsStatusCallback", "MessageStatusCallback")
            ?? Check.Methods(context.Body, "VoiceMethod", "VoiceFallbackMethod", "StatusCallbackMethod", "SmsMethod", "SmsFallbackMethod")
            ?? Check.Words(context.Body, [("VoiceReceiveMode", "voice fax"), ("EmergencyStatus", "Active Inactive"), ("VoiceCallerIdLookup", "true false"), ("PublicApplicationConnectEnabled", "true false")])
            ?? Check.Sids(context.Body, ("TrunkSid", "TK"), ("AddressSid", "AD"), ("BundleSid", "BU"), ("IdentitySid", "RI"), ("EmergencyAddressSid", "AD"));
    }

    public static void Apply(RestContext context, VoiceEndpoint endpoint)
    {
        var body = context.Body;
        string? Url(string name, string? now) => body.Has(name) ? body.NonEmpty(name) : now;
        string Method(string name, string now) => body.NonEmpty(name) is "GET" or "POST" ? body[name]! : now;
        endpoint.FriendlyName = body.NonEmpty("FriendlyName") ?? endpoint.FriendlyName;
        endpoint.VoiceUrl = Url("VoiceUrl", endpoint.VoiceUrl);
        endpoint.VoiceMethod = Method("VoiceMethod", endpoint.VoiceMethod);
        endpoint.VoiceFallbackUrl = Url("VoiceFallbackUrl", endpoint.VoiceFallbackUrl);
        endpoint.VoiceFallbackMethod = Method("VoiceFallbackMethod", endpoint.VoiceFallbackMethod);
        endpoint.StatusCallback = Url("StatusCallback", endpoint.StatusCallback);
        endpoint.StatusCallbackMethod = Method("StatusCallbackMethod", endpoint.StatusCallbackMethod);
        endpoint.VoiceApplicationSid = Url("VoiceApplicationSid", endpoint.VoiceApplicationSid);
        endpoint.SmsUrl = Url("SmsUrl", endpoint.SmsUrl);
        endpoint.SmsMethod = Method("SmsMethod", endpoint.SmsMethod);
        endpoint.SmsFallbackUrl = Url("SmsFallbackUrl", endpoint.SmsFallbackUrl);
        endpoint.SmsFallbackMethod = Method("SmsFallbackMethod", endpoint.SmsFallbackMethod);
        endpoint.SmsApplicationSid = Url("SmsApplicationSid", endpoint.SmsApplicationSid);
        endpoint.SmsStatusCallback = Url("SmsStatusCallback", endpoint.SmsStatusCallback);
        endpoint.MessageStatusCallback = Url("MessageStatusCallback", endpoint.MessageStatusCallback);
        endpoint.PublicConnect = context.Flag("PublicApplicationConnectEnabled", endpoint.PublicConnect);
        endpoint.TrunkSid = Url("TrunkSid", endpoint.TrunkSid);
        endpoint.AddressSid = Url("AddressSid", endpoint.AddressSid);
        endpoint.BundleSid = Url("BundleSid", endpoint.BundleSid);
        endpoint.IdentitySid = Url("IdentitySid", endpoint.IdentitySid);
        endpoint.EmergencyStatus = body.NonEmpty("EmergencyStatus") ?? endpoint.EmergencyStatus;
        endpoint.EmergencyAddressSid = Url("EmergencyAddressSid", endpoint.EmergencyAddressSid);
        endpoint.VoiceReceiveMode = body.NonEmpty("VoiceReceiveMode") ?? endpoint.VoiceReceiveMode;
        endpoint.CallerIdLookup = context.Flag("VoiceCallerIdLookup", endpoint.CallerIdLookup);
        endpoint.Updated = context.Network.Timeline.Now;
    }
}

internal static class EndpointJson
{
    public static JsonObject Number(RestContext context, VoiceEndpoint number)
    {
        var json = Shared(context, number, "IncomingPhoneNumbers");
        json["phone_number"] = number.PhoneNumber;
        json["capabilities"] = new JsonObject { ["voice"] = true, ["sms"] = true, ["mms"] = true, ["fax"] = false };
        json["voice_application_sid"] = number.VoiceApplicationSid;
        json["sms_application_sid"] = number.SmsApplicationSid;
        json["trunk_sid"] = number.TrunkSid;
        json["address_sid"] = number.AddressSid;
        json["address_requirements"] = "none";
        json["beta"] = false;
        json["origin"] = "twilio";
        json["status"] = "in-use";
        json["voice_receive_mode"] = number.VoiceReceiveMode;
        json["identity_sid"] = number.IdentitySid;
        json["bundle_sid"] = number.BundleSid;
        json["emergency_status"] = number.EmergencyStatus;
        json["emergency_address_sid"] = number.EmergencyAddressSid;
        json["emergency_address_status"] = number.EmergencyAddressSid is null ? "unregistered" : "registered";
        json["type"] = Kind(number) == "TollFree" ? "toll-free" : "local";
        return json;
    }

    /// <summary>Local or TollFree, by the number itself; North America has no mobile numbers of their own.</summary>
    public static string Kind(VoiceEndpoint number) => Usage.Rates.IsTollFree(number.PhoneNumber!) ? "TollFree" : "Local";

    public static JsonObject Application(RestContext context, VoiceEndpoint application)
    {
        var json = Shared(context, application, "Applications");
        json["message_status_callback"] = application.MessageStatusCallback;
        json["sms_status_callback"] = application.SmsStatusCallback;
        json["public_application_connect_enabled"] = application.PublicConnect;
        return json;
    }

    private static JsonObject Shared(RestContext context, VoiceEndpoint endpoint, string resource) => new()
    {
        ["sid"] = endpoint.Sid,
        ["account_sid"] = context.Network.Options.AccountSid,
        ["friendly_name"] = endpoint.FriendlyName,
        ["api_version"] = NetworkOptions.ApiVersion,
        ["date_created"] = TwilioDate.Format(endpoint.Created),
        ["date_updated"] = TwilioDate.Format(endpoint.Updated),
        ["voice_url"] = endpoint.VoiceUrl,
        ["voice_method"] = endpoint.VoiceMethod,
        ["voice_fallback_url"] = endpoint.VoiceFallbackUrl,
        ["voice_fallback_method"] = endpoint.VoiceFallbackMethod,
        ["voice_caller_id_lookup"] = endpoint.CallerIdLookup,
        ["status_callback"] = endpoint.StatusCallback,
        ["status_callback_method"] = endpoint.StatusCallbackMethod,
        ["sms_url"] = endpoint.SmsUrl,
        ["sms_method"] = endpoint.SmsMethod,
        ["sms_fallback_url"] = endpoint.SmsFallbackUrl,
        ["sms_fallback_method"] = endpoint.SmsFallbackMethod,
        ["uri"] = $"{context.AccountPath}/{resource}/{endpoint.Sid}.json",
    };
}
