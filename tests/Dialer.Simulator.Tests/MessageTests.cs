using System.Text.Json.Nodes;
using Dialer.Simulator.People;
using Dialer.Simulator.Rest;

namespace Dialer.Simulator.Tests;

/// <summary>Text messages: how they end, what was sent along, and who is told.</summary>
public class MessageTests
{
    private static JsonNode Send(World world, string to, params (string, string)[] more)
    {
        var reply = world.Post("Messages", [("To", to), ("From", World.Ours), ("Body", "Hello"), ("StatusCallback", World.Base + "/sms"), .. more]);
        reply.Status.ShouldBe(201, reply.Json?.ToJsonString());
        return reply.Json!;
    }

    private static JsonNode Fetch(World world, JsonNode message) => world.Virtual.Rest("GET", $"Messages/{message["sid"]}").Json!;

    [Theory]
    [InlineData("delivered", "sending sent delivered", null, null)]
    [InlineData("undelivered", "sending sent undelivered", 30003, "Unreachable destination handset")]
    [InlineData("undelivered 30007", "sending sent undelivered", 30007, "Message filtered")]
    [InlineData("failed", "sending failed", 30008, "Unknown error")]
    [InlineData("failed 30034", "sending failed", 30034, "Message from an unregistered number")]
    public async Task A_message_ends_as_the_people_file_says(string fate, string statuses, int? code, string? words)
    {
        using var world = new World();
        var message = Send(world, world.Person(new PersonaOverride(Message: fate)));
        (message["status"]!.GetValue<string>(), message["error_code"]).ShouldBe(("queued", null));
        await world.Run(60);
        var told = world.At("/sms").OrderBy(m => m.At).ToList();
        told.Select(m => m["MessageStatus"]).ShouldBe(statuses.Split(' '));
        told[^1]["ErrorCode"].ShouldBe(code?.ToString());
        var now = Fetch(world, message);
        (now["status"]!.GetValue<string>(), now["error_code"]?.GetValue<int>(), now["error_message"]?.GetValue<string>()).ShouldBe((statuses.Split(' ')[^1], code, words));
        (now["date_sent"] is null).ShouldBe(fate.StartsWith("failed", StringComparison.Ordinal), "what failed was never sent");
    }

    [Fact]
    public void A_people_file_whose_message_ends_otherwise_is_refused() =>
        Should.Throw<FormatException>(() => PhoneBook.Read(new StringReader("""{"e164":"+14155550001","persona":{"message":"lost"}}"""))).Message.ShouldContain("line 1: message is delivered");

    [Fact]
    public async Task What_was_sent_along_is_listed_fetched_and_deleted()
    {
        using var world = new World();
        var message = Send(world, "+14155550000", ("MediaUrl", World.Base + "/bill.pdf?x=1"), ("MediaUrl", World.Base + "/logo.png"));
        await world.Run(1);
        var path = $"Messages/{message["sid"]}/Media";
        var list = world.Virtual.Rest("GET", path).Json!;
        list["media_list"]!.AsArray().Select(m => m!["content_type"]!.GetValue<string>()).ShouldBe(["application/pdf", "image/png"]);
        var first = list["media_list"]![0]!;
        (first["parent_sid"]!.GetValue<string>(), first["sid"]!.GetValue<string>()[..2]).ShouldBe((message["sid"]!.GetValue<string>(), "ME"));
        world.Virtual.Rest("GET", $"{path}/{first["sid"]}").Json!.ToJsonString().ShouldBe(first.ToJsonString());
        var picture = world.Virtual.Api.Handle(new RestRequest("GET", $"/2010-04-01/Accounts/{world.Options.AccountSid}/{path}/{first["sid"]}", [], [], world.Options.AccountSid, World.Token));
        (picture.Status, picture.Headers.Single(h => h.Key == "Location").Value).ShouldBe((307, World.Base + "/bill.pdf?x=1"));
        world.Virtual.Rest("DELETE", $"{path}/{first["sid"]}").Status.ShouldBe(204);
        world.Virtual.Rest("GET", $"{path}/{first["sid"]}").Status.ShouldBe(404);
        Fetch(world, message)["num_media"]!.GetValue<string>().ShouldBe("1");
    }

    [Fact]
    public async Task A_message_of_a_service_is_accepted_first_and_names_it()
    {
        using var world = new World();
        var service = "MG" + new string('1', 32);
        var message = world.Post("Messages", ("To", "+14155550000"), ("MessagingServiceSid", service), ("Body", "Hello"), ("StatusCallback", World.Base + "/sms")).Json!;
        message["status"]!.GetValue<string>().ShouldBe("accepted");
        await world.Run(60);
        world.At("/sms").ShouldAllBe(m => m["MessagingServiceSid"] == service);
    }
}
