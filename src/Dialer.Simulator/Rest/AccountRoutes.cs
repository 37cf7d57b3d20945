using System.Text.Json.Nodes;
using Dialer.Simulator.Calls;
using Dialer.Simulator.Wire;
using NodaTime;
using NodaTime.Text;

namespace Dialer.Simulator.Rest;

/// <summary>The account itself, its balance, usage, keys and network traversal tokens.</summary>
internal static class AccountRoutes
{
    public static void Map(RestApi api)
    {
        api.Map("GET", "", Account);
        api.Map("GET", "Balance", c => new RestReply(200, new JsonObject { ["account_sid"] = c.Network.Options.AccountSid, ["balance"] = "100.00", ["currency"] = "USD" }));
        api.Map("GET", "Usage/Records", Usage);
        foreach (var period in (ReadOnlySpan<string>)["Today", "Daily", "ThisMonth", "AllTime", "Yesterday", "LastMonth", "Monthly", "Yearly"])
            api.Map("GET", $"Usage/Records/{period}", Usage);
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

    private static RestReply Usage(RestContext context)
    {
        var day = LocalDatePattern.Iso.Format(context.Network.Timeline.Now.InUtc().Date);
        var done = context.Network.Calls.NewestFirst.Where(c => c.IsOver && c.DurationSeconds > 0).ToList();
        var wanted = context.Query.NonEmpty("Category");
        JsonObject Row(string category, IReadOnlyCollection<Call> calls, decimal rate)
        {
            var minutes = calls.Sum(c => (c.DurationSeconds + 59) / 60);
            return new JsonObject
            {
                ["account_sid"] = context.Network.Options.AccountSid,
                ["api_version"] = "2010-04-01",
                ["as_of"] = InstantPattern.General.Format(context.Network.Timeline.Now),
                ["category"] = category,
                ["description"] = category,
                ["count"] = calls.Count.ToString(),
                ["count_unit"] = "calls",
                ["usage"] = minutes.ToString(),
                ["usage_unit"] = "minutes",
                ["price"] = minutes * rate,
                ["price_unit"] = "usd",
                ["start_date"] = context.Query.NonEmpty("StartDate") ?? day,
                ["end_date"] = context.Query.NonEmpty("EndDate") ?? day,
                ["subresource_uris"] = new JsonObject(),
                ["uri"] = context.Request.Path,
            };
        }

        var rows = new[]
        {
            Row("calls", done, 0.014m),
            Row("calls-outbound", [.. done.Where(c => c.Direction != "inbound")], 0.014m),
            Row("calls-inbound", [.. done.Where(c => c.Direction == "inbound" && c.From.StartsWith('+'))], 0.0085m),
            Row("calls-client", [.. done.Where(c => c.From.StartsWith("client:", StringComparison.Ordinal))], 0.004m),
        };
        return context.Page("usage_records", rows.Where(r => wanted is null || r["category"]!.GetValue<string>() == wanted), r => r);
    }
}
