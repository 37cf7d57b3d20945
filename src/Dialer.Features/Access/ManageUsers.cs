using System.Security.Claims;
using Dapper;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Dialer.Storage.Redis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Dialer.Features.Access;

/// <summary>Who may sign in; ending a user's sessions at once, lifting a lock, taking a lost authenticator away. Each change is in the audit trail.</summary>
public static class ManageUsers
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/access/users", ListAsync).RequireAuthorization(Scopes.UsersRead);
        routes.MapPost("/api/v1/access/users/{id:long}/end-sessions", EndSessionsAsync).RequireAuthorization(Scopes.UsersEndSessions).RequireOwnTeam(context => context.GetArgument<long>(0));
        routes.MapPost("/api/v1/access/users/{id:long}/unlock", UnlockAsync).RequireAuthorization(Scopes.UsersManage);
        routes.MapPost("/api/v1/access/users/{id:long}/reset-second-factor", ResetAsync).RequireAuthorization(Scopes.UsersManage);
    }

    private static async Task<IResult> ListAsync(Database database, CancellationToken cancel) => Results.Ok(new
    {
        items = await database.QueryAsync<UserRow>(
            """
            select user_id as id, user_name, display_name, roles, disabled, totp_confirmed as second_factor, coalesce(locked_until > clock_timestamp(), false) as locked
            from app_user order by user_name
            """,
            null,
            cancel),
    });

    /// <summary>Ends every session of an agent; those of supervisors and above only an administrator ends.</summary>
    private static async Task<IResult> EndSessionsAsync(long id, ClaimsPrincipal caller, Database database, RedisConnection redis, ServiceClock clock, CancellationToken cancel)
    {
        var roles = await database.FindAsync<string[]>("select roles from app_user where user_id = @id", new { id }, cancel);
        if (roles is null)
            return Problem.NotFound($"There is no user {id}.");
        if (id != caller.UserId() && Roles.AreAbove(roles) && !caller.May(Scopes.UsersManage))
            return Results.Problem("Only an administrator ends the sessions of supervisors and above.", statusCode: 403, title: "Not allowed");
        await ChangeAsync("update app_user set security_stamp = gen_random_uuid() where user_id = @id", "access.end-sessions", id, caller, database, clock.Now, cancel);
        await redis.PublishAsync(OpenSessions.Channel, id.ToString());
        return Results.NoContent();
    }

    private static async Task<IResult> UnlockAsync(long id, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel) =>
        await ChangeAsync("update app_user set failed_sign_ins = 0, locked_until = null where user_id = @id", "access.unlock", id, caller, database, clock.Now, cancel)
            ? Results.NoContent()
            : Problem.NotFound($"There is no user {id}.");

    private static async Task<IResult> ResetAsync(long id, ClaimsPrincipal caller, Database database, RedisConnection redis, ServiceClock clock, CancellationToken cancel)
    {
        var done = await ChangeAsync(
            "update app_user set totp_secret = null, totp_confirmed = false, totp_step = -1, security_stamp = gen_random_uuid() where user_id = @id",
            "access.reset-second-factor", id, caller, database, clock.Now, cancel);
        if (!done)
            return Problem.NotFound($"There is no user {id}.");
        await redis.PublishAsync(OpenSessions.Channel, id.ToString());
        return Results.NoContent();
    }

    private static Task<bool> ChangeAsync(string sql, string action, long id, ClaimsPrincipal caller, Database database, Instant now, CancellationToken cancel) => database.InTransactionAsync(
        async (connection, transaction) =>
        {
            if (await connection.ExecuteAsync(new CommandDefinition(sql, new { id }, transaction, cancellationToken: cancel)) == 0)
                return false;
            await AuditTrail.AddAsync(connection, transaction, caller.UserName(), action, $"user/{id}", new { }, now, cancel);
            return true;
        },
        cancel);

    private sealed class UserRow
    {
        public long Id { get; init; }

        public string UserName { get; init; } = "";

        public string DisplayName { get; init; } = "";

        public string[] Roles { get; init; } = [];

        public bool Disabled { get; init; }

        public bool SecondFactor { get; init; }

        public bool Locked { get; init; }
    }
}
