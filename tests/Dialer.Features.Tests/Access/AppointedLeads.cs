using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dialer.Features.Access;
using Dialer.Features.Tests.Compliance;
using Dialer.Features.Tests.Dialing;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Tests.Access;

/// <summary>A collector is made a lead of his team, and collector again.</summary>
public sealed class AppointedLeads(DialingWorld world) : IClassFixture<DialingWorld>
{
    [Fact]
    public async Task A_supervisor_appoints_a_lead_whose_sign_ins_end_and_takes_it_back()
    {
        var supervisor = await TokenAsync("lead-maker", Roles.Supervisor);
        var desk = await world.AgentAsync(DialingWorld.NewSkill());

        (await LeadAsync(desk.AgentId, true, supervisor)).ShouldBe(HttpStatusCode.NoContent);
        (await RolesAsync(desk)).ShouldContain(Roles.TeamLead);
        (await LeadsAsync(supervisor)).ShouldContain(desk.AgentId);
        (await StatusAsync("/api/v1/agent/work", desk.Token)).ShouldBe(HttpStatusCode.Unauthorized);

        (await LeadAsync(desk.AgentId, false, supervisor)).ShouldBe(HttpStatusCode.NoContent);
        (await RolesAsync(desk)).ShouldBe([Roles.Collector]);
        (await LeadsAsync(supervisor)).ShouldNotContain(desk.AgentId);
        (await world.OneAsync<long>("select count(*) from audit where action = 'access.lead' and subject = @subject", new { subject = $"user/{desk.AgentId}" })).ShouldBe(2);
    }

    [Fact]
    public async Task Who_was_nothing_but_a_lead_keeps_a_seat()
    {
        var supervisor = await TokenAsync("lead-maker", Roles.Supervisor);
        var desk = await world.AgentAsync(DialingWorld.NewSkill());
        await world.ExecuteAsync("update app_user set roles = '{TeamLead}' where user_id = @AgentId", desk);

        (await LeadAsync(desk.AgentId, false, supervisor)).ShouldBe(HttpStatusCode.NoContent);

        (await RolesAsync(desk)).ShouldBe([Roles.Collector]);
    }

    [Fact]
    public async Task Nobody_gives_what_he_does_not_have_nor_appoints_himself_nor_somebody_without_a_seat()
    {
        var desk = await world.AgentAsync(DialingWorld.NewSkill());
        var supervisor = await TokenAsync("lead-maker", Roles.Supervisor);
        var self = await world.OneAsync<long>("select user_id from app_user where user_name = 'lead-maker'");
        var auditor = await TokenAsync("no-seat", Roles.Auditor);

        (await LeadAsync(desk.AgentId, true, await TokenAsync("dialler-lead-maker", Roles.DiallerManager))).ShouldBe(HttpStatusCode.Forbidden);
        (await LeadAsync(self, true, supervisor)).ShouldBe(HttpStatusCode.Conflict);
        (await LeadAsync(await world.OneAsync<long>("select user_id from app_user where user_name = 'no-seat'"), true, supervisor)).ShouldBe(HttpStatusCode.NotFound);
        auditor.ShouldNotBeEmpty();
    }

    /// <summary>Who leads, as the list of agents says.</summary>
    private async Task<List<long>> LeadsAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/agents");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await world.Http.SendAsync(request);
        return [.. JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["items"]!.AsArray().Where(agent => agent!["lead"]!.GetValue<bool>()).Select(agent => agent!["agentId"]!.GetValue<long>())];
    }

    private Task<string[]> RolesAsync(DialingWorld.Desk desk) => world.OneAsync<string[]>("select roles from app_user where user_id = @AgentId", desk);

    private async Task<string> TokenAsync(string name, string role)
    {
        await world.Services.GetRequiredService<Users>().PutAsync(name, name, DialingWorld.Password, [role], [], ComplianceWorld.Noon, default);
        return await world.SignInAsync(name);
    }

    private async Task<HttpStatusCode> LeadAsync(long agent, bool lead, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/access/users/{agent}/lead") { Content = JsonContent.Create(new { lead }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await world.Http.SendAsync(request);
        return answer.StatusCode;
    }

    private async Task<HttpStatusCode> StatusAsync(string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await world.Http.SendAsync(request);
        return answer.StatusCode;
    }
}
