using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Dialer.Core.Compliance;
using Dialer.Features.Access;
using Dialer.Features.Compliance;
using Dialer.Features.Tests.Dialing;
using Dialer.Features.Tests.Ivr;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Dialer.Features.Tests.Compliance;

/// <summary>The notice of a debt: owed within five days of the first words about it, recorded, and what a dispute does while the consumer may still dispute.</summary>
public sealed class ValidationNoticeTests(DialingWorld world) : IClassFixture<DialingWorld>
{
    // Wednesday 16 December 2026, ten in Los Angeles.
    private static readonly Instant Now = Instant.FromUtc(2026, 12, 16, 18, 0);

    private ComplianceWorld People => world.People;

    [Fact]
    public async Task From_the_sixth_day_after_the_first_conversation_nobody_is_called_until_the_notice_is_out()
    {
        var debtor = await People.DebtorAsync(line: "Landline");
        (await CodesAsync(debtor)).ShouldBeEmpty();
        await People.CallAsync(debtor, Now - Duration.FromDays(8), "Completed", conversation: true);
        (await CodesAsync(debtor)).ShouldBe(["VALIDATION_NOTICE_LATE"]);

        await SentAsync(debtor, "2026-12-15");
        (await CodesAsync(debtor)).ShouldBeEmpty();
        (await DecideAsync(debtor)).Conditions.ShouldContain(condition => condition.Code == "NO_OVERSHADOWING");

        await world.ExecuteAsync("update validation_notice set returned_on = '2026-12-16' where account_id = @Value", debtor.Account);
        (await CodesAsync(debtor)).ShouldBe(["VALIDATION_NOTICE_LATE"], "it came back: the consumer does not have it");
    }

    [Fact]
    public async Task A_letter_about_the_debt_is_a_first_communication_too()
    {
        var debtor = await People.DebtorAsync(line: "Landline");
        await world.ExecuteAsync(
            """
            insert into customer_notice (notice_key, kind, person_id, account_id, channel, purpose, language, fields, state, next_at, queued_at, sent_at)
            select 'first:' || account_id, 'BalanceStatement', person_id, account_id, 'Letter', 'Collect', 'en', '{}', 'Sent', @at, @at, @at from account where account_id = @Value
            """,
            new { debtor.Account.Value, at = Now - Duration.FromDays(8) });

        (await CodesAsync(debtor)).ShouldBe(["VALIDATION_NOTICE_LATE"]);
    }

    [Fact]
    public async Task Somebody_is_told_two_days_before_it_is_late_and_again_when_it_is()
    {
        var debtor = await People.DebtorAsync(line: "Landline");
        var ours = await People.DebtorAsync(role: "FirstParty", line: "Landline");
        foreach (var one in new[] { debtor, ours })
            await People.CallAsync(one, Now - Duration.FromDays(3), "Completed", conversation: true);

        await WatchAsync(Now);
        await WatchAsync(Now);
        (await AlarmsAsync(debtor)).ShouldBe(["VALIDATION_NOTICE_DUE"]);
        await WatchAsync(Now + Duration.FromDays(3));
        (await AlarmsAsync(debtor)).ShouldBe(["VALIDATION_NOTICE_DUE", "VALIDATION_NOTICE_LATE"]);
        (await AlarmsAsync(ours)).ShouldBeEmpty("a creditor's own debts are not bound");
    }

