using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dialer.Features.Access;
using Dialer.Features.Tests.Compliance;
using Dialer.Features.Tests.Dialing;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Tests.Agents;

/// <summary>An agent asks for an offer that he may not make himself; somebody with more authority answers, and the desk shows it.</summary>
public sealed class OffersBeyondAuthority(DialingWorld world) : IClassFixture<DialingWorld>
{
    private const string LastDay = "2026-06-20";
    private readonly string _skill = DialingWorld.NewSkill();

    [Fact]
    public async Task What_is_asked_is_seen_by_the_supervisor_approved_and_on_the_desk_at_once_and_after_a_reload()
    {
        var (desk, call) = await TalkingAsync();
        var supervisor = await TokenAsync("approver", Roles.Supervisor);
        using var events = await EventsAsync(desk);
        using var reader = new StreamReader(await events.Content.ReadAsStreamAsync());

        (await SendAsync(HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/offer-requests", desk.Token, new { amount = 70, lastDay = LastDay, reason = "Lost the job" })).ShouldBe(HttpStatusCode.Created);
        var asked = (await ListAsync(supervisor)).Single(each => each!["agentId"]!.GetValue<long>() == desk.AgentId)!;
        (asked["amount"]!.GetValue<decimal>(), asked["percent"]!.GetValue<decimal>(), asked["reason"]!.GetValue<string>(), asked["state"]!.GetValue<string>()).ShouldBe((70m, 30m, "Lost the job", "Open"));
        (await SendAsync(HttpMethod.Post, $"/api/v1/offer-requests/{asked["id"]}/answer", supervisor, new { approve = true, words = "Today only" })).ShouldBe(HttpStatusCode.NoContent);

        (await PushedAsync(reader, "Approved")).ShouldContain("Today only");
        var reloaded = (await SnapshotAsync(desk))["call"]!["offerRequest"]!;
        (reloaded["state"]!.GetValue<string>(), reloaded["granted"]!.GetValue<decimal>(), reloaded["answeredBy"]!.GetValue<string>()).ShouldBe(("Approved", 70m, "approver"));
        (await JsonAsync($"/api/v1/agent/calls/{call.Id}/offer", desk.Token))["standing"]!["amount"]!.GetValue<decimal>().ShouldBe(70);
        (await AuditsAsync(call)).ShouldBe(["offer.ask", "settlement.offer", "offer.approve"]);
    }

    [Fact]
    public async Task An_answer_that_comes_when_the_call_has_left_the_desk_is_in_the_agents_work_list()
    {
        var (desk, call) = await TalkingAsync();
        var supervisor = await TokenAsync("approver", Roles.Supervisor);
        await SendAsync(HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/offer-requests", desk.Token, new { amount = 70, lastDay = LastDay, reason = "Could not wait" });
        await world.StatusAsync(call, "completed", 9);
        (await SendAsync(HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/disposition", desk.Token, new { code = "RPC-RTP" })).ShouldBe(HttpStatusCode.NoContent);

        (await SendAsync(HttpMethod.Post, $"/api/v1/offer-requests/{await IdAsync(call)}/answer", supervisor, new { approve = true, amount = 75, words = "Tell her today" })).ShouldBe(HttpStatusCode.NoContent);

        var task = (await JsonAsync("/api/v1/agent/work", desk.Token))["items"]!.AsArray().Single(item => item!["kind"]!.GetValue<string>() == "Task")!;
        (task["taskKind"]!.GetValue<string>(), task["words"]!.GetValue<string>(), task["mine"]!.GetValue<bool>()).ShouldBe(("OfferApproved", $"75.00, {LastDay}. Tell her today", true));
    }

    [Fact]
    public async Task A_refusal_needs_its_reason_and_leaves_no_offer()
    {
        var (desk, call) = await TalkingAsync();
        var supervisor = await TokenAsync("approver", Roles.Supervisor);
        await SendAsync(HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/offer-requests", desk.Token, new { amount = 70, lastDay = LastDay, reason = "Wants it" });
        var id = await IdAsync(call);

        (await SendAsync(HttpMethod.Post, $"/api/v1/offer-requests/{id}/answer", supervisor, new { approve = false })).ShouldBe(HttpStatusCode.BadRequest);
        (await SendAsync(HttpMethod.Post, $"/api/v1/offer-requests/{id}/answer", supervisor, new { approve = false, words = "Paid in full last year" })).ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(HttpMethod.Post, $"/api/v1/offer-requests/{id}/answer", supervisor, new { approve = true })).ShouldBe(HttpStatusCode.Conflict);

        (await SnapshotAsync(desk))["call"]!["offerRequest"]!["words"]!.GetValue<string>().ShouldBe("Paid in full last year");
        (await JsonAsync($"/api/v1/agent/calls/{call.Id}/offer", desk.Token))["standing"].ShouldBeNull();
    }

    [Fact]
    public async Task A_lead_answers_his_own_team_within_his_own_authority_and_may_offer_less_instead()
    {
        var (desk, call) = await TalkingAsync();
        await world.ExecuteAsync("update agent set team = 'offers' where agent_id = @AgentId", desk);
        var (lead, stranger) = (await TokenAsync("offer-lead", Roles.TeamLead, "offers"), await TokenAsync("other-lead", Roles.TeamLead, "elsewhere"));
        await SendAsync(HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/offer-requests", desk.Token, new { amount = 60, lastDay = LastDay, reason = "Hardship" });
        var id = await IdAsync(call);

        (await ListAsync(stranger)).ShouldBeEmpty();
        (await SendAsync(HttpMethod.Post, $"/api/v1/offer-requests/{id}/answer", stranger, new { approve = true })).ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(HttpMethod.Post, $"/api/v1/offer-requests/{id}/answer", lead, new { approve = true })).ShouldBe(HttpStatusCode.Conflict); // 40 %: beyond a lead
        (await SendAsync(HttpMethod.Post, $"/api/v1/offer-requests/{id}/answer", lead, new { approve = true, amount = 75, words = "Not lower" })).ShouldBe(HttpStatusCode.NoContent);

        (await SnapshotAsync(desk))["call"]!["offerRequest"]!["granted"]!.GetValue<decimal>().ShouldBe(75);
    }

    [Fact]
    public async Task Who_may_offer_it_himself_need_not_ask_and_who_may_not_is_told_his_limit()
    {
        var (desk, call) = await TalkingAsync();
        await world.ExecuteAsync("update app_user set roles = '{SeniorCollector}' where user_id = @AgentId", desk);
        var token = await world.SignInAsync(await world.OneAsync<string>("select user_name from app_user where user_id = @AgentId", desk));

        (await SendAsync(HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/offer-requests", token, new { amount = 80, lastDay = LastDay, reason = "why ask" })).ShouldBe(HttpStatusCode.Conflict);
        (await SendAsync(HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/offer", token, new { amount = 79.99, lastDay = LastDay })).ShouldBe(HttpStatusCode.Conflict);
        (await SendAsync(HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/offer", token, new { amount = 80, lastDay = LastDay })).ShouldBe(HttpStatusCode.OK);
        (await JsonAsync($"/api/v1/agent/calls/{call.Id}/offer", token))["least"]!.GetValue<decimal>().ShouldBe(80);
    }

    [Fact]
    public async Task A_question_runs_out_by_itself_and_can_be_taken_back()
    {
        var (desk, call) = await TalkingAsync();
        var supervisor = await TokenAsync("approver", Roles.Supervisor);
        await SendAsync(HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/offer-requests", desk.Token, new { amount = 70, lastDay = LastDay, reason = "first" });
        await world.ExecuteAsync("update offer_request set until_at = asked_at where attempt_id = @Id", call);

        (await SnapshotAsync(desk))["call"]!["offerRequest"]!["state"]!.GetValue<string>().ShouldBe("Expired");
        (await SendAsync(HttpMethod.Post, $"/api/v1/offer-requests/{await IdAsync(call)}/answer", supervisor, new { approve = true })).ShouldBe(HttpStatusCode.Conflict);
        (await SendAsync(HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/offer-requests", desk.Token, new { amount = 75, lastDay = LastDay, reason = "second" })).ShouldBe(HttpStatusCode.Created);
        (await SendAsync(HttpMethod.Delete, $"/api/v1/agent/calls/{call.Id}/offer-requests", desk.Token, new { })).ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(HttpMethod.Delete, $"/api/v1/agent/calls/{call.Id}/offer-requests", desk.Token, new { })).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_counter_offer_is_taken_by_card_in_the_same_call_and_ends_the_debt()
    {
        var (desk, call) = await TalkingAsync();
        var supervisor = await TokenAsync("approver", Roles.Supervisor);
        await SendAsync(HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/offer-requests", desk.Token, new { amount = 65, lastDay = LastDay, reason = "Has it today" });
        (await SendAsync(HttpMethod.Post, $"/api/v1/offer-requests/{await IdAsync(call)}/answer", supervisor, new { approve = true, amount = 70 })).ShouldBe(HttpStatusCode.NoContent);

        await PayAsync(desk, call, 70, "success");

        (await OfAccountAsync<string>("balance || ' ' || status", "account", call)).ShouldBe("0.00 Paid");
        (await OfAccountAsync<string>("state", "settlement_offer", call)).ShouldBe("Accepted");
        (await OfAccountAsync<string>("string_agg(side || ' ' || amount, ', ' order by side)", "ledger_line", call)).ShouldBe("Adjustment 30.00, Processor 70.00, Receivable -100.00");
        (await OfAccountAsync<string>("state || ' ' || (settlement_offer_id is not null)", "payment", call)).ShouldBe("Captured true");
        (await SnapshotAsync(desk))["call"]!["controls"]!["payment"]!["state"]!.GetValue<string>().ShouldBe("Captured");
        using var settled = Request(HttpMethod.Get, $"/api/v1/agent/calls/{call.Id}/offer", desk.Token, new { });
        using var answer = await world.Http.SendAsync(settled);
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound); // nothing is owed any more
    }

    [Fact]
    public async Task What_was_refused_or_is_declined_settles_nothing()
    {
        var (desk, call) = await TalkingAsync();
        var supervisor = await TokenAsync("approver", Roles.Supervisor);
        await SendAsync(HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/offer-requests", desk.Token, new { amount = 65, lastDay = LastDay, reason = "Has it today" });
        await SendAsync(HttpMethod.Post, $"/api/v1/offer-requests/{await IdAsync(call)}/answer", supervisor, new { approve = false, words = "Too low" });

        await PayAsync(desk, call, 65, "success"); // money is money; the debt goes on
        (await OfAccountAsync<string>("balance || ' ' || status", "account", call)).ShouldBe("35.00 Open");

        await SendAsync(HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/offer-requests", desk.Token, new { amount = 30, lastDay = LastDay, reason = "The rest" });
        (await SendAsync(HttpMethod.Post, $"/api/v1/offer-requests/{await IdAsync(call)}/answer", supervisor, new { approve = true })).ShouldBe(HttpStatusCode.NoContent);
        await PayAsync(desk, call, 30, "payment-connector-error");
        (await OfAccountAsync<string>("balance || ' ' || status", "account", call)).ShouldBe("35.00 Open");
        (await OfAccountAsync<string>("state", "settlement_offer", call)).ShouldBe("Offered");
    }

    [Fact]
    public async Task A_plan_of_the_clients_catalogue_is_agreed_and_waits_for_its_signature_and_no_other_is()
    {
        var (desk, call) = await TalkingAsync();
        await world.ExecuteAsync(
            """
            insert into plan_offer (client_id, installments, every_days, least_balance, most_balance, made_by, made_at)
            select client_id, v.parts, 14, v.least, v.most, 'test', now() from account a join attempt t using (account_id) cross join (values (3, 50, 500), (6, 500, 5000)) v (parts, least, most) where t.attempt_id = @Id
            """,
            call);
        var plans = $"/api/v1/agent/calls/{call.Id}/plans";
        var seen = await JsonAsync(plans, desk.Token);
        seen["standing"].ShouldBeNull();
        var choice = seen["choices"]!.AsArray().ShouldHaveSingleItem()!;
        (choice["installments"]!.GetValue<int>(), choice["each"]!.GetValue<decimal>(), choice["last"]!.GetValue<decimal>()).ShouldBe((3, 33.34m, 33.32m));
        var other = await world.OneAsync<long>("select max(plan_offer_id) from plan_offer o join account a using (client_id) join attempt t using (account_id) where t.attempt_id = @Id", call);

        (await SendAsync(HttpMethod.Post, plans, desk.Token, new { planOfferId = other, firstOn = "2026-06-20" })).ShouldBe(HttpStatusCode.Conflict); // for larger balances
        (await SendAsync(HttpMethod.Post, plans, desk.Token, new { planOfferId = choice["planOfferId"]!.GetValue<long>(), firstOn = "2026-08-20" })).ShouldBe(HttpStatusCode.BadRequest);
        (await SendAsync(HttpMethod.Post, plans, desk.Token, new { planOfferId = choice["planOfferId"]!.GetValue<long>(), firstOn = "2026-06-20" })).ShouldBe(HttpStatusCode.Created);
        (await SendAsync(HttpMethod.Post, plans, desk.Token, new { planOfferId = choice["planOfferId"]!.GetValue<long>(), firstOn = "2026-06-20" })).ShouldBe(HttpStatusCode.Conflict); // one at a time

        var standing = (await JsonAsync(plans, desk.Token))["standing"]!;
        standing["state"]!.GetValue<string>().ShouldBe("PendingAuthorization");
        standing["installments"]!.AsArray().Select(part => part!["dueOn"]!.GetValue<string>()).ShouldBe(["2026-06-20", "2026-07-04", "2026-07-18"]);
        (await OfAccountAsync<string>("kind", "customer_notice", call)).ShouldBe("PlanAuthorization");
        (await AuditsAsync(call)).ShouldBe(["plan.agree"]);
        var account = await world.OneAsync<long>("select account_id from attempt where attempt_id = @Id", call);
        (await JsonAsync($"/api/v1/accounts/{account}/timeline", desk.Token))["items"]!.AsArray().Select(entry => $"{entry!["kind"]} {entry["code"]} {entry["detail"]}").ShouldContain("Plan PendingAuthorization 3 × 2026-06-20");
    }

    /// <summary>A card of this amount, from the agent's press to the carrier's last word.</summary>
    private async Task PayAsync(DialingWorld.Desk desk, DialingWorld.Placed call, decimal amount, string result)
    {
        (await SendAsync(HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/payment", desk.Token, new { amount, confirmed = true })).ShouldBe(HttpStatusCode.NoContent);
        var callback = new Uri(world.Twilio.Requests.Last(r => r.Path.EndsWith($"/Calls/{call.Sid}/Payments.json", StringComparison.Ordinal)).Form["StatusCallback"]).PathAndQuery;
        (string, string)[] end = result == "success" ? [("PaymentConfirmationCode", $"ok-{call.Id}-{amount}")] : [];
        await world.BodyAsync(callback, [("Sid", "PK1"), ("CallSid", call.Sid), ("Result", result), .. end]);
    }

    private Task<T> OfAccountAsync<T>(string what, string table, DialingWorld.Placed call) =>
        world.OneAsync<T>($"select {what} from {table} where account_id = (select account_id from attempt where attempt_id = @Id)", call);

    /// <summary>An agent in a conversation about a debt of 100.</summary>
    private async Task<(DialingWorld.Desk Desk, DialingWorld.Placed Call)> TalkingAsync()
    {
        var desk = await world.AgentAsync(_skill);
        var call = await world.AttemptAsync(await world.CampaignAsync(_skill));
        await world.ExecuteAsync("update account set balance = 100 from attempt t where t.attempt_id = @Id and account.account_id = t.account_id", call);
        await world.AnswerAsync(call);
        await world.JoinAsync(desk, call.Sid, 2);
        (await world.AgentStateAsync(desk)).ShouldBe("OnCall");
        return (desk, call);
    }

    private Task<long> IdAsync(DialingWorld.Placed call) => world.OneAsync<long>("select max(offer_request_id) from offer_request where attempt_id = @Id", call);

    private async Task<List<string>> AuditsAsync(DialingWorld.Placed call) =>
        [.. await world.Database.QueryAsync<string>("select action from audit where subject = (select 'account/' || account_id from attempt where attempt_id = @Id) order by audit_id", call, default)];

    private async Task<JsonArray> ListAsync(string token) => (await JsonAsync("/api/v1/offer-requests", token))["items"]!.AsArray();

    private async Task<string> TokenAsync(string name, string role, string team = "")
    {
        await world.Services.GetRequiredService<Users>().PutAsync(name, name, DialingWorld.Password, [role], [], ComplianceWorld.Noon, default, team);
        return await world.SignInAsync(name);
    }

    /// <summary>What a desk that is loaded again sees.</summary>
    private async Task<JsonNode> SnapshotAsync(DialingWorld.Desk desk)
    {
        using var request = Request(HttpMethod.Post, "/api/v1/agent/session", desk.Token, new { });
        using var answer = await world.Http.SendAsync(request);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["snapshot"]!;
    }

    private async Task<HttpResponseMessage> EventsAsync(DialingWorld.Desk desk)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/agent/events");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", desk.Token);
        return await world.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>The first snapshot with a question in this state, sooner than the stream looks by itself.</summary>
    private static async Task<string> PushedAsync(StreamReader reader, string state)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(4));
        while (await reader.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.StartsWith("data:", StringComparison.Ordinal) && line.Contains($"\"state\":\"{state}\"", StringComparison.Ordinal))
                return line;
        }

        throw new InvalidOperationException("The stream ended.");
    }

    private async Task<JsonNode> JsonAsync(string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await world.Http.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    private async Task<HttpStatusCode> SendAsync(HttpMethod method, string path, string token, object body)
    {
        using var request = Request(method, path, token, body);
        using var answer = await world.Http.SendAsync(request);
        return answer.StatusCode;
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, string token, object body)
    {
        var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    }
}
