using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dialer.Features.Access;
using Dialer.Features.Agents;
using Dialer.Features.Tests.Campaigns;
using Dialer.Features.Tests.Dialing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Dialer.Features.Tests.Agents;

/// <summary>A supervisor and an agent at a desk.</summary>
public sealed class SteeredAgents(DialingWorld world) : IClassFixture<DialingWorld>
{
    [Fact]
    public async Task A_supervisor_sends_an_agent_on_a_break_with_a_reason_that_is_seen_and_kept()
    {
        var supervisor = await Supervisor.SignInAsync(world);
        var desk = await world.AgentAsync(DialingWorld.NewSkill());
        await DialingWorld.UntilAsync(async () => await world.AgentStateAsync(desk) == "Available");

        var refused = await supervisor.SendAsync(HttpMethod.Put, $"/api/v1/agents/{desk.AgentId}/state", new { state = "Break", reason = "" });
        var done = await supervisor.SendAsync(HttpMethod.Put, $"/api/v1/agents/{desk.AgentId}/state", new { state = "Break", reason = "Fire drill" });

        refused.Status.ShouldBe(HttpStatusCode.BadRequest);
        done.Status.ShouldBe(HttpStatusCode.OK, done.Body?.ToJsonString());
        (await world.OneAsync<string>("select state || ' ' || reason from agent_session where session_id = @Session", desk)).ShouldBe("Break Fire drill");
        (await world.OneAsync<string>("select actor from audit where action = 'agent.state' and subject = @subject", new { subject = $"user/{desk.AgentId}" })).ShouldBe("boss");
    }

