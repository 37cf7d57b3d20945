using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dialer.Features.Access;
using Dialer.Features.Ivr;
using Dialer.Features.Tests.Compliance;
using Dialer.Features.Tests.Dialing;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Tests.WorkItems;

/// <summary>Something to be done about an account: whose list it stands in, who may give it and end it, and what the service gives by itself.</summary>
public sealed class TasksOnTheDesk(DialingWorld world) : IClassFixture<DialingWorld>
{
    private const string DueOn = "2026-06-12";

    [Fact]
    public async Task What_an_agent_gives_himself_stands_in_his_list_until_it_is_done_and_again_when_it_is_not()
    {
        var (desk, account) = (await world.AgentAsync(DialingWorld.NewSkill()), await AccountAsync());
        var given = await SendAsync(desk.Token, HttpMethod.Post, "/api/v1/tasks", new { accountId = account, text = "  Ask for the hospital's bill ", dueOn = DueOn });
        given.Status.ShouldBe(HttpStatusCode.Created, given.Text);
        var id = given.Body!["taskId"]!.GetValue<long>();

        var item = (await WorkAsync(desk)).ShouldHaveSingleItem();
        (item["kind"]!.GetValue<string>(), item["id"]!.GetValue<long>(), item["taskKind"]!.GetValue<string>(), item["words"]!.GetValue<string>(), item["mine"]!.GetValue<bool>())
            .ShouldBe(("Task", id, "Own", "Ask for the hospital's bill", true));
        (await TimelineAsync(desk.Token, account)).ShouldBe("Task Open 2026-06-12 Ask for the hospital's bill");
        (await FinishAsync(desk.Token, id, done: true)).ShouldBe(HttpStatusCode.NoContent);
        (await FinishAsync(desk.Token, id, done: true)).ShouldBe(HttpStatusCode.NoContent);
        (await TimelineAsync(desk.Token, account)).ShouldBe("Task Done 2026-06-12 Ask for the hospital's bill");
        (await WorkAsync(desk)).ShouldBeEmpty();
        var done = (await OfAccountAsync(desk.Token, account)).ShouldHaveSingleItem();
        (done["doneBy"]!.GetValue<string>(), done["madeBy"]!.GetValue<string>()).ShouldBe((await NameAsync(desk), await NameAsync(desk)));

        (await FinishAsync(desk.Token, id, done: false)).ShouldBe(HttpStatusCode.NoContent);
        (await WorkAsync(desk)).ShouldHaveSingleItem();
        (await world.OneAsync<string>("select string_agg(action, ' ' order by audit_id) from audit where subject = 'account/' || @account", new { account })).ShouldBe("task.add task.done task.reopen");
        (await world.OneAsync<string>("select string_agg(via, ' ') from account_look where account_id = @account and user_id = @AgentId", new { account, desk.AgentId })).ShouldBe("WorkList"); // the list is asked for all day, and is one look
    }

