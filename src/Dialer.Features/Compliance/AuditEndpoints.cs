using System.Security.Claims;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Dialer.Features.Compliance;

/// <summary>The audit chain for officers: its verification, and its head to be kept elsewhere.</summary>
internal static class AuditEndpoints
{
    public sealed record Anchor(string KeptAt);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/compliance/audit/verify", async (Database database, CancellationToken cancel) =>
        {
            await using var connection = await database.OpenAsync(cancel);
            return Results.Ok(await AuditChain.VerifyAsync(connection, [], cancel));
        }).RequireAuthorization(Scopes.RecordsExamine);
        routes.MapPost("/api/v1/compliance/audit/anchors", async (Anchor body, ClaimsPrincipal user, Database database, TimeProvider clock, CancellationToken cancel) =>
        {
            if (string.IsNullOrWhiteSpace(body.KeptAt))
                return Problem.Invalid("keptAt says where the head is kept, outside this installation.");
            var now = RecordStatements.Now(clock);
            return await database.InTransactionAsync(
                async (connection, transaction) =>
                {
                    var head = await AuditChain.AnchorAsync(connection, body.KeptAt, now, cancel);
                    await AuditTrail.AddAsync(connection, transaction, user.UserName(), "audit.anchor", $"audit:{head.AuditId}", new { body.KeptAt, head.Hash }, now, cancel);
                    return Results.Ok(head);
                },
                cancel);
        }).RequireAuthorization(Scopes.RecordsKeep);
    }
}