    [Fact]
    public async Task What_was_sent_is_recorded_by_the_officer_closes_the_alarms_and_stands_in_the_pack()
    {
        var (agent, officer) = (await ClientAsync("notice-agent", Roles.Collector), await ClientAsync("notice-officer", Roles.Compliance));
        var debtor = await People.DebtorAsync();
        await world.ExecuteAsync("insert into alarm (code, subject, raised_at, text) values ('VALIDATION_NOTICE_DUE', 'account/' || @Value, now(), '')", debtor.Account);
        object Notice(long account, string sentOn = "2026-06-01") => new { accountId = account, sentOn, way = "Letter", sentBy = "Client", evidence = "job 7, letter 12" };

        await PostAsync(agent, "/api/v1/compliance/validation-notices", new[] { Notice(debtor.Account.Value) }, HttpStatusCode.Forbidden);
        await PostAsync(officer, "/api/v1/compliance/validation-notices", new[] { Notice(debtor.Account.Value), Notice(-1) }, HttpStatusCode.NotFound);
        await PostAsync(officer, "/api/v1/compliance/validation-notices", new[] { Notice(debtor.Account.Value, "2099-01-01") }, HttpStatusCode.BadRequest);
        var made = await PostAsync(officer, "/api/v1/compliance/validation-notices", new[] { Notice(debtor.Account.Value) }, HttpStatusCode.OK);
        (await AlarmsAsync(debtor)).ShouldBeEmpty();

        var pack = await officer.GetFromJsonAsync<JsonElement>($"/api/v1/compliance/persons/{debtor.Person.Value}/pack");
        var row = pack.GetProperty("sections").GetProperty("validationNotices").EnumerateArray().ShouldHaveSingleItem();
        (row.GetProperty("sent_by").GetString(), row.GetProperty("evidence").GetString()).ShouldBe(("Client", "job 7, letter 12"));

        var id = made.GetProperty("validationNoticeIds")[0].GetInt64();
        await PostAsync(officer, $"/api/v1/compliance/validation-notices/{id}/returned", new { on = "2026-06-09" }, HttpStatusCode.NoContent);
        await PostAsync(officer, $"/api/v1/compliance/validation-notices/{id}/returned", new { on = "2026-06-09" }, HttpStatusCode.NotFound);
        (await officer.GetAsync("/api/v1/compliance/validation-notices/due")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("2026-06-01", true, "CA", "CeaseUntilVerified")] // within the period, in writing
    [InlineData("2026-06-01", false, "CA", "MarkDisputed")]
    [InlineData("2026-04-01", true, "CA", "MarkDisputed")] // the period was over
    [InlineData("2026-04-01", false, "NYC", "CeaseUntilVerified")] // there at any time, said or written
    [InlineData(null, true, "CA", "CeaseUntilVerified")] // no notice, no period that could be over
    public async Task A_dispute_has_the_effect_of_its_day_and_a_written_one_ends_with_the_verification(string? sentOn, bool written, string place, string effect)
    {
        var (agent, officer) = (await ClientAsync("dispute-agent", Roles.Collector), await ClientAsync("dispute-officer", Roles.Compliance));
        var debtor = place == "NYC" ? await People.DebtorAsync(state: "NY", zip: "10001", areaCode: "212") : await People.DebtorAsync();
        if (sentOn is not null)
            await SentAsync(debtor, sentOn);

        var hold = (await PostAsync(
            agent, "/api/v1/compliance/holds", new { personId = debtor.Person.Value, accountId = debtor.Account.Value, kind = "Dispute", reason = "not mine", written }, HttpStatusCode.Created)).GetProperty("holdId").GetInt64();

        (await world.OneAsync<string>("select effect from hold where hold_id = @hold", new { hold })).ShouldBe(effect);
        var close = $"/api/v1/compliance/holds/{hold}/close";
        if (effect == "CeaseUntilVerified")
        {
            await PostAsync(officer, close, new { reason = "they are wrong" }, HttpStatusCode.Conflict);
            await PostAsync(officer, close, new { reason = "it goes out next year", verificationSentOn = "2999-01-01" }, HttpStatusCode.BadRequest);
            (await PreviewAsync(debtor)).ShouldContain("DISPUTE_PENDING");
            await PostAsync(officer, close, new { reason = "copy of the contract sent", verificationSentOn = "2026-06-10" }, HttpStatusCode.NoContent);
        }
        else
            await PostAsync(officer, close, new { reason = "looked into" }, HttpStatusCode.NoContent);

        (await PreviewAsync(debtor)).ShouldNotContain("DISPUTE_PENDING");
    }

    [Fact]
    public async Task A_dispute_that_was_said_and_is_then_written_takes_the_stronger_effect_and_may_be_withdrawn()
    {
        var (agent, officer) = (await ClientAsync("then-agent", Roles.Collector), await ClientAsync("then-officer", Roles.Compliance));
        var debtor = await People.DebtorAsync();
        await SentAsync(debtor, "2026-06-01");
        object Dispute(bool written) => new { personId = debtor.Person.Value, accountId = debtor.Account.Value, kind = "Dispute", reason = "not mine", written };

        var said = (await PostAsync(agent, "/api/v1/compliance/holds", Dispute(false), HttpStatusCode.Created)).GetProperty("holdId").GetInt64();
        (await PostAsync(agent, "/api/v1/compliance/holds", Dispute(true), HttpStatusCode.Created)).GetProperty("holdId").GetInt64().ShouldBe(said);

        (await world.OneAsync<string>("select effect || ' ' || written from hold where hold_id = @said", new { said })).ShouldBe("CeaseUntilVerified true");
        await PostAsync(officer, $"/api/v1/compliance/holds/{said}/close", new { reason = "they found the bill", withdrawn = true }, HttpStatusCode.NoContent);
    }

    private async Task<ContactDecision> DecideAsync(ComplianceWorld.Debtor debtor) => (await People.DecideAsync(Now, debtor.Preview))[0].Decision;

    private async Task<IReadOnlyList<string>> CodesAsync(ComplianceWorld.Debtor debtor) =>
        [.. (await DecideAsync(debtor)).Reasons.Where(reason => reason.Severity != Severity.Warn).Select(reason => reason.Code)];

    private async Task<IReadOnlyList<string>> PreviewAsync(ComplianceWorld.Debtor debtor) =>
        [.. (await People.Gate.PreviewAsync([debtor.Preview], ComplianceWorld.Noon, default))[0].Reasons.Select(reason => reason.Code)];

    private Task SentAsync(ComplianceWorld.Debtor debtor, string on) => world.ExecuteAsync(
        "insert into validation_notice (account_id, sent_on, way, sent_by, evidence, recorded_at, recorded_by) values (@Value, @on::date, 'Letter', 'House', 'job 1', now(), 'test')", new { debtor.Account.Value, on });

    private Task<int> WatchAsync(Instant now) => new ValidationNotices(world.Database, People.Book, new FixedTime(now)).RunAsync(CancellationToken.None);

    private async Task<IReadOnlyList<string>> AlarmsAsync(ComplianceWorld.Debtor debtor) =>
        await world.Database.QueryAsync<string>("select code from alarm where subject = 'account/' || @Value and closed_at is null order by code", debtor.Account, default);

    private async Task<HttpClient> ClientAsync(string name, string role)
    {
        await world.Services.GetRequiredService<Users>().PutAsync(name, name, DialingWorld.Password, [role], [], ComplianceWorld.Noon, default);
        var http = new HttpClient { BaseAddress = world.Http.BaseAddress };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await world.SignInAsync(name));
        return http;
    }

    private static async Task<JsonElement> PostAsync(HttpClient http, string path, object body, HttpStatusCode expected)
    {
        using var answer = await http.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(expected, $"{path}: {text}");
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }
}
