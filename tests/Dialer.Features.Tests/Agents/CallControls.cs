using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dialer.Features.Agents;
using Dialer.Features.Tests.Dialing;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Tests.Agents;

/// <summary>What an agent does with a call in hand.</summary>
public sealed class CallControls(DialingWorld world) : IClassFixture<DialingWorld>
{
    private readonly string _skill = DialingWorld.NewSkill();

    [Fact]
    public async Task Hold_moves_the_customers_leg_and_shows_on_the_desk()
    {
        var (desk, call) = await TalkAsync();

        (await SendAsync(desk, HttpMethod.Put, $"/api/v1/agent/calls/{call.Id}/hold", new { on = true })).ShouldBe(HttpStatusCode.NoContent);

        world.Twilio.Requests.ShouldContain(r => r.Path.EndsWith($"/Participants/{call.Sid}.json", StringComparison.Ordinal) && r.Form.GetValueOrDefault("Hold") == "true");
        (await world.OneAsync<bool>("select held_at is not null from attempt where attempt_id = @Id", call)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_customer_whose_agent_drops_while_he_holds_is_not_shown_on_hold_to_the_next_one()
    {
        var (desk, call) = await TalkAsync();
        await SendAsync(desk, HttpMethod.Put, $"/api/v1/agent/calls/{call.Id}/hold", new { on = true });

        await world.BodyAsync($"/twilio/voice/dial-ended?t={call.Token}&c={desk.Conference}", ("CallSid", call.Sid), ("CallStatus", "in-progress"), ("DialCallStatus", "completed"));

        (await world.OneAsync<bool>("select held_at is null and agent_id is distinct from @AgentId from attempt where attempt_id = @Id", new { desk.AgentId, call.Id })).ShouldBeTrue();
    }

    [Fact]
    public async Task Nothing_is_recorded_before_the_notice()
    {
        var (desk, call) = await TalkAsync();

        (await SendAsync(desk, HttpMethod.Put, $"/api/v1/agent/calls/{call.Id}/recording", new { action = "Start", noticeGiven = false })).ShouldBe(HttpStatusCode.BadRequest);
        world.Twilio.Requests.ShouldNotContain(r => r.Path.Contains($"/Calls/{call.Sid}/Recordings", StringComparison.Ordinal));

        (await SendAsync(desk, HttpMethod.Put, $"/api/v1/agent/calls/{call.Id}/recording", new { action = "Start", noticeGiven = true })).ShouldBe(HttpStatusCode.NoContent);
        (await world.OneAsync<string>("select state from recording where attempt_id = @Id", call)).ShouldBe("Recording");
    }

    [Fact]
    public async Task Who_objects_to_the_recording_is_recorded_no_more_and_the_call_goes_on()
    {
        var (desk, call) = await TalkAsync();
        Task<HttpStatusCode> RecordAsync(string action) => SendAsync(desk, HttpMethod.Put, $"/api/v1/agent/calls/{call.Id}/recording", new { action, noticeGiven = true });
        await RecordAsync("Start");

        (await RecordAsync("Decline")).ShouldBe(HttpStatusCode.BadGateway); // the carrier confirms nothing: it is said so, and what the person said is kept
        (await world.OneAsync<bool>("select stopped_at is null from recording_declined where attempt_id = @Id", call)).ShouldBeTrue();
        world.Twilio.Recording = "stopped";
        (await RecordAsync("Decline")).ShouldBe(HttpStatusCode.NoContent);
        world.Twilio.Recording = null;

        world.Twilio.Requests.Count(r => r.Path.Contains($"/Calls/{call.Sid}/Recordings/", StringComparison.Ordinal) && r.Form.GetValueOrDefault("Status") == "stopped").ShouldBe(2);
        (await world.OneAsync<string>("select state || ' ' || (ended_at is not null) from recording where attempt_id = @Id", call)).ShouldBe("Stopped true");
        (await world.Services.GetRequiredService<AgentDesk>().ReadOpenAsync(desk.AgentId, default))!.Call!.Controls.Recording.ShouldBe("Declined");
        (await world.AgentStateAsync(desk)).ShouldBe("OnCall");
        (await RecordAsync("Start")).ShouldBe(HttpStatusCode.Conflict);
        (await RecordAsync("Resume")).ShouldBe(HttpStatusCode.Conflict);
        (await world.OneAsync<long>("select count(*) from audit where subject = 'attempt:' || @Id and action = 'recording.declined'", call)).ShouldBe(1);
    }

    [Fact]
    public async Task Who_objects_while_the_recording_begins_is_not_recorded()
    {
        var (desk, call) = await TalkAsync();
        Task<HttpStatusCode> RecordAsync(string action) => SendAsync(desk, HttpMethod.Put, $"/api/v1/agent/calls/{call.Id}/recording", new { action, noticeGiven = true });
        world.Twilio.Recording = "stopped";
        world.Twilio.WhileRecordingStarts = async () => (await RecordAsync("Decline")).ShouldBe(HttpStatusCode.NoContent);

        var started = await RecordAsync("Start");
        (world.Twilio.Recording, world.Twilio.WhileRecordingStarts) = (null, null);

        started.ShouldBe(HttpStatusCode.Conflict);
        (await world.OneAsync<string>("select state from recording where attempt_id = @Id", call)).ShouldBe("Stopped");
    }

    [Fact]
    public async Task A_note_with_a_card_in_it_is_not_kept()
    {
        var (desk, call) = await TalkAsync();

        (await SendAsync(desk, HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/disposition", new { code = "RPC-RTP", note = "gave 4242 4242 4242 4242" })).ShouldBe(HttpStatusCode.BadRequest);

        (await world.OneAsync<long>("select count(*) from disposition where attempt_id = @Id", call)).ShouldBe(0);
    }

    [Fact]
    public async Task A_pause_that_the_carrier_does_not_confirm_lets_no_card_be_asked_for()
    {
        var (desk, call) = await TalkAsync();
        await SendAsync(desk, HttpMethod.Put, $"/api/v1/agent/calls/{call.Id}/recording", new { action = "Start", noticeGiven = true });

        // the stub answers every update with the status "completed": not a pause
        (await SendAsync(desk, HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/payment", new { amount = 10, confirmed = true })).ShouldBe(HttpStatusCode.BadGateway);
        world.Twilio.Requests.ShouldNotContain(r => r.Path.Contains($"/Calls/{call.Sid}/Payments", StringComparison.Ordinal));
        (await world.OneAsync<long>("select count(*) from payment where attempt_id = @Id", call)).ShouldBe(0);
    }

    [Theory]
    [InlineData("America/New_York", true)]
    [InlineData("Pacific/Kiritimati", false)] // there it is tomorrow already
    public async Task A_settlement_holds_to_the_end_of_its_last_day_where_the_person_is(string zone, bool settles)
    {
        var (desk, call) = await TalkAsync();
        await world.ExecuteAsync("update campaign set zone = @zone where campaign_id = (select campaign_id from attempt where attempt_id = @Id)", new { zone, call.Id });
        await world.ExecuteAsync(
            "insert into settlement_offer (account_id, amount, last_day, made_by, made_at) select account_id, 20, (cast(@Noon as timestamptz) at time zone 'UTC')::date, 'test', @Noon from attempt where attempt_id = @Id", new { call.Id, Compliance.ComplianceWorld.Noon });

        (await SendAsync(desk, HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/payment", new { amount = 20, confirmed = true })).ShouldBe(HttpStatusCode.NoContent);

        (await world.OneAsync<bool>("select settlement_offer_id is not null from payment where attempt_id = @Id", call)).ShouldBe(settles);
    }

    [Fact]
    public async Task A_session_that_the_carrier_refused_does_not_stand_in_the_way_of_the_next()
    {
        var (desk, call) = await TalkAsync();
        world.Twilio.RefusesPayments = true;
        (await SendAsync(desk, HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/payment", new { amount = 25.5, confirmed = true })).ShouldNotBe(HttpStatusCode.NoContent);
        world.Twilio.RefusesPayments = false;

        (await SendAsync(desk, HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/payment", new { amount = 25.5, confirmed = true })).ShouldBe(HttpStatusCode.NoContent);

        (await world.OneAsync<string>("select string_agg(state, ' ' order by payment_id) from payment where attempt_id = @Id", call)).ShouldBe("Cancelled Created");
    }

    [Fact]
    public async Task A_payment_shows_masks_only_and_its_end_is_booked_once()
    {
        var (desk, call) = await TalkAsync();
        (await SendAsync(desk, HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/payment", new { amount = 25.5, confirmed = true })).ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(desk, HttpMethod.Put, $"/api/v1/agent/calls/{call.Id}/recording", new { action = "Start", noticeGiven = true })).ShouldBe(HttpStatusCode.Conflict); // not while a card is given
        var callback = new Uri(world.Twilio.Requests.Single(r => r.Path.EndsWith($"/Calls/{call.Sid}/Payments.json", StringComparison.Ordinal)).Form["StatusCallback"]).PathAndQuery;
        var balance = await BalanceAsync(call);

        await world.BodyAsync(callback, ("Sid", "PK1"), ("Capture", "payment-card-number"), ("PartialResult", "false"), ("Required", "expiration-date,security-code"), ("PaymentCardNumber", "xxxxxxxxxxxx4242"));
        await world.BodyAsync(callback, ("Sid", "PK1"), ("Capture", "security-code"), ("PartialResult", "false"), ("Required", ""), ("SecurityCode", "4242424242"));
        var masked = await world.OneAsync<string>("select masked::text from assisted_payment where attempt_id = @Id", call);
        masked.ShouldContain("4242");
        masked.ShouldNotContain("4242424242");

        for (var i = 0; i < 2; i++)
            await world.BodyAsync(callback, ("Sid", "PK1"), ("CallSid", call.Sid), ("Result", "success"), ("PaymentConfirmationCode", "ok-1"));

        (await world.OneAsync<string>("select state from assisted_payment where attempt_id = @Id", call)).ShouldBe("Captured");
        (await BalanceAsync(call)).ShouldBe(balance - 25.5m);
    }

    [Fact]
    public async Task A_second_payment_that_is_refused_does_not_record_the_card_of_the_first()
    {
        var (desk, call) = await TalkAsync();
        await SendAsync(desk, HttpMethod.Put, $"/api/v1/agent/calls/{call.Id}/recording", new { action = "Start", noticeGiven = true });
        Task<HttpStatusCode> PayAsync() => SendAsync(desk, HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/payment", new { amount = 10, confirmed = true });
        world.Twilio.Recording = "paused";
        var first = await PayAsync();
        world.Twilio.Recording = "in-progress";
        var second = await PayAsync();
        world.Twilio.Recording = null;

        (first, second).ShouldBe((HttpStatusCode.NoContent, HttpStatusCode.Conflict));
        (await world.OneAsync<string>("select state from recording where attempt_id = @Id", call)).ShouldBe("Paused");
        world.Twilio.Requests.ShouldNotContain(r => r.Path.Contains($"/Calls/{call.Sid}/Recordings/", StringComparison.Ordinal) && r.Form.GetValueOrDefault("Status") == "in-progress");
    }

    [Fact]
    public async Task A_transfer_to_a_colleague_moves_the_customer_and_leaves_the_first_agent_to_write_up()
    {
        var (desk, call) = await TalkAsync();
        var colleague = await world.AgentAsync(DialingWorld.NewSkill());

        (await SendAsync(desk, HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/transfer", new { agentId = colleague.AgentId })).ShouldBe(HttpStatusCode.NoContent);

        (await world.AgentStateAsync(desk)).ShouldBe("WrapUp");
        (await world.AgentStateAsync(colleague)).ShouldBe("Reserved");
        await DialingWorld.UntilAsync(() => Task.FromResult(world.Twilio.UpdatesOf(call.Sid).Any(u => u.Form.GetValueOrDefault("Twiml")?.Contains(colleague.Conference, StringComparison.Ordinal) == true)));

        // the old document's action is asked, and ignored: the customer is not rescued a second time
        await world.BodyAsync($"/twilio/voice/dial-ended?t={call.Token}&c={desk.Conference}", ("CallSid", call.Sid), ("CallStatus", "in-progress"), ("DialCallStatus", "answered"));
        (await world.OneAsync<long>("select agent_id from attempt where attempt_id = @Id", call)).ShouldBe(colleague.AgentId);

        (await SendAsync(desk, HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/disposition", new { code = "XFER-ESC", note = "asks for a supervisor" })).ShouldBe(HttpStatusCode.NoContent);
        (await world.AgentStateAsync(desk)).ShouldBe("Available");
        (await world.OneAsync<string>("select code from handover where attempt_id = @Id", call)).ShouldBe("XFER-ESC");
        (await world.OneAsync<long>("select count(*) from disposition where attempt_id = @Id", call)).ShouldBe(0);
    }

    [Fact]
    public async Task A_transfer_by_skill_with_nobody_free_puts_the_customer_at_the_head_of_the_line()
    {
        var (desk, call) = await TalkAsync();

        (await SendAsync(desk, HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/transfer", new { skill = "tier:3" })).ShouldBe(HttpStatusCode.NoContent);

        (await world.OneAsync<string>("select state || ' ' || priority from queue_entry where attempt_id = @Id", call)).ShouldBe("Waiting 9");
    }

    [Fact]
    public async Task A_consultation_completed_gives_the_call_to_the_colleague()
    {
        var (desk, call) = await TalkAsync();
        var colleague = await world.AgentAsync(DialingWorld.NewSkill());

        (await SendAsync(desk, HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/consult", new { agentId = colleague.AgentId })).ShouldBe(HttpStatusCode.NoContent);
        await world.JoinAsync(desk, colleague.SoftphoneSid, 3);
        (await world.AgentStateAsync(colleague)).ShouldBe("OnCall");

        (await SendAsync(desk, HttpMethod.Put, $"/api/v1/agent/calls/{call.Id}/consult", new { action = "complete" })).ShouldBe(HttpStatusCode.NoContent);

        (await world.AgentStateAsync(desk)).ShouldBe("WrapUp");
        (await world.OneAsync<long>("select agent_id from attempt where attempt_id = @Id", call)).ShouldBe(colleague.AgentId);
        await DialingWorld.UntilAsync(() => Task.FromResult(world.Twilio.UpdatesOf(colleague.SoftphoneSid).Count >= 2 && world.Twilio.UpdatesOf(call.Sid).Count >= 1));
        world.Twilio.UpdatesOf(call.Sid)[^1].Form["Twiml"].ShouldContain(colleague.Conference);
    }

    [Fact]
    public async Task A_customer_on_hold_for_whom_no_colleague_is_free_is_not_shown_on_hold_any_more()
    {
        var (desk, call) = await TalkAsync();
        await SendAsync(desk, HttpMethod.Put, $"/api/v1/agent/calls/{call.Id}/hold", new { on = true });

        (await SendAsync(desk, HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/consult", new { skill = "nobody-has-this" })).ShouldBe(HttpStatusCode.Conflict);

        world.Twilio.Requests.Last(r => r.Path.EndsWith($"/Participants/{call.Sid}.json", StringComparison.Ordinal)).Form["Hold"].ShouldBe("false");
        (await world.OneAsync<bool>("select held_at is null from attempt where attempt_id = @Id", call)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_second_colleague_asked_while_one_is_there_leaves_the_customer_in_the_conversation()
    {
        var (desk, call) = await TalkAsync();
        var (first, second) = (await world.AgentAsync(DialingWorld.NewSkill()), await world.AgentAsync(DialingWorld.NewSkill()));
        await SendAsync(desk, HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/consult", new { agentId = first.AgentId });
        await world.JoinAsync(desk, first.SoftphoneSid, 3);
        await SendAsync(desk, HttpMethod.Put, $"/api/v1/agent/calls/{call.Id}/consult", new { action = "threeWay" });

        (await SendAsync(desk, HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/consult", new { agentId = second.AgentId })).ShouldBe(HttpStatusCode.Conflict);

        world.Twilio.Requests.Last(r => r.Path.EndsWith($"/Participants/{call.Sid}.json", StringComparison.Ordinal)).Form["Hold"].ShouldBe("false");
        (await world.AgentStateAsync(second)).ShouldBe("Available");
    }

    [Fact]
    public async Task A_colleague_whose_leg_drops_is_not_handed_the_customer()
    {
        var (desk, call) = await TalkAsync();
        var colleague = await world.AgentAsync(DialingWorld.NewSkill());
        await SendAsync(desk, HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/consult", new { agentId = colleague.AgentId });
        await world.JoinAsync(desk, colleague.SoftphoneSid, 3);

        await world.BodyAsync(
            $"/twilio/conference?s={desk.Session:N}",
            ("ConferenceSid", "CF" + desk.Session.ToString("N")), ("FriendlyName", desk.Conference), ("StatusCallbackEvent", "participant-leave"), ("SequenceNumber", "4"), ("CallSid", colleague.SoftphoneSid));

        (await world.OneAsync<string>("select state || ' ' || (ended_at is not null) from consult where attempt_id = @Id", call)).ShouldBe("Cancelled true");
        (await world.AgentStateAsync(colleague)).ShouldBe("Available"); // his own conference said nothing of his leg in this test
        (await SendAsync(desk, HttpMethod.Put, $"/api/v1/agent/calls/{call.Id}/consult", new { action = "complete" })).ShouldBe(HttpStatusCode.Conflict);
        (await world.OneAsync<long>("select agent_id from attempt where attempt_id = @Id", call)).ShouldBe(desk.AgentId);
    }

    [Fact]
    public async Task A_colleague_whose_customer_hung_up_meanwhile_is_sent_home_and_freed()
    {
        var (desk, call) = await TalkAsync();
        var colleague = await world.AgentAsync(DialingWorld.NewSkill());
        await SendAsync(desk, HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/consult", new { agentId = colleague.AgentId });
        await world.JoinAsync(desk, colleague.SoftphoneSid, 3);

        await world.StatusAsync(call, "completed", 9);

        await DialingWorld.UntilAsync(async () => await world.AgentStateAsync(colleague) is "Available");
        await DialingWorld.UntilAsync(() => Task.FromResult(world.Twilio.UpdatesOf(colleague.SoftphoneSid).Count == 2));
        world.Twilio.UpdatesOf(colleague.SoftphoneSid)[^1].Form["Twiml"].ShouldContain(colleague.Conference);
    }

    [Fact]
    public async Task Wrap_up_is_made_longer_once()
    {
        var (desk, call) = await TalkAsync();
        await world.StatusAsync(call, "completed", 9);
        var until = await UntilOfAsync(desk);

        (await SendAsync(desk, HttpMethod.Post, "/api/v1/agent/wrap-up/extend", new { })).ShouldBe(HttpStatusCode.OK);
        (await UntilOfAsync(desk)).ShouldBe(until.AddSeconds(30));
        (await SendAsync(desk, HttpMethod.Post, "/api/v1/agent/wrap-up/extend", new { })).ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_manual_dial_goes_through_the_gate_and_joins_the_agent_who_asked()
    {
        var desk = await world.AgentAsync(_skill);
        var debtor = await world.People.DebtorAsync(line: "Landline");

        using var answer = await world.Http.SendAsync(Request(desk, HttpMethod.Post, "/api/v1/agent/dial", new { accountId = debtor.Account.Value }));
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        var attempt = JsonNode.Parse(text)!["attemptId"]!.GetValue<long>();

        var asked = world.Twilio.CallsTo(debtor.E164).ShouldHaveSingleItem();
        (await world.AgentStateAsync(desk)).ShouldBe("Reserved");
        var sid = await world.OneAsync<string>("select sid from attempt where attempt_id = @attempt", new { attempt });
        (await world.BodyAsync(new Uri(asked.Form["Url"]).PathAndQuery, ("CallSid", sid), ("CallStatus", "in-progress"))).ShouldContain(desk.Conference);
    }

    [Fact]
    public async Task A_manual_dial_that_the_law_forbids_is_refused_with_its_reasons()
    {
        var desk = await world.AgentAsync(_skill);
        var debtor = await world.People.DebtorAsync(line: "Landline");
        await world.ExecuteAsync("insert into hold (person_id, kind, opened_at, opened_by, reason) values (@person, 'Cease', now(), 'test', 'asked')", new { person = debtor.Person.Value });

        using var answer = await world.Http.SendAsync(Request(desk, HttpMethod.Post, "/api/v1/agent/dial", new { accountId = debtor.Account.Value }));

        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["reasons"]!.AsArray().Count.ShouldBeGreaterThan(0);
        world.Twilio.CallsTo(debtor.E164).ShouldBeEmpty();
        (await world.AgentStateAsync(desk)).ShouldBe("Available");
    }

    /// <summary>An agent in conversation with a called person.</summary>
    private async Task<(DialingWorld.Desk Desk, DialingWorld.Placed Call)> TalkAsync()
    {
        var skill = DialingWorld.NewSkill();
        var desk = await world.AgentAsync(skill);
        var call = await world.AttemptAsync(await world.CampaignAsync(skill));
        await world.AnswerAsync(call);
        await world.JoinAsync(desk, call.Sid, 2);
        (await world.AgentStateAsync(desk)).ShouldBe("OnCall");
        return (desk, call);
    }

    private Task<decimal> BalanceAsync(DialingWorld.Placed call) => world.OneAsync<decimal>("select balance from account join attempt using (account_id) where attempt_id = @Id", call);

    private Task<DateTime> UntilOfAsync(DialingWorld.Desk desk) => world.OneAsync<DateTime>("select until from agent_session where session_id = @Session", desk);

    private async Task<HttpStatusCode> SendAsync(DialingWorld.Desk desk, HttpMethod method, string path, object body)
    {
        using var answer = await world.Http.SendAsync(Request(desk, method, path, body));
        return answer.StatusCode;
    }

    private static HttpRequestMessage Request(DialingWorld.Desk desk, HttpMethod method, string path, object body)
    {
        var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", desk.Token);
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        return request;
    }
}
