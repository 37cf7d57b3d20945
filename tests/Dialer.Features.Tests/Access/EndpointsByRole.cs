using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dialer.Features.Access;
using Dialer.Features.Tests.Compliance;
using Dialer.Features.Tests.Dialing;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Tests.Access;

/// <summary>Every endpoint of the running host against every role, held against <c>endpoints-by-role.txt</c>: a new endpoint needs a line there before this passes.</summary>
public sealed partial class EndpointsByRole(DialingWorld world) : IClassFixture<DialingWorld>
{
    private const string OwnTeamOnly = "team";
    private const string Allowed = "yes";
    private const string Refused = "-";

    private IReadOnlyList<RouteEndpoint> Closed => [.. world.Services.GetRequiredService<IEnumerable<EndpointDataSource>>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null).DistinctBy(Name)];

    [Fact]
    public void Every_endpoint_names_scopes_that_exist()
    {
        foreach (var endpoint in Closed)
        {
            var policies = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(data => data.Policy).ToList();
            policies.ShouldNotBeEmpty(Name(endpoint));
            policies.ShouldAllBe(policy => policy == Scopes.SignedIn || Scopes.All.Contains(policy), Name(endpoint));
        }
    }

    [Fact]
    public void Every_scope_there_is_belongs_to_a_role_and_every_constant_is_in_the_list()
    {
        var constants = typeof(Scopes).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetValue(null)!).Where(scope => scope != Scopes.SignedIn);

        Scopes.All.ShouldBe(constants, ignoreOrder: true);
        Roles.Grants.Keys.ShouldBe(Roles.All, ignoreOrder: true);
        Scopes.All.Where(scope => !Roles.All.Any(role => role != Roles.Admin && Roles.Grants[role].Contains(scope)))
            .ShouldBe([Scopes.UsersManage, Scopes.ClientsManage, Scopes.SettlementsOfferAny, Scopes.IntegrationsManage], ignoreOrder: true); // the administrator's alone
        Roles.All.Where(role => !Roles.Grants[role].IsSubsetOf(Roles.Grants[Roles.Admin])).ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_endpoint_lets_in_the_roles_of_the_table_and_refuses_every_other()
    {
        var expected = await TableAsync();
        var tokens = new Dictionary<string, string>();
        foreach (var role in Roles.All)
            tokens[role] = await TokenAsync($"may-{role.ToLowerInvariant()}", role, "");
        var actual = new List<string>();
        foreach (var endpoint in Closed)
            actual.Add(await LineAsync(endpoint, tokens));

        actual.Order(StringComparer.Ordinal).ToList().ShouldBe(expected, customMessage: $"If the new table is right, it is to be written to {TablePath()}:\n{string.Join('\n', actual.Order(StringComparer.Ordinal))}\n");
        actual.Count.ShouldBeGreaterThan(100);
    }

    [Fact]
    public async Task What_is_about_an_agent_reaches_the_own_team_and_no_other_without_the_scope_for_all_teams()
    {
        var (own, other) = (await SeatAsync("north"), await SeatAsync("south"));
        var bound = Closed.Where(endpoint => endpoint.Metadata.GetMetadata<BoundToTeam>() is not null).ToList();
        // An endpoint that is bound to a team needs a probe below.
        bound.Select(Name).ShouldBe(Probes.Keys, ignoreOrder: true);
        var table = (await TableAsync()).Select(line => Blanks().Split(line)).ToDictionary(cells => $"{cells[0]} {cells[1]}", cells => cells[2..]);

        for (var i = 0; i < Roles.All.Count; i++)
        {
            var token = await TokenAsync($"in-north-{Roles.All[i].ToLowerInvariant()}", Roles.All[i], "north");
            var homeless = await TokenAsync($"homeless-{Roles.All[i].ToLowerInvariant()}", Roles.All[i], "");
            var (role, column) = (Roles.All[i], i);
            await Task.WhenAll(bound.Select(Name).Select(async endpoint =>
            {
                var may = table[endpoint][column];
                var probe = Probes[endpoint];
                (await probe(this, token, own)).ShouldBe(may != Refused, $"{role} at {endpoint}, own team");
                (await probe(this, token, other)).ShouldBe(may == Allowed, $"{role} at {endpoint}, another team");
                (await probe(this, homeless, other)).ShouldBe(may == Allowed, $"{role} without a team at {endpoint}");
            }));
        }
    }

    /// <summary>What a team lead has beyond a desk of his own is about agents, and so about those of his team; the rest says here why it is about nobody.</summary>
    [Fact]
    public async Task What_a_lead_may_beyond_a_desk_is_bound_to_the_team_or_is_about_no_agent()
    {
        var (lead, senior) = (IndexOf(Roles.TeamLead), IndexOf(Roles.SeniorCollector));
        var loose = (await TableAsync()).Select(line => Blanks().Split(line)).Where(cells => cells[2 + lead] == Allowed && cells[2 + senior] == Refused).Select(cells => $"{cells[0]} {cells[1]}");

        loose.ShouldBe(AboutNoAgent.Keys, ignoreOrder: true);

        static int IndexOf(string role) => Roles.All.Select((name, at) => (name, at)).Single(each => each.name == role).at;
    }

    private static readonly Dictionary<string, string> AboutNoAgent = new()
    {
        ["GET /api/v1/access/users"] = "names and roles, of whoever may be in a team or lead one",
        ["GET /api/v1/alerts"] = "the floor's", ["POST /api/v1/alerts/{id}/take"] = "the floor's", ["GET /api/v1/alert-rules"] = "the floor's",
        ["GET /api/v1/caller-id-pools"] = "our numbers",
        ["GET /api/v1/campaigns"] = "campaigns", ["GET /api/v1/campaigns/{id}/design"] = "a campaign", ["GET /api/v1/campaigns/{id}/experiments"] = "a campaign's two strategies",
        ["GET /api/v1/campaigns/{id}/pace"] = "a campaign", ["GET /api/v1/campaigns/{id}/pacing"] = "a campaign's knobs", ["POST /api/v1/campaigns/cadence-forecast"] = "a cadence that is stored nowhere",
        ["POST /api/v1/campaigns/{id}/pacing/prediction"] = "a campaign, and changes nothing",
        ["GET /api/v1/queues"] = "callers", ["GET /api/v1/queues/line"] = "callers, and how many agents fit each, not who",
        ["GET /api/v1/quality/forms"] = "questions", ["PUT /api/v1/quality/forms/{name}"] = "questions", ["DELETE /api/v1/quality/forms/{name}"] = "questions",
        ["PUT /api/v1/supervision/monitors/{id}"] = "the caller's own visit, whose beginning asked", ["DELETE /api/v1/supervision/monitors/{id}"] = "as the change of it",
    };

    [Fact]
    public async Task A_supervisor_without_a_second_factor_that_is_due_may_do_nothing_but_set_it_up()
    {
        var policies = world.Services.GetRequiredService<IAuthorizationPolicyProvider>();
        var authorization = world.Services.GetRequiredService<IAuthorizationService>();
        var admin = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, Roles.Admin), new Claim(SignIn.MustEnrol, "yes")], "test"));

        var open = new List<string>();
        foreach (var endpoint in Closed)
        {
            var policy = (await AuthorizationPolicy.CombineAsync(policies, endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>()))!;
            if ((await authorization.AuthorizeAsync(admin, policy)).Succeeded)
                open.Add(Name(endpoint));
        }

        open.ShouldBe(["GET /api/v1/access/me", "POST /api/v1/access/second-factor", "POST /api/v1/access/second-factor/confirm"], ignoreOrder: true);
    }

    /// <summary>By endpoint that is bound to a team: whether the holder of the token gets at this agent.</summary>
    private static readonly Dictionary<string, Func<EndpointsByRole, string, DialingWorld.Desk, Task<bool>>> Probes = new()
    {
        ["POST /api/v1/access/users/{id}/end-sessions"] = async (test, token, agent) => await test.StatusAsync(HttpMethod.Post, $"/api/v1/access/users/{agent.AgentId}/end-sessions", token) is not HttpStatusCode.Forbidden,
        ["POST /api/v1/supervision/monitors"] = async (test, token, agent) =>
            await test.StatusAsync(HttpMethod.Post, "/api/v1/supervision/monitors", token, new { agent.AgentId, mode = "Listen" }) is not HttpStatusCode.Forbidden,
        ["GET /api/v1/routing/decisions"] = async (test, token, agent) =>
            await test.BodyAsync($"/api/v1/routing/decisions?agentId={agent.AgentId}", token) is { } body && JsonNode.Parse(body)!["items"]!.AsArray().Count == 1,
        ["GET /api/v1/live"] = async (test, token, agent) => Sees(await test.BodyAsync("/api/v1/live", token), agent),
        ["GET /api/v1/live/events"] = async (test, token, agent) => Sees(await test.FirstEventAsync("/api/v1/live/events", token), agent),
        ["GET /api/v1/recordings"] = async (test, token, agent) => await test.ListsAsync($"/api/v1/recordings?attempt={await test.CallOfAsync(agent)}", token),
        ["POST /api/v1/recordings/{sid}/link"] = async (test, token, agent) => await test.GetsAtAsync(HttpMethod.Post, $"/api/v1/recordings/{RecordingOf(agent)}/link", token),
        ["GET /api/v1/recordings/media/{token}"] = async (test, token, agent) => await test.GetsAtAsync(HttpMethod.Get, $"/api/v1/recordings/media/{await test.LinkAsync(token, agent)}", token),
        ["GET /api/v1/recordings/{sid}/retention"] = async (test, token, agent) => await test.GetsAtAsync(HttpMethod.Get, $"/api/v1/recordings/{RecordingOf(agent)}/retention", token),
        ["GET /api/v1/calls"] = async (test, token, agent) =>
            await test.BodyAsync($"/api/v1/calls?before={await test.CallOfAsync(agent) + 1}", token) is { } body && body.Contains($"\"attemptId\":{await test.CallOfAsync(agent)},", StringComparison.Ordinal),
        ["GET /api/v1/calls/{attemptId}/timeline"] = async (test, token, agent) => await test.GetsAtAsync(HttpMethod.Get, $"/api/v1/calls/{await test.CallOfAsync(agent)}/timeline", token),
        ["GET /api/v1/calls/{attemptId}/scenario"] = async (test, token, agent) => await test.GetsAtAsync(HttpMethod.Get, $"/api/v1/calls/{await test.CallOfAsync(agent)}/scenario", token),
        ["POST /api/v1/quality/scores"] = async (test, token, agent) => await test.GetsAtAsync(
            HttpMethod.Post, "/api/v1/quality/scores", token, new { formId = await test.FormAsync(), attemptId = await test.CallOfAsync(agent), answers = new { clear = 1 } }),
        ["GET /api/v1/quality/scores"] = async (test, token, agent) => await test.ListsAsync($"/api/v1/quality/scores?agent={agent.AgentId}", token),
        ["GET /api/v1/quality/calibration"] = async (test, token, agent) =>
            await test.BodyAsync("/api/v1/quality/calibration", token) is { } body && JsonNode.Parse(body)!["agents"]!.AsArray().Any(each => each!["agentId"]!.GetValue<long>() == agent.AgentId),
        ["POST /api/v1/quality/notes"] = async (test, token, agent) => await test.GetsAtAsync(HttpMethod.Post, "/api/v1/quality/notes", token, new { agent.AgentId, text = "Slower" }),
        ["GET /api/v1/quality/notes"] = async (test, token, agent) =>
            await test.BodyAsync($"/api/v1/quality/notes?agent={agent.AgentId}", token) is { } body && JsonNode.Parse(body)!.AsArray().Count > 0,
        ["GET /api/v1/offer-requests"] = async (test, token, agent) =>
            await test.BodyAsync("/api/v1/offer-requests", token) is { } body && JsonNode.Parse(body)!["items"]!.AsArray().Any(each => each!["agentId"]!.GetValue<long>() == agent.AgentId),
        ["GET /api/v1/tasks"] = async (test, token, agent) =>
            await test.BodyAsync("/api/v1/tasks", token) is { } body && JsonNode.Parse(body)!["items"]!.AsArray().Any(each => each!["agentId"]?.GetValue<long>() == agent.AgentId),
        ["POST /api/v1/offer-requests/{id}/answer"] = async (test, token, agent) => await test.GetsAtAsync(
            HttpMethod.Post, $"/api/v1/offer-requests/{await test.QuestionOfAsync(agent)}/answer", token, new { approve = false }),
    };

    private static string RecordingOf(DialingWorld.Desk agent) => $"RE{agent.Session:N}";

    private Task<long> CallOfAsync(DialingWorld.Desk agent) => world.OneAsync<long>("select attempt_id from attempt where agent_id = @AgentId", agent);

    private Task<long> QuestionOfAsync(DialingWorld.Desk agent) => world.OneAsync<long>("select offer_request_id from offer_request where asked_by = @AgentId", agent);

    private Task<long> FormAsync() => world.OneAsync<long>("select qa_form_id from qa_form where name = 'by-role'");

    private async Task<bool> GetsAtAsync(HttpMethod method, string path, string token, object? body = null) => await StatusAsync(method, path, token, body) is not HttpStatusCode.Forbidden;

    private async Task<bool> ListsAsync(string path, string token) => await BodyAsync(path, token) is { } body && JsonNode.Parse(body)!["items"]!.AsArray().Count > 0;

    /// <summary>A link to the agent's recording that the holder of the token was given while he was still allowed to.</summary>
    private async Task<string> LinkAsync(string token, DialingWorld.Desk agent)
    {
        var holder = JsonNode.Parse((await BodyAsync("/api/v1/access/me", token))!)!["id"]!.GetValue<long>();
        return world.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("Dialer.Recordings.Link.v1").ToTimeLimitedDataProtector()
            .Protect($"{holder} {RecordingOf(agent)}", TimeSpan.FromMinutes(5));
    }

    private static bool Sees(string? floor, DialingWorld.Desk agent) =>
        floor is not null && JsonNode.Parse(floor)!["agents"]!.AsArray().Any(each => each!["id"]!.GetValue<long>() == agent.AgentId);

    private async Task<string> LineAsync(RouteEndpoint endpoint, Dictionary<string, string> tokens)
    {
        var authorization = world.Services.GetRequiredService<IAuthorizationService>();
        var policy = (await AuthorizationPolicy.CombineAsync(world.Services.GetRequiredService<IAuthorizationPolicyProvider>(), endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>()))!;
        var cells = await Task.WhenAll(Roles.All.Select(async role =>
        {
            var principal = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, role)], "test"));
            var may = (await authorization.AuthorizeAsync(principal, policy)).Succeeded;
            if (may)
                return endpoint.Metadata.GetMetadata<BoundToTeam>() is not null && !principal.May(Scopes.TeamsAll) ? OwnTeamOnly : Allowed;
            using var request = DefaultDeny.RequestFor(endpoint);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens[role]);
            using var answer = await world.Http.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, $"{role}: {request.Method} {request.RequestUri}");
            return Refused;
        }));
        return $"{Name(endpoint),-66} {string.Concat(cells.Select((cell, i) => cell.PadRight(Math.Max(6, Roles.All[i].Length + 2))))}".TrimEnd();
    }

    private async Task<DialingWorld.Desk> SeatAsync(string team)
    {
        var desk = await world.AgentAsync(DialingWorld.NewSkill());
        await world.ExecuteAsync("update agent set team = @team where agent_id = @AgentId", new { team, desk.AgentId });
        var call = await world.AttemptAsync(await world.CampaignAsync(DialingWorld.NewSkill()), "Answered");
        await world.ExecuteAsync(
            """
            update attempt set agent_id = @AgentId, routing = '{"reason": "Skills"}', state = 'Completed', ended_at = created_at where attempt_id = @Id;
            insert into recording (recording_sid, attempt_id, state, started_by, started_at) values (@sid, @Id, 'Recording', @AgentId, @Noon);
            insert into qa_form (name, version, questions, made_by, made_at) values ('by-role', 1, '[{"id": "clear", "text": "Clear?", "weight": 1, "autoFail": false}]', 'test', @Noon) on conflict do nothing;
            insert into qa_score (qa_form_id, attempt_id, agent_id, scorer_id, scored_at, answers, points, out_of, percent)
            select qa_form_id, @Id, @AgentId, @AgentId, @Noon, '{}', 1, 1, 100 from qa_form where name = 'by-role';
            insert into coaching_note (agent_id, text, written_by, written_at) values (@AgentId, 'Well done', @AgentId, @Noon);
            insert into offer_request (account_id, attempt_id, asked_by, asked_at, until_at, amount, last_day, balance, reason)
            select account_id, @Id, @AgentId, @Noon, @Noon + interval '1 day', 10, '2026-06-12', 100, 'Hardship' from attempt where attempt_id = @Id;
            insert into task (account_id, agent_id, kind, words, due_on, made_by, made_at) select account_id, @AgentId, 'Own', 'Ask again', '2026-06-12', 'test', @Noon from attempt where attempt_id = @Id;
            """,
            new { desk.AgentId, call.Id, sid = RecordingOf(desk), ComplianceWorld.Noon });
        return desk;
    }

    private async Task<string> TokenAsync(string name, string role, string team)
    {
        await world.Services.GetRequiredService<Users>().PutAsync(name, name, DialingWorld.Password, [role], [], ComplianceWorld.Noon, default, team);
        return await world.SignInAsync(name);
    }

    private async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path, string token, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body ?? new { }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await world.Http.SendAsync(request);
        return answer.StatusCode;
    }

    private async Task<string?> BodyAsync(string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await world.Http.SendAsync(request);
        return answer.StatusCode == HttpStatusCode.Forbidden ? null : await answer.Content.ReadAsStringAsync();
    }

    private async Task<string?> FirstEventAsync(string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await world.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (answer.StatusCode == HttpStatusCode.Forbidden)
            return null;
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("data:", StringComparison.Ordinal))
                return line["data:".Length..];
        }

        throw new InvalidOperationException("The stream ended before its first event.");
    }

    private static async Task<List<string>> TableAsync() =>
        [.. (await File.ReadAllLinesAsync(TablePath())).Where(line => line.Length > 0 && line[0] != '#').Order(StringComparer.Ordinal)];

    private static string TablePath([System.Runtime.CompilerServices.CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "endpoints-by-role.txt");

    private static string Name(RouteEndpoint endpoint) =>
        $"{endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods[0] ?? "GET"} /{Constraint().Replace(endpoint.RoutePattern.RawText!.Trim('/'), "{$1}")}";

    /// <summary>A parameter's constraint is no part of the address's name.</summary>
    [GeneratedRegex(@"\{(\w+):(?:[^{}()]|\([^()]*(?:\([^()]*\)[^()]*)*\))*\}")]
    private static partial Regex Constraint();

    [GeneratedRegex(" +")]
    private static partial Regex Blanks();
}
