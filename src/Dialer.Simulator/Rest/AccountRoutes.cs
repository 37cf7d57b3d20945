using System.Text.Json.Nodes;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Rest;

/// <summary>The account itself, its balance, usage, keys and network traversal tokens.</summary>
internal static class AccountRoutes
{
    public static void Map(RestApi api)
    {
        api.Map("GET", "", Account);
        api.Map("GET", "Balance", c => new RestReply(200, new JsonObject { ["account_sid"] = c.Network.Options.AccountSid, ["balance"] = c.Network.Usage.Balance.ToString("0.00###"), ["currency"] = "USD" }));
        UsageRoutes.Map(api);
        api.Map("GET", "Keys", c => c.Page("keys", c.Network.Options.ApiKeys.Keys, k => new JsonObject { ["sid"] = k, ["friendly_name"] = "simulated", ["date_created"] = TwilioDate.Format(c.Network.Options.Start), ["date_updated"] = TwilioDate.Format(c.Network.Options.Start) }));
        api.Map("POST", "Tokens", c => new RestReply(201, new JsonObject
        {
            ["account_sid"] = c.Network.Options.AccountSid,
            ["username"] = c.Network.Sids.Next("NT"),
            ["password"] = "simulated",
            ["ttl"] = c.Body.NonEmpty("Ttl") ?? "86400",
            ["ice_servers"] = new JsonArray(new JsonObject { ["url"] = "stun:127.0.0.1:3478", ["urls"] = "stun:127.0.0.1:3478" }),
            ["date_created"] = TwilioDate.Format(c.Network.Timeline.Now),
            ["date_updated"] = TwilioDate.Format(c.Network.Timeline.Now),
        }));
    }

    private static RestReply Account(RestContext context) => new(200, new JsonObject
    {
        ["sid"] = context.Network.Options.AccountSid,
        ["friendly_name"] = "Simulated account",
        ["status"] = "active",
        ["type"] = "Full",
        ["auth_token"] = null,
        ["owner_account_sid"] = context.Network.Options.AccountSid,
        ["date_created"] = TwilioDate.Format(context.Network.Options.Start),
        ["date_updated"] = TwilioDate.Format(context.Network.Options.Start),
        ["uri"] = $"{context.AccountPath}.json",
        ["subresource_uris"] = new JsonObject { ["calls"] = $"{context.AccountPath}/Calls.json", ["conferences"] = $"{context.AccountPath}/Conferences.json", ["recordings"] = $"{context.AccountPath}/Recordings.json" },
    });
}
