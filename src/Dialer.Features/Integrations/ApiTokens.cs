using System.Buffers.Text;
using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Dapper;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Integrations;

/// <summary>Tokens of other programs: "dlr_", a number, and 256 random bits. Only a hash is kept; the token is shown once.</summary>
internal static class ApiTokens
{
    /// <param name="Days">Until it ends, 1 to 366.</param>
    public sealed record Request(string Name, string[] Scopes, int Days = 90);

    public sealed class Row
    {
        public long Id { get; init; }

        public string Name { get; init; } = "";

        public string[] Scopes { get; init; } = [];

        public Instant CreatedAt { get; init; }

        public string CreatedBy { get; init; } = "";

        public Instant ExpiresAt { get; init; }

        public Instant? LastUsedAt { get; init; }

        public Instant? RevokedAt { get; init; }
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/tokens", (Database database, CancellationToken cancel) => database.QueryAsync<Row>(
            "select api_token_id as id, name, scopes, created_at, created_by, expires_at, last_used_at, revoked_at from api_token order by api_token_id desc", null, cancel)).RequireAuthorization(Scopes.IntegrationsManage);
        routes.MapPost("/api/v1/tokens", CreateAsync).RequireAuthorization(Scopes.IntegrationsManage).WithMetadata(new RepeatsFreely()); // its answer is a secret: it is not kept
        routes.MapPost("/api/v1/tokens/{id:long}/revoke", RevokeAsync).RequireAuthorization(Scopes.IntegrationsManage);
    }

    /// <summary>What a token may be good for: to read what leaves the house. Nothing that changes anything.</summary>
    public static IReadOnlyList<string> Allowed { get; } = [Scopes.EventsRead, Scopes.ReportsRead];

    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private static async Task<IResult> CreateAsync(Request request, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > 80 || request.Days is < 1 or > 366)
            return Problem.Invalid("A token has a name of up to 80 characters and ends after 1 to 366 days.");
        if (request.Scopes.Length == 0 || request.Scopes.Except(Allowed).Any())
            return Problem.Invalid($"Name at least one of the scopes: {string.Join(", ", Allowed)}.");
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var expires = clock.Now + Duration.FromDays(request.Days);
        var id = await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var token = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                    "insert into api_token (name, hash, scopes, created_at, created_by, expires_at) values (@Name, @hash, @scopes, @now, @actor, @expires) returning api_token_id",
                    new { request.Name, hash = HashOf(secret), scopes = request.Scopes.Distinct().ToArray(), now = clock.Now, actor = caller.UserName(), expires }, transaction, cancellationToken: cancel));
                await AuditTrail.AddAsync(connection, transaction, caller.UserName(), "token.created", $"token/{token}", request, clock.Now, cancel);
                return token;
            },
            cancel);
        return Results.Created("/api/v1/tokens", new { id, token = string.Create(CultureInfo.InvariantCulture, $"{TokenScheme.Prefix}{id}_{secret}"), expiresAt = expires });
    }

    private static Task<IResult> RevokeAsync(long id, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel) => database.InTransactionAsync<IResult>(
        async (connection, transaction) =>
        {
            if (await connection.ExecuteAsync(new CommandDefinition("update api_token set revoked_at = @now where api_token_id = @id and revoked_at is null", new { id, now = clock.Now }, transaction, cancellationToken: cancel)) == 0)
                return Problem.NotFound("There is no such token in use.");
            await AuditTrail.AddAsync(connection, transaction, caller.UserName(), "token.revoked", $"token/{id}", new { }, clock.Now, cancel);
            return Results.NoContent();
        },
        cancel);
}

/// <summary>Makes a principal of a token: its name, its scopes, no role. A token is asked for at each request, so that a revoked one ends at once.</summary>
internal sealed class ApiTokenHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, Database database, ServiceClock clock)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!TokenScheme.Takes(header))
            return AuthenticateResult.NoResult();
        var parts = header[($"Bearer {TokenScheme.Prefix}".Length)..].Split('_', 2);
        if (parts.Length != 2 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return AuthenticateResult.Fail("Not a token.");
        var row = await database.FindAsync<Known>("select name, hash, scopes from api_token where api_token_id = @id and revoked_at is null and expires_at > @now", new { id, now = clock.Now }, Context.RequestAborted);
        if (row is null || !CryptographicOperations.FixedTimeEquals(row.Hash, ApiTokens.HashOf(parts[1])))
            return AuthenticateResult.Fail("No such token.");
        await database.ExecuteAsync("update api_token set last_used_at = @now where api_token_id = @id and (last_used_at is null or last_used_at < @now - interval '1 minute')", new { id, now = clock.Now }, Context.RequestAborted);
        var identity = new ClaimsIdentity(
            [new Claim(ClaimTypes.Name, $"token/{row.Name}"), new Claim(ClaimTypes.NameIdentifier, (-id).ToString(CultureInfo.InvariantCulture)), .. row.Scopes.Select(scope => new Claim(Caller.TokenScope, scope))], TokenScheme.Name);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), TokenScheme.Name));
    }

    private sealed class Known
    {
        public string Name { get; init; } = "";

        public byte[] Hash { get; init; } = [];

        public string[] Scopes { get; init; } = [];
    }
}
