using System.Security.Claims;
using Dapper;
using Dialer.Storage.Postgres;
using NodaTime;

namespace Dialer.Features.Access;

public sealed class User
{
    public long UserId { get; init; }

    public string UserName { get; init; } = "";

    public string DisplayName { get; init; } = "";

    public string PasswordHash { get; init; } = "";

    public string[] Roles { get; init; } = [];

    public bool Disabled { get; init; }

    public Guid SecurityStamp { get; init; }

    public string? TotpSecret { get; init; }

    public bool TotpConfirmed { get; init; }

    public long TotpStep { get; init; }

    public bool Locked { get; init; }

    /// <summary>Supervisors and above: whose password alone must not be enough.</summary>
    public bool IsAbove => Access.Roles.AreAbove(Roles);
}

/// <summary>What the signed-in principal carries.</summary>
public static class Caller
{
    public const string Stamp = "stamp";

    /// <summary>A scope that a program's token names itself; it has no role.</summary>
    public const string TokenScope = "scope";

    public static long UserId(this ClaimsPrincipal principal) =>
        long.Parse(principal.FindFirstValue(ClaimTypes.NameIdentifier) ?? throw new InvalidOperationException("The principal has no user id."));

    public static string UserName(this ClaimsPrincipal principal) => principal.Identity?.Name ?? "anonymous";
}

/// <summary>People who may sign in.</summary>
public sealed class Users(Database database, Passwords passwords)
{
    public Task<User?> FindAsync(string userName, CancellationToken cancel) => database.FindAsync<User>(
        """
        select user_id, user_name, display_name, password_hash, roles, disabled, security_stamp, totp_secret, totp_confirmed, totp_step,
            coalesce(locked_until > clock_timestamp(), false) as locked
        from app_user where user_name = lower(@userName)
        """,
        new { userName },
        cancel);

    public async Task<bool> IsCurrentAsync(long userId, Guid stamp, CancellationToken cancel) =>
        await database.FindAsync<bool?>("select true from app_user where user_id = @userId and security_stamp = @stamp and not disabled", new { userId, stamp }, cancel) == true;

    /// <summary>One more wrong password or code; so many in a row lock the user for a while, in real time.</summary>
    public Task FailAsync(long userId, AccessOptions options, CancellationToken cancel) => database.ExecuteAsync(
        """
        update app_user set failed_sign_ins = case when failed_sign_ins + 1 >= @TriesBeforeLock then 0 else failed_sign_ins + 1 end,
            locked_until = case when failed_sign_ins + 1 >= @TriesBeforeLock then clock_timestamp() + make_interval(mins => @LockMinutes) else locked_until end
        where user_id = @userId
        """,
        new { userId, options.TriesBeforeLock, options.LockMinutes },
        cancel);

    public Task SucceedAsync(long userId, CancellationToken cancel) =>
        database.ExecuteAsync("update app_user set failed_sign_ins = 0, locked_until = null where user_id = @userId and failed_sign_ins > 0", new { userId }, cancel);

    /// <summary>Creates the user, or gives an existing one this password, these roles and, where they have a seat, these skills and this team. A changed user's sessions end.</summary>
    /// <param name="team">Null leaves the team as it is; a new agent is in none.</param>
    public Task<long> PutAsync(
        string userName, string displayName, string password, IReadOnlyCollection<string> roles, IReadOnlyCollection<string> skills, Instant now, CancellationToken cancel, string? team = null)
    {
        var hash = passwords.Hash(password); // it takes its time: not in a transaction
        return database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var id = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                    """
                    insert into app_user (user_name, display_name, password_hash, roles, created_at)
                    values (lower(@userName), @displayName, @hash, @roles, @now)
                    on conflict (user_name) do update set display_name = excluded.display_name, password_hash = excluded.password_hash,
                        roles = excluded.roles, security_stamp = gen_random_uuid(), disabled = false, failed_sign_ins = 0, locked_until = null
                    returning user_id
                    """,
                    new { userName, displayName, hash, roles = roles.ToArray(), now },
                    transaction,
                    cancellationToken: cancel));
                if (Roles.HaveSeat(roles))
                    await connection.ExecuteAsync(new CommandDefinition(
                        "insert into agent (agent_id, skills, team) values (@id, @skills, coalesce(@team, '')) on conflict (agent_id) do update set skills = excluded.skills, team = coalesce(@team, agent.team)",
                        new { id, skills = skills.ToArray(), team },
                        transaction,
                        cancellationToken: cancel));
                return id;
            },
            cancel);
    }
}
