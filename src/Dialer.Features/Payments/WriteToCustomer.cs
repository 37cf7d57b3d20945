using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using Dapper;
using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Features.Compliance;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Dialer.Features.Payments;

/// <summary>
/// Letters and e-mails that a person at the desk sends from templates: <c>GET …/notices</c> says what may be sent by which way and why not, <c>POST …/notices/preview</c> shows the words,
/// <c>POST …/notices</c> queues them. The same rules are asked as for a call, for the channel and purpose at hand, under the person's lock; the answer is in the decision ledger.
/// </summary>
internal static class WriteToCustomer
{
    /// <summary>What people may send; the other kinds follow from what happened.</summary>
    private static readonly NoticeKind[] Kinds = [NoticeKind.BalanceStatement, NoticeKind.PromiseConfirmation, NoticeKind.DisputeReceived];

    /// <param name="AttemptId">The call in which it was asked for; null: none.</param>
    public sealed record Request(string? Kind, string? Channel, long? AttemptId);

    /// <param name="To">Where it would go, as far as the desk may see it.</param>
    public sealed record Way(string Channel, string To, bool Allowed, IReadOnlyList<Why> Reasons, Instant? RetryAt);

    public sealed record Why(string Code, string Citation);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/accounts/{id:long}/notices", ChoicesAsync).RequireAuthorization(Scopes.NoticesSend);
        routes.MapPost("/api/v1/accounts/{id:long}/notices/preview", PreviewAsync).RequireAuthorization(Scopes.NoticesSend).WithMetadata(new RepeatsFreely());
        routes.MapPost("/api/v1/accounts/{id:long}/notices", SendAsync).RequireAuthorization(Scopes.NoticesSend);
    }

    private static async Task<IResult> ChoicesAsync(long id, Database database, ContactGate gate, ServiceClock clock, CancellationToken cancel)
    {
        if (await database.FindAsync<Addressee>(AddresseeSql, new { id }, cancel) is not { } to)
            return Problem.NotFound($"There is no account {id}.");
        var ways = new List<Way>();
        foreach (var channel in new[] { Channel.Letter, Channel.Email })
            ways.Add((await AskAsync(to, NoticeKind.BalanceStatement, channel, gate, clock.Now, cancel)).Way);
        return Results.Ok(new { kinds = Kinds.Where(kind => FieldsOf(kind, to) is not null).Select(kind => kind.ToString()), ways });
    }

    private static async Task<IResult> PreviewAsync(long id, Request body, Database database, ContactGate gate, NoticeWords words, ServiceClock clock, CancellationToken cancel)
    {
        if (await ReadAsync(id, body, database, cancel) is not ({ } to, { } kind, { } channel, { } fields))
            return Unknown(body);
        var (way, conditions) = await AskAsync(to, kind, channel, gate, clock.Now, cancel);
        var (subject, text) = words.Write(to.Language, kind.ToString(), Whole(fields, to, conditions, words));
        return Results.Ok(new { subject, body = text, way });
    }

    private static async Task<IResult> SendAsync(
        long id, Request body, ClaimsPrincipal caller, Database database, ContactGate gate, NoticeWords words, ServiceClock clock, CancellationToken cancel)
    {
        if (await ReadAsync(id, body, database, cancel) is not ({ } to, { } kind, { } channel, { } fields))
            return Unknown(body);
        var now = clock.Now;
        return await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                await PersonLocks.TakeAsync(connection, transaction, [new PersonId(to.PersonId)], cancel);
                var decided = to.PhoneId is null ? null : (await gate.DecideAsync(connection, transaction, [QuestionOf(to, kind, channel)], now, cancel))[0];
                var (way, conditions) = Judge(to, channel, decided?.Decision);
                await AuditTrail.AddAsync(
                    connection, transaction, caller.UserName(), way.Allowed ? "notice.write" : "notice.refused", $"account/{id}",
                    new { kind, channel, reasons = way.Reasons.Select(reason => reason.Code) }, now, cancel);
                if (!way.Allowed)
                    return Results.Problem(
                        "This may not be sent now.", statusCode: 409, title: "Not sent",
                        extensions: new Dictionary<string, object?> { ["reasons"] = way.Reasons, ["retryAt"] = way.RetryAt?.ToString() });
                var notice = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                    """
                    insert into customer_notice (notice_key, kind, person_id, account_id, channel, purpose, language, fields, next_at, queued_at, written_by, attempt_id, decision_id, cleared_at)
                    values ('desk:' || gen_random_uuid(), @kind, @PersonId, @AccountId, @channel, @purpose, @Language, cast(@fields as jsonb), @now, @now, @by, @AttemptId, @DecisionId, @now) returning notice_id
                    """,
                    new
                    {
                        kind = kind.ToString(), to.PersonId, to.AccountId, channel = channel.ToString(), purpose = Notices.PurposeOf(kind).ToString(), to.Language, now, by = caller.UserName(),
                        body.AttemptId, decided?.DecisionId,
                        fields = JsonSerializer.Serialize(Stored(fields, to, conditions, words), ApiJson.Options),
                    },
                    transaction, cancellationToken: cancel));
                return Results.Created($"/api/v1/accounts/{id}/timeline", new { noticeId = notice });
            },
            cancel);
    }

    private static async Task<(Addressee? To, NoticeKind? Kind, Channel? Channel, Dictionary<string, string>? Fields)> ReadAsync(long id, Request body, Database database, CancellationToken cancel)
    {
        if (!Enum.TryParse<NoticeKind>(body.Kind, out var kind) || !Kinds.Contains(kind) || body.Channel is not ("Letter" or "Email"))
            return (null, null, null, null);
        var to = await database.FindAsync<Addressee>(AddresseeSql, new { id }, cancel);
        return (to, kind, Enum.Parse<Channel>(body.Channel), to is null ? null : FieldsOf(kind, to));
    }

    private static IResult Unknown(Request body) =>
        Problem.Invalid($"'{body.Kind}' by '{body.Channel}' cannot be written about this account. Kinds: {string.Join(", ", Kinds)} (a confirmation needs a promise, an answer to a dispute the dispute); channels: Letter, Email.");

    private static GateRequest QuestionOf(Addressee to, NoticeKind kind, Channel channel) => new(
        new PersonId(to.PersonId), new AccountId(to.AccountId), new PhoneId(to.PhoneId!.Value), null, ContactMode.Manual, Notices.PurposeOf(kind), Director: CallDirector.Manual, Channel: channel);

    private static async Task<(Way Way, IReadOnlyList<Condition> Conditions)> AskAsync(Addressee to, NoticeKind kind, Channel channel, ContactGate gate, Instant now, CancellationToken cancel) =>
        Judge(to, channel, to.PhoneId is null ? null : (await gate.PreviewAsync([QuestionOf(to, kind, channel)], now, cancel))[0]);

    /// <summary>The gate's answer for this way, and what there must be besides: an address.</summary>
    /// <param name="decision">Null: the gate could not be asked, for nothing tells where the customer is.</param>
    private static (Way Way, IReadOnlyList<Condition> Conditions) Judge(Addressee to, Channel channel, ContactDecision? decision)
    {
        var where = channel == Channel.Email ? Hidden(to.Email) : to.Address ?? "";
        List<Why> missing = where.Length > 0 ? [] : [new Why("ADDRESS_MISSING", "house: no address is known")];
        if (decision is null)
            return (new Way(channel.ToString(), where, false, [.. missing, new Why("DATA_MISSING_PHONE", "house: where the customer is cannot be told without a number")], null), []);
        IEnumerable<Why> objections = decision.Allowed ? [] : decision.Reasons.Where(reason => reason.Severity != Severity.Warn).Select(reason => new Why(reason.Code, reason.Citation));
        return (new Way(channel.ToString(), where, decision.Allowed && missing.Count == 0, [.. missing, .. objections], decision.RetryAt), decision.Conditions);
    }

    /// <summary>What the words of this kind need from the account; null where it has it not.</summary>
    private static Dictionary<string, string>? FieldsOf(NoticeKind kind, Addressee to)
    {
        var fields = new Dictionary<string, string> { ["creditor"] = to.Creditor, ["balance"] = to.Balance.ToString(CultureInfo.InvariantCulture), ["account"] = $"…{to.ClientAccountNo[^Math.Min(4, to.ClientAccountNo.Length)..]}" };
        switch (kind)
        {
            case NoticeKind.PromiseConfirmation when to is { PromiseAmount: { } amount, PromiseDue: { } due }:
                fields["amount"] = amount.ToString(CultureInfo.InvariantCulture);
                fields["dueOn"] = due.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
                return fields;
            case NoticeKind.DisputeReceived when to.DisputedOn is { } disputed:
                fields["disputedOn"] = disputed.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
                return fields;
            case NoticeKind.BalanceStatement:
                return fields;
            default:
                return null;
        }
    }

    /// <summary>With what the law wants said in it: the rules' own words, and who writes where that is a debt collector (12 CFR 1006.18(e)(2)).</summary>
    private static Dictionary<string, string> Stored(Dictionary<string, string> fields, Addressee to, IReadOnlyList<Condition> conditions, NoticeWords words)
    {
        var said = conditions.Select(condition => condition.Text).Where(text => text.Length > 0).Distinct().ToList();
        if (to.CollectorRole != "FirstParty")
            said.Add(words.Write(to.Language, NoticeWords.DebtCollector, fields).Body);
        return new Dictionary<string, string>(fields) { ["disclosures"] = string.Join("\n\n", said) };
    }

    private static Dictionary<string, string> Whole(Dictionary<string, string> fields, Addressee to, IReadOnlyList<Condition> conditions, NoticeWords words) =>
        new(Stored(fields, to, conditions, words)) { ["name"] = to.Name, ["client"] = to.Client, ["callback"] = to.CallbackE164 };

    /// <summary>"m•••@example.com": enough to read back, too little to copy.</summary>
    private static string Hidden(string? email) => email is { Length: > 2 } && email.IndexOf('@') is var at and > 0 ? $"{email[0]}•••{email[at..]}" : "";

    private const string AddresseeSql =
        """
        select a.account_id, p.person_id, p.first_name || ' ' || p.last_name as name, p.language, p.email, c.name as client, c.callback_e164, c.collector_role,
            nullif(concat_ws(', ', nullif(p.address, ''), nullif(p.city, ''), nullif(concat_ws(' ', p.state, p.zip), '')), '') as address, a.creditor, a.client_account_no, a.balance,
            (select h.phone_id from phone h where h.person_id = p.person_id order by h.status = 'Active' desc, h.rank, h.phone_id limit 1) as phone_id,
            r.amount as promise_amount, r.due_on as promise_due,
            (select max(o.opened_at) from hold o where o.person_id = p.person_id and o.kind = 'Dispute' and (o.account_id is null or o.account_id = a.account_id) and o.closed_at is null) as disputed_on
        from account a join person p using (person_id) join client c on c.client_id = a.client_id left join promise r on r.account_id = a.account_id and r.state = 'Active'
        where a.account_id = @id
        """;

    private sealed class Addressee
    {
        public long AccountId { get; init; }

        public long PersonId { get; init; }

        public string Name { get; init; } = "";

        public string Language { get; init; } = "en";

        public string? Email { get; init; }

        public string Client { get; init; } = "";

        public string CallbackE164 { get; init; } = "";

        public string CollectorRole { get; init; } = "";

        public string? Address { get; init; }

        public string Creditor { get; init; } = "";

        public string ClientAccountNo { get; init; } = "";

        public decimal Balance { get; init; }

        public long? PhoneId { get; init; }

        public decimal? PromiseAmount { get; init; }

        public LocalDate? PromiseDue { get; init; }

        public Instant? DisputedOn { get; init; }
    }
}
