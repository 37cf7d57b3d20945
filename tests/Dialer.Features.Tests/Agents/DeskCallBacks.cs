using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dialer.Core.Pacing;
using Dialer.Features.Campaigns;
using Dialer.Features.Dialing;
using Dialer.Features.Tests.Compliance;
using Dialer.Features.Tests.Dialing;
using Dialer.Features.Tests.Ivr;
using Dialer.Storage.Postgres;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Tests.Agents;

/// <summary>One list of calls that people asked for: what an agent agreed is first his, then anyone's; what the IVR took stands beside it; and each is dialled through the gate, once.</summary>
public sealed class DeskCallBacks(DialingWorld world) : IClassFixture<DialingWorld>
{
    [Fact]
    public async Task An_agreed_call_back_is_offered_to_its_agent_and_dialled_through_the_gate_once()
    {
        var (desk, call) = await AgreedAsync("Mine");
        var person = await PersonAsync(call);
        var mine = (await WorkAsync(desk)).Single(item => item["personId"]!.GetValue<long>() == person);
        mine["mine"]!.GetValue<bool>().ShouldBeTrue();

        var attempt = await DialAsync(desk, mine);
        attempt.Status.ShouldBe(HttpStatusCode.OK, attempt.Text);

        var id = JsonNode.Parse(attempt.Text)!["attemptId"]!.GetValue<long>();
        (await world.OneAsync<string>("select state || ' ' || tries || ' ' || (attempt_id = @id) from call_request where call_request_id = @callBack", new { id, callBack = mine["id"]!.GetValue<long>() })).ShouldBe("Dialed 1 true");
        (await world.OneAsync<string>("select purpose || ' ' || coalesce(exclusion, '-') from attempt where attempt_id = @id", new { id })).ShouldBe("CallbackRequested DirectConsent");
        (await world.OneAsync<string>("select verdict from decision where attempt_id = @id", new { id })).ShouldStartWith("Allow");
        (await DialAsync(await world.AgentAsync(DialingWorld.NewSkill()), mine)).Text.ShouldContain("made already");
    }

    [Fact]
    public async Task A_campaign_leaves_an_agents_own_call_back_to_him_for_ten_minutes_and_then_dials_it()
    {
        var (_, call) = await AgreedAsync("Mine");
        var campaign = await CampaignOfAsync(call);
        var other = await world.AgentAsync(DialingWorld.NewSkill());
        (await PrepareAsync(campaign)).ShouldBeEmpty();
        (await WorkAsync(other)).Select(item => item["personId"]!.GetValue<long>()).ShouldNotContain(await PersonAsync(call));

        await world.ExecuteAsync("update call_request set due_at = due_at - interval '11 minutes' where person_id = @person", new { person = await PersonAsync(call) });
        (await WorkAsync(other)).Select(item => item["personId"]!.GetValue<long>()).ShouldContain(await PersonAsync(call));
        (await PrepareAsync(campaign)).ShouldHaveSingleItem().ToE164.ShouldBe(call.E164);
        (await world.OneAsync<string>("select purpose from attempt where person_id = @person order by attempt_id desc limit 1", new { person = await PersonAsync(call) })).ShouldBe("CallbackRequested");
    }

    [Fact]
    public async Task Anyones_call_back_is_on_every_list_and_dialled_at_its_time()
    {
        var (_, call) = await AgreedAsync("Anyone");
        var person = await PersonAsync(call);
        (await WorkAsync(await world.AgentAsync(DialingWorld.NewSkill()))).Single(item => item["personId"]!.GetValue<long>() == person)["mine"]!.GetValue<bool>().ShouldBeFalse();
        (await PrepareAsync(await CampaignOfAsync(call))).ShouldHaveSingleItem().ToE164.ShouldBe(call.E164);
    }

    [Fact]
    public async Task What_the_IVR_took_stands_on_the_agents_list_too()
    {
        var calls = new IvrWorld(world.Database) { Now = ComplianceWorld.Noon };
        var debtor = await calls.AddDebtorAsync(zip: "90001");
        await world.ExecuteAsync("update person set state = 'CA' where person_id = @PersonId", debtor);
        var caller = await (await calls.CallAsync(debtor, "inbound")).PressAsync("1");
        await caller.VerifyAsync("90001");
        await caller.PressAsync("0", "1");
        await caller.HangUpAsync();

        var item = (await WorkAsync(await world.AgentAsync(DialingWorld.NewSkill()))).Single(work => work["personId"]!.GetValue<long>() == debtor.PersonId);
        (item["kind"]!.GetValue<string>(), item["mine"]!.GetValue<bool>()).ShouldBe(("CallBack", false));
    }

