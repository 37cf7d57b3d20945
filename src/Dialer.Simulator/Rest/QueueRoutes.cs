using System.Text.Json.Nodes;
using Dialer.Simulator.Calls;
using Dialer.Simulator.Queues;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Rest;

/// <summary>https://www.twilio.com/docs/voice/api/queue-resource and its members.</summary>
internal static class QueueRoutes
{
    public static void Map(RestApi api)
    {
        api.Map("POST", "Queues", Create);
        api.Map("GET", "Queues", c => c.Page("queues", c.Network.Queues.All, q => Json(c, q), q => new PageKey(q.Sid, q.Created)));
        api.Map("GET", "Queues/*", c => Find(c) is { } queue ? new RestReply(200, Json(c, queue)) : c.NotFound());
        api.Map("POST", "Queues/*", Update);
        api.Map("DELETE", "Queues/*", Delete);
        api.Map("GET", "Queues/*/Members", c => Find(c) is { } queue ? c.Page("queue_members", queue.Members, m => MemberJson(c, m), m => new PageKey(m.Call.Sid, m.EnqueuedAt)) : c.NotFound());
        api.Map("GET", "Queues/*/Members/*", c => Member(c) is { } member ? new RestReply(200, MemberJson(c, member)) : c.NotFound());
        api.Map("POST", "Queues/*/Members/*", Dequeue);
    }

    private static CallQueue? Find(RestContext context) => context.Network.Queues.Find(context.Part(0));

    private static QueueMember? Member(RestContext context) =>
        Find(context) is { } queue ? context.Part(1) == "Front" ? queue.Members.FirstOrDefault() : queue.Members.Find(m => m.Call.Sid == context.Part(1)) : null;

    private static RestReply Create(RestContext context)
    {
        if (context.Body.NonEmpty("FriendlyName") is not { } name)
            return RestReply.Error(400, 22002, "FriendlyName is required and has at most 64 characters.");
        if (Refuse(context, null) is { } refusal)
            return refusal;
        var queue = context.Network.Queues.Open(name);
        queue.MaxSize = context.Number("MaxSize", CallQueue.DefaultMaxSize);
        return new RestReply(201, Json(context, queue));
    }

    private static RestReply Update(RestContext context)
    {
        if (Find(context) is not { } queue)
            return context.NotFound();
        if (Refuse(context, queue) is { } refusal)
            return refusal;
        if (context.Body.NonEmpty("FriendlyName") is { } name)
            context.Network.Queues.Rename(queue, name);
        queue.MaxSize = context.Number("MaxSize", queue.MaxSize);
        queue.Updated = context.Network.Timeline.Now;
        return new RestReply(200, Json(context, queue));
    }

    /// <param name="context">The request.</param>
    /// <param name="self">The queue that is changed: its own name is not taken.</param>
    private static RestReply? Refuse(RestContext context, CallQueue? self)
    {
        var name = context.Body.NonEmpty("FriendlyName");
        if (name is { Length: > 64 })
            return RestReply.Error(400, 22002, "FriendlyName is required and has at most 64 characters.");
        if (name is not null && context.Network.Queues.ByName(name) is { } taken && !ReferenceEquals(taken, self))
            return RestReply.Error(400, 22003, "A queue of this name exists.");
        return Check.Ranges(context.Body, [("MaxSize", 1, CallQueue.LargestMaxSize)], 22006);
    }

    private static RestReply Delete(RestContext context)
    {
        if (Find(context) is not { } queue)
            return context.NotFound();
        if (queue.Members.Count > 0)
            return RestReply.Error(400, 22004, "Queue is not empty.");
        context.Network.Queues.Remove(queue);
        return new RestReply(204);
    }

    private static RestReply Dequeue(RestContext context)
    {
        if (Member(context) is not { } member)
            return context.NotFound();
        if (context.Body.NonEmpty("Url") is not { } url || !Check.IsWebAddress(url))
            return RestReply.Error(400, 21205, "Url parameter is required.");
        if (Check.Methods(context.Body, "Method") is { } refusal)
            return refusal;
        var json = MemberJson(context, member);
        CallRoutes.Redirect(member.Call, new VoiceSource(url, context.Body["Method"] == "GET" ? "GET" : "POST", null, "POST"));
        return new RestReply(200, json);
    }

    private static JsonObject Json(RestContext context, CallQueue queue)
    {
        var uri = $"{context.AccountPath}/Queues/{queue.Sid}";
        return new JsonObject
        {
            ["sid"] = queue.Sid,
            ["account_sid"] = context.Network.Options.AccountSid,
            ["friendly_name"] = queue.Name,
            ["current_size"] = queue.Members.Count,
            ["average_wait_time"] = queue.AverageWait,
            ["max_size"] = queue.MaxSize,
            ["date_created"] = TwilioDate.Format(queue.Created),
            ["date_updated"] = TwilioDate.Format(queue.Updated),
            ["uri"] = uri + ".json",
        };
    }

    private static JsonObject MemberJson(RestContext context, QueueMember member) => new()
    {
        ["call_sid"] = member.Call.Sid,
        ["date_enqueued"] = TwilioDate.Format(member.EnqueuedAt),
        ["position"] = member.Position,
        ["wait_time"] = member.WaitedSeconds,
        ["queue_sid"] = member.Queue.Sid,
        ["uri"] = $"{context.AccountPath}/Queues/{member.Queue.Sid}/Members/{member.Call.Sid}.json",
    };
}
