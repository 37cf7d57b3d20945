using System.Security.Claims;
using Dapper;
using Dialer.Core.Compliance;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Dialer.Features.Compliance;

/// <summary>Legal holds, and whether a person's records may be purged: <c>GET /api/v1/compliance/persons/{id}/purge-check</c>. It answers and says why; it deletes nothing.</summary>
internal static class Retention
{
    public sealed record LegalHold(string Matter);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/compliance/persons/{id:long}/purge-check", CheckAsync).RequireAuthorization(Roles.Compliance);
        routes.MapPost("/api/v1/compliance/persons/{id:long}/legal-holds", HoldAsync).RequireAuthorization(Roles.Compliance);
        routes.MapPost("/api/v1/compliance/legal-holds/{id:long}/release", ReleaseAsync).RequireAuthorization(Roles.Compliance);
    }

    private static async Task<IResult> CheckAsync(long id, Database database, TimeProvider clock, CancellationToken cancel)
    {
        var row = await database.FindAsync<Row>(
            """
            select p.created_at,
                greatest((select max(created_at) from attempt where person_id = @id), (select max(updated_at) from account where person_id = @id), (select max(updated_at) from payment where person_id = @id),
                    (select max(made_at) from promise where person_id = @id), (select max(at) from consent_event where person_id = @id), p.updated_at) as last_activity,
                exists (select 1 from legal_hold where person_id = @id and released_at is null) as held,
                exists (select 1 from account where person_id = @id and status = 'Open') as open
            from person p where p.person_id = @id
            """,
            new { id },
            cancel);
        if (row is null)
            return Problem.NotFound("There is no such person.");
        var check = RetentionClock.Records(row.LastActivity, row.Held, row.Open, RecordStatements.Now(clock));
        return check.Allowed
            ? Results.Ok(check)
            : Results.Problem(check.Why, statusCode: 409, title: "RETENTION_HOLD", extensions: new Dictionary<string, object?> { ["notBefore"] = check.NotBefore?.ToString() });
    }

    private static async Task<IResult> HoldAsync(long id, LegalHold body, ClaimsPrincipal user, Database database, TimeProvider clock, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(body.Matter))
            return Problem.Invalid("matter names the case or request.");
        var now = RecordStatements.Now(clock);
        return await database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                var made = await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
                    "insert into legal_hold (person_id, matter, placed_at, placed_by) select person_id, @Matter, @now, @by from person where person_id = @id returning legal_hold_id",
                    new { id, body.Matter, now, by = user.UserName() }, transaction, cancellationToken: cancel));
                if (made is not { } hold)
                    return Problem.NotFound("There is no such person.");
                await AuditTrail.AddAsync(connection, transaction, user.UserName(), "legal-hold.place", $"person:{id}", new { legalHoldId = hold, body.Matter }, now, cancel);
                return Results.Created($"/api/v1/compliance/legal-holds/{hold}", new { legalHoldId = hold });
            },
            cancel);
    }

    private static Task<IResult> ReleaseAsync(long id, ClaimsPrincipal user, Database database, TimeProvider clock, CancellationToken cancel)
    {
        var now = RecordStatements.Now(clock);
        return database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                var person = await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
                    "update legal_hold set released_at = @now, released_by = @by where legal_hold_id = @id and released_at is null returning person_id", new { now, by = user.UserName(), id }, transaction, cancellationToken: cancel));
                if (person is null)
                    return Problem.NotFound("There is no such hold in force.");
                await AuditTrail.AddAsync(connection, transaction, user.UserName(), "legal-hold.release", $"person:{person}", new { legalHoldId = id }, now, cancel);
                return Results.NoContent();
            },
            cancel);
    }

    private sealed record Row(NodaTime.Instant CreatedAt, NodaTime.Instant LastActivity, bool Held, bool Open);
}
