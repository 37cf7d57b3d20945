using System.Text.Json.Nodes;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Tests;

/// <summary>Lists that change while they are read, and queues.</summary>
public class ListTests
{
    private static JsonNode Page(World world, string resource, JsonNode? link = null) => link is null
        ? world.Virtual.Rest("GET", resource, query: new Form().Add("PageSize", "2")).Json!
        : world.Virtual.Rest("GET", resource, query: Form.Decode(link.GetValue<string>().Split('?')[1])).Json!;

    private static List<string> Sids(JsonNode page, string collection) => [.. page[collection]!.AsArray().Select(i => i!["sid"]!.GetValue<string>())];

    [Theory]
    [InlineData("Messages", "messages", true)]
    [InlineData("Queues", "queues", false)]
    [InlineData("Applications", "applications", false)]
    [InlineData("IncomingPhoneNumbers", "incoming_phone_numbers", false)]
    public async Task A_list_that_moves_while_it_is_read_neither_repeats_nor_skips(string resource, string collection, bool newestFirst)
    {
        using var world = new World();
        world.Options = world.Options with { OwnedNumbers = [] , CheckCallerId = false };
        var made = new List<string>();
        async Task Make()
        {
            var n = made.Count;
            var reply = world.Post(resource, resource switch
            {
                "Messages" => [("To", "+14155550000"), ("From", World.Ours), ("Body", $"{n}")],
                "IncomingPhoneNumbers" => [("PhoneNumber", $"+1212555{4000 + n}")],
                _ => [("FriendlyName", $"list {n}")],
            });
            reply.Status.ShouldBe(201, reply.Json?.ToJsonString());
            made.Add(reply.Json!["sid"]!.GetValue<string>());
            await world.Run(1);
        }

        for (var i = 0; i < 6; i++)
            await Make();
        var order = newestFirst ? [.. Enumerable.Reverse(made)] : made.ToList();
        var first = Page(world, resource);
        Sids(first, collection).ShouldBe(order[..2]);
        await Make();
        world.Virtual.Rest("DELETE", $"{resource}/{order[0]}").Status.ShouldBe(204);
        var second = Page(world, resource, first["next_page_uri"]);
        Sids(second, collection).ShouldBe(order[2..4]);
        world.Virtual.Rest("DELETE", $"{resource}/{order[3]}").Status.ShouldBe(204);
        var third = Page(world, resource, second["next_page_uri"]);
        Sids(third, collection).ShouldBe(order[4..6], "the item of its token has gone");
        var before = third["previous_page_uri"].ShouldNotBeNull();
        before.GetValue<string>().ShouldContain("PageToken=PB");
        Sids(Page(world, resource, before), collection).ShouldBe([order[1], order[2]], "the two before it, of those that are left");
    }

    [Fact]
    public async Task Members_of_a_queue_and_participants_page_by_who_was_last()
    {
        using var world = new World().Document("/queue", "<Response><Enqueue waitUrl=\"\">line</Enqueue></Response>").Document("/room", "<Response><Dial><Conference>hall</Conference></Dial></Response>");
        foreach (var path in (string[])["/queue", "/room"])
        {
            var calls = new List<string>();
            for (var i = 0; i < 4; i++)
            {
                calls.Add(world.Call(world.Phone("answers, waits 900 s"), ("Url", World.Base + path)));
                await world.Run(10);
            }

            var resource = path == "/queue" ? $"Queues/{world.Network.Queues.ByName("line")!.Sid}/Members" : $"Conferences/{world.Network.Conferences.NewestFirst.First().Sid}/Participants";
            var collection = path == "/queue" ? "queue_members" : "participants";
            List<string> Calls(JsonNode page) => [.. page[collection]!.AsArray().Select(i => i!["call_sid"]!.GetValue<string>())];
            var first = Page(world, resource);
            Calls(first).ShouldBe(calls[..2]);
            world.Post($"Calls/{calls[0]}", ("Status", "completed")).Status.ShouldBe(200);
            await world.Run(2);
            Calls(Page(world, resource, first["next_page_uri"])).ShouldBe(calls[2..4], "the first has gone, and nobody is skipped");
        }
    }

    [Theory]
    [InlineData("MaxSize", "0", 22006)]
    [InlineData("MaxSize", "5001", 22006)]
    [InlineData("MaxSize", "many", 22006)]
    [InlineData("FriendlyName", "taken", 22003)]
    public void A_queue_is_changed_by_the_rules_it_was_made_by(string name, string value, int code)
    {
        using var world = new World();
        world.Post("Queues", ("FriendlyName", "taken"));
        var queue = world.Post("Queues", ("FriendlyName", "mine"), ("MaxSize", "7")).Json!["sid"]!.GetValue<string>();
        world.Post($"Queues/{queue}", (name, value)).Json!["code"]!.GetValue<int>().ShouldBe(code);
        world.Post($"Queues/{queue}", ("FriendlyName", "mine"), ("MaxSize", "9")).Json!["max_size"]!.GetValue<int>().ShouldBe(9, "its own name is not taken");
        world.Network.Queues.ByName("taken").ShouldNotBeNull().Sid.ShouldNotBe(queue);
    }
}
