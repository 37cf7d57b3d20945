using System.Security.Claims;
using Dapper;
using Dialer.Core;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Dialer.Features.Compliance;

/// <summary>Legal holds: while one is in force, nothing about the person is destroyed (<see cref="Purge"/>).</summary>
internal static class Retention
{
    public sealed record LegalHold(string Matter);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/compliance/persons/{id:long}/legal-holds", HoldAsync).RequireAuthorization(Scopes.RecordsKeep);
        routes.MapPost("/api/v1/compliance/legal-holds/{id:long}/release", ReleaseAsync).RequireAuthorization(Scopes.RecordsKeep);
    }

    private static async Task<IResult> HoldAsync(long id, LegalHold body, ClaimsPrincipal user, Database database, TimeProvider clock, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(body.Matter))
            return Problem.Invalid("matter names the case or request.");
        var now = RecordStatements.Now(clock);
        return await database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                // A purge holds the same lock from its look at the holds to its end: this one is seen by it, or comes too late and says so.
                await PersonLocks.TakeAsync(connection, transaction, [new PersonId(id)], cancel);
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
}
