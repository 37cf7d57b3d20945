using System.Security.Claims;
using System.Text;
using System.Text.Json;
using Dapper;
using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Compliance;

/// <summary>
/// Notices of debts on their way through a print house: <c>POST /api/v1/compliance/validation-notices/batches</c> writes those that are due and hands them over,
/// <c>GET …/batches/{id}/notices.csv</c> and <c>letters.txt</c> are what the print house gets, <c>POST …/batches/{id}/sent</c> records the day they were mailed, <c>…/withdraw</c> that they were not.
/// </summary>
/// <remarks>
/// Handed over is not sent: the account stays as it is until the mailing is recorded. What was handed over is kept word by word and is not handed over twice.
/// The gate is asked about each (a letter that the law wants: <see cref="ContactPurpose.LegalNotice"/>), under the person's lock; what may not go, or cannot be written truthfully, is left out and named.
/// </remarks>
public sealed class NoticeBatches(Database database, ContactGate gate, ValidationNotices notices, NoticeLetters letters, IOptions<CollectorOptions> collector, TimeProvider clock)
{
    private const int MostAtOnce = 500;

    private const string FactsSql =
        """
        select a.account_id, a.person_id, p.first_name || ' ' || p.last_name as name, p.address, p.city, p.state, p.zip, p.language, a.creditor, a.client_account_no, a.balance, a.currency, c.callback_e164,
            i.itemization_date, i.date_kind, i.creditor_then, i.amount_then, i.interest, i.fees, i.payments, i.credits,
            (select h.phone_id from phone h where h.person_id = p.person_id order by h.status = 'Active' desc, h.rank, h.phone_id limit 1) as phone_id,
            exists (select 1 from validation_batch_item t join validation_batch b using (validation_batch_id) where t.account_id = a.account_id and b.state = 'HandedOver') as handed_over
        from account a join person p on p.person_id = a.person_id join client c on c.client_id = a.client_id left join debt_itemization i on i.account_id = a.account_id
        where a.account_id = any (@ids) order by array_position(@ids, a.account_id)
        """;

    /// <param name="MailOn">The day the print house mails, at most ten days ahead; none: tomorrow. The last day to dispute is counted from it.</param>
    public sealed record HandOver(LocalDate? MailOn);

    public sealed record Mailed(LocalDate SentOn, string Evidence);

    public sealed record TakeBack(string Reason);

    /// <param name="Reasons">The gate's codes, or what is missing: ADDRESS_MISSING, ITEMIZATION_MISSING, ITEMIZATION_DOES_NOT_ADD_UP, HANDED_OVER_ALREADY, DATA_MISSING_PHONE.</param>
    public sealed record LeftOut(long AccountId, IReadOnlyList<string> Reasons);

    /// <param name="ValidationBatchId">Null: there was nothing to hand over.</param>
    public sealed record Made(long? ValidationBatchId, int Notices, IReadOnlyList<LeftOut> LeftOut);

    public sealed record Batch(long ValidationBatchId, LocalDate MailOn, Instant MadeAt, string MadeBy, long Notices, string State, LocalDate? SentOn, string? Evidence, string? ClosedBy);

    internal static void Map(IEndpointRouteBuilder routes)
    {
        const string Batches = "/api/v1/compliance/validation-notices/batches";
        routes.MapGet(Batches, (Database database, CancellationToken cancel) => database.QueryAsync<Batch>(
            """
            select b.validation_batch_id, b.mail_on, b.made_at, b.made_by, (select count(*) from validation_batch_item i where i.validation_batch_id = b.validation_batch_id) as notices, b.state, b.sent_on, b.evidence, b.closed_by
            from validation_batch b order by b.validation_batch_id desc limit 100
            """,
            null, cancel)).RequireAuthorization(Scopes.RecordsExamine);
        routes.MapPost(Batches, (HandOver body, ClaimsPrincipal user, NoticeBatches batches, CancellationToken cancel) => batches.HandOverAsync(body, user.UserName(), cancel)).RequireAuthorization(Scopes.HoldsClose);
        routes.MapGet(Batches + "/{id:long}/notices.csv", (long id, ClaimsPrincipal user, NoticeBatches batches, CancellationToken cancel) => batches.TableAsync(id, user.UserName(), cancel)).RequireAuthorization(Scopes.RecordsExamine);
        routes.MapGet(Batches + "/{id:long}/letters.txt", (long id, ClaimsPrincipal user, NoticeBatches batches, CancellationToken cancel) => batches.LettersAsync(id, user.UserName(), cancel)).RequireAuthorization(Scopes.RecordsExamine);
        routes.MapPost(Batches + "/{id:long}/sent", (long id, Mailed body, ClaimsPrincipal user, NoticeBatches batches, CancellationToken cancel) => batches.SentAsync(id, body, user.UserName(), cancel)).RequireAuthorization(Scopes.HoldsClose);
        routes.MapPost(Batches + "/{id:long}/withdraw", (long id, TakeBack body, ClaimsPrincipal user, NoticeBatches batches, CancellationToken cancel) => batches.WithdrawAsync(id, body, user.UserName(), cancel)).RequireAuthorization(Scopes.HoldsClose);
    }

