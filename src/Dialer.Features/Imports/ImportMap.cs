using System.Security.Claims;
using System.Text.Json;
using Dapper;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Features.Imports.Reading;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Imports;

/// <summary>
/// How one client's files of one kind are read, kept for the next: <c>GET</c> and <c>PUT /api/v1/clients/{code}/import-map?kind=</c>
/// with <c>{"columns": {"Cust Ref": "client_account_no", "Filler": ""}, "dateFormat": "MM/dd/yyyy"}</c>. An empty target means: not read.
/// </summary>
/// <param name="Columns">From the sender's column names to ours.</param>
/// <param name="DateFormat">The format of dates; null: ISO.</param>
/// <param name="Encoding">The encoding; null: UTF-8, or UTF-16 with a mark.</param>
/// <param name="Positions">Of fixed-width files: where each column stands. Null: the file has a header and a delimiter.</param>
/// <param name="Trailer">The last record with the control totals, where the sender writes one. It is then demanded.</param>
public sealed record ImportMap(
    IReadOnlyDictionary<string, string> Columns, string? DateFormat = null, string? Encoding = null, IReadOnlyList<FixedColumn>? Positions = null, FileTrailer? Trailer = null)
{
    private const string Selected = "m.columns::text, m.date_format, m.encoding, m.positions::text, m.trailer::text";

    private const string FindSql = $"select {Selected} from import_map m where m.client_id = @clientId and m.kind = @kind";

    private const string FindByCodeSql = $"select {Selected} from import_map m join client c using (client_id) where c.code = @code and m.kind = @kind";

    private const string PutSql =
        """
        insert into import_map (client_id, kind, columns, date_format, encoding, positions, trailer, updated_at, updated_by)
        select client_id, @kind, @columns::jsonb, @DateFormat, @Encoding, @positions::jsonb, @trailer::jsonb, @now, @by from client where code = @code
        on conflict (client_id, kind) do update set columns = excluded.columns, date_format = excluded.date_format, encoding = excluded.encoding, positions = excluded.positions,
            trailer = excluded.trailer, updated_at = excluded.updated_at, updated_by = excluded.updated_by
        """;

    internal static async Task<ImportMap?> FindAsync(NpgsqlConnection connection, long clientId, FileKind kind, CancellationToken cancel) =>
        Read(await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(FindSql, new { clientId, kind = kind.ToString() }, cancellationToken: cancel)));

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/clients/{code}/import-map", async (string code, Database database, CancellationToken cancel, FileKind kind = FileKind.Placement) =>
            Read(await database.FindAsync<Row>(FindByCodeSql, new { code, kind = kind.ToString() }, cancel)) is { } map
                ? Results.Ok(map) : Problem.NotFound("This client has no saved map; the usual column names are read without one."))
            .RequireAuthorization(Scopes.ImportsRead);
        routes.MapPut("/api/v1/clients/{code}/import-map", PutAsync).RequireAuthorization(Scopes.ImportsRun);
        routes.MapGet("/api/v1/imports/columns", (FileKind kind) => Results.Ok(new { kind, columns = ColumnSet.NamesOf(kind), required = ColumnSet.RequiredOf(kind) })).RequireAuthorization(Scopes.ImportsRead);
    }

    /// <summary>What is wrong with the map, in words; null when nothing is.</summary>
    internal string? Fault(FileKind kind) =>
        Columns is null ? "A map has columns, if only {}."
        : Columns.Values.FirstOrDefault(name => name.Length > 0 && !ColumnSet.IsKnown(kind, name)) is { } unknown
            ? $"\"{unknown}\" is no column of a {kind.ToString().ToLowerInvariant()} file. The names are: {string.Join(", ", ColumnSet.NamesOf(kind))}."
        : Positions is not null && FixedWidth.Fault(Positions) is { } positions ? positions
        : Trailer?.Fault();

    internal ImportMap IgnoringCase() => this with { Columns = new Dictionary<string, string>(Columns, StringComparer.OrdinalIgnoreCase) };

    private static async Task<IResult> PutAsync(string code, ImportMap map, ClaimsPrincipal caller, Database database, TimeProvider time, CancellationToken cancel, FileKind kind = FileKind.Placement)
    {
        if (map.Fault(kind) is { } fault)
            return Problem.Invalid(fault);
        var (now, by) = (Instant.FromDateTimeOffset(time.GetUtcNow()), caller.Identity?.Name ?? "");
        var parameters = new
        {
            code, kind = kind.ToString(), columns = Json(map.Columns), map.DateFormat, map.Encoding, positions = map.Positions is null ? null : Json(map.Positions),
            trailer = map.Trailer is null ? null : Json(map.Trailer), now, by,
        };
        return await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                if (await connection.ExecuteAsync(new CommandDefinition(PutSql, parameters, transaction, cancellationToken: cancel)) == 0)
                    return Problem.NotFound($"There is no client with the code \"{code}\".");
                await AuditTrail.AddAsync(connection, transaction, by, "import-map.put", $"client:{code}", new { kind, map }, now, cancel);
                return Results.Ok(map);
            },
            cancel);
    }

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, JsonSerializerOptions.Web);

    private static T Of<T>(string json) => JsonSerializer.Deserialize<T>(json, JsonSerializerOptions.Web)!;

    private static ImportMap? Read(Row? row) => row is null ? null : new ImportMap(
        new Dictionary<string, string>(Of<Dictionary<string, string>>(row.Columns), StringComparer.OrdinalIgnoreCase), row.DateFormat, row.Encoding,
        row.Positions is { } positions ? Of<List<FixedColumn>>(positions) : null, row.Trailer is { } trailer ? Of<FileTrailer>(trailer) : null);

    private sealed record Row(string Columns, string? DateFormat, string? Encoding, string? Positions, string? Trailer);
}