    [Fact]
    public async Task A_teams_task_is_on_all_of_its_lists_and_gone_from_all_when_one_has_done_it()
    {
        var (first, second, stranger) = (await SeatAsync("east"), await SeatAsync("east"), await SeatAsync("west"));
        var account = await AccountAsync();

        (await GiveAsync(first.Token, new { accountId = account, text = "Send the form again", dueOn = DueOn, team = "west" })).ShouldBe(HttpStatusCode.Forbidden);
        (await GiveAsync(first.Token, new { accountId = account, text = "Send the form again", dueOn = DueOn, team = "east" })).ShouldBe(HttpStatusCode.Created);

        var item = (await WorkAsync(second)).ShouldHaveSingleItem();
        item["mine"]!.GetValue<bool>().ShouldBeFalse();
        (await WorkAsync(stranger)).ShouldBeEmpty();
        (await FinishAsync(stranger.Token, item["id"]!.GetValue<long>(), done: true)).ShouldBe(HttpStatusCode.Forbidden);
        (await FinishAsync(second.Token, item["id"]!.GetValue<long>(), done: true)).ShouldBe(HttpStatusCode.NoContent);
        (await WorkAsync(first)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_collector_gives_to_no_colleague_a_lead_to_his_team_and_a_supervisor_to_all()
    {
        var (agent, colleague) = (await SeatAsync("task-north"), await SeatAsync("task-north"));
        var (lead, foreign, supervisor) = (await TokenAsync("task-lead", Roles.TeamLead, "task-north"), await TokenAsync("task-other-lead", Roles.TeamLead, "task-south"), await TokenAsync("task-boss", Roles.Supervisor));
        var account = await AccountAsync();
        object For(long agentId) => new { accountId = account, text = "Call his attorney", dueOn = DueOn, agentId };

        (await GiveAsync(colleague.Token, For(agent.AgentId))).ShouldBe(HttpStatusCode.Forbidden);
        (await GiveAsync(foreign, For(agent.AgentId))).ShouldBe(HttpStatusCode.Forbidden);
        (await GiveAsync(lead, For(agent.AgentId))).ShouldBe(HttpStatusCode.Created);
        (await GiveAsync(supervisor, For(agent.AgentId))).ShouldBe(HttpStatusCode.Created);
        (await GiveAsync(supervisor, new { accountId = account, text = "All of you", dueOn = DueOn, team = "task-north" })).ShouldBe(HttpStatusCode.Created);

        (await WorkAsync(agent)).Select(item => item["taskKind"]!.GetValue<string>()).ShouldBe(["Given", "Given", "Given"]);
        var open = await OpenAsync(lead);
        open.Count.ShouldBe(3);
        open.ShouldAllBe(task => task["accountId"]!.GetValue<long>() == account);
        (await OpenAsync(foreign)).ShouldNotContain(task => task["accountId"]!.GetValue<long>() == account);
        (await OpenAsync(supervisor)).Count(task => task["accountId"]!.GetValue<long>() == account).ShouldBe(3);
        (await FinishAsync(colleague.Token, open[0]["taskId"]!.GetValue<long>(), done: true)).ShouldBe(HttpStatusCode.Forbidden);
        (await FinishAsync(foreign, open[0]["taskId"]!.GetValue<long>(), done: true)).ShouldBe(HttpStatusCode.Forbidden);
        (await FinishAsync(lead, open[0]["taskId"]!.GetValue<long>(), done: true)).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task What_nobody_could_do_is_refused_with_its_reason()
    {
        var (desk, account) = (await SeatAsync("refusals"), await AccountAsync());
        var supervisor = await TokenAsync("task-refuser", Roles.Supervisor);

        (await GiveAsync(desk.Token, new { accountId = account, text = " ", dueOn = DueOn })).ShouldBe(HttpStatusCode.BadRequest);
        (await GiveAsync(desk.Token, new { accountId = account, text = new string('x', 501), dueOn = DueOn })).ShouldBe(HttpStatusCode.BadRequest);
        (await GiveAsync(desk.Token, new { accountId = account, text = "Charge 4242 4242 4242 4242", dueOn = DueOn })).ShouldBe(HttpStatusCode.BadRequest);
        (await GiveAsync(desk.Token, new { accountId = account, text = "late", dueOn = "2026-06-01" })).ShouldBe(HttpStatusCode.BadRequest);
        (await GiveAsync(desk.Token, new { accountId = account, text = "far", dueOn = "2028-06-01" })).ShouldBe(HttpStatusCode.BadRequest);
        (await GiveAsync(desk.Token, new { accountId = account, text = "both", dueOn = DueOn, agentId = desk.AgentId, team = "refusals" })).ShouldBe(HttpStatusCode.BadRequest);
        (await GiveAsync(desk.Token, new { accountId = long.MaxValue, text = "whose", dueOn = DueOn })).ShouldBe(HttpStatusCode.NotFound);
        (await GiveAsync(supervisor, new { accountId = account, text = "nobody there", dueOn = DueOn, team = "no such team" })).ShouldBe(HttpStatusCode.BadRequest);
        (await GiveAsync(supervisor, new { accountId = account, text = "no seat", dueOn = DueOn, agentId = long.MaxValue })).ShouldBe(HttpStatusCode.Conflict);
        (await FinishAsync(desk.Token, long.MaxValue, done: true)).ShouldBe(HttpStatusCode.NotFound);
        (await OfAccountAsync(desk.Token, account)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_gave_a_task_changes_it_and_takes_it_back_and_whose_it_is_does_neither()
    {
        var (agent, colleague) = (await SeatAsync("task-east"), await SeatAsync("task-east"));
        var (lead, foreign) = (await TokenAsync("task-east-lead", Roles.TeamLead, "task-east"), await TokenAsync("task-west-lead", Roles.TeamLead, "task-west"));
        var account = await AccountAsync();
        var given = (await SendAsync(lead, HttpMethod.Post, "/api/v1/tasks", new { accountId = account, text = "Call his attorney", dueOn = DueOn, agentId = agent.AgentId })).Body!["taskId"]!.GetValue<long>();

        (await ChangeAsync(agent.Token, given, new { dueOn = "2026-06-30" })).ShouldBe(HttpStatusCode.Forbidden);
        (await TakeBackAsync(agent.Token, given)).ShouldBe(HttpStatusCode.Forbidden);
        (await ChangeAsync(foreign, given, new { dueOn = "2026-06-30" })).ShouldBe(HttpStatusCode.Forbidden);
        (await OfAccountAsync(agent.Token, account)).Single()["mayChange"]!.GetValue<bool>().ShouldBeFalse();
        (await OfAccountAsync(lead, account)).Single()["mayChange"]!.GetValue<bool>().ShouldBeTrue();

        (await ChangeAsync(lead, given, new { text = " " })).ShouldBe(HttpStatusCode.BadRequest);
        (await ChangeAsync(lead, given, new { text = "Charge 4242424242424242" })).ShouldBe(HttpStatusCode.BadRequest);
        (await ChangeAsync(lead, given, new { team = "task-west" })).ShouldBe(HttpStatusCode.Forbidden);
        (await ChangeAsync(lead, given, new { text = "Call her attorney", dueOn = "2026-06-11", agentId = colleague.AgentId })).ShouldBe(HttpStatusCode.NoContent);
        (await WorkAsync(agent)).ShouldBeEmpty();
        var moved = (await WorkAsync(colleague)).ShouldHaveSingleItem();
        (moved["words"]!.GetValue<string>(), moved["dueAt"]!.GetValue<string>()[..10]).ShouldBe(("Call her attorney", "2026-06-11"));
        (await ChangeAsync(lead, given, new { team = "task-east" })).ShouldBe(HttpStatusCode.NoContent);
        (await WorkAsync(agent)).ShouldHaveSingleItem()["mine"]!.GetValue<bool>().ShouldBeFalse();

        (await FinishAsync(agent.Token, given, done: true)).ShouldBe(HttpStatusCode.NoContent);
        (await ChangeAsync(lead, given, new { dueOn = "2026-06-12" })).ShouldBe(HttpStatusCode.Conflict);
        (await TakeBackAsync(lead, given)).ShouldBe(HttpStatusCode.Conflict);
        (await FinishAsync(agent.Token, given, done: false)).ShouldBe(HttpStatusCode.NoContent);
        (await TakeBackAsync(lead, given)).ShouldBe(HttpStatusCode.NoContent);
        (await TakeBackAsync(lead, given)).ShouldBe(HttpStatusCode.NoContent);
        (await WorkAsync(agent)).ShouldBeEmpty();
        (await world.OneAsync<string>("select string_agg(action, ' ' order by audit_id) from audit where subject = 'account/' || @account", new { account }))
            .ShouldBe("task.add task.change task.change task.done task.reopen task.take-back");
    }

    [Fact]
    public async Task A_task_of_next_week_waits_outside_the_list_until_three_days_before()
    {
        var (desk, account) = (await world.AgentAsync(DialingWorld.NewSkill()), await AccountAsync());

        (await GiveAsync(desk.Token, new { accountId = account, text = "Look at it again", dueOn = "2026-06-20" })).ShouldBe(HttpStatusCode.Created);

        (await WorkAsync(desk)).ShouldBeEmpty();
        (await OfAccountAsync(desk.Token, account)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_agreed_call_back_that_nobody_could_make_becomes_its_agents_task()
    {
        var desk = await world.AgentAsync(DialingWorld.NewSkill());
        var debtor = await world.People.DebtorAsync(line: "Landline");
        await world.ExecuteAsync(
            """
            insert into call_request (client_id, person_id, account_id, phone_id, e164, asked_at, due_at, until_at, agent_id, updated_at)
            select client_id, person_id, @account, @phone, @E164, @Noon - interval '6 hours', @Noon - interval '5 hours', @Noon - interval '1 hour', @AgentId, @Noon from person where person_id = @person
            """,
            new { account = debtor.Account.Value, person = debtor.Person.Value, phone = debtor.Phone.Value, debtor.E164, ComplianceWorld.Noon, desk.AgentId });

        await world.Services.GetRequiredService<CallBackKeeper>().RunAsync(default);

        var item = (await WorkAsync(desk)).ShouldHaveSingleItem();
        (item["taskKind"]!.GetValue<string>(), item["accountId"]!.GetValue<long>()).ShouldBe(("CallBackMissed", debtor.Account.Value));
        var (supervisor, task) = (await TokenAsync("task-mender", Roles.Supervisor), item["id"]!.GetValue<long>());
        (await ChangeAsync(supervisor, task, new { text = "Never mind", dueOn = "2026-06-30" })).ShouldBe(HttpStatusCode.BadRequest); // what the service found is not said otherwise
        (await ChangeAsync(supervisor, task, new { dueOn = "2026-06-11" })).ShouldBe(HttpStatusCode.NoContent);
        (await world.OneAsync<long>("select count(*) from alarm where code = 'CALL_BACK_MISSED' and subject = (select 'call-back/' || call_request_id from call_request where person_id = @Value)", debtor.Person)).ShouldBe(1);
    }

    private async Task<long> AccountAsync() => (await world.People.DebtorAsync()).Account.Value;

    private async Task<DialingWorld.Desk> SeatAsync(string team)
    {
        var desk = await world.AgentAsync(DialingWorld.NewSkill());
        await world.ExecuteAsync("update agent set team = @team where agent_id = @AgentId", new { team, desk.AgentId });
        return desk;
    }

    private Task<string> NameAsync(DialingWorld.Desk desk) => world.OneAsync<string>("select display_name from app_user where user_id = @AgentId", desk);

    private async Task<string> TokenAsync(string name, string role, string team = "")
    {
        await world.Services.GetRequiredService<Users>().PutAsync(name, name, DialingWorld.Password, [role], [], ComplianceWorld.Noon, default, team);
        return await world.SignInAsync(name);
    }

    private async Task<HttpStatusCode> GiveAsync(string token, object body) => (await SendAsync(token, HttpMethod.Post, "/api/v1/tasks", body)).Status;

    private async Task<HttpStatusCode> FinishAsync(string token, long id, bool done) => (await SendAsync(token, HttpMethod.Put, $"/api/v1/tasks/{id}", new { done })).Status;

    private async Task<HttpStatusCode> ChangeAsync(string token, long id, object body) => (await SendAsync(token, HttpMethod.Patch, $"/api/v1/tasks/{id}", body)).Status;

    private async Task<HttpStatusCode> TakeBackAsync(string token, long id) => (await SendAsync(token, HttpMethod.Delete, $"/api/v1/tasks/{id}", new { })).Status;

    /// <summary>The agent's work list, of which only tasks are looked at: call-backs of anyone are on it too.</summary>
    private async Task<List<JsonNode>> WorkAsync(DialingWorld.Desk desk) =>
        [.. (await SendAsync(desk.Token, HttpMethod.Get, "/api/v1/agent/work", new { })).Body!["items"]!.AsArray().Select(item => item!).Where(item => item["kind"]!.GetValue<string>() == "Task")];

    private async Task<List<JsonNode>> OfAccountAsync(string token, long account) =>
        [.. (await SendAsync(token, HttpMethod.Get, $"/api/v1/accounts/{account}/tasks", new { })).Body!["items"]!.AsArray().Select(item => item!)];

    private async Task<string> TimelineAsync(string token, long account)
    {
        var entry = (await SendAsync(token, HttpMethod.Get, $"/api/v1/accounts/{account}/timeline", new { })).Body!["items"]!.AsArray().Single(item => item!["kind"]!.GetValue<string>() == "Task")!;
        return $"{entry["kind"]} {entry["code"]} {entry["detail"]} {entry["note"]}";
    }

    private async Task<List<JsonNode>> OpenAsync(string token) => [.. (await SendAsync(token, HttpMethod.Get, "/api/v1/tasks", new { })).Body!["items"]!.AsArray().Select(item => item!)];

    private async Task<(HttpStatusCode Status, JsonNode? Body, string Text)> SendAsync(string token, HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await world.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text), text);
    }
}
