using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dialer.Features.Access;
using Dialer.Features.Campaigns;
using Dialer.Features.Tests.Compliance;
using Dialer.Features.Tests.Dialing;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Tests.Agents;

/// <summary>A preview campaign: the agent is shown an account, and calls it through the gate or says why not; and what an agent has done today.</summary>
public sealed class PreviewedAccounts(DialingWorld world) : IClassFixture<DialingWorld>
{
    private readonly string _skill = DialingWorld.NewSkill();

    [Theory]
    [InlineData("Preview")]
    [InlineData("Manual")]
    public async Task The_account_that_is_shown_is_away_from_the_list_and_is_called_as_a_try_of_the_campaign(string mode)
    {
        var (desk, colleague, stranger) = (await world.AgentAsync(_skill), await world.AgentAsync(_skill), await world.AgentAsync(DialingWorld.NewSkill()));
        var campaign = await world.CampaignAsync(_skill, mode);
        var debtor = await LeadAsync(campaign);

        var shown = (await NextAsync(desk))!;
        (shown["accountId"]!.GetValue<long>(), shown["campaign"]!.GetValue<string>(), shown["balance"]!.GetValue<decimal>(), shown["attemptsLeft"]!.GetValue<int>()).ShouldBe((debtor.Account.Value, campaign.Name, 100m, 7));
        (await NextAsync(desk))!["accountId"]!.GetValue<long>().ShouldBe(debtor.Account.Value); // a second press, or another tab
        (await NextAsync(colleague)).ShouldBeNull();
        (await ReadAsync(stranger))["campaigns"]!.AsArray().ShouldBeEmpty();
        (await world.OneAsync<long>("select count(*) from account_look where account_id = @account and user_id = @AgentId", new { account = debtor.Account.Value, desk.AgentId })).ShouldBe(1);

        var (status, body) = await SendAsync(desk, "/api/v1/agent/preview/dial");
        status.ShouldBe(HttpStatusCode.OK, body);

        var attempt = JsonNode.Parse(body)!["attemptId"]!.GetValue<long>();
        var asked = world.Twilio.CallsTo(debtor.E164).ShouldHaveSingleItem();
        asked.Form["From"].ShouldBe(campaign.FromE164);
        (await world.OneAsync<string>("select mode || ' ' || (campaign_id = @CampaignId) || ' ' || (agent_id = @AgentId) from attempt where attempt_id = @attempt", new { attempt, campaign.CampaignId, desk.AgentId })).ShouldBe($"{mode} true true");
        (await world.OneAsync<string>("select state || ' ' || (attempt_id = @attempt) from account_preview where agent_id = @AgentId", new { attempt, desk.AgentId })).ShouldBe("Dialled true");
        (await world.OneAsync<short>("select attempts from ready_lead where campaign_id = @CampaignId", campaign)).ShouldBe((short)1);
        (await world.OneAsync<string>("select mode from decision where attempt_id = @attempt", new { attempt })).ShouldBe(mode);
        var sid = await world.OneAsync<string>("select sid from attempt where attempt_id = @attempt", new { attempt });
        (await world.BodyAsync(new Uri(asked.Form["Url"]).PathAndQuery, ("CallSid", sid), ("CallStatus", "in-progress"))).ShouldContain(desk.Conference);
    }

