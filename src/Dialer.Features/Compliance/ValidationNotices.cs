using System.Security.Claims;
using Dapper;
using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Compliance;

/// <summary>
/// The notices of debts (12 CFR 1006.34), whoever sent them: <c>POST /api/v1/compliance/validation-notices</c> records up to 1,000, <c>…/{id}/returned</c> one that came back,
/// <c>GET …/validation-notices/due</c> lists the accounts that owe one; <see cref="NoticeBatches"/> hands those to a print house. <see cref="RunAsync"/>, each hour, raises the alarms.
/// </summary>
/// <remarks>Owed by third parties and debt buyers within five days of the first communication. From the sixth day the gate stops the account; two days earlier somebody is told.</remarks>
public sealed class ValidationNotices(Database database, PolicyBook book, TimeProvider clock)
{
    private const string Rule = "US-REGF-VALIDATION";

    /// <summary>The hourly round looks so far back: an alarm that was raised once is not raised again.</summary>
    private static readonly Duration Round = Duration.FromDays(40);

    /// <summary>The list for people looks a year back: an account whose notice is overdue stays stopped, so it must stay on the list.</summary>
    internal static readonly Duration Year = Duration.FromDays(366);

    // The first words about the debt, spoken or written, were said since then, and no notice is out.
    private const string DueSql =
        """
        with spoken as (select account_id, min(conversation_at) as at from attempt where conversation_at > @since and account_id is not null group by account_id),
        written as (select account_id, min(sent_at) as at from customer_notice where state = 'Sent' and sent_at > @since group by account_id)
        select a.account_id, a.person_id, least(s.at, w.at) as first_at
        from spoken s full join written w using (account_id) join account a using (account_id) join client c on c.client_id = a.client_id
        where a.status = 'Open' and c.collector_role in ('ThirdParty', 'DebtBuyer') and c.debt_class = 'Consumer' and least(s.at, w.at) between @from and @until
          and not exists (select 1 from attempt t where t.account_id = a.account_id and t.conversation_at <= @since)
          and not exists (select 1 from validation_notice v where v.account_id = a.account_id and v.returned_on is null)
        order by first_at, a.account_id limit 10000
        """;

    internal static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["America/New_York"];

    /// <param name="Way">"Letter" or "Email".</param>
    /// <param name="SentBy">"House" or "Client".</param>
    /// <param name="Evidence">Where the copy is: a document's id, the letter shop's job.</param>
    public sealed record Sent(long AccountId, LocalDate SentOn, string Way, string SentBy, string Evidence);

    public sealed record Returned(LocalDate On);

