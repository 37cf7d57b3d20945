using System.Security.Claims;
using Dialer.Core.Compliance;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Compliance.Lists;

/// <summary>How fresh the outside lists are, and an officer's "ask now": <c>GET /api/v1/compliance/lists</c>, <c>POST /api/v1/compliance/lists/refresh</c>.</summary>
internal static class ListEndpoints
{
    /// <param name="Ending">Of those still good: answers that end within the refresh margin.</param>
    /// <param name="Ended">Subjects whose newest answer may no longer be relied on.</param>
    public sealed record Freshness(string List, long Good, long Ending, long Ended, long Listed, Instant? NewestAt);

    public sealed record State(string Mode, IReadOnlyList<Freshness> Lists);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/compliance/lists", ReadAsync).RequireAuthorization(Scopes.PolicyRead);
        routes.MapPost("/api/v1/compliance/lists/refresh", RefreshAsync).RequireAuthorization(Scopes.ListsRefresh);
    }

    private static async Task<IResult> ReadAsync(Database database, IOptions<ListOptions> options, TimeProvider clock, CancellationToken cancel)
    {
        var now = RecordStatements.Now(clock);
        var lists = await database.QueryAsync<Freshness>(
            """
            select list, count(*) filter (where expires_at > @now) as good, count(*) filter (where expires_at > @now and expires_at <= @soon) as ending,
                count(*) filter (where expires_at is null or expires_at <= @now) as ended, count(*) filter (where answer = 'Listed') as listed, max(checked_at) as newest_at
            from (select distinct on (list, e164, person_id) list, answer, expires_at, checked_at from list_result order by list, e164, person_id, checked_at desc) newest
            group by list order by list
            """,
            new { now, soon = now + Duration.FromDays(options.Value.RefreshDaysBefore) },
            cancel);
        return Results.Ok(new State(options.Value.Mode, lists));
    }

    private static async Task<IResult> RefreshAsync(ClaimsPrincipal user, RefreshLists refresh, IOptions<ListOptions> options, Database database, TimeProvider clock, CancellationToken cancel)
    {
        if (options.Value.Mode == "Off")
            return Problem.Conflict("No outside list is connected. Set Dialer:Lists:Mode to Http and give Dialer:Lists:Url.");
        var written = await refresh.RunAsync(cancel);
        await database.InTransactionAsync(
            (connection, transaction) => AuditTrail.AddAsync(connection, transaction, user.UserName(), "lists.refresh", "lists", written, RecordStatements.Now(clock), cancel), cancel);
        return Results.Ok(written);
    }
}
