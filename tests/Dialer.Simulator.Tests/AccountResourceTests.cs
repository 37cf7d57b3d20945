using System.Globalization;
using System.Text.Json.Nodes;
using Dialer.Simulator.Rest;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Tests;

/// <summary>Money and usage, numbers and applications, and what test credentials answer.</summary>
public class AccountResourceTests
{
    private static readonly string TestAccount = "AC" + new string('9', 32);

    [Fact]
    public async Task The_balance_falls_by_what_is_used()
    {
        using var world = new World().Document("/answer", "<Response><Pause length=\"70\"/></Response>");
        decimal Balance() => decimal.Parse(world.Virtual.Rest("GET", "Balance").Json!["balance"]!.GetValue<string>(), CultureInfo.InvariantCulture);
        Balance().ShouldBe(100m);
        world.Call(world.Phone("answers after 1 s, waits 200 s"));
        world.Call(world.Phone("is busy"));
        await world.Run(120);
        Balance().ShouldBe(99.972m, "two minutes begun, and a busy line is free");
        world.Post("Messages", ("To", "+14155550000"), ("From", World.Ours), ("Body", new string('x', 200)));
        await world.Run(30);
        Balance().ShouldBe(99.9554m, "two segments");
    }

    [Fact]
    public async Task Usage_is_told_for_the_days_that_are_asked_for_and_outlasts_the_calls()
    {
        using var world = new World().Document("/answer", "<Response><Pause length=\"10\"/></Response>");
        world.Options = world.Options with { KeepCompletedHours = 1 };
        JsonArray Rows(string resource, params (string Name, string Value)[] query) =>
            world.Virtual.Rest("GET", resource, query: new Form().Add("Category", "calls").AddAll(query.Select(q => KeyValuePair.Create(q.Name, q.Value)))).Json!["usage_records"]!.AsArray();
        string Count(JsonArray rows) => rows.ShouldHaveSingleItem()!["count"]!.GetValue<string>();
        world.Call(world.Phone("answers, waits 60 s"));
        await world.Run(86_400);
        for (var i = 0; i < 2; i++)
            world.Call(world.Phone("answers, waits 60 s"));
        await world.Run(60);
        var (first, second) = ("2026-03-03", "2026-03-04");
        Count(Rows("Usage/Records")).ShouldBe("3");
        Count(Rows("Usage/Records/Today")).ShouldBe("2");
        Count(Rows("Usage/Records/Yesterday")).ShouldBe("1");
        Count(Rows("Usage/Records", ("EndDate", first))).ShouldBe("1");
        Count(Rows("Usage/Records", ("StartDate", second))).ShouldBe("2");
        Rows("Usage/Records/Daily").Select(r => (r!["start_date"]!.GetValue<string>(), r["end_date"]!.GetValue<string>(), r["count"]!.GetValue<string>())).ShouldBe([(second, second, "2"), (first, first, "1")]);
        Count(Rows("Usage/Records/LastMonth")).ShouldBe("0");
        world.Virtual.Rest("GET", "Usage/Records", query: new Form().Add("StartDate", "soon")).Status.ShouldBe(400);
    }

