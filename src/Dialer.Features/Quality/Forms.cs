using System.Security.Claims;
using System.Text.Json;
using Dapper;
using Dialer.Core.Quality;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Dialer.Features.Quality;

/// <summary>Scorecards: <c>GET /api/v1/quality/forms</c>; <c>PUT /api/v1/quality/forms/{name}</c> with its questions makes the next version; <c>DELETE</c> retires it. Scores keep the version they answered.</summary>
internal static class Forms
{
    public sealed record Questions(IReadOnlyList<ScorecardQuestion> Items);

    public sealed record FormView(long FormId, string Name, int Version, IReadOnlyList<ScorecardQuestion> Questions, string MadeBy, Instant MadeAt);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/quality/forms", async (Database database, CancellationToken cancel) => Results.Ok((await database.QueryAsync<Row>(
            """
            select distinct on (name) qa_form_id, name, version, questions::text, made_by, made_at, retired_at is not null as retired from qa_form order by name, version desc
            """,
            null, cancel)).Where(row => !row.Retired).Select(View))).RequireAuthorization(Scopes.QualityScore);
        routes.MapPut("/api/v1/quality/forms/{name}", PutAsync).RequireAuthorization(Scopes.QualityScore);
        routes.MapDelete("/api/v1/quality/forms/{name}", RetireAsync).RequireAuthorization(Scopes.QualityScore);
    }

    /// <summary>The form as it was when it was answered; null when there is none.</summary>
    public static async Task<FormView?> FindAsync(Database database, long formId, CancellationToken cancel) =>
        await database.FindAsync<Row>("select qa_form_id, name, version, questions::text, made_by, made_at, retired_at is not null as retired from qa_form where qa_form_id = @formId", new { formId }, cancel) is { } row ? View(row) : null;

    private static async Task<IResult> PutAsync(string name, Questions body, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel)
    {
        if (name.Trim().Length is 0 or > 80)
            return Problem.Invalid("A form's name has 1 to 80 characters.");
        if (body.Items is null || Scorecard.Fault(body.Items) is not null)
            return Problem.Invalid(body.Items is null ? "Send the questions as items." : Scorecard.Fault(body.Items)!);
        var (now, by) = (clock.Now, caller.UserName());
        return await database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                await connection.ExecuteAsync(new CommandDefinition("select pg_advisory_xact_lock(hashtextextended('qa-form:' || @name, 0))", new { name }, transaction, cancellationToken: cancel));
                var row = await connection.QuerySingleAsync<Row>(new CommandDefinition(
                    """
                    insert into qa_form (name, version, questions, made_by, made_at)
                    select @name, coalesce(max(version), 0) + 1, @questions::jsonb, @by, @now from qa_form where name = @name
                    returning qa_form_id, name, version, questions::text, made_by, made_at, false as retired
                    """,
                    new { name = name.Trim(), questions = JsonSerializer.Serialize(body.Items, JsonSerializerOptions.Web), by, now }, transaction, cancellationToken: cancel));
                await AuditTrail.AddAsync(connection, transaction, by, "qa-form.put", $"qa-form:{row.QaFormId}", new { row.Name, row.Version, questions = body.Items.Count }, now, cancel);
                return Results.Ok(View(row));
            },
            cancel);
    }

    private static Task<IResult> RetireAsync(string name, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel) => database.InTransactionAsync<IResult>(
        async (connection, transaction) =>
        {
            var (now, by) = (clock.Now, caller.UserName());
            if (await connection.ExecuteAsync(new CommandDefinition("update qa_form set retired_at = @now where name = @name and retired_at is null", new { name, now }, transaction, cancellationToken: cancel)) == 0)
                return Problem.NotFound("There is no such form in use.");
            await AuditTrail.AddAsync(connection, transaction, by, "qa-form.retire", $"qa-form:{name}", new { name }, now, cancel);
            return Results.NoContent();
        },
        cancel);

    private static FormView View(Row row) =>
        new(row.QaFormId, row.Name, row.Version, JsonSerializer.Deserialize<List<ScorecardQuestion>>(row.Questions, JsonSerializerOptions.Web)!, row.MadeBy, row.MadeAt);

    private sealed record Row(long QaFormId, string Name, int Version, string Questions, string MadeBy, Instant MadeAt, bool Retired);
}
