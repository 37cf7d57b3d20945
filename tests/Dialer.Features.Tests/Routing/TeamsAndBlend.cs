using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Dialer.Features.Access;
using Dialer.Features.Tests.Compliance;
using Dialer.Features.Tests.Dialing;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Tests.Routing;

/// <summary>Who serves what: teams and the campaigns that name them, kinds of work, and calls passed on to a level.</summary>
public sealed class TeamsAndBlend(DialingWorld world) : IClassFixture<DialingWorld>
{
    private readonly string _skill = DialingWorld.NewSkill();
    private string? _token;

    [Fact]
    public async Task A_campaign_that_names_a_team_is_served_by_that_team_alone()
    {
        await TokenAsync(); // before the agents: a desk that says nothing for 15 s gets no calls, and signing in takes its time
        var (inside, outside) = (await world.AgentAsync(_skill), await world.AgentAsync(_skill));
        var (campaign, other) = (await world.CampaignAsync(_skill), await world.CampaignAsync(_skill));
        await AssignAsync(inside, "gold", null);
        (await PutAsync("/api/v1/teams/gold", new { blend = "Blended", campaigns = new[] { campaign.CampaignId } })).ShouldBe(HttpStatusCode.NoContent);
        await AssignAsync(outside, "silver", null);
        await AssignAsync(inside, "gold", null); // told at once, not with the keeper's next round

        XDocument.Parse(await world.AnswerAsync(await world.AttemptAsync(campaign))).Descendants("Conference").Single().Value.Trim().ShouldBe(inside.Conference);
        (await world.AnswerAsync(await world.AttemptAsync(campaign))).ShouldContain("Hangup"); // the other team is free, and not asked
        XDocument.Parse(await world.AnswerAsync(await world.AttemptAsync(other))).Descendants("Conference").Single().Value.Trim().ShouldBe(outside.Conference);
    }

    [Fact]
    public async Task An_agent_for_callers_gets_no_campaigns_call_and_one_for_campaigns_no_caller()
    {
        var inbound = await world.AgentAsync(_skill);
        await AssignAsync(inbound, "", "Inbound");
        var campaign = await world.CampaignAsync(_skill);

        (await world.AnswerAsync(await world.AttemptAsync(campaign))).ShouldContain("Hangup");
        var (sid, _) = await AskForAPersonAsync();

        await DialingWorld.UntilAsync(async () => await world.AgentStateAsync(inbound) == "Reserved");
        (await world.OneAsync<long>("select agent_id from attempt where sid = @sid", new { sid })).ShouldBe(inbound.AgentId);
    }

    [Fact]
    public async Task A_teams_blend_is_every_members_who_has_none_of_his_own()
    {
        var (member, exception) = (await world.AgentAsync(_skill), await world.AgentAsync(_skill));
        (await PutAsync("/api/v1/teams/out", new { blend = "Outbound", campaigns = Array.Empty<long>() })).ShouldBe(HttpStatusCode.NoContent);
        await AssignAsync(member, "out", null);
        await AssignAsync(exception, "out", "Blended");

        var agents = JsonNode.Parse(await GetAsync("/api/v1/agents"))!["items"]!.AsArray();

        string Works(DialingWorld.Desk desk) => agents.Single(each => each!["agentId"]!.GetValue<long>() == desk.AgentId)!["works"]!.GetValue<string>();
        (Works(member), Works(exception)).ShouldBe(("Outbound", "Blended"));
        JsonNode.Parse(await GetAsync("/api/v1/teams"))!["items"]!.AsArray().Single(team => team!["name"]!.GetValue<string>() == "out")!["agents"]!.GetValue<long>().ShouldBe(2);
    }

