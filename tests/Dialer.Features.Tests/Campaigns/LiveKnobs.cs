using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dialer.Features.Access;
using Dialer.Features.Campaigns;
using Dialer.Features.Dialing;
using Dialer.Features.Tests.Compliance;
using Dialer.Features.Tests.Dialing;
using Dialer.Core.Pacing;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Tests.Campaigns;

/// <summary>A supervisor's knobs on a running campaign.</summary>
public sealed class LiveKnobs(DialingWorld world) : IClassFixture<DialingWorld>
{
    private string _token = "";

    [Fact]
    public async Task A_change_has_a_reason_a_history_and_an_audit_row_and_is_undone()
    {
        var campaign = await SignedInAsync();
        var path = $"/api/v1/campaigns/{campaign.CampaignId}/pacing";
        var knobs = (await ReadAsync(path))["knobs"]!.AsObject();
        knobs["abandonCap"] = 0.02m;
        knobs["ringSeconds"] = 20;

        var changed = await SendAsync(HttpMethod.Put, path, new { version = campaign.Version, reason = "Complaints about silence", knobs });

        changed.Status.ShouldBe(HttpStatusCode.OK, changed.Body?.ToJsonString());
        (await world.OneAsync<string>("select abandon_cap || ' ' || ring_seconds || ' ' || version from campaign where campaign_id = @CampaignId", campaign)).ShouldBe($"0.02000 20 {campaign.Version + 1}");
        (await world.OneAsync<long>("select count(*) from audit where action = 'campaign.pacing' and subject = @subject", new { subject = $"campaign/{campaign.CampaignId}" })).ShouldBe(1);
        var undone = await SendAsync(HttpMethod.Post, $"{path}/changes/{changed.Body!["changeId"]}/undo", new { reason = "It was the line" });
        undone.Status.ShouldBe(HttpStatusCode.OK);
        var after = await ReadAsync(path);
        after["knobs"]!["ringSeconds"]!.GetValue<int>().ShouldBe(campaign.RingSeconds);
        after["knobs"]!["abandonCap"]!.GetValue<decimal>().ShouldBe(campaign.AbandonCap);
        after["changes"]!.AsArray().Select(change => change!["reason"]!.GetValue<string>()).ShouldBe(["It was the line", "Complaints about silence"]);
    }

    [Theory]
    [InlineData("ringSeconds", 10)]
    [InlineData("abandonCap", 1)]
    [InlineData("abandonWindowDays", 60)]
    [InlineData("linesPerAgentMax", 40)]
    public async Task What_the_law_or_sense_forbids_is_refused_by_its_name(string knob, int value)
    {
        var campaign = await SignedInAsync();
        var path = $"/api/v1/campaigns/{campaign.CampaignId}/pacing";
        var knobs = (await ReadAsync(path))["knobs"]!.AsObject();
        knobs[knob] = value;

        var refused = await SendAsync(HttpMethod.Put, path, new { version = campaign.Version, reason = "Faster", knobs });

        refused.Status.ShouldBe(HttpStatusCode.BadRequest);
        refused.Body!["errors"]![knob].ShouldNotBeNull();
        (await world.OneAsync<int>("select version from campaign where campaign_id = @CampaignId", campaign)).ShouldBe(campaign.Version);
    }

    [Fact]
    public async Task A_change_of_what_somebody_else_has_changed_meanwhile_and_one_without_a_reason_are_refused()
    {
        var campaign = await SignedInAsync();
        var path = $"/api/v1/campaigns/{campaign.CampaignId}/pacing";
        var knobs = (await ReadAsync(path))["knobs"];

        (await SendAsync(HttpMethod.Put, path, new { version = campaign.Version - 1, reason = "Mine", knobs })).Status.ShouldBe(HttpStatusCode.Conflict);
        (await SendAsync(HttpMethod.Put, path, new { version = campaign.Version, reason = " ", knobs })).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_effect_of_a_change_is_predicted_for_this_floor_and_the_panel_says_why_it_paces_so()
    {
        await world.CloseAllAsync();
        var skill = DialingWorld.NewSkill();
        var campaign = await world.CampaignAsync(skill);
        await SignInAsync();
        await world.ListAsync(campaign, 10);
        var seats = world.Seats(skill, 6);
        var leader = world.Leader("pacing");
        await leader.TickUntilAsync(world, seats, async () => await world.LiveAsync(campaign) >= 6);
        await leader.LeaveAsync();

        var pace = await ReadAsync($"/api/v1/campaigns/{campaign.CampaignId}/pace?minutes=10");
        var knobs = JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(PacingKnobs.Of(campaign), ApiJson.Options))!;
        knobs["mode"] = "Progressive";
        var predicted = await SendAsync(HttpMethod.Post, $"/api/v1/campaigns/{campaign.CampaignId}/pacing/prediction", knobs);

        pace["points"]!.AsArray().Count.ShouldBeGreaterThan(0);
        pace["points"]![0]!["working"]!.GetValue<int>().ShouldBe(6);
        predicted.Status.ShouldBe(HttpStatusCode.OK, predicted.Body?.ToJsonString());
        predicted.Body!["agents"]!.GetValue<int>().ShouldBe(6);
        predicted.Body["changed"]!["abandonment"]!.GetValue<double>().ShouldBe(0);
        predicted.Body["changed"]!["differenceToFirst"]!.GetValue<double>().ShouldBeLessThan(0);
        predicted.Body["current"]!["utilisation"]!.GetValue<double>().ShouldBeInRange(30, 100);
    }

    [Fact]
    public void A_floor_that_its_calls_per_second_hold_down_is_told_so_with_the_arithmetic()
    {
        var floor = new LearnedFloor(0.2, 0.15, 150, 25, 11, 20, 3, 1000);
        var ceiling = ReadPace.Ceiling(new Campaign { MaxLines = 1000, LinesPerAgentMax = 20 }, new DialingOptions { CallsPerSecond = 1 }, floor, 50);

        ceiling.ByCallsPerSecond.ShouldBe(0.7, 1e-9);
        ceiling.Text!.ShouldContain("70");
        ReadPace.Ceiling(new Campaign { MaxLines = 1000, LinesPerAgentMax = 20 }, new DialingOptions { CallsPerSecond = 5 }, floor, 50).Text.ShouldBeNull();
    }

    private async Task<Campaign> SignedInAsync()
    {
        await SignInAsync();
        return await world.CampaignAsync();
    }

    private async Task SignInAsync()
    {
        await world.Services.GetRequiredService<Users>().PutAsync("boss", "Boss", DialingWorld.Password, [Roles.Supervisor], [], ComplianceWorld.Noon, default);
        _token = await world.SignInAsync("boss");
    }

    private async Task<JsonNode> ReadAsync(string path)
    {
        var (status, body) = await SendAsync(HttpMethod.Get, path, null);
        status.ShouldBe(HttpStatusCode.OK, body?.ToJsonString());
        return body!;
    }

    private async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        using var answer = await world.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }
}
