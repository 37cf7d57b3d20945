using System.Text;
using Dialer.Features.Access;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Dialer.Features.Imports;

/// <summary>Earlier imports: <c>GET /api/v1/imports</c> (newest first; <c>?before=</c> the last id seen), <c>/{id}</c> with its rejects by code, and <c>/{id}/rejects</c> as CSV.</summary>
internal static class ReadImports
{
    private const int MaxPage = 200;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/imports", ListAsync).RequireAuthorization(Scopes.ImportsRead);
        routes.MapGet("/api/v1/imports/{id:long}", GetAsync).RequireAuthorization(Scopes.ImportsRead);
        routes.MapGet("/api/v1/imports/{id:long}/rejects", RejectsAsync).RequireAuthorization(Scopes.ImportsRead);
    }

    private static async Task<IResult> ListAsync(Database database, CancellationToken cancel, string? client = null, long? before = null, int limit = 50)
    {
        var page = await ImportBatch.PageAsync(database, client, before ?? long.MaxValue, Math.Clamp(limit, 1, MaxPage), cancel);
        return Results.Ok(new { items = page, next = page.Count == Math.Clamp(limit, 1, MaxPage) ? page[^1].ImportId : (long?)null });
    }

    private static async Task<IResult> GetAsync(long id, Database database, CancellationToken cancel) =>
        await ImportBatch.FindAsync(database, id, cancel) is { } import
            ? Results.Ok(new { import, rejectedByCode = await ImportBatch.RejectedByCodeAsync(database, id, cancel) })
            : NotFound(id);

    private static async Task<IResult> RejectsAsync(long id, Database database, CancellationToken cancel) =>
        await ImportBatch.FindAsync(database, id, cancel) is { } import
            ? Results.Stream(
                async output =>
                {
                    await using var writer = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
                    await RejectsFile.WriteStoredAsync(database, import, writer, cancel);
                },
                "text/csv; charset=utf-8",
                $"rejects-{id}.csv")
            : NotFound(id);

    private static IResult NotFound(long id) => Results.Problem($"There is no import {id}.", statusCode: 404, title: "Not found");
}
