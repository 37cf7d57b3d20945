using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Dialer.Features.Access;
using Dialer.Features.Tests.Compliance;
using Dialer.Features.Tests.Dialing;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Dialer.Features.Tests.Ivr;

/// <summary>What callers said when nobody was there, as those who deal with it see it.</summary>
public sealed class MessagesLeft(DialingWorld world) : IClassFixture<DialingWorld>
{
    // Half past one at night in New York: the office is closed.
    private readonly IvrWorld _calls = new(world.Database) { Now = ComplianceWorld.Noon + Duration.FromHours(10.5) };

    [Fact]
    public async Task A_message_names_its_caller_only_if_they_had_proved_who_they_are_and_is_dealt_with_once()
    {
        var (known, unknown) = (await _calls.AddDebtorAsync(), await _calls.AddDebtorAsync());
        var verified = await (await _calls.CallAsync(known)).PressAsync("1");
        await verified.VerifyAsync();
        await verified.PressAsync("0", "3");
        await verified.LeaveMessageAsync("RE" + new string('a', 32), 14);
        var stranger = await (await _calls.CallAsync(unknown)).PressAsync("0", "3");
        await stranger.LeaveMessageAsync("RE" + new string('b', 32), 9);
        var token = await CollectorAsync();

        var rows = JsonNode.Parse(await (await SendAsync(token, HttpMethod.Get, "/api/v1/voicemails")).Content.ReadAsStringAsync())!.AsArray();
        var named = rows.Single(row => row!["attemptId"]!.GetValue<long>() == verified.Attempt)!;
        (named["caller"]!.GetValue<string>(), named["accountId"]!.GetValue<long>(), named["seconds"]!.GetValue<int>(), named["last4"]!.GetValue<string>(), named["state"]!.GetValue<string>())
            .ShouldBe(("Maria Lopez", known.Accounts[0], 14, known.E164[^4..], "Waiting"));
        var nameless = rows.Single(row => row!["attemptId"]!.GetValue<long>() == stranger.Attempt)!;
        nameless.ToJsonString().ShouldNotContain("Lopez");
        (nameless["verified"]!.GetValue<bool>(), nameless["accountId"], nameless["clientAccountNo"]).ShouldBe((false, null, null));

        var path = $"/api/v1/voicemails/{named["voicemailId"]!.GetValue<long>()}/heard";
        (await SendAsync(null, HttpMethod.Post, path)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await SendAsync(token, HttpMethod.Post, path)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(token, HttpMethod.Post, path)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await world.OneAsync<long>("select count(*) from audit where action = 'voicemail.heard' and subject = @subject", new { subject = $"voicemail/{named["voicemailId"]}" })).ShouldBe(1);
        // The list is for the desk; the sound is for those who may listen.
        (await SendAsync(token, HttpMethod.Post, $"/api/v1/recordings/RE{new string('a', 32)}/link")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private async Task<string> CollectorAsync()
    {
        var name = $"messages{Guid.NewGuid():N}"[..16];
        await world.Services.GetRequiredService<Users>().PutAsync(name, name, DialingWorld.Password, [Roles.Collector], [], ComplianceWorld.Noon, default);
        return await world.SignInAsync(name);
    }

    private async Task<HttpResponseMessage> SendAsync(string? token, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (method == HttpMethod.Post)
            request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        return await world.Http.SendAsync(request);
    }
}