    [Fact]
    public void A_number_keeps_everything_it_is_given()
    {
        using var world = new World();
        var application = world.Post("Applications", ("SmsUrl", World.Base + "/sms"), ("SmsStatusCallback", World.Base + "/s"), ("MessageStatusCallback", World.Base + "/m")).Json!;
        (application["sms_status_callback"]!.GetValue<string>(), application["message_status_callback"]!.GetValue<string>()).ShouldBe((World.Base + "/s", World.Base + "/m"));
        string Sid(string prefix) => prefix + new string('7', 32);
        (string Name, string Value, string Shown)[] fields =
        [
            ("SmsFallbackUrl", World.Base + "/f", "sms_fallback_url"), ("SmsFallbackMethod", "GET", "sms_fallback_method"), ("SmsApplicationSid", application["sid"]!.GetValue<string>(), "sms_application_sid"),
            ("TrunkSid", Sid("TK"), "trunk_sid"), ("AddressSid", Sid("AD"), "address_sid"), ("BundleSid", Sid("BU"), "bundle_sid"), ("IdentitySid", Sid("RI"), "identity_sid"),
            ("EmergencyStatus", "Active", "emergency_status"), ("EmergencyAddressSid", Sid("AD"), "emergency_address_sid"), ("VoiceReceiveMode", "fax", "voice_receive_mode"),
        ];
        var made = world.Post("IncomingPhoneNumbers/TollFree", [("PhoneNumber", "+18885550123"), .. fields.Select(f => (f.Name, f.Value))]);
        made.Status.ShouldBe(201, made.Json?.ToJsonString());
        foreach (var (name, value, shown) in fields)
            world.Virtual.Rest("GET", $"IncomingPhoneNumbers/{made.Json!["sid"]}").Json![shown]!.GetValue<string>().ShouldBe(value, name);
        List<string> Listed(string kind) => [.. world.Virtual.Rest("GET", $"IncomingPhoneNumbers/{kind}").Json!["incoming_phone_numbers"]!.AsArray().Select(n => n!["phone_number"]!.GetValue<string>())];
        Listed("TollFree").ShouldBe(["+18885550123"]);
        Listed("Local").ShouldBe([World.Ours]);
        Listed("Mobile").ShouldBeEmpty();
        world.Post("IncomingPhoneNumbers", ("PhoneNumber", "+12125550777"), ("TrunkSid", "a trunk")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task A_message_tells_its_applications_callback_and_counts_its_media()
    {
        using var world = new World();
        var application = world.Post("Applications", ("MessageStatusCallback", World.Base + "/m")).Json!["sid"]!.GetValue<string>();
        var message = world.Post("Messages", ("To", "+14155550000"), ("From", World.Ours), ("MediaUrl", World.Base + "/a.png"), ("MediaUrl", World.Base + "/b.png"), ("ApplicationSid", application)).Json!;
        message["num_media"]!.GetValue<string>().ShouldBe("2");
        await world.Run(30);
        world.At("/m").ShouldNotBeEmpty();
        world.Post("Messages", ("To", "+14155550000"), ("From", World.Ours), ("Body", "x"), ("ValidityPeriod", "0")).Status.ShouldBe(400);
        world.Post("Messages", ("To", "+14155550000"), ("From", World.Ours), ("Body", "x"), ("ApplicationSid", "APx")).Json!["code"]!.GetValue<int>().ShouldBe(21218);
    }

    [Theory]
    [InlineData("Calls", "From=%2B15005550006&To=%2B14155550000&Url=https://x.example/", 0)]
    [InlineData("Calls", "From=%2B15005550006&To=%2B14155550000&Url=nowhere", 21205)]
    [InlineData("Calls", "From=%2B15005550006&To=%2B14155550000", 21205)]
    [InlineData("Messages", "From=%2B15005550006&To=%2B14155550000&Body=x", 0)]
    [InlineData("Messages", "From=%2B15005550006&To=%2B14155550000", 21602)]
    [InlineData("Messages", "From=%2B15005550001&To=%2B14155550000&Body=x", 21212)]
    [InlineData("Messages", "From=%2B15005550006&To=%2B15005550001&Body=x", 21211)]
    [InlineData("Messages", "From=%2B15005550006&To=%2B15005550002&Body=x", 21612)]
    [InlineData("Messages", "From=%2B15005550006&To=%2B15005550003&Body=x", 21408)]
    [InlineData("Messages", "From=%2B15005550006&To=%2B15005550004&Body=x", 21610)]
    [InlineData("Messages", "From=%2B15005550006&To=%2B15005550009&Body=x", 21614)]
    [InlineData("IncomingPhoneNumbers", "PhoneNumber=%2B15005550006", 0)]
    [InlineData("IncomingPhoneNumbers", "PhoneNumber=%2B15005550000", 21422)]
    [InlineData("IncomingPhoneNumbers", "PhoneNumber=%2B15005550001", 21421)]
    public void Test_credentials_answer_as_the_account_would_and_make_nothing(string resource, string form, int code)
    {
        using var world = new World();
        world.Options = world.Options with { TestAccountSid = TestAccount, TestAuthToken = "test" };
        var reply = world.Virtual.Api.Handle(new RestRequest("POST", $"/2010-04-01/Accounts/{TestAccount}/{resource}.json", [], Form.Decode(form), TestAccount, "test"));
        (reply.Json!["code"]?.GetValue<int>() ?? 0).ShouldBe(code);
        if (code != 0)
            return;
        reply.Status.ShouldBe(201);
        var real = resource switch
        {
            "Calls" => world.Post("Calls", ("To", "+14155550000"), ("From", World.Ours), ("Url", World.Base + "/answer")),
            "Messages" => world.Post("Messages", ("To", "+14155550000"), ("From", World.Ours), ("Body", "x")),
            _ => world.Post("IncomingPhoneNumbers", ("PhoneNumber", "+12125550111")),
        };
        reply.Json.AsObject().Select(f => f.Key).ShouldBe(real.Json!.AsObject().Select(f => f.Key));
        reply.Json["account_sid"]!.GetValue<string>().ShouldBe(TestAccount);
        reply.Json["uri"]!.GetValue<string>().ShouldContain(TestAccount);
    }
}
