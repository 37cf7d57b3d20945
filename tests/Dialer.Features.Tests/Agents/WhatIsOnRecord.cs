using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dialer.Features.Tests.Compliance;
using Dialer.Features.Tests.Dialing;

namespace Dialer.Features.Tests.Agents;

/// <summary>What the desk writes down about numbers and consent, what it writes to the customer, and the stream in which all of it is read.</summary>
public sealed class WhatIsOnRecord(DialingWorld world) : IClassFixture<DialingWorld>
{
    [Fact]
    public async Task A_number_marked_as_wrong_is_not_dialled_next_and_one_added_may_be()
    {
        var desk = await world.AgentAsync(DialingWorld.NewSkill());
        var debtor = await world.People.DebtorAsync(line: "Landline");
        (await world.People.DecideAsync(ComplianceWorld.Noon, debtor.Preview))[0].Allowed.ShouldBeTrue();

        (await SendAsync(desk, HttpMethod.Put, $"/api/v1/phones/{debtor.Phone.Value}/status", new { status = "WrongNumber", words = "a stranger answered" })).Status.ShouldBe(HttpStatusCode.NoContent);
        var added = await SendAsync(desk, HttpMethod.Post, $"/api/v1/accounts/{debtor.Account.Value}/phones", new { number = "(213) 555-0177", place = "Personal", words = "my new one" });

        added.Status.ShouldBe(HttpStatusCode.Created);
        (await world.People.DecideAsync(ComplianceWorld.Noon, debtor.Preview))[0].Allowed.ShouldBeFalse();
        var phone = new Core.PhoneId(added.Body!["phoneId"]!.GetValue<long>());
        (await world.People.DecideAsync(ComplianceWorld.Noon, debtor.Preview with { Phone = phone }))[0].Decision.Reasons.ShouldNotContain(reason => reason.Code.StartsWith("NUMBER_", StringComparison.Ordinal));
        (await SendAsync(desk, HttpMethod.Post, $"/api/v1/accounts/{debtor.Account.Value}/phones", new { number = "213-555-0177" })).Status.ShouldBe(HttpStatusCode.Conflict);
        (await SendAsync(desk, HttpMethod.Post, $"/api/v1/accounts/{debtor.Account.Value}/phones", new { number = "555" })).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await world.OneAsync<long>("select count(*) from audit where action in ('phone.add', 'phone.mark') and subject = any (@subjects)", new { subjects = new[] { $"phone/{debtor.Phone.Value}", $"phone/{phone.Value}" } })).ShouldBe(2);
        await Should.ThrowAsync<Npgsql.PostgresException>(() => world.ExecuteAsync("update phone_event set words = 'else'"));
    }

    [Fact]
    public async Task Consent_revoked_for_calls_to_a_number_holds_for_the_next_dial_and_shows_masked_on_the_desk()
    {
        var desk = await world.AgentAsync(DialingWorld.NewSkill());
        var debtor = await world.People.DebtorAsync(line: "Landline");

        (await SendAsync(desk, HttpMethod.Post, "/api/v1/compliance/consents", new { phoneId = debtor.Phone.Value, channel = "Voice", kind = "Revoked", scope = "All", source = "agent" })).Status.ShouldBe(HttpStatusCode.Created);

        (await world.People.DecideAsync(ComplianceWorld.Noon + NodaTime.Duration.FromHours(1), debtor.Preview))[0].Allowed.ShouldBeFalse();
        var contacts = (await SendAsync(desk, HttpMethod.Get, $"/api/v1/accounts/{debtor.Account.Value}/contacts")).Body!;
        var row = contacts["phones"]!.AsArray().Single()!;
        (row["voice"]!.GetValue<string>(), row["e164"]!.GetValue<string>()).ShouldBe(("Revoked", $"•••{debtor.E164[^4..]}"));
        contacts["history"]!.AsArray().Single()!["what"]!.GetValue<string>().ShouldBe("VoiceRevoked");
    }

    [Fact]
    public async Task A_letter_is_previewed_sent_and_stands_in_the_timeline()
    {
        var desk = await world.AgentAsync(DialingWorld.NewSkill());
        var debtor = await world.People.DebtorAsync(line: "Landline");
        await world.ExecuteAsync("update person set address = '12 Elm St', city = 'Los Angeles' where person_id = @Value", debtor.Person);
        var path = $"/api/v1/accounts/{debtor.Account.Value}/notices";

        var choices = (await SendAsync(desk, HttpMethod.Get, path)).Body!;
        var preview = (await SendAsync(desk, HttpMethod.Post, path + "/preview", new { kind = "BalanceStatement", channel = "Letter" })).Body!;
        var sent = await SendAsync(desk, HttpMethod.Post, path, new { kind = "BalanceStatement", channel = "Letter" });

        choices["kinds"]!.AsArray().Select(kind => kind!.GetValue<string>()).ShouldBe(["BalanceStatement"]); // no promise to confirm, no dispute to answer
        preview["body"]!.GetValue<string>().ShouldContain("Balance today: $100.00");
        preview["body"]!.GetValue<string>().ShouldContain("This communication is from a debt collector.");
        preview["body"]!.GetValue<string>().ShouldNotContain("{");
        sent.Status.ShouldBe(HttpStatusCode.Created);
        var timeline = (await SendAsync(desk, HttpMethod.Get, $"/api/v1/accounts/{debtor.Account.Value}/timeline")).Body!["items"]!.AsArray();
        timeline.Select(entry => $"{entry!["kind"]} {entry["code"]} {entry["detail"]}").ShouldBe(["Notice BalanceStatement Letter Queued"]);
    }

    [Fact]
    public async Task What_may_not_be_sent_is_refused_with_every_reason_and_leaves_a_trace()
    {
        var desk = await world.AgentAsync(DialingWorld.NewSkill());
        var debtor = await world.People.DebtorAsync(line: "Landline");
        await world.ExecuteAsync("update person set email = 'ada@example.com', address = '12 Elm St' where person_id = @Value", debtor.Person);
        await world.People.HoldAsync(debtor, "Cease");
        var path = $"/api/v1/accounts/{debtor.Account.Value}/notices";

        var refused = await SendAsync(desk, HttpMethod.Post, path, new { kind = "BalanceStatement", channel = "Email" });

        refused.Status.ShouldBe(HttpStatusCode.Conflict);
        refused.Body!["reasons"]!.AsArray().Select(reason => reason!["code"]!.GetValue<string>()).ShouldBe(["CEASE_COMMUNICATION", "EMAIL_NOT_AGREED"]);
        (await world.OneAsync<long>("select count(*) from customer_notice where account_id = @Value", debtor.Account)).ShouldBe(0);
        (await world.OneAsync<long>("select count(*) from audit where action = 'notice.refused' and subject = @subject", new { subject = $"account/{debtor.Account.Value}" })).ShouldBe(1);
        (await SendAsync(desk, HttpMethod.Post, path, new { kind = "Receipt", channel = "Letter" })).Status.ShouldBe(HttpStatusCode.BadRequest); // follows from a payment, not from a wish
    }

    [Fact]
    public async Task A_promise_is_confirmed_and_a_dispute_answered_while_nothing_may_be_collected()
    {
        var desk = await world.AgentAsync(DialingWorld.NewSkill());
        var debtor = await world.People.DebtorAsync(line: "Landline");
        await world.ExecuteAsync("update person set address = '12 Elm St' where person_id = @Value", debtor.Person);
        await world.ExecuteAsync("insert into promise (account_id, person_id, amount, currency, due_on, grace_until, state, source, made_at) select account_id, person_id, 40, 'USD', '2026-06-30', '2026-07-03', 'Active', 'Agent', now() from account where account_id = @Value", debtor.Account);
        await world.People.HoldAsync(debtor, "Dispute");
        var path = $"/api/v1/accounts/{debtor.Account.Value}/notices";

        (await SendAsync(desk, HttpMethod.Post, path, new { kind = "PromiseConfirmation", channel = "Letter" })).Status.ShouldBe(HttpStatusCode.Created);
        (await SendAsync(desk, HttpMethod.Post, path, new { kind = "DisputeReceived", channel = "Letter" })).Status.ShouldBe(HttpStatusCode.Created);
        var refused = await SendAsync(desk, HttpMethod.Post, path, new { kind = "BalanceStatement", channel = "Letter" });

        refused.Body!["reasons"]!.AsArray().Select(reason => reason!["code"]!.GetValue<string>()).ShouldBe(["DISPUTE_PENDING", "PTP_ACTIVE"], ignoreOrder: true);
    }

    [Fact]
    public async Task The_fourth_e_mail_of_a_week_is_one_too_many()
    {
        var desk = await world.AgentAsync(DialingWorld.NewSkill());
        var debtor = await world.People.DebtorAsync(line: "Landline");
        await world.ExecuteAsync("update person set email = 'ada@example.com' where person_id = @Value", debtor.Person);
        await SendAsync(desk, HttpMethod.Post, "/api/v1/compliance/consents", new { phoneId = debtor.Phone.Value, channel = "Email", kind = "Granted", scope = "All", source = "agent", evidence = "form 7" });
        var path = $"/api/v1/accounts/{debtor.Account.Value}/notices";

        for (var i = 0; i < 3; i++)
            (await SendAsync(desk, HttpMethod.Post, path, new { kind = "BalanceStatement", channel = "Email" })).Status.ShouldBe(HttpStatusCode.Created);

        var fourth = await SendAsync(desk, HttpMethod.Post, path, new { kind = "BalanceStatement", channel = "Email" });
        fourth.Body!["reasons"]!.AsArray().Select(reason => reason!["code"]!.GetValue<string>()).ShouldContain("POLICY_MSG_CAP");
    }

    [Fact]
    public async Task Calls_notes_and_promises_come_in_one_stream_the_newest_first()
    {
        var skill = DialingWorld.NewSkill();
        var desk = await world.AgentAsync(skill);
        var call = await world.AttemptAsync(await world.CampaignAsync(skill));
        await world.AnswerAsync(call);
        await world.ExecuteAsync("update attempt set bridged_at = answered_at where attempt_id = @Id", call);
        (await SendAsync(desk, HttpMethod.Post, $"/api/v1/agent/calls/{call.Id}/disposition", new { code = "RPC-PTP", note = "pays on Friday", promise = new { amount = 40, dueDate = "2026-06-12" } })).Status.ShouldBe(HttpStatusCode.NoContent);
        var account = await world.OneAsync<long>("select account_id from attempt where attempt_id = @Id", call);

        var timeline = (await SendAsync(desk, HttpMethod.Get, $"/api/v1/accounts/{account}/timeline")).Body!["items"]!.AsArray();

        timeline.Select(entry => $"{entry!["kind"]} {entry["code"]}").ShouldBe(["Promise Active", "Call RPC-PTP"], ignoreOrder: true);
        timeline.Single(entry => entry!["kind"]!.GetValue<string>() == "Call")!["note"]!.GetValue<string>().ShouldBe("pays on Friday");
        (await SendAsync(desk, HttpMethod.Get, $"/api/v1/accounts/{account}/timeline?before=2020-01-01T00:00:00Z")).Body!["items"]!.AsArray().ShouldBeEmpty();
        (await SendAsync(desk, HttpMethod.Get, $"/api/v1/accounts/{account}/timeline?before=yesterday")).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    private async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(DialingWorld.Desk desk, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", desk.Token);
        using var answer = await world.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }
}
