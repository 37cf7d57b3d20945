using System.Text.Json.Nodes;
using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using Dialer.Simulator.Twiml;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Rest;

/// <summary>https://www.twilio.com/docs/voice/api/call-resource</summary>
internal static class CallRoutes
{
    public static void Map(RestApi api)
    {
        api.Map("POST", "Calls", CreateCall.Handle);
        api.Map("GET", "Calls", List);
        api.Map("GET", "Calls/*", c => Seen(c) is { } call ? new RestReply(200, CallJson.Of(call)) : c.NotFound());
        api.Map("POST", "Calls/*", Update);
        api.Map("DELETE", "Calls/*", Delete);
        api.Map("GET", "Calls/*/Notifications", Notifications);
        api.Map("GET", "Calls/*/Events", c => Seen(c) is null ? c.NotFound() : c.Page("events", Array.Empty<JsonObject>(), e => e));
    }

    /// <summary>A call that reads may already know of.</summary>
    private static Call? Seen(RestContext context) => context.Network.Calls.Find(context.Part(0)) is { } call
        && (context.Network.Timeline.Now - call.Created).TotalSeconds >= context.Network.Options.ReadLagSeconds ? call : null;

    private static RestReply List(RestContext context)
    {
        var query = context.Query;
        bool Matches(Call call) =>
            (query["To"] is not { Length: > 0 } to || call.To == to)
            && (query["From"] is not { Length: > 0 } from || call.From == from)
            && (query["ParentCallSid"] is not { Length: > 0 } parent || call.Parent?.Sid == parent)
            && (query["Status"] is not { Length: > 0 } status || CallTable.RestWord(call.State) == status)
            && TimeFilter.Passes(query, "StartTime", CallJson.StartTime(call) ?? call.Created)
            && TimeFilter.Passes(query, "EndTime", call.EndedAt)
            && (context.Network.Timeline.Now - call.Created).TotalSeconds >= context.Network.Options.ReadLagSeconds;
        return context.Page("calls", context.Network.Calls.NewestFirst.Where(Matches), CallJson.Of, c => new PageKey(c.Sid, c.Created));
    }

    private static RestReply Update(RestContext context)
    {
        if (context.Network.Calls.Find(context.Part(0)) is not { } call)
            return context.NotFound();
        var body = context.Body;
        if (body["Status"] is { Length: > 0 } status)
            return SetStatus(context, call, status);
        if (Refuse(body) is { } refusal)
            return refusal;
        if (!call.IsLive)
            return RestReply.Error(400, 21220, "Call is not in-progress. Cannot redirect.");
        if (body.NonEmpty("StatusCallback") is { } callback)
            call.StatusCallback = Callback.Of(callback, body["StatusCallbackMethod"], [], "completed");
        if (body.NonEmpty("TimeLimit") is not null)
            context.Network.Calls.Limit(call, context.Number("TimeLimit", call.TimeLimitSeconds));
        if (body.NonEmpty("Url") is { } url)
            Redirect(call, new VoiceSource(url, Method(body["Method"]), body.NonEmpty("FallbackUrl") ?? call.Voice.FallbackUrl, Method(body["FallbackMethod"])));
        else if (body.NonEmpty("Twiml") is { } twiml)
            Redirect(call, new VoiceSource(null, "POST", call.Voice.FallbackUrl, call.Voice.FallbackMethod, twiml));
        call.Updated = context.Network.Timeline.Now;
        return new RestReply(200, CallJson.Of(call));
    }

    private static RestReply? Refuse(Form body) =>
        body.NonEmpty("Url") is not null && body.NonEmpty("Twiml") is not null ? RestReply.Error(400, 32019, "Url and Twiml cannot both be set.")
        : body.NonEmpty("Twiml") is { Length: > CreateCall.LongestTwiml } ? RestReply.Error(400, 32018, "Twiml is longer than 4000 characters.")
        : Check.Urls(body, 21205, "Url", "FallbackUrl", "StatusCallback")
            ?? Check.Methods(body, "Method", "FallbackMethod", "StatusCallbackMethod")
            ?? Check.Ranges(body, [("TimeLimit", 1, CreateCall.LongestCall)]);

