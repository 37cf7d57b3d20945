using Dapper;
using Dialer.Core.Compliance;
using Dialer.Storage.Postgres;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Compliance.Lists;

/// <summary>
/// Asks the outside lists about the numbers and people of open campaigns that were never asked about, or whose answer soon ends. Answers are appended with their date and
/// their end; the gate reads the newest, and what a row of policy says about old or missing ones decides what follows.
/// </summary>
/// <remarks>Safe to run twice: a question answered meanwhile is not due any more. A vendor that fails leaves its list as it was, and the next run asks again.</remarks>
public sealed class RefreshLists(Database database, IOutsideListSource source, IOptions<ListOptions> options, TimeProvider time, ILogger<RefreshLists> log)
{
    // The newest answer about each number dialled by an open campaign, oldest first.
    private const string DueNumbers =
        """
        select p.phone_id as reference, p.e164, greatest(
                (select max(ce.at) from consent_event ce where ce.e164 = p.e164 and ce.kind = 'Granted'),
                (select max(t.conversation_at) from attempt t where t.person_id = p.person_id and t.conversation_at is not null)) as since
        from phone p
        left join lateral (select l.expires_at from list_result l where l.e164 = p.e164 and l.list = @list order by l.checked_at desc limit 1) newest on true
        where p.status = 'Active' and (newest.expires_at is null or newest.expires_at <= @before)
          and exists (select 1 from ready_lead r join campaign c using (campaign_id) where r.person_id = p.person_id and c.state in ('Open', 'Scheduled', 'Paused'))
        order by newest.expires_at nulls first, p.phone_id limit @limit
        """;

    private const string DuePersons =
        """
        select p.person_id as reference, p.first_name, p.last_name, p.birth_date, p.ssn_last4, p.zip
        from person p
        left join lateral (select l.expires_at from list_result l where l.person_id = p.person_id and l.list = @list order by l.checked_at desc limit 1) newest on true
        where (newest.expires_at is null or newest.expires_at <= @before)
          and exists (select 1 from ready_lead r join campaign c using (campaign_id) where r.person_id = p.person_id and c.state in ('Open', 'Scheduled', 'Paused'))
        order by newest.expires_at nulls first, p.person_id limit @limit
        """;

    /// <returns>How many answers were written, by list.</returns>
    public async Task<IReadOnlyDictionary<OutsideList, int>> RunAsync(CancellationToken cancel)
    {
        var written = new Dictionary<OutsideList, int>();
        if (options.Value.Mode == "Off")
            return written;
        foreach (var list in options.Value.Ask.Distinct())
        {
            try
            {
                written[list] = await RefreshAsync(list, cancel);
            }
            catch (Exception failure) when (failure is HttpRequestException || failure is OperationCanceledException && !cancel.IsCancellationRequested) // the client's own limit on time
            {
                log.LogWarning("The outside list {List} could not be asked: {Reason}", list, failure.Message);
            }
        }

        return written;
    }

    public static bool IsAboutPersons(OutsideList list) => list is OutsideList.Bankruptcy or OutsideList.Deceased or OutsideList.Military;

    private async Task<int> RefreshAsync(OutsideList list, CancellationToken cancel)
    {
        var settings = options.Value;
        var now = Instant.FromDateTimeOffset(time.GetUtcNow());
        var due = await database.QueryAsync<Due>(
            IsAboutPersons(list) ? DuePersons : DueNumbers, new { list = list.ToString(), before = now + Duration.FromDays(settings.RefreshDaysBefore), limit = settings.MostARun }, cancel);
        var count = 0;
        foreach (var chunk in due.Chunk(settings.BatchSize))
        {
            var replies = await source.AskAsync(
                list, [.. chunk.Select(d => new ListQuestion(d.Reference, d.E164, d.Since, d.FirstName, d.LastName, d.BirthDate, d.SsnLast4, d.Zip))], cancel);
            count += await StoreAsync(list, chunk, replies.ToLookup(reply => reply.Reference), now, now + Duration.FromDays(settings.LifetimeDays), cancel);
        }

        return count;
    }

    private Task<int> StoreAsync(OutsideList list, Due[] asked, ILookup<long, ListReply> replies, Instant now, Instant ends, CancellationToken cancel)
    {
        var answers = asked.Select(d => replies[d.Reference].FirstOrDefault() ?? new ListReply(d.Reference, ListAnswer.NoData, "not answered")).ToArray();
        return database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var rows = await connection.ExecuteAsync(new CommandDefinition(
                    """
                    insert into list_result (list, e164, person_id, answer, detail, checked_at, source, expires_at)
                    select @list, q.e164, case when @persons then q.reference end, q.answer, q.detail, @now, @source, @ends
                    from unnest(@references, @numbers, @words, @details) as q (reference, e164, answer, detail)
                    """,
                    new
                    {
                        list = list.ToString(), persons = IsAboutPersons(list), now, ends, source = source.Name, references = asked.Select(d => d.Reference).ToArray(),
                        numbers = asked.Select(d => d.E164).ToArray(), words = answers.Select(a => a.Answer.ToString()).ToArray(), details = answers.Select(a => a.Detail).ToArray(),
                    },
                    transaction, cancellationToken: cancel));
                if (list == OutsideList.LineType)
                    await Accounts.PhoneBook.SetLineTypesAsync(
                        connection, transaction, [.. answers.Where(a => a.Answer == ListAnswer.Clear).Select(a => (a.Reference, a.Detail))], now, cancel);
                return rows;
            },
            cancel);
    }

    private sealed class Due
    {
        public long Reference { get; init; }

        public string? E164 { get; init; }

        public Instant? Since { get; init; }

        public string? FirstName { get; init; }

        public string? LastName { get; init; }

        public LocalDate? BirthDate { get; init; }

        public string? SsnLast4 { get; init; }

        public string? Zip { get; init; }
    }
}
