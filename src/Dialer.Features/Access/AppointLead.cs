using System.Security.Claims;
using Dapper;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Dialer.Storage.Redis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Dialer.Features.Access;

/// <summary>
/// <c>PUT /api/v1/access/users/{id}/lead</c> makes a collector a lead of his team, or no longer one. Nobody gives what he does not have: whoever lacks one of a lead's scopes is refused (403).
/// The agent's sign-ins end, because roles are part of them; his telephone leg and his call do not.
/// </summary>
internal static class AppointLead
{
    public sealed record Request(bool Lead);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPut("/api/v1/access/users/{id:long}/lead", HandleAsync).RequireAuthorization(Scopes.AgentsAssign);

    private static async Task<IResult> HandleAsync(long id, Request request, ClaimsPrincipal caller, Database database, RedisConnection redis, ServiceClock clock, CancellationToken cancel)
    {
        if (!Roles.Grants[Roles.TeamLead].All(caller.May))
            return Results.Problem("A lead may do more than you may yourself. Ask a supervisor.", statusCode: StatusCodes.Status403Forbidden, title: "Not allowed");
        if (id == caller.UserId())
            return Problem.Conflict("Nobody appoints himself.");
        var outcome = await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var roles = await connection.QuerySingleOrDefaultAsync<string[]>(new CommandDefinition(
                    "select roles from app_user where user_id = @id and not disabled for update", new { id }, transaction, cancellationToken: cancel));
                if (roles is null || !Roles.HaveSeat(roles))
                    return Outcome.Unknown;
                if (roles.Contains(Roles.TeamLead) == request.Lead)
                    return Outcome.AsBefore;
                string[] next = request.Lead ? [.. roles, Roles.TeamLead] : [.. roles.Where(role => role != Roles.TeamLead)];
                if (!Roles.HaveSeat(next))
                    next = [.. next, Roles.Collector]; // who leads no more keeps his seat
                await connection.ExecuteAsync(new CommandDefinition(
                    "update app_user set roles = @next, security_stamp = gen_random_uuid() where user_id = @id", new { id, next }, transaction, cancellationToken: cancel));
                await AuditTrail.AddAsync(connection, transaction, caller.UserName(), "access.lead", $"user/{id}", new { request.Lead }, clock.Now, cancel);
                return Outcome.Changed;
            },
            cancel);
        if (outcome == Outcome.Unknown)
            return Problem.NotFound($"There is no collector {id}.");
        if (outcome == Outcome.Changed)
            await redis.PublishAsync(OpenSessions.Channel, id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return Results.NoContent();
    }

    private enum Outcome
    {
        Unknown,
        AsBefore,
        Changed,
    }
}
