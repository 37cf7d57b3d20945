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
/// Destroys everything about one person, in every module's tables, when every clock has run and nothing holds it: <c>POST /api/v1/compliance/persons/{id}/purge</c>.
/// Otherwise 409 RETENTION_HOLD, with the reason and, where time alone will do, from when. <c>GET /api/v1/compliance/purge/due</c> lists whom it would take.
/// </summary>
/// <remarks>The audit trail stays and gets one row more: it holds ids and acts, and a chain with a hole would prove nothing.</remarks>
internal static class Purge
{
    public sealed record Request(string Reason);

    public sealed record Destroyed(string Table, long Rows);

    public sealed record Due(long PersonId, Instant LastActivity);

    // The newest trace of any work on the person; the age of the records is counted from it.
    private const string ReadSql =
        """
        select greatest(last_activity_of(p.person_id), (select max(at) from consent_event where person_id = @id), (select max(coalesce(closed_at, opened_at)) from hold where person_id = @id),
                p.updated_at) as last_activity,
            exists (select 1 from legal_hold where person_id = @id and released_at is null) as held,
            exists (select 1 from account where person_id = @id and status = 'Open') as open
        from person p where p.person_id = @id
        """;

    // A hint only: each is checked again, under the person's lock, before anything is destroyed.
    private const string DueSql =
        """
        select p.person_id, greatest(p.updated_at, (select max(updated_at) from account a where a.person_id = p.person_id)) as last_activity
        from person p
        where p.person_id > @after and p.updated_at < @before
          and not exists (select 1 from account a where a.person_id = p.person_id and (a.status = 'Open' or a.updated_at >= @before))
          and not exists (select 1 from legal_hold h where h.person_id = p.person_id and h.released_at is null)
          and not exists (select 1 from attempt t where t.person_id = p.person_id and t.created_at >= @before)
          and not exists (select 1 from customer_notice n where n.person_id = p.person_id and greatest(n.queued_at, n.sent_at) >= @before)
        order by p.person_id limit 100
        """;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/compliance/persons/{id:long}/purge-check", CheckAsync).RequireAuthorization(Scopes.RecordsExamine);
        routes.MapPost("/api/v1/compliance/persons/{id:long}/purge", PurgeAsync).RequireAuthorization(Scopes.RecordsKeep);
        routes.MapGet("/api/v1/compliance/purge/due", async (long? after, Database database, TimeProvider clock, CancellationToken cancel) =>
        {
            var before = RecordStatements.Now(clock).InUtc().LocalDateTime.PlusYears(-RetentionClock.RecordYears).InUtc().ToInstant();
            return await database.QueryAsync<Due>(DueSql, new { after = after ?? 0, before }, cancel);
        }).RequireAuthorization(Scopes.RecordsExamine);
    }

    private static async Task<IResult> CheckAsync(long id, Database database, TimeProvider clock, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        return await ReadAsync(connection, null, id, RecordStatements.Now(clock), cancel) switch
        {
            null => Problem.NotFound("There is no such person."),
            { Allowed: true } check => Results.Ok(check),
            { } check => Refuse(check),
        };
    }

    private static async Task<IResult> PurgeAsync(long id, Request body, ClaimsPrincipal user, Database database, TimeProvider clock, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(body.Reason))
            return Problem.Invalid("reason says why the records may go, for the audit trail.");
        var now = RecordStatements.Now(clock);
        return await database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                await PersonLocks.TakeAsync(connection, transaction, [new PersonId(id)], cancel);
                var check = await ReadAsync(connection, transaction, id, now, cancel);
                if (check is null)
                    return Problem.NotFound("There is no such person.");
                await AuditTrail.AddAsync(
                    connection, transaction, user.UserName(), check.Allowed ? "person.purge" : "person.purge-refused", $"person:{id}", new { body.Reason, check.Code, check.Why }, now, cancel);
                if (!check.Allowed)
                    return Refuse(check);
                var destroyed = (await connection.QueryAsync<Destroyed>(new CommandDefinition(
                    "select tab as table, sum(deleted)::bigint as rows from purge_person(@id) group by tab order by tab", new { id }, transaction, commandTimeout: 300, cancellationToken: cancel))).AsList();
                return Results.Ok(new { personId = id, destroyed });
            },
            cancel);
    }

    private static async Task<RetentionCheck?> ReadAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, long id, Instant now, CancellationToken cancel)
    {
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(ReadSql, new { id }, transaction, cancellationToken: cancel));
        return row is null ? null : RetentionClock.Records(row.LastActivity, row.Held, row.Open, now);
    }

    private static IResult Refuse(RetentionCheck check) =>
        Results.Problem(check.Why, statusCode: 409, title: check.Code, extensions: new Dictionary<string, object?> { ["notBefore"] = check.NotBefore?.ToString() });

    private sealed record Row(Instant LastActivity, bool Held, bool Open);
}