    /// <param name="DueOn">The last day on which it may be sent.</param>
    public sealed record Due(long AccountId, long PersonId, Instant FirstCommunicationAt, LocalDate DueOn, bool Late);

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/compliance/validation-notices", RecordAsync).RequireAuthorization(Scopes.HoldsClose);
        routes.MapPost("/api/v1/compliance/validation-notices/{id:long}/returned", ReturnedAsync).RequireAuthorization(Scopes.HoldsClose);
        routes.MapGet("/api/v1/compliance/validation-notices/due", (ValidationNotices notices, CancellationToken cancel) => notices.DueAsync(0, Year, cancel)).RequireAuthorization(Scopes.RecordsExamine);
    }

    /// <summary>Raises an alarm for each notice that must go out within two days, and another when it has not. Returns how many were raised.</summary>
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var raised = 0;
        foreach (var due in await DueAsync(3, Round, cancel))
        {
            var code = due.Late ? "VALIDATION_NOTICE_LATE" : "VALIDATION_NOTICE_DUE";
            var text = due.Late
                ? "The notice of this debt is overdue: the account is not called until it is out and recorded."
                : $"The notice of this debt must be out on {due.DueOn:uuuu-MM-dd}.";
            raised += await database.ExecuteAsync(
                """
                insert into alarm (code, subject, raised_at, text) select @code, 'account/' || @AccountId, @now, @text
                where not exists (select 1 from alarm where code = @code and subject = 'account/' || @AccountId)
                """,
                new { code, due.AccountId, now = RecordStatements.Now(clock), text }, cancel);
        }

        return raised;
    }

    /// <summary>Accounts whose first communication is at least so many days old, and no older than <paramref name="back"/>, and whose notice is not out.</summary>
    internal async Task<IReadOnlyList<Due>> DueAsync(int days, Duration back, CancellationToken cancel)
    {
        var now = RecordStatements.Now(clock);
        var row = book.Latest.FindRow(Rule);
        if (row is not { Enabled: true })
            return [];
        var begins = row.From is { } day ? NodaTime.Text.LocalDatePattern.Iso.Parse(day).GetValueOrThrow().AtStartOfDayInZone(Zone).ToInstant() : Instant.FromUnixTimeSeconds(0);
        var found = await database.QueryAsync<(long AccountId, long PersonId, Instant FirstAt)>(
            DueSql, new { since = now - back, from = begins, until = now - Duration.FromDays(days) }, cancel);
        return [.. found.Select(account =>
        {
            var last = ValidationNotice.DueAfter(account.FirstAt.InZone(Zone).Date);
            return new Due(account.AccountId, account.PersonId, account.FirstAt, last, now.InZone(Zone).Date > last);
        })];
    }

    private static async Task<IResult> RecordAsync(Sent[] body, ClaimsPrincipal user, Database database, TimeProvider clock, CancellationToken cancel)
    {
        var now = RecordStatements.Now(clock);
        var today = now.InZone(Zone).Date;
        if (body is not { Length: > 0 and <= 1000 } || !Array.TrueForAll(body, sent => sent is { Way: "Letter" or "Email", SentBy: "House" or "Client", Evidence.Length: > 0 } && sent.SentOn <= today))
            return Problem.Invalid("1 to 1,000 notices: accountId, sentOn (not after today), way (Letter, Email), sentBy (House, Client) and evidence, which says where the copy is.");
        return await database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                if (await FirstUnknownAsync(connection, transaction, body, cancel) is { } unknown)
                    return Problem.NotFound($"There is no account {unknown}; nothing was recorded.");
                var made = await WriteAsync(connection, transaction, body, user.UserName(), now, cancel);
                return Results.Ok(new { validationNoticeIds = made });
            },
            cancel);
    }

    /// <summary>Records notices that are out, closes their alarms and writes the audit rows, in the caller's transaction. Every account must exist.</summary>
    internal static async Task<IReadOnlyList<long>> WriteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyCollection<Sent> notices, string by, Instant now, CancellationToken cancel)
    {
        var made = (await connection.QueryAsync<(long Id, long Account, long Person)>(new CommandDefinition(
            """
            with said as (select * from unnest(@accounts, @days, @ways, @senders, @evidences) as q(account_id, sent_on, way, sent_by, evidence)),
            made as (
                insert into validation_notice (account_id, sent_on, way, sent_by, evidence, recorded_at, recorded_by)
                select q.account_id, q.sent_on, q.way, q.sent_by, q.evidence, @now, @by from said q join account a using (account_id) returning validation_notice_id, account_id)
            select m.validation_notice_id as id, m.account_id as account, a.person_id as person from made m join account a using (account_id)
            """,
            new
            {
                accounts = notices.Select(sent => sent.AccountId).ToArray(), days = notices.Select(sent => sent.SentOn.ToDateOnly()).ToArray(), ways = notices.Select(sent => sent.Way).ToArray(),
                senders = notices.Select(sent => sent.SentBy).ToArray(), evidences = notices.Select(sent => sent.Evidence).ToArray(), now, by,
            },
            transaction, cancellationToken: cancel))).AsList();
        foreach (var (id, account, person) in made)
            await AuditTrail.AddAsync(connection, transaction, by, "validation-notice.record", $"person:{person}", new { validationNoticeId = id, accountId = account }, now, cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            "update alarm set closed_at = @now, closed_by = @by where code in ('VALIDATION_NOTICE_DUE', 'VALIDATION_NOTICE_LATE', 'VALIDATION_NOTICE_RETURNED') and closed_at is null and subject = any (@subjects)",
            new { now, by, subjects = made.Select(row => $"account/{row.Account}").ToArray() }, transaction, cancellationToken: cancel));
        return [.. made.Select(row => row.Id)];
    }

    /// <summary>One account that nobody knows refuses all: a file with the wrong numbers in it must not be half a record.</summary>
    private static async Task<long?> FirstUnknownAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Sent[] body, CancellationToken cancel) =>
        await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
            "select q.id from unnest(@ids) as q(id) where not exists (select 1 from account a where a.account_id = q.id) limit 1", new { ids = body.Select(sent => sent.AccountId).ToArray() }, transaction, cancellationToken: cancel));

    /// <summary>Undeliverable: the consumer does not have it, so it is owed again.</summary>
    private static Task<IResult> ReturnedAsync(long id, Returned body, ClaimsPrincipal user, Database database, TimeProvider clock, CancellationToken cancel)
    {
        var now = RecordStatements.Now(clock);
        return database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                var found = await connection.QuerySingleOrDefaultAsync<(long Person, long Account)?>(new CommandDefinition(
                    """
                    update validation_notice v set returned_on = @On, returned_recorded_by = @by from account a
                    where v.validation_notice_id = @id and v.returned_on is null and v.sent_on <= @On and a.account_id = v.account_id returning a.person_id as person, a.account_id as account
                    """,
                    new { id, body.On, by = user.UserName() }, transaction, cancellationToken: cancel));
                if (found is not { } back)
                    return Problem.NotFound("There is no such notice out that was sent before that day.");
                await connection.ExecuteAsync(new CommandDefinition(
                    "insert into alarm (code, subject, raised_at, text) values ('VALIDATION_NOTICE_RETURNED', 'account/' || @Account, @now, 'The notice of this debt came back. The consumer does not have it: it is owed again, to a better address.')",
                    new { back.Account, now }, transaction, cancellationToken: cancel));
                await AuditTrail.AddAsync(connection, transaction, user.UserName(), "validation-notice.returned", $"person:{back.Person}", new { validationNoticeId = id, body.On }, now, cancel);
                return Results.NoContent();
            },
            cancel);
    }

    /// <summary>What a dispute does by law, from the notices of the accounts it is about, the day it came and where the person may live.</summary>
    internal static async Task<DisputeEffect> OnDisputeAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, PersonId person, AccountId? account, bool written, Instant now, CancellationToken cancel)
    {
        var row = await connection.QuerySingleAsync<DisputeRow>(new CommandDefinition(
            """
            select p.state, p.zip, p.city, f.known_state, coalesce((select h.e164 from phone h where h.person_id = p.person_id order by h.status = 'Active' desc, h.rank, h.phone_id limit 1), '') as e164,
                (select max(v.sent_on) from validation_notice v join account a using (account_id) where a.person_id = p.person_id and (@account::bigint is null or a.account_id = @account) and v.returned_on is null) as sent_on
            from person p left join person_contact_fact f using (person_id) where p.person_id = @person
            """,
            new { person = person.Value, account = account?.Value }, transaction, cancellationToken: cancel));
        var places = CandidatePlaces.Of(FactsLoader.Number(row.E164), new PlaceFacts(row.State, row.Zip, row.City, KnownState: row.KnownState));
        var received = places.Zones.IsEmpty ? now.InUtc().Date : places.Zones.Min(zone => now.InZone(zone).Date); // still the last day somewhere they may be
        return ValidationNotice.OnDispute(row.SentOn is { } sent ? new ValidationNotice(sent) : null, received, written, places.Jurisdictions.Contains("US-NYC"));
    }

    private sealed class DisputeRow
    {
        public string? State { get; init; }

        public string? Zip { get; init; }

        public string? City { get; init; }

        public string? KnownState { get; init; }

        public string E164 { get; init; } = "";

        public LocalDate? SentOn { get; init; }
    }
}
