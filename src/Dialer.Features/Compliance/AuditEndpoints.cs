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
        routes.MapPost("/api/v1/compliance/audit/anchors", async (Anchor body, Database database, TimeProvider clock, CancellationToken cancel) =>
        {
            if (string.IsNullOrWhiteSpace(body.KeptAt))
                return Problem.Invalid("keptAt says where the head is kept, outside this installation.");
            await using var connection = await database.OpenAsync(cancel);
            return Results.Ok(await AuditChain.AnchorAsync(connection, body.KeptAt, RecordStatements.Now(clock), cancel));
        }).RequireAuthorization(Scopes.RecordsKeep);
    }
}
