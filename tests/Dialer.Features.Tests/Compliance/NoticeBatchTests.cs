using System.Text;
using Dialer.Features.Compliance;
using Dialer.Features.Tests.Ivr;
using Dialer.Twilio.Twiml;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Tests.Compliance;

/// <summary>Notices that are due go to a print house and come back as mailed; until then the account stays as it is.</summary>
public sealed class NoticeBatchTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    // Wednesday 16 December 2026, ten in Los Angeles.
    private static readonly Instant Now = Instant.FromUtc(2026, 12, 16, 18, 0);
    private readonly ComplianceWorld _world = new(database.Source);

    [Fact]
    public async Task Due_notices_are_handed_over_word_by_word_and_the_account_opens_when_they_were_mailed()
    {
        var debtor = await DebtorAsync();
        (await CodesAsync(debtor, Now)).ShouldBe(["VALIDATION_NOTICE_LATE"]);

        var made = Value<NoticeBatches.Made>(await Batches().HandOverAsync(new(null), "ada", default));

        var batch = made.ValidationBatchId!.Value;
        (await OneAsync<string>("select letter from validation_batch_item where account_id = @Value", debtor)).ShouldSatisfyAllConditions(
            letter => letter.ShouldContain("Harbor Accounts LLC"), letter => letter.ShouldContain("100 Main St, Springfield, IL 62701"), letter => letter.ShouldContain("Ada Doe"), letter => letter.ShouldContain("12 Elm St"),
            letter => letter.ShouldContain("First Bank"), letter => letter.ShouldContain("March 31, 2026 (the date of the last statement):  $90.00"), letter => letter.ShouldContain("You owe now:  $100.00"),
            letter => letter.ShouldContain("January 23, 2027"), letter => letter.ShouldContain("800-555-0100"), letter => letter.ShouldNotContain("{"));
        (await OneAsync<string>("select d.purpose || ' ' || d.channel || ' ' || d.verdict from validation_batch_item i join decision d using (decision_id) where i.account_id = @Value", debtor)).ShouldStartWith("LegalNotice Letter Allow");
        (await CodesAsync(debtor, Now)).ShouldBe(["VALIDATION_NOTICE_LATE"], "handed over is not sent");
        (await LeftOutAsync(debtor)).ShouldBe(["HANDED_OVER_ALREADY"]);

        var table = Encoding.UTF8.GetString(((FileContentHttpResult)await Batches().TableAsync(batch, "ada", default)).FileContents.Span).TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        table[0].ShouldBe(string.Join(',', NoticeLetters.Columns));
        table.ShouldContain(line => line.StartsWith($"{debtor.Account.Value},Ada Doe,12 Elm St,", StringComparison.Ordinal) && line.EndsWith("\"December 17, 2026\",\"January 23, 2027\"", StringComparison.Ordinal));
        Encoding.UTF8.GetString(((FileContentHttpResult)await Batches().LettersAsync(batch, "ada", default)).FileContents.Span).ShouldContain($"Reference: {debtor.Account.Value}");

        var later = Now + Duration.FromDays(2);
        StatusOf(await Batches(later).SentAsync(batch, new(new LocalDate(2026, 12, 19), "job 7"), "ada", default)).ShouldBe(400); // that day has not come
        StatusOf(await Batches(later).SentAsync(batch, new(new LocalDate(2026, 12, 18), "job 7"), "ada", default)).ShouldBe(409); // the letters' last day would come too soon
        StatusOf(await Batches(later).SentAsync(batch, new(new LocalDate(2026, 12, 17), "job 7"), "ada", default)).ShouldBe(200);
        StatusOf(await Batches(later).SentAsync(batch, new(new LocalDate(2026, 12, 17), "job 7"), "ada", default)).ShouldBe(404);

        (await CodesAsync(debtor, later)).ShouldBeEmpty();
        (await OneAsync<string>("select sent_by || ' ' || sent_on || ' ' || evidence from validation_notice where account_id = @Value", debtor)).ShouldBe($"House 2026-12-17 batch {batch}: job 7");
        (await database.Database.QueryAsync<string>("select action from audit where subject = @subject order by audit_id", new { subject = $"validation-batch/{batch}" }, default))
            .ShouldBe(["validation-batch.hand-over", "validation-batch.read", "validation-batch.read", "validation-batch.sent"]);
    }

    [Theory]
    [InlineData("update person set address = null where person_id = @person", "ADDRESS_MISSING")]
    [InlineData("delete from debt_itemization where account_id = @account", "ITEMIZATION_MISSING")]
    [InlineData("update debt_itemization set fees = 1 where account_id = @account", "ITEMIZATION_DOES_NOT_ADD_UP")]
    [InlineData("insert into hold (person_id, kind, opened_at, opened_by) values (@person, 'Attorney', now(), 'test')", "ATTORNEY_REPRESENTED")]
    [InlineData("insert into hold (person_id, kind, opened_at, opened_by) values (@person, 'Bankruptcy', now(), 'test')", "BANKRUPTCY_STAY")]
    public async Task What_may_not_go_or_cannot_be_written_truthfully_is_left_out_and_named(string fault, string reason)
    {
        var debtor = await DebtorAsync();
        await database.Database.ExecuteAsync(fault, new { person = debtor.Person.Value, account = debtor.Account.Value }, default);

        (await LeftOutAsync(debtor)).ShouldBe([reason]);

        (await OneAsync<long>("select count(*) from validation_batch_item where account_id = @Value", debtor)).ShouldBe(0);
    }

    [Fact]
    public async Task A_batch_that_was_not_mailed_is_withdrawn_and_its_notices_are_due_again_even_after_months()
    {
        var debtor = await DebtorAsync();
        var first = Value<NoticeBatches.Made>(await Batches().HandOverAsync(new(null), "ada", default)).ValidationBatchId!.Value;
        StatusOf(await Batches().WithdrawAsync(first, new("the printer broke"), "ada", default)).ShouldBe(204);
        StatusOf(await Batches().SentAsync(first, new(new LocalDate(2026, 12, 16), "job 8"), "ada", default)).ShouldBe(404);

        var months = Now + Duration.FromDays(100);
        await Batches(months).HandOverAsync(new(null), "ada", default);

        (await OneAsync<long>("select count(*) from validation_batch_item where account_id = @Value", debtor)).ShouldBe(2);
    }

    [Fact]
    public async Task Without_a_name_and_an_address_for_disputes_nothing_is_handed_over() =>
        StatusOf(await Batches(collector: new CollectorOptions { Name = "Harbor Accounts LLC" }).HandOverAsync(new(null), "ada", default)).ShouldBe(409);

    [Theory]
    [InlineData("en", "March 31, 2026")]
    [InlineData("es", "31 de marzo de 2026")]
    public void Days_are_written_in_the_letters_language(string language, string day) => NoticeLetters.Day(new LocalDate(2026, 3, 31), language).ShouldBe(day);

    /// <summary>A third party's debtor, first spoken to eight days ago, with everything a notice needs.</summary>
    private async Task<ComplianceWorld.Debtor> DebtorAsync()
    {
        var debtor = await _world.DebtorAsync(line: "Landline");
        await _world.CallAsync(debtor, Now - Duration.FromDays(8), "Completed", conversation: true);
        await database.Database.ExecuteAsync(
            """
            update person set address = '12 Elm St', city = 'Los Angeles' where person_id = @person;
            insert into debt_itemization (account_id, itemization_date, date_kind, creditor_then, amount_then, interest, payments, recorded_at, recorded_by)
            values (@account, '2026-03-31', 'LastStatement', 'First Bank', 90, 15, 5, now(), 'test')
            """,
            new { person = debtor.Person.Value, account = debtor.Account.Value }, default);
        return debtor;
    }

    private NoticeBatches Batches(Instant? now = null, CollectorOptions? collector = null)
    {
        var clock = new FixedTime(now ?? Now);
        return new NoticeBatches(
            database.Database, _world.Gate, new ValidationNotices(database.Database, _world.Book, clock), new NoticeLetters(Options.Create(new TemplateOptions())),
            Options.Create(collector ?? new CollectorOptions { Name = "Harbor Accounts LLC", Address = "100 Main St, Springfield, IL 62701" }), clock);
    }

    private async Task<IReadOnlyList<string>> LeftOutAsync(ComplianceWorld.Debtor debtor) =>
        Value<NoticeBatches.Made>(await Batches().HandOverAsync(new(null), "ada", default)).LeftOut.Single(one => one.AccountId == debtor.Account.Value).Reasons;

    private async Task<IEnumerable<string>> CodesAsync(ComplianceWorld.Debtor debtor, Instant now) => (await _world.DecideAsync(now, debtor.Preview)).Single().Decision.Codes();

    private async Task<T> OneAsync<T>(string sql, ComplianceWorld.Debtor debtor) => (await database.Database.QueryAsync<T>(sql, new { debtor.Account.Value }, default)).Single();

    private static T Value<T>(IResult result) => result.ShouldBeAssignableTo<IValueHttpResult<T>>()!.Value!;

    private static int StatusOf(IResult result) => ((IStatusCodeHttpResult)result).StatusCode ?? 200;
}
