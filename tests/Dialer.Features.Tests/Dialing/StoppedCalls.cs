using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Dialer.Features.Campaigns;
using Dialer.Features.Dialing;
using Dialer.Features.Imports;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Tests.Dialing;

/// <summary>A client's recall or stop arrives while its accounts are being dialled.</summary>
public sealed class StoppedCalls(DialingWorld world) : IClassFixture<DialingWorld>
{
    private const long Epoch = 3;

    [Theory]
    [InlineData(FileKind.Recall, "account,reason\n{0},sold\n")]
    [InlineData(FileKind.Cease, "account,reason\n{0},letter\n")]
    [InlineData(FileKind.Cease, "account,scope\n{0},account\n")]
    public async Task A_call_that_was_decided_before_the_stop_is_not_made_after_it(FileKind kind, string file)
    {
        var campaign = await LedCampaignAsync();
        var call = await world.AttemptAsync(campaign, "Intent");

        (await SendFileAsync(call, kind, file)).Accepted.ShouldBe(1);
        await DialAsync(campaign, call);

        world.Twilio.CallsTo(call.E164).ShouldBeEmpty();
        (await world.OneAsync<string>("select state from attempt where attempt_id = @Id", call)).ShouldBe("Intent", "the sweeper drops it and frees whoever waits for it");
    }

    [Theory]
    [InlineData(FileKind.Recall)]
    [InlineData(FileKind.Cease)]
    public async Task A_call_that_rings_is_ended_and_an_answer_in_between_connects_nobody(FileKind kind)
    {
        var skill = DialingWorld.NewSkill();
        var campaign = await world.CampaignAsync(skill);
        var desk = await world.AgentAsync(skill);
        var call = await world.AttemptAsync(campaign);

        (await SendFileAsync(call, kind, "account\n{0}\n")).Accepted.ShouldBe(1);

        (await world.AnswerAsync(call)).ShouldNotContain(desk.Conference);
        await DialingWorld.UntilAsync(() => Task.FromResult(world.Twilio.UpdatesOf(call.Sid).Any(update => update.Form.GetValueOrDefault("Status") == "completed")));
    }

    [Fact]
    public async Task Why_says_that_the_client_took_the_account_back()
    {
        var campaign = await world.CampaignAsync();
        var call = await world.AttemptAsync(campaign, "Intent");
        var report = await SendFileAsync(call, FileKind.Recall, "account,reason\n{0},sold to another\n");
        var desk = await world.AgentAsync(DialingWorld.NewSkill());
        var account = await world.OneAsync<long>("select account_id from attempt where attempt_id = @Id", call);

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/accounts/{account}/why");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", desk.Token);
        using var answer = await world.Http.SendAsync(request);
        var why = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

        why["callable"]!.GetValue<bool>().ShouldBeFalse();
        (why["status"]!.GetValue<string>(), why["statusReason"]!.GetValue<string>()).ShouldBe(("Recalled", $"Recalled by the client, import {report.ImportId}. sold to another"));
        why["ways"]![0]!["reasons"]!.AsArray().Select(reason => reason!["code"]!.GetValue<string>()).ShouldContain("ACCOUNT_NOT_OPEN");
    }

    private async Task<ImportReport> SendFileAsync(DialingWorld.Placed call, FileKind kind, string file)
    {
        var (code, number) = (
            await world.OneAsync<string>("select c.code from client c join account a using (client_id) join attempt t using (account_id) where t.attempt_id = @Id", call),
            await world.OneAsync<string>("select client_account_no from account join attempt using (account_id) where attempt_id = @Id", call));
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(file.Replace("{0}", number, StringComparison.Ordinal)));
        var report = await world.Services.GetRequiredService<ImportFile>().RunAsync(stream, new ImportRequest(code, "stop.csv", "tester", Kind: kind), null, null, default);
        report.Refusal.ShouldBeNull();
        return report;
    }

    private async Task<Campaign> LedCampaignAsync()
    {
        var campaign = await world.CampaignAsync();
        await world.ExecuteAsync(
            "insert into lease (name, owner, epoch, expires_at) values (@name, 'test', @Epoch, clock_timestamp() + interval '1 hour')", new { name = DialBatch.LeaseOf(campaign.CampaignId), Epoch });
        return campaign;
    }

    /// <summary>Batches are sent in order: when a later one is placed, the earlier one has been dealt with.</summary>
    private async Task DialAsync(Campaign campaign, DialingWorld.Placed call)
    {
        var sender = world.Services.GetRequiredService<CallSender>();
        await sender.SendAsync(campaign, Epoch, [call.Intent], default);
        var another = await world.AttemptAsync(campaign, "Intent");
        await sender.SendAsync(campaign, Epoch, [another.Intent], default);
        await DialingWorld.UntilAsync(async () => await world.OneAsync<string>("select state from attempt where attempt_id = @Id", another) == "Placed");
    }
}