    [Fact]
    public async Task What_the_law_forbids_meanwhile_is_not_dialled_and_stays_on_the_list()
    {
        var (desk, call) = await AgreedAsync("Mine");
        var theirs = await PersonAsync(call);
        var mine = (await WorkAsync(desk)).Single(item => item["personId"]!.GetValue<long>() == theirs);
        await world.ExecuteAsync("insert into hold (person_id, kind, opened_at, opened_by) values (@person, 'Cease', now(), 'test')", new { person = await PersonAsync(call) });

        var (status, text) = await DialAsync(desk, mine);

        status.ShouldBe(HttpStatusCode.Conflict);
        text.ShouldContain("CEASE_COMMUNICATION");
        (await world.OneAsync<string>("select state from call_request where call_request_id = @id", new { id = mine["id"]!.GetValue<long>() })).ShouldBe("Queued");
        (await world.OneAsync<long>("select count(*) from decision where person_id = @person and verdict = 'Deny'", new { person = await PersonAsync(call) })).ShouldBe(1);
    }

    /// <summary>A call that ended with "call me again", due now.</summary>
    private async Task<(DialingWorld.Desk Desk, DialingWorld.Placed Call)> AgreedAsync(string callbackFor)
    {
        var skill = DialingWorld.NewSkill();
        var desk = await world.AgentAsync(skill);
        var call = await world.AttemptAsync(await world.CampaignAsync(skill));
        await world.AnswerAsync(call);
        await world.JoinAsync(desk, call.Sid, 2);
        await world.StatusAsync(call, "completed", 9);
        using var answer = await world.Http.SendAsync(Request(desk, HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/disposition", new
        {
            code = "RPC-CB", callbackAt = world.Services.GetRequiredService<ServiceClock>().Now.ToString("uuuu-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), callbackFor,
        }));
        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent, await answer.Content.ReadAsStringAsync());
        return (desk, call);
    }

    private async Task<IReadOnlyList<JsonNode>> WorkAsync(DialingWorld.Desk desk)
    {
        using var answer = await world.Http.SendAsync(Request(desk, HttpMethod.Get, "/api/v1/agent/work", null));
        return [.. JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["items"]!.AsArray().Select(item => item!)];
    }

    private async Task<(HttpStatusCode Status, string Text)> DialAsync(DialingWorld.Desk desk, JsonNode item)
    {
        using var answer = await world.Http.SendAsync(Request(desk, HttpMethod.Post, "/api/v1/agent/dial", new { accountId = item["accountId"]!.GetValue<long>(), callBackId = item["id"]!.GetValue<long>() }));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private Task<long> PersonAsync(DialingWorld.Placed call) => world.OneAsync<long>("select person_id from attempt where attempt_id = @Id", call);

    private async Task<Campaign> CampaignOfAsync(DialingWorld.Placed call)
    {
        var campaign = await world.CampaignAsync(mode: "Progressive");
        await world.ExecuteAsync("update campaign set client_id = (select client_id from person where person_id = @person) where campaign_id = @CampaignId", new { person = await PersonAsync(call), campaign.CampaignId });
        return (await world.Database.FindAsync<Campaign>($"select {Campaign.Columns} from campaign where campaign_id = @CampaignId", new { campaign.CampaignId }, default))!;
    }

    private async Task<IReadOnlyList<DialBatch.Intent>> PrepareAsync(Campaign campaign)
    {
        var epoch = await world.Services.GetRequiredService<Leases>().TryHoldAsync(DialBatch.LeaseOf(campaign.CampaignId), TimeSpan.FromMinutes(1), default);
        return (await world.Services.GetRequiredService<DialBatch>().PrepareAsync(campaign, PacingMode.Progressive, 5, epoch!.Value, default)).Intents;
    }

    private static HttpRequestMessage Request(DialingWorld.Desk desk, HttpMethod method, string path, object? body)
    {
        var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", desk.Token);
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        return request;
    }
}
