using System.Security.Claims;
using System.Text.Json;
using Dapper;
using Dialer.Features.Access;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;

namespace Dialer.Features.Imports;

/// <summary>
/// A client's own column names, kept for its next file: <c>GET</c> and <c>PUT /api/v1/clients/{code}/import-map</c>
/// with <c>{"columns": {"Cust Ref": "client_account_no", "Filler": ""}, "dateFormat": "MM/dd/yyyy"}</c>. An empty target means: not read.
/// </summary>
public sealed record ImportMap(IReadOnlyDictionary<string, string> Columns, string? DateFormat = null)
{
    private const string FindSql = "select columns::text, date_format from import_map where client_id = @clientId";

    private const string FindByCodeSql = "select m.columns::text, m.date_format from import_map m join client c using (client_id) where c.code = @code";

    private const string PutSql =
        """
        insert into import_map (client_id, columns, date_format, updated_at, updated_by)
        select client_id, @columns::jsonb, @dateFormat, @now, @by from client where code = @code
        on conflict (client_id) do update set columns = excluded.columns, date_format = excluded.date_format, updated_at = excluded.updated_at, updated_by = excluded.updated_by
        """;

    internal static async Task<ImportMap?> FindAsync(NpgsqlConnection connection, long clientId, CancellationToken cancel) =>
        Read(await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(FindSql, new { clientId }, cancellationToken: cancel)));

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/clients/{code}/import-map", async (string code, Database database, CancellationToken cancel) =>
            Read(await database.FindAsync<Row>(FindByCodeSql, new { code }, cancel)) is { } map ? Results.Ok(map) : Problem.NotFound("This client has no saved map; the usual column names are read without one."))
            .RequireAuthorization(Scopes.ImportsRead);
        routes.MapPut("/api/v1/clients/{code}/import-map", PutAsync).RequireAuthorization(Scopes.ImportsRun);
    }

    private static async Task<IResult> PutAsync(string code, ImportMap map, ClaimsPrincipal caller, Database database, TimeProvider time, CancellationToken cancel)
    {
        if (map.Columns.Values.FirstOrDefault(name => name.Length > 0 && !PlacementColumns.IsKnown(name)) is { } unknown)
            return Problem.Invalid($"\"{unknown}\" is no column of a placement. The names are: {string.Join(", ", PlacementColumns.AllNames)}, phoneN, phoneN_type, phoneN_place.");
        var parameters = new
        {
            code, columns = JsonSerializer.Serialize(map.Columns), dateFormat = map.DateFormat, now = NodaTime.Instant.FromDateTimeOffset(time.GetUtcNow()), by = caller.Identity?.Name ?? "",
        };
        return await database.ExecuteAsync(PutSql, parameters, cancel) == 1 ? Results.Ok(map) : Problem.NotFound($"There is no client with the code \"{code}\".");
    }

    private static ImportMap? Read(Row? row) =>
        row is null ? null : new ImportMap(new Dictionary<string, string>(JsonSerializer.Deserialize<Dictionary<string, string>>(row.Columns)!, StringComparer.OrdinalIgnoreCase), row.DateFormat);

    private sealed record Row(string Columns, string? DateFormat);
}