    private static RestReply SetStatus(RestContext context, Call call, string status)
    {
        var waiting = call.State is CallState.Queued or CallState.Initiated or CallState.Ringing;
        switch (status)
        {
            case "canceled" when waiting:
            case "completed" when waiting:
                context.Network.Calls.End(call, CallEvent.Cancelled, "api");
                return new RestReply(200, CallJson.Of(call));
            case "completed" when call.IsLive:
                context.Network.Calls.End(call, CallEvent.HungUp, "api");
                return new RestReply(200, CallJson.Of(call));
            case "canceled" or "completed":
                return RestReply.Error(400, 21220, "Call is not in-progress. Cannot redirect.");
            default:
                return RestReply.Error(400, 20001, $"Invalid Status: {status}");
        }
    }

    /// <summary>New instructions in mid-call: the verb under way stops (its action is told), rooms are left, the new document begins.</summary>
    internal static void Redirect(Call call, VoiceSource source)
    {
        var network = call.Network;
        network.Ledger.Write("redirected", call, ("url", source.Url), ("inline", source.Twiml is not null ? true : null));
        var old = call.Run;
        var run = call.Run = TwimlRun.Main(call);
        old?.Stop();
        call.Seat?.Leave("participant_updated_via_api");
        if (call.IsDialLeg)
        {
            call.OnOver?.Invoke(call);
            call.OnOver = null;
        }

        network.Timeline.After(0.02, () =>
        {
            if (!call.IsOver && ReferenceEquals(call.Run, run))
                run.Begin(source, Progress.Fields(call));
        });
    }

    private static RestReply Delete(RestContext context)
    {
        if (context.Network.Calls.Find(context.Part(0)) is not { } call)
            return context.NotFound();
        if (!call.IsOver)
            return RestReply.Error(409, 20009, "Cannot delete this resource before it has completed.");
        context.Network.Calls.Remove(call);
        return new RestReply(204);
    }

    private static RestReply Notifications(RestContext context)
    {
        var sid = context.Part(0);
        return context.Page("notifications", context.Network.Debugger.Newest.Where(n => n.CallSid == sid), n => new JsonObject
        {
            ["sid"] = n.Sid,
            ["account_sid"] = context.Network.Options.AccountSid,
            ["call_sid"] = n.CallSid,
            ["error_code"] = n.Code.ToString(),
            ["log"] = n.Error ? "0" : "1",
            ["message_text"] = n.Detail,
            ["message_date"] = TwilioDate.Format(n.At),
            ["more_info"] = $"https://www.twilio.com/docs/errors/{n.Code}",
            ["api_version"] = NetworkOptions.ApiVersion,
            ["uri"] = $"{context.AccountPath}/Calls/{sid}/Notifications/{n.Sid}.json",
        }, n => new PageKey(n.Sid, n.At));
    }

    private static string Method(string? method) => method == "GET" ? "GET" : "POST";
}

/// <summary>StartTime, StartTime&lt; and StartTime&gt; and their like.</summary>
internal static class TimeFilter
{
    public static bool Passes(Form query, string name, NodaTime.Instant? value)
    {
        if (TwilioDate.ParseFilter(query.NonEmpty(name), out var wholeDay) is { } exact
            && (value is not { } at || at < exact || at >= exact + (wholeDay ? NodaTime.Duration.FromDays(1) : NodaTime.Duration.FromSeconds(1))))
            return false;
        if (TwilioDate.ParseFilter(query.NonEmpty(name + "<"), out _) is { } before && (value is not { } early || early > before))
            return false;
        return TwilioDate.ParseFilter(query.NonEmpty(name + ">"), out _) is not { } after || (value is { } late && late >= after);
    }
}