    [Fact]
    public async Task A_call_passed_on_to_level_3_waits_for_it_and_says_when_level_2_will_do()
    {
        var (first, second) = (await world.AgentAsync(_skill), await world.AgentAsync(_skill));
        await AssignAsync(second, "", null, "tier:2");
        var call = await world.AttemptAsync(await world.CampaignAsync(_skill));
        await world.AnswerAsync(call);
        (await world.AgentStateAsync(first)).ShouldBe("Reserved"); // the longer idle
        await JoinCustomerAsync(first, call);

        (await SendAsync(HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/transfer", first.Token, new { skill = "tier:3" })).ShouldBe(HttpStatusCode.NoContent);

        var line = JsonNode.Parse(await GetAsync("/api/v1/queues/line"))!["items"]!.AsArray().Single(each => each!["attemptId"]!.GetValue<long>() == call.Id)!;
        line["needs"]!.AsArray().Select(need => need!.GetValue<string>()).ShouldContain("tier:3");
        line["widensTo"]!.AsArray().Select(need => need!.GetValue<string>()).ShouldBe([_skill, "tier:2"], ignoreOrder: true);
        line["free"]!.GetValue<int>().ShouldBe(0);
        await world.ExecuteAsync("update queue_entry set entered_at = entered_at - interval '61 seconds' where attempt_id = @Id", call);
        await DialingWorld.UntilAsync(async () => await world.AgentStateAsync(second) == "Reserved");
        var why = JsonNode.Parse(await GetAsync($"/api/v1/routing/decisions?attemptId={call.Id}"))!["items"]!.AsArray();
        why.Single()!["why"]!["reason"]!.GetValue<string>().ShouldBe("Widened");
    }

    [Theory]
    [InlineData("serves-inbound")]
    [InlineData("Tier 3")]
    [InlineData("")]
    public async Task A_word_that_is_no_skill_is_refused(string skill)
    {
        var desk = await world.AgentAsync(_skill);

        (await PutAsync($"/api/v1/agents/{desk.AgentId}/assignment", new { team = "", skills = new[] { skill } })).ShouldBe(HttpStatusCode.BadRequest);
    }

    private async Task AssignAsync(DialingWorld.Desk desk, string team, string? blend, params string[] more) =>
        (await PutAsync($"/api/v1/agents/{desk.AgentId}/assignment", new { team, skills = more.Append(_skill).ToArray(), blend })).ShouldBe(HttpStatusCode.NoContent);

    private Task JoinCustomerAsync(DialingWorld.Desk desk, DialingWorld.Placed call) => world.BodyAsync(
        $"/twilio/conference?s={desk.Session:N}", ("ConferenceSid", "CF" + desk.Session.ToString("N")), ("FriendlyName", desk.Conference), ("StatusCallbackEvent", "participant-join"), ("SequenceNumber", "2"), ("CallSid", call.Sid));

    private async Task<(string Sid, string Twiml)> AskForAPersonAsync()
    {
        var campaign = await world.CampaignAsync(_skill);
        var ours = $"+1212{Random.Shared.Next(2_000_000, 9_999_999)}";
        await world.ExecuteAsync("update campaign set from_e164 = @ours where campaign_id = @CampaignId", new { ours, campaign.CampaignId });
        var debtor = await world.People.DebtorAsync(line: "Landline");
        var sid = $"CA{Guid.NewGuid():N}";
        var first = await world.BodyAsync("/twilio/voice/inbound", ("CallSid", sid), ("From", debtor.E164), ("To", ours), ("CallStatus", "ringing"));
        var action = new Uri(XDocument.Parse(first).Descendants("Gather").First().Attribute("action")!.Value).PathAndQuery;
        return (sid, await world.BodyAsync(action, ("CallSid", sid), ("Digits", "0")));
    }

    private async Task<string> TokenAsync()
    {
        if (_token is not null)
            return _token;
        await world.Services.GetRequiredService<Users>().PutAsync("floorboss", "Boss", DialingWorld.Password, [Roles.Supervisor], [], ComplianceWorld.Noon, default);
        return _token = await world.SignInAsync("floorboss");
    }

    private async Task<HttpStatusCode> PutAsync(string path, object body) => await SendAsync(HttpMethod.Put, path, await TokenAsync(), body);

    private async Task<HttpStatusCode> SendAsync(HttpMethod method, string path, string token, object body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await world.Http.SendAsync(request);
        return answer.StatusCode;
    }

    private async Task<string> GetAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync());
        using var answer = await world.Http.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }
}
