using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Xml.Linq;
using Dialer.Features.Agents;
using Dialer.Features.Tests.Dialing;
using Dialer.Storage.Redis;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Dialer.Features.Tests.Agents;

/// <summary>The account is on the screen before the voice: a desk that draws is waited for, a little; one that does not, not at all.</summary>
public sealed class ScreenFirst(DialingWorld world) : IClassFixture<DialingWorld>
{
    private readonly string _skill = DialingWorld.NewSkill();

    [Fact]
    public async Task The_document_that_brings_the_voice_waits_until_the_desk_has_drawn_the_call()
    {
        var desk = await DrawingAsync();
        var call = await world.AttemptAsync(await world.CampaignAsync(_skill));

        var answer = world.AnswerAsync(call);
        await DialingWorld.UntilAsync(async () => await world.AgentStateAsync(desk) == "Reserved");
        await ShownAsync(desk, call);

        (await answer).ShouldContain(desk.Conference);
        (await world.OneAsync<bool>("select shown_at is not null and bridged_at is null from attempt where attempt_id = @Id", call)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_desk_that_says_nothing_costs_the_caller_no_more_than_the_bound()
    {
        var desk = await DrawingAsync();
        var call = await world.AttemptAsync(await world.CampaignAsync(_skill));
        var watch = Stopwatch.StartNew();

        (await world.AnswerAsync(call)).ShouldContain(desk.Conference);

        watch.Elapsed.ShouldBeGreaterThanOrEqualTo(AgentSignals.ScreenFirst - TimeSpan.FromMilliseconds(20));
    }

    [Fact]
    public async Task An_agent_to_whom_the_ivr_hands_over_is_told_before_the_caller_hears_of_it()
    {
        var desk = await DrawingAsync();
        var campaign = await world.CampaignAsync(_skill);
        var ours = $"+1212{Random.Shared.Next(2_000_000, 9_999_999)}";
        await world.ExecuteAsync("update campaign set from_e164 = @ours where campaign_id = @CampaignId", new { ours, campaign.CampaignId });
        var debtor = await world.People.DebtorAsync(line: "Landline");
        var sid = $"CA{Guid.NewGuid():N}";
        var first = await world.BodyAsync("/twilio/voice/inbound", ("CallSid", sid), ("From", debtor.E164), ("To", ours), ("CallStatus", "ringing"));
        using var events = await EventsAsync(desk);
        using var reader = new StreamReader(await events.Content.ReadAsStreamAsync());

        var joined = world.BodyAsync(new Uri(XDocument.Parse(first).Descendants("Gather").First().Attribute("action")!.Value).PathAndQuery, ("CallSid", sid), ("Digits", "0"));
        var snapshot = await SnapshotWithCallAsync(reader);

        snapshot.ShouldContain("\"phase\":\"connecting\"");
        (await joined).ShouldContain(desk.Conference);
    }

    [Fact]
    public async Task A_node_wakes_other_nodes_desks_and_not_its_own_a_second_time()
    {
        const long Mine = 9_000_000_001, Theirs = 9_000_000_002;
        var signals = world.Services.GetRequiredService<AgentSignals>();
        using var one = signals.Listen(Mine, out var echo);
        using var other = signals.Listen(Theirs, out var heard);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));

        await signals.TellOthersAsync(Mine);
        await world.Services.GetRequiredService<RedisConnection>().PublishAsync("agents", $"{Theirs} another-node");

        (await heard.ReadAsync(patience.Token)).ShouldBeTrue();
        echo.TryRead(out _).ShouldBeFalse(); // words come in their order: the echo was here before
    }

    [Theory]
    [InlineData(null, 30.0, 30.0)] // no word of the carrier's: when we heard it
    [InlineData(30.0, 30.4, 30.4)] // the same second: when we heard it
    [InlineData(30.0, 33.0, 31.0)] // heard late: the end of the second it was in
    public void The_moment_of_joining_is_never_shown_earlier_than_it_can_have_been(double? second, double heard, double shown)
    {
        var noon = Instant.FromUtc(2026, 6, 2, 12, 0);

        AgentVoice.JoinedAt(second is { } at ? noon + Duration.FromSeconds(at) : null, noon + Duration.FromSeconds(heard)).ShouldBe(noon + Duration.FromSeconds(shown));
    }

    private async Task<DialingWorld.Desk> DrawingAsync()
    {
        var desk = await world.AgentAsync(_skill);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/agent/session") { Content = JsonContent.Create(new { draws = true }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", desk.Token);
        using var answer = await world.Http.SendAsync(request);
        answer.IsSuccessStatusCode.ShouldBeTrue();
        return desk;
    }

    private async Task ShownAsync(DialingWorld.Desk desk, DialingWorld.Placed call)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/shown");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", desk.Token);
        using var answer = await world.Http.SendAsync(request);
        answer.IsSuccessStatusCode.ShouldBeTrue();
    }

    private async Task<HttpResponseMessage> EventsAsync(DialingWorld.Desk desk)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/agent/events");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", desk.Token);
        return await world.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task<string> SnapshotWithCallAsync(StreamReader reader)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(4)); // less than the stream's own look after a silence
        while (await reader.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.StartsWith("data:", StringComparison.Ordinal) && line.Contains("\"state\":\"Reserved\"", StringComparison.Ordinal))
                return line;
        }

        throw new InvalidOperationException("The stream ended.");
    }
}
