using System.Security.Claims;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Dialer.Features.Access;

/// <summary>A code from an authenticator program besides the password. The secret is kept under the installation's key ring, and no code is accepted twice.</summary>
public sealed class SecondFactor(Database database, IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("dialer.totp");

    public sealed record Offer(string Secret, string Uri);

    public sealed record Confirmation(string? Code);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/access/second-factor", OfferAsync).RequireAuthorization(Scopes.SignedIn).WithMetadata(new RepeatsFreely());
        routes.MapPost("/api/v1/access/second-factor/confirm", ConfirmAsync).RequireAuthorization(Scopes.SignedIn);
    }

    /// <summary>Whether this code is the user's now; it is used up by being right.</summary>
    public async Task<bool> AcceptAsync(User user, string code, CancellationToken cancel)
    {
        if (user.TotpSecret is null || Totp.Accepts(_protector.Unprotect(user.TotpSecret), code, RealNow, user.TotpStep) is not { } step)
            return false;
        return await database.ExecuteAsync("update app_user set totp_step = @step where user_id = @UserId and totp_step < @step", new { step, user.UserId }, cancel) == 1;
    }

    /// <summary>Authenticators know only real time, whatever clock the service shows.</summary>
    private static Instant RealNow => Instant.FromDateTimeOffset(TimeProvider.System.GetUtcNow());

    private static async Task<IResult> OfferAsync(ClaimsPrincipal caller, Users users, SecondFactor factor, Database database, CancellationToken cancel)
    {
        if (await users.FindAsync(caller.UserName(), cancel) is { TotpConfirmed: true })
            return Problem.Conflict("You have a second factor already. An administrator can reset it.");
        var secret = Totp.NewSecret();
        await database.ExecuteAsync(
            "update app_user set totp_secret = @secret, totp_step = -1 where user_id = @id and not totp_confirmed", new { secret = factor._protector.Protect(secret), id = caller.UserId() }, cancel);
        return Results.Ok(new Offer(secret, Totp.Uri(secret, caller.UserName())));
    }

    private static async Task<IResult> ConfirmAsync(Confirmation request, ClaimsPrincipal caller, Users users, SecondFactor factor, Database database, ServiceClock clock, CancellationToken cancel)
    {
        if (await users.FindAsync(caller.UserName(), cancel) is not { TotpSecret: not null, TotpConfirmed: false } user)
            return Problem.Conflict("Ask for a second factor first.");
        if (!await factor.AcceptAsync(user, request.Code ?? "", cancel))
            return Problem.Invalid("This is not the code of this moment. Check that the clock of your device is right and enter the newest code.");
        await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                await Dapper.SqlMapper.ExecuteAsync(connection, "update app_user set totp_confirmed = true where user_id = @UserId", new { user.UserId }, transaction);
                await AuditTrail.AddAsync(connection, transaction, caller.UserName(), "access.second-factor", $"user/{user.UserId}", new { confirmed = true }, clock.Now, cancel);
            },
            cancel);
        return Results.NoContent();
    }
}
