using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dialer.Features.Access;
using Dialer.Features.Tests.Compliance;
using Dialer.Features.Tests.Dialing;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Tests.Quality;

/// <summary>Forms, scores, calibration and notes, over HTTP.</summary>
public sealed class CoachedAgents(DialingWorld world) : IClassFixture<DialingWorld>
{
    private static readonly object Items = new { items = new[] { new { id = "greeting", text = "Named the company?", weight = 1, autoFail = false }, new { id = "disclosure", text = "Gave the disclosure?", weight = 3, autoFail = true } } };

    [Fact]
    public async Task A_call_is_scored_by_a_form_and_a_new_version_leaves_old_scores_alone()
    {
        var (coach, _) = await UserAsync(Roles.Supervisor);
        var (desk, attempt) = await EndedCallAsync();
        var form = await PutFormAsync(coach, "outbound");

        var scored = await JsonAsync(coach, HttpMethod.Post, "/api/v1/quality/scores", new { formId = form, attemptId = attempt, answers = new { greeting = 0, disclosure = 1 }, note = "clear" });
        var again = await PutFormAsync(coach, "outbound");

        scored["percent"]!.GetValue<decimal>().ShouldBe(75);
        again.ShouldNotBe(form);
        var own = (await JsonAsync(desk.Token, HttpMethod.Get, "/api/v1/agent/scores"))["items"]!.AsArray().ShouldHaveSingleItem()!;
        (own["version"]!.GetValue<int>(), own["percent"]!.GetValue<decimal>(), own["answers"]!["greeting"]!.GetValue<decimal>()).ShouldBe((1, 75m, 0m));
        (await JsonAsync(coach, HttpMethod.Get, "/api/v1/quality/forms")).AsArray().Count(each => each!["name"]!.GetValue<string>() == "outbound").ShouldBe(1);
    }

    [Fact]
    public async Task Scorers_of_one_call_are_compared_and_a_failing_answer_fails_the_call()
    {
        var ((strict, strictId), (mild, mildId)) = (await UserAsync(Roles.Supervisor), await UserAsync(Roles.Supervisor));
        var (desk, attempt) = await EndedCallAsync();
        var form = await PutFormAsync(strict, $"f{Guid.NewGuid():N}");

        await JsonAsync(strict, HttpMethod.Post, "/api/v1/quality/scores", new { formId = form, attemptId = attempt, answers = new { greeting = 1, disclosure = 0 } });
        await JsonAsync(mild, HttpMethod.Post, "/api/v1/quality/scores", new { formId = form, attemptId = attempt, answers = new { greeting = 1, disclosure = 1 } });

        var calibration = await JsonAsync(strict, HttpMethod.Get, "/api/v1/quality/calibration");
        var agent = calibration["agents"]!.AsArray().Single(each => each!["agentId"]!.GetValue<long>() == desk.AgentId)!;
        (agent["scores"]!.GetValue<int>(), agent["average"]!.GetValue<decimal>(), agent["autoFailed"]!.GetValue<int>()).ShouldBe((2, 50m, 1));
        decimal Distance(long id) => calibration["scorers"]!.AsArray().Single(each => each!["scorerId"]!.GetValue<long>() == id)!["distance"]!.GetValue<decimal>();
        (Distance(strictId), Distance(mildId)).ShouldBe((-50m, 50m));
    }