    [Fact]
    public async Task An_agent_in_a_call_goes_on_the_break_after_it()
    {
        var supervisor = await Supervisor.SignInAsync(world);
        var desk = await world.AgentAsync(DialingWorld.NewSkill());
        await DialingWorld.UntilAsync(async () => await world.AgentStateAsync(desk) == "Available");
        await world.ExecuteAsync("update agent_session set state = 'OnCall', until = null where session_id = @Session", desk);

        var asked = await supervisor.SendAsync(HttpMethod.Put, $"/api/v1/agents/{desk.AgentId}/state", new { state = "Break", reason = "Coaching" });

        asked.Status.ShouldBe(HttpStatusCode.OK, asked.Body?.ToJsonString());
        asked.Body!["state"]!.GetValue<string>().ShouldBe("OnCall");
        asked.Body["intent"]!.GetValue<string>().ShouldBe("Break");
        (await supervisor.SendAsync(HttpMethod.Put, "/api/v1/agents/999999/state", new { state = "Break", reason = "Coaching" })).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Who_listens_is_seen_by_the_agent_unless_the_house_says_otherwise_and_who_speaks_always_is()
    {
        var supervisor = await Supervisor.SignInAsync(world);
        var skill = DialingWorld.NewSkill();
        var desk = await world.AgentAsync(skill);
        var call = await world.AttemptAsync(await world.CampaignAsync(skill));
        await world.AnswerAsync(call);
        await world.JoinAsync(desk, call.Sid, 2);
        var policy = world.Services.GetRequiredService<IOptions<AgentsOptions>>().Value;

        var began = await supervisor.SendAsync(HttpMethod.Post, "/api/v1/supervision/monitors", new { agentId = desk.AgentId, mode = "Listen" });
        began.Status.ShouldBe(HttpStatusCode.OK, began.Body?.ToJsonString());
        began.Body!["softphone"]!["edges"]!.AsArray().ShouldBeEmpty(); // none named: the nearest
        (await MonitoredAsync(desk)).ShouldBeNull(); // not before the leg is in the line
        var boss = await world.OneAsync<long>("select user_id from app_user where user_name = 'boss'");
        var twiml = await world.BodyAsync(
            "/twilio/voice/agent", ("CallSid", $"CA{Guid.NewGuid():N}"), ("From", $"client:agent_{boss}"), ("CallStatus", "ringing"), ("monitor", began.Body!["softphone"]!["params"]!["monitor"]!.GetValue<string>()));
        twiml.ShouldContain(desk.Conference);
        twiml.ShouldContain("muted=\"true\"");

        (await MonitoredAsync(desk)).ShouldBe("Listen");
        policy.ShowsListening = false;
        try
        {
            (await MonitoredAsync(desk)).ShouldBeNull();
            (await supervisor.SendAsync(HttpMethod.Put, $"/api/v1/supervision/monitors/{began.Body!["monitorId"]!.GetValue<Guid>()}", new { mode = "Whisper" })).Status.ShouldBe(HttpStatusCode.NoContent);
            (await MonitoredAsync(desk)).ShouldBe("Whisper");
        }
        finally
        {
            policy.ShowsListening = true;
        }

        (await world.OneAsync<long>("select count(*) from audit where action = 'supervision.monitor' and subject = @subject", new { subject = $"agent/{desk.AgentId}" })).ShouldBe(1);
    }

    [Fact]
    public async Task An_agent_whose_call_is_taken_over_is_muted_when_the_supervisor_is_in_the_line_and_not_before()
    {
        var supervisor = await Supervisor.SignInAsync(world);
        var skill = DialingWorld.NewSkill();
        var desk = await world.AgentAsync(skill);
        var call = await world.AttemptAsync(await world.CampaignAsync(skill));
        await world.AnswerAsync(call);
        await world.JoinAsync(desk, call.Sid, 2);
        bool IsMuted() => world.Twilio.Requests.LastOrDefault(r => r.Path.EndsWith($"/Participants/{desk.SoftphoneSid}.json", StringComparison.Ordinal))?.Form.GetValueOrDefault("Muted") == "true";
        var boss = await world.OneAsync<long>("select user_id from app_user where user_name = 'boss'");
        var leg = $"CA{Guid.NewGuid():N}";

        var began = await supervisor.SendAsync(HttpMethod.Post, "/api/v1/supervision/monitors", new { agentId = desk.AgentId, mode = "TakeOver" });
        began.Status.ShouldBe(HttpStatusCode.OK, began.Body?.ToJsonString());
        var before = IsMuted();
        await world.BodyAsync(
            "/twilio/voice/agent", ("CallSid", leg), ("From", $"client:agent_{boss}"), ("CallStatus", "ringing"), ("monitor", began.Body!["softphone"]!["params"]!["monitor"]!.GetValue<string>()));
        await world.JoinAsync(desk, leg, 3);

        (before, IsMuted()).ShouldBe((false, true));
    }

    private async Task<string?> MonitoredAsync(DialingWorld.Desk desk)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/agent/session") { Content = JsonContent.Create(new { }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", desk.Token);
        using var answer = await world.Http.SendAsync(request);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["snapshot"]!["call"]!["controls"]!["monitored"]?.GetValue<string>();
    }

    [Fact]
    public async Task A_message_reaches_its_team_until_it_is_read_and_the_sender_sees_by_how_many()
    {
        var supervisor = await Supervisor.SignInAsync(world);
        var north = await TeamedAsync("north1", "North");
        var south = await TeamedAsync("south1", "South");

        var sent = await supervisor.SendAsync(HttpMethod.Post, "/api/v1/team-messages", new { text = "The payment page is down: take promises", team = "North", urgent = true });
        var everybody = await supervisor.SendAsync(HttpMethod.Post, "/api/v1/team-messages", new { text = "Well done" });
        (await supervisor.SendAsync(HttpMethod.Post, "/api/v1/team-messages", new { text = "x", team = "Nowhere" })).Status.ShouldBe(HttpStatusCode.BadRequest);

        sent.Status.ShouldBe(HttpStatusCode.Created, sent.Body?.ToJsonString());
        (await TextsAsync(north)).ShouldBe(["The payment page is down: take promises", "Well done"]);
        (await TextsAsync(south)).ShouldBe(["Well done"]);
        var id = sent.Body!["id"]!.GetValue<long>();
        (await south.SendAsync(HttpMethod.Post, $"/api/v1/agent/messages/{id}/read", new { })).Status.ShouldBe(HttpStatusCode.NotFound);
        (await north.SendAsync(HttpMethod.Post, $"/api/v1/agent/messages/{id}/read", new { })).Status.ShouldBe(HttpStatusCode.NoContent);
        (await TextsAsync(north)).ShouldBe(["Well done"]);
        var list = (await supervisor.GetAsync("/api/v1/team-messages")).Body!["items"]!.AsArray();
        list.Single(item => item!["id"]!.GetValue<long>() == id)!["read"]!.GetValue<long>().ShouldBe(1);
        everybody.Status.ShouldBe(HttpStatusCode.Created);
    }

    private async Task<Supervisor> TeamedAsync(string name, string team)
    {
        var agent = await Supervisor.SignInAsync(world, name, Roles.Collector);
        await world.ExecuteAsync("update agent set team = @team where agent_id = (select user_id from app_user where user_name = @name)", new { team, name });
        return agent;
    }

    private static async Task<string[]> TextsAsync(Supervisor agent) =>
        [.. (await agent.GetAsync("/api/v1/agent/messages")).Body!["items"]!.AsArray().Select(item => item!["text"]!.GetValue<string>())];
}