    [Fact]
    public async Task What_is_skipped_needs_a_reason_and_comes_again_after_the_campaigns_retry_time()
    {
        var desk = await world.AgentAsync(_skill);
        var campaign = await world.CampaignAsync(_skill, "Preview");
        var (first, second) = (await LeadAsync(campaign), await LeadAsync(campaign, minutes: 1));
        (await NextAsync(desk))!["accountId"]!.GetValue<long>().ShouldBe(first.Account.Value);

        (await SendAsync(desk, "/api/v1/agent/preview/skip", new { reason = " " })).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await SendAsync(desk, "/api/v1/agent/preview/skip", new { reason = "Asked for the evening" })).Status.ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(desk, "/api/v1/agent/preview/skip", new { reason = "Twice" })).Status.ShouldBe(HttpStatusCode.Conflict);

        (await world.OneAsync<bool>(
            "select not_before > @Noon + make_interval(mins => c.retry_minutes) - interval '1 minute' and attempts = 0 from ready_lead join campaign c using (campaign_id) where account_id = @account",
            new { ComplianceWorld.Noon, account = first.Account.Value })).ShouldBeTrue();
        (await NextAsync(desk))!["accountId"]!.GetValue<long>().ShouldBe(second.Account.Value);
        (await world.OneAsync<string>("select reason from account_preview where agent_id = @AgentId and state = 'Skipped'", desk)).ShouldBe("Asked for the evening");
    }

    [Fact]
    public async Task Whom_the_law_protects_is_not_shown_and_who_is_protected_meanwhile_is_not_called()
    {
        var desk = await world.AgentAsync(_skill);
        var campaign = await world.CampaignAsync(_skill, "Preview");
        var (barred, other) = (await LeadAsync(campaign), await LeadAsync(campaign, minutes: 1));
        await world.People.HoldAsync(barred, "Cease");

        (await NextAsync(desk))!["accountId"]!.GetValue<long>().ShouldBe(other.Account.Value);
        (await world.OneAsync<bool>("select not_before > @Noon + interval '1 hour' from ready_lead where account_id = @account", new { ComplianceWorld.Noon, account = barred.Account.Value })).ShouldBeTrue();

        await world.People.HoldAsync(other, "Attorney");
        var (status, body) = await SendAsync(desk, "/api/v1/agent/preview/dial");
        status.ShouldBe(HttpStatusCode.Conflict, body);
        JsonNode.Parse(body)!["reasons"]!.AsArray().ShouldNotBeEmpty();
        world.Twilio.CallsTo(other.E164).ShouldBeEmpty();
        (await world.AgentStateAsync(desk)).ShouldBe("Available");
        (await ReadAsync(desk))["shown"].ShouldBeNull();
        (await NextAsync(desk)).ShouldBeNull();
    }

    [Fact]
    public async Task What_is_left_alone_or_whose_campaign_is_paused_is_not_dialled_any_more()
    {
        var desk = await world.AgentAsync(_skill);
        var campaign = await world.CampaignAsync(_skill, "Preview");
        await LeadAsync(campaign);
        await NextAsync(desk);

        await world.ExecuteAsync("update campaign set state = 'Paused' where campaign_id = @CampaignId", campaign);
        (await SendAsync(desk, "/api/v1/agent/preview/dial")).Status.ShouldBe(HttpStatusCode.Conflict);
        await world.ExecuteAsync("update campaign set state = 'Open' where campaign_id = @CampaignId; update account_preview set until_at = given_at where campaign_id = @CampaignId", campaign);
        (await SendAsync(desk, "/api/v1/agent/preview/dial")).Status.ShouldBe(HttpStatusCode.Conflict);
        (await NextAsync(desk)).ShouldBeNull(); // its lead is away until the time it was shown for is over
        (await world.OneAsync<string>("select state from account_preview where agent_id = @AgentId", desk)).ShouldBe("Expired");
    }

    [Fact]
    public async Task A_campaign_that_has_made_the_calls_of_its_day_shows_and_dials_nobody_until_tomorrow()
    {
        var (desk, colleague) = (await world.AgentAsync(_skill), await world.AgentAsync(_skill));
        var campaign = await world.CampaignAsync(_skill, "Preview");
        await world.ExecuteAsync("update campaign set calls_a_day = 1 where campaign_id = @CampaignId", campaign);
        var (first, second) = (await LeadAsync(campaign), await LeadAsync(campaign, minutes: 1));
        (await NextAsync(desk))!["accountId"]!.GetValue<long>().ShouldBe(first.Account.Value);
        (await NextAsync(colleague))!["accountId"]!.GetValue<long>().ShouldBe(second.Account.Value);

        (await SendAsync(desk, "/api/v1/agent/preview/dial")).Status.ShouldBe(HttpStatusCode.OK);
        var (status, body) = await SendAsync(colleague, "/api/v1/agent/preview/dial");

        (status, body.Contains("all the calls of its day", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.Conflict, true), body);
        world.Twilio.CallsTo(second.E164).ShouldBeEmpty();
        (await world.OneAsync<bool>("select not_before > @Noon + interval '4 hours' from ready_lead where account_id = @account", new { ComplianceWorld.Noon, account = second.Account.Value })).ShouldBeTrue();
        (await NextAsync(colleague)).ShouldBeNull();
    }

    [Fact]
    public async Task A_call_by_hand_is_a_try_of_the_day_in_the_campaigns_that_have_the_account_and_takes_none_of_theirs_away()
    {
        var desk = await world.AgentAsync(_skill);
        var campaign = await world.CampaignAsync(_skill);
        await world.ExecuteAsync("update campaign set cadence = cast(@cadence as jsonb) where campaign_id = @CampaignId", new { campaign.CampaignId, cadence = """{"rules":[{"fromAttempt":1,"delayMinutes":5}],"maxAttempts":9,"maxAttemptsADay":1}""" });
        var debtor = await LeadAsync(campaign);
        var (status, body) = await SendAsync(desk, "/api/v1/agent/dial", new { accountId = debtor.Account.Value });
        status.ShouldBe(HttpStatusCode.OK, body);
        var attempt = JsonNode.Parse(body)!["attemptId"]!.GetValue<long>();
        var sid = await world.OneAsync<string>("select sid from attempt where attempt_id = @attempt", new { attempt });
        var callback = new Uri(world.Twilio.CallsTo(debtor.E164).ShouldHaveSingleItem().Form["StatusCallback"]).PathAndQuery;

        await world.BodyAsync(callback, ("CallSid", sid), ("CallStatus", "no-answer"), ("SequenceNumber", "3"));

        (await world.OneAsync<string>("select (not_before > @Noon + interval '4 hours') || ' ' || attempts from ready_lead where account_id = @account", new { ComplianceWorld.Noon, account = debtor.Account.Value })).ShouldBe("true 0");
    }

    [Fact]
    public async Task An_agents_own_day_counts_his_calls_and_promises_beside_the_goals_that_are_set()
    {
        var desk = await world.AgentAsync(_skill);
        (await TodayAsync(desk))["calls"]!["value"]!.GetValue<decimal>().ShouldBe(0);
        var boss = await BossAsync();
        (await PutAsync(boss, new { metric = "agentCalls", value = 60 })).ShouldBe(HttpStatusCode.NoContent);
        (await PutAsync(boss, new { metric = "agentSleep", value = 8 })).ShouldBe(HttpStatusCode.BadRequest);

        var call = await world.AttemptAsync(await world.CampaignAsync(_skill));
        await world.AnswerAsync(call);
        await world.JoinAsync(desk, call.Sid, 2);
        await world.StatusAsync(call, "completed", 9);
        (await SendAsync(desk, $"/api/v1/agent/calls/{call.Id}/disposition", new { code = "RPC-PTP", promise = new { amount = 40, dueDate = "2026-06-15" } })).Status.ShouldBe(HttpStatusCode.NoContent);

        var today = await TodayAsync(desk);
        string Of(string figure) => $"{today[figure]!["value"]} of {today[figure]!["goal"]?.ToString() ?? "-"}";
        (Of("calls"), Of("rightParty"), Of("promises"), Of("promised"), Of("kept")).ShouldBe(("1 of 60", "1 of -", "1 of -", "40.00 of -", "0 of 0"));

        await world.ExecuteAsync("update promise set state = 'Kept', closed_at = @Noon where attempt_id = @Id", new { ComplianceWorld.Noon, call.Id });
        today = await TodayAsync(desk);
        Of("kept").ShouldBe("1 of 1");
    }

    private async Task<ComplianceWorld.Debtor> LeadAsync(Campaign campaign, int minutes = 0)
    {
        var debtor = await world.People.DebtorAsync(line: "Landline");
        await world.ExecuteAsync(
            "insert into ready_lead (campaign_id, account_id, person_id, not_before) values (@CampaignId, @account, @person, @Noon - interval '1 hour' + make_interval(mins => @minutes))",
            new { campaign.CampaignId, account = debtor.Account.Value, person = debtor.Person.Value, ComplianceWorld.Noon, minutes });
        return debtor;
    }

    private async Task<JsonNode?> NextAsync(DialingWorld.Desk desk)
    {
        var (status, body) = await SendAsync(desk, "/api/v1/agent/preview");
        status.ShouldBe(HttpStatusCode.OK, body);
        return JsonNode.Parse(body)!["shown"];
    }

    private Task<JsonNode> ReadAsync(DialingWorld.Desk desk) => GetAsync(desk, "/api/v1/agent/preview");

    private Task<JsonNode> TodayAsync(DialingWorld.Desk desk) => GetAsync(desk, "/api/v1/agent/today");

    private async Task<JsonNode> GetAsync(DialingWorld.Desk desk, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", desk.Token);
        using var answer = await world.Http.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(DialingWorld.Desk desk, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body ?? new { }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", desk.Token);
        using var answer = await world.Http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<string> BossAsync()
    {
        await world.Services.GetRequiredService<Users>().PutAsync("goalboss", "Boss", DialingWorld.Password, [Roles.Supervisor], [], ComplianceWorld.Noon, default);
        return await world.SignInAsync("goalboss");
    }

    private async Task<HttpStatusCode> PutAsync(string token, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/wallboard/targets") { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await world.Http.SendAsync(request);
        return answer.StatusCode;
    }
}