    [Fact]
    public async Task A_coach_writes_the_agent_sees_and_answers_once_and_nobody_else_does()
    {
        var (coach, _) = await UserAsync(Roles.Supervisor);
        var (desk, attempt) = await EndedCallAsync();
        var (other, _) = await EndedCallAsync();

        var note = (await JsonAsync(coach, HttpMethod.Post, "/api/v1/quality/notes", new { agentId = desk.AgentId, attemptId = attempt, atSeconds = 42, text = "Pause before the amount." }))["noteId"]!.GetValue<long>();
        (await JsonAsync(other.Token, HttpMethod.Get, "/api/v1/agent/notes")).AsArray().ShouldBeEmpty();
        (await StatusAsync(other.Token, HttpMethod.Post, $"/api/v1/agent/notes/{note}/answer", new { text = "mine?" })).ShouldBe(HttpStatusCode.NotFound);
        (await JsonAsync(desk.Token, HttpMethod.Get, "/api/v1/agent/notes")).AsArray().ShouldHaveSingleItem()!["atSeconds"]!.GetValue<int>().ShouldBe(42);
        (await StatusAsync(desk.Token, HttpMethod.Post, $"/api/v1/agent/notes/{note}/answer", new { text = "I will." })).ShouldBe(HttpStatusCode.NoContent);
        (await StatusAsync(desk.Token, HttpMethod.Post, $"/api/v1/agent/notes/{note}/answer", new { text = "Again." })).ShouldBe(HttpStatusCode.NotFound);

        var seen = (await JsonAsync(coach, HttpMethod.Get, $"/api/v1/quality/notes?agent={desk.AgentId}")).AsArray().ShouldHaveSingleItem()!;
        (seen["answer"]!.GetValue<string>(), seen["seenAt"] is not null).ShouldBe(("I will.", true));
        (await world.OneAsync<string>("select string_agg(action, ' ' order by audit_id) from audit where subject = 'agent:' || @AgentId", desk)).ShouldBe("coaching.write coaching.answer");
    }

    [Fact]
    public async Task Agents_score_nobody_and_a_call_that_goes_on_is_not_scored()
    {
        var (coach, _) = await UserAsync(Roles.Supervisor);
        var (desk, _) = await EndedCallAsync();
        var form = await PutFormAsync(coach, $"f{Guid.NewGuid():N}");
        var running = await world.AttemptAsync(await world.CampaignAsync());

        (await StatusAsync(desk.Token, HttpMethod.Post, "/api/v1/quality/scores", new { formId = form, attemptId = 1, answers = new { } })).ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync(coach, HttpMethod.Post, "/api/v1/quality/scores", new { formId = form, attemptId = running.Id, answers = new { greeting = 1, disclosure = 1 } })).ShouldBe(HttpStatusCode.Conflict);
        (await StatusAsync(coach, HttpMethod.Put, "/api/v1/quality/forms/empty", new { items = Array.Empty<object>() })).ShouldBe(HttpStatusCode.BadRequest);
    }

    private async Task<(DialingWorld.Desk Desk, long Attempt)> EndedCallAsync()
    {
        var skill = DialingWorld.NewSkill();
        var desk = await world.AgentAsync(skill);
        var call = await world.AttemptAsync(await world.CampaignAsync(skill));
        await world.AnswerAsync(call);
        await world.StatusAsync(call, "completed", 9);
        await world.ExecuteAsync("insert into disposition (attempt_id, code, source, agent_id, at) values (@Id, 'RPC-PTP', 'Agent', @AgentId, now())", new { call.Id, desk.AgentId });
        return (desk, call.Id);
    }

    private async Task<long> PutFormAsync(string token, string name) => (await JsonAsync(token, HttpMethod.Put, $"/api/v1/quality/forms/{name}", Items))["formId"]!.GetValue<long>();

    private async Task<(string Token, long Id)> UserAsync(string role)
    {
        var name = $"u{Guid.NewGuid():N}"[..12];
        var id = await world.Services.GetRequiredService<Users>().PutAsync(name, name, DialingWorld.Password, [role], [], ComplianceWorld.Noon, default);
        return (await world.SignInAsync(name), id);
    }

    private async Task<HttpResponseMessage> SendAsync(string token, HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (method != HttpMethod.Get)
            request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        return await world.Http.SendAsync(request);
    }

    private async Task<HttpStatusCode> StatusAsync(string token, HttpMethod method, string path, object? body = null)
    {
        using var answer = await SendAsync(token, method, path, body);
        return answer.StatusCode;
    }

    private async Task<JsonNode> JsonAsync(string token, HttpMethod method, string path, object? body = null)
    {
        using var answer = await SendAsync(token, method, path, body);
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!;
    }
}