    internal async Task<IResult> HandOverAsync(HandOver body, string by, CancellationToken cancel)
    {
        if (collector.Value is not { Name.Length: > 0, Address.Length: > 0 } writer)
            return Problem.Conflict("A notice names who collects and where disputes go. Set Dialer:Collector:Name and Dialer:Collector:Address.");
        var now = RecordStatements.Now(clock);
        var today = now.InZone(ValidationNotices.Zone).Date;
        var mailOn = body.MailOn ?? today.PlusDays(1);
        if (mailOn < today || mailOn > today.PlusDays(10))
            return Problem.Invalid("mailOn is today or one of the next ten days.");
        var due = await notices.DueAsync(0, ValidationNotices.Year, cancel);
        var made = await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                // Two officers at once would hand the same notices over twice.
                await connection.ExecuteAsync(new CommandDefinition("lock table validation_batch in share row exclusive mode", transaction: transaction, cancellationToken: cancel));
                var accounts = (await connection.QueryAsync<Facts>(new CommandDefinition(FactsSql, new { ids = due.Select(one => one.AccountId).ToArray() }, transaction, cancellationToken: cancel))).AsList();
                var leftOut = accounts.Where(account => account.Missing() is not null).Select(account => new LeftOut(account.AccountId, [account.Missing()!])).ToList();
                var whole = accounts.Where(account => account.Missing() is null).Take(MostAtOnce).ToList();
                await PersonLocks.TakeAsync(connection, transaction, whole.Select(account => new PersonId(account.PersonId)), cancel);
                var written = new List<(long Account, long Decision, Dictionary<string, string> Fields, string Letter)>();
                foreach (var account in whole)
                {
                    var answer = await AskAsync(connection, transaction, account, now, cancel);
                    if (answer.Allowed)
                        written.Add(Written(account, writer, mailOn, answer));
                    else
                        leftOut.Add(new LeftOut(account.AccountId, [.. answer.Decision.Reasons.Where(reason => reason.Severity != Severity.Warn).Select(reason => reason.Code).Distinct()]));
                }

                return new Made(written.Count == 0 ? null : await StoreAsync(connection, transaction, written, mailOn, by, now, cancel), written.Count, leftOut);
            },
            cancel);
        return Results.Ok(made);
    }

    private async Task<GateResult> AskAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Facts account, Instant now, CancellationToken cancel) => (await gate.DecideAsync(
        connection, transaction,
        [new GateRequest(new PersonId(account.PersonId), new AccountId(account.AccountId), new PhoneId(account.PhoneId!.Value), null, ContactMode.Manual, ContactPurpose.LegalNotice, Director: CallDirector.Manual, Channel: Channel.Letter)],
        now, cancel))[0];

    private (long Account, long Decision, Dictionary<string, string> Fields, string Letter) Written(Facts account, CollectorOptions writer, LocalDate mailOn, GateResult allowed)
    {
        var table = account.Itemization()!;
        var language = account.Language;
        string Money(decimal amount) => NoticeLetters.Money(amount, account.Currency);
        var fields = new Dictionary<string, string>
        {
            ["reference"] = $"{account.AccountId}", ["name"] = account.Name, ["address"] = account.Address!, ["city"] = account.City ?? "", ["state"] = account.State ?? "", ["zip"] = account.Zip ?? "", ["language"] = language,
            ["collector"] = writer.Name!, ["collectorAddress"] = writer.Address!, ["callback"] = Spoken(account.CallbackE164), ["creditorThen"] = table.CreditorThen, ["creditor"] = account.Creditor,
            ["account"] = $"…{account.ClientAccountNo[^Math.Min(4, account.ClientAccountNo.Length)..]}", ["itemizationDate"] = NoticeLetters.Day(table.On, language), ["itemizationDay"] = NoticeLetters.Meaning(table.Day, language),
            ["amountThen"] = Money(table.AmountThen), ["interest"] = Money(table.Interest), ["fees"] = Money(table.Fees), ["payments"] = Money(table.Payments), ["credits"] = Money(table.Credits), ["balance"] = Money(account.Balance),
            ["mailOn"] = NoticeLetters.Day(mailOn, language), ["disputeBy"] = NoticeLetters.Day(new ValidationNotice(mailOn).PeriodEnds, language),
        };
        return (account.AccountId, allowed.DecisionId, fields, letters.Write(language, fields));
    }

    /// <summary>"+12135550123" is written "213-555-0123".</summary>
    private static string Spoken(string e164) => e164.Length == 12 && e164.StartsWith("+1", StringComparison.Ordinal) ? $"{e164[2..5]}-{e164[5..8]}-{e164[8..]}" : e164;

    private static async Task<long> StoreAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, List<(long Account, long Decision, Dictionary<string, string> Fields, string Letter)> written, LocalDate mailOn, string by, Instant now, CancellationToken cancel)
    {
        var batch = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "insert into validation_batch (mail_on, made_at, made_by) values (@mailOn, @now, @by) returning validation_batch_id", new { mailOn, now, by }, transaction, cancellationToken: cancel));
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into validation_batch_item (validation_batch_id, account_id, decision_id, fields, letter)
            select @batch, q.account_id, q.decision_id, q.fields::jsonb, q.letter from unnest(@accounts, @decisions, @fields, @letters) as q (account_id, decision_id, fields, letter)
            """,
            new
            {
                batch, accounts = written.Select(one => one.Account).ToArray(), decisions = written.Select(one => one.Decision).ToArray(), fields = written.Select(one => JsonSerializer.Serialize(one.Fields)).ToArray(),
                letters = written.Select(one => one.Letter).ToArray(),
            },
            transaction, cancellationToken: cancel));
        await AuditTrail.AddAsync(connection, transaction, by, "validation-batch.hand-over", $"validation-batch/{batch}", new { mailOn, accounts = written.Select(one => one.Account) }, now, cancel);
        return batch;
    }

    internal async Task<IResult> TableAsync(long id, string by, CancellationToken cancel) => await ReadAsync(id, "notices.csv", by, cancel) is { Count: > 0 } items
        ? Results.File(await NoticeLetters.TableAsync(items.Select(item => JsonSerializer.Deserialize<Dictionary<string, string>>(item.Fields)!), cancel), "text/csv; charset=utf-8", $"notices-{id}.csv")
        : Problem.NotFound("There is no such batch.");

    /// <summary>One letter after the other, each on a page of its own (a form feed between them).</summary>
    internal async Task<IResult> LettersAsync(long id, string by, CancellationToken cancel) => await ReadAsync(id, "letters.txt", by, cancel) is { Count: > 0 } items
        ? Results.File(Encoding.UTF8.GetBytes(string.Join('\f', items.Select(item => item.Letter))), "text/plain; charset=utf-8", $"letters-{id}.txt")
        : Problem.NotFound("There is no such batch.");

    /// <summary>The items of a batch, and that somebody took them is written down.</summary>
    private Task<IReadOnlyList<Item>> ReadAsync(long id, string file, string by, CancellationToken cancel) => database.InTransactionAsync<IReadOnlyList<Item>>(
        async (connection, transaction) =>
        {
            var items = (await connection.QueryAsync<Item>(new CommandDefinition(
                "select fields::text as fields, letter from validation_batch_item where validation_batch_id = @id order by account_id", new { id }, transaction, cancellationToken: cancel))).AsList();
            if (items.Count > 0)
                await AuditTrail.AddAsync(connection, transaction, by, "validation-batch.read", $"validation-batch/{id}", new { file }, RecordStatements.Now(clock), cancel);
            return items;
        },
        cancel);

    internal async Task<IResult> SentAsync(long id, Mailed body, string by, CancellationToken cancel)
    {
        var now = RecordStatements.Now(clock);
        if (body is not { Evidence.Length: > 0 and <= 200 } || body.SentOn > now.InZone(ValidationNotices.Zone).Date)
            return Problem.Invalid("sentOn is the day they were mailed, not after today; evidence says where the proof is, in at most 200 characters.");
        return await CloseAsync(id, async (connection, transaction, mailOn) =>
        {
            if (body.SentOn > mailOn)
                return Problem.Conflict($"The last day to dispute in these letters is counted from {mailOn:uuuu-MM-dd}: mailed later, they cut it short. Withdraw the batch and hand the notices over again.");
            var accounts = (await connection.QueryAsync<long>(new CommandDefinition("select account_id from validation_batch_item where validation_batch_id = @id order by account_id", new { id }, transaction, cancellationToken: cancel))).AsList();
            var ids = await ValidationNotices.WriteAsync(
                connection, transaction, [.. accounts.Select(account => new ValidationNotices.Sent(account, body.SentOn, "Letter", "House", $"batch {id}: {body.Evidence}"))], by, now, cancel);
            await EndAsync(connection, transaction, id, "Sent", body.SentOn, body.Evidence, by, now, cancel);
            return Results.Ok(new { validationNoticeIds = ids });
        }, cancel);
    }

    internal async Task<IResult> WithdrawAsync(long id, TakeBack body, string by, CancellationToken cancel)
    {
        if (body is not { Reason.Length: > 0 and <= 200 })
            return Problem.Invalid("reason says in at most 200 characters why they were not mailed.");
        var now = RecordStatements.Now(clock);
        return await CloseAsync(id, async (connection, transaction, _) =>
        {
            await EndAsync(connection, transaction, id, "Withdrawn", null, body.Reason, by, now, cancel);
            return Results.NoContent();
        }, cancel);
    }

    private Task<IResult> CloseAsync(long id, Func<NpgsqlConnection, NpgsqlTransaction, LocalDate, Task<IResult>> end, CancellationToken cancel) => database.InTransactionAsync(
        async (connection, transaction) =>
        {
            var mailOn = await connection.QuerySingleOrDefaultAsync<LocalDate?>(new CommandDefinition(
                "select mail_on from validation_batch where validation_batch_id = @id and state = 'HandedOver' for update", new { id }, transaction, cancellationToken: cancel));
            return mailOn is { } day ? await end(connection, transaction, day) : Problem.NotFound("There is no such batch with the print house.");
        },
        cancel);

    private static async Task EndAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long id, string state, LocalDate? sentOn, string evidence, string by, Instant now, CancellationToken cancel)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            "update validation_batch set state = @state, sent_on = @sentOn, evidence = @evidence, closed_at = @now, closed_by = @by where validation_batch_id = @id", new { state, sentOn, evidence, now, by, id }, transaction, cancellationToken: cancel));
        await AuditTrail.AddAsync(connection, transaction, by, state == "Sent" ? "validation-batch.sent" : "validation-batch.withdraw", $"validation-batch/{id}", new { sentOn, evidence }, now, cancel);
    }

    private sealed record Item(string Fields, string Letter);

    private sealed class Facts
    {
        public long AccountId { get; init; }

        public long PersonId { get; init; }

        public string Name { get; init; } = "";

        public string? Address { get; init; }

        public string? City { get; init; }

        public string? State { get; init; }

        public string? Zip { get; init; }

        public string Language { get; init; } = "en";

        public string Creditor { get; init; } = "";

        public string ClientAccountNo { get; init; } = "";

        public decimal Balance { get; init; }

        public string Currency { get; init; } = "USD";

        public string CallbackE164 { get; init; } = "";

        public LocalDate? ItemizationDate { get; init; }

        public string? DateKind { get; init; }

        public string? CreditorThen { get; init; }

        public decimal? AmountThen { get; init; }

        public decimal? Interest { get; init; }

        public decimal? Fees { get; init; }

        public decimal? Payments { get; init; }

        public decimal? Credits { get; init; }

        public long? PhoneId { get; init; }

        public bool HandedOver { get; init; }

        public DebtItemization? Itemization() => ItemizationDate is not { } on ? null : new DebtItemization(
            on, Enum.Parse<ItemizationDay>(DateKind!), CreditorThen!, AmountThen!.Value, Interest!.Value, Fees!.Value, Payments!.Value, Credits!.Value);

        /// <summary>What keeps a letter from being written truthfully; null: nothing.</summary>
        public string? Missing() => this switch
        {
            { HandedOver: true } => "HANDED_OVER_ALREADY",
            { Address: null or "" } or { City: null or "" } or { State: null } or { Zip: null } => "ADDRESS_MISSING",
            { PhoneId: null } => "DATA_MISSING_PHONE",
            _ => Itemization() is { } table ? table.Fault(Balance) : "ITEMIZATION_MISSING",
        };
    }
}
