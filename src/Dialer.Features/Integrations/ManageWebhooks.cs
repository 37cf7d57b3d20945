using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using Dapper;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Integrations;

/// <summary>Who is told what: receivers of webhooks, their secrets, what was sent to them, and sending it again.</summary>
internal static class ManageWebhooks
{
    public sealed record Request(string Name, string Url, string[] Types);

    public sealed record EnabledRequest(bool Enabled);

    /// <param name="Since">Everything since then that the receiver wants is sent again; null: only what was given up.</param>
    public sealed record ReplayRequest(Instant? Since = null);

    public sealed class Listed
    {
        public long Id { get; init; }

        public string Name { get; init; } = "";

        public string Url { get; init; } = "";

        public string[] Types { get; init; } = [];

        public bool Enabled { get; init; }

        public Instant CreatedAt { get; init; }

        public long Queued { get; init; }

        public long Sent { get; init; }

        public long Failed { get; init; }

        public Instant? LastSentAt { get; init; }

        public string? LastError { get; init; }
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/webhooks", ReadAsync).RequireAuthorization(Scopes.IntegrationsManage);
        routes.MapPost("/api/v1/webhooks", CreateAsync).RequireAuthorization(Scopes.IntegrationsManage).WithMetadata(new RepeatsFreely()); // its answer is a secret: it is not kept
        routes.MapPut("/api/v1/webhooks/{id:long}/enabled", EnableAsync).RequireAuthorization(Scopes.IntegrationsManage);
        routes.MapPost("/api/v1/webhooks/{id:long}/rotate", RotateAsync).RequireAuthorization(Scopes.IntegrationsManage).WithMetadata(new RepeatsFreely());
        routes.MapPost("/api/v1/webhooks/{id:long}/replay", ReplayAsync).RequireAuthorization(Scopes.IntegrationsManage);
        routes.MapDelete("/api/v1/webhooks/{id:long}", DeleteAsync).RequireAuthorization(Scopes.IntegrationsManage);
    }

    private static Task<IReadOnlyList<Listed>> ReadAsync(Database database, CancellationToken cancel) => database.QueryAsync<Listed>(
        """
        select e.webhook_endpoint_id as id, e.name, e.url, e.types, e.enabled, e.created_at, count(d.*) filter (where d.state = 'Queued') as queued, count(d.*) filter (where d.state = 'Sent') as sent,
            count(d.*) filter (where d.state = 'Failed') as failed, max(d.sent_at) as last_sent_at,
            (select x.last_error from webhook_delivery x where x.webhook_endpoint_id = e.webhook_endpoint_id and x.last_error is not null order by x.webhook_delivery_id desc limit 1) as last_error
        from webhook_endpoint e left join webhook_delivery d using (webhook_endpoint_id) group by e.webhook_endpoint_id order by e.webhook_endpoint_id
        """,
        null, cancel);

    /// <summary>The new receiver is told what happens from now on; the past is had by a replay or from the feed.</summary>
    private static async Task<IResult> CreateAsync(
        Request request, ClaimsPrincipal caller, Database database, ServiceClock clock, SendWebhooks webhooks, IOptions<IntegrationsOptions> options, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > 80 || request.Types.Length is 0 or > 50)
            return Problem.Invalid("A receiver has a name of up to 80 characters and at least one type of event, such as call.ended, payment.* or *.");
        if (!Uri.TryCreate(request.Url, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") || (url.Scheme == "http" && !options.Value.AllowPrivateReceivers) || url.UserInfo.Length > 0)
            return Problem.Invalid("The address must begin with https:// and hold no password.");
        var secret = NewSecret();
        var id = await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var endpoint = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                    """
                    insert into webhook_endpoint (name, url, types, secret, feed_xid, feed_id, created_at, created_by)
                    values (@Name, @Url, @types, @secret, pg_snapshot_xmin(pg_current_snapshot()), 0, @now, @actor) returning webhook_endpoint_id
                    """,
                    new { request.Name, request.Url, types = request.Types.Distinct().ToArray(), secret = webhooks.Protect(secret), now = clock.Now, actor = caller.UserName() },
                    transaction, cancellationToken: cancel));
                await AuditTrail.AddAsync(connection, transaction, caller.UserName(), "webhook.created", $"webhook/{endpoint}", new { request.Name, host = url.Host, request.Types }, clock.Now, cancel);
                return endpoint;
            },
            cancel);
        return Results.Created("/api/v1/webhooks", new { id, secret });
    }

    private static Task<IResult> EnableAsync(long id, EnabledRequest request, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel) => ChangeAsync(
        database, id, "webhook.enabled", request, "update webhook_endpoint set enabled = @enabled where webhook_endpoint_id = @id", new { id, enabled = request.Enabled }, caller, clock, cancel);

    private static Task<IResult> DeleteAsync(long id, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel) =>
        ChangeAsync(database, id, "webhook.deleted", new { }, "delete from webhook_endpoint where webhook_endpoint_id = @id", new { id }, caller, clock, cancel);

    /// <summary>A new secret; for a day both sign, so that the receiver can change over when it likes.</summary>
    private static async Task<IResult> RotateAsync(long id, ClaimsPrincipal caller, Database database, ServiceClock clock, SendWebhooks webhooks, CancellationToken cancel)
    {
        var secret = NewSecret();
        var answer = await ChangeAsync(
            database, id, "webhook.rotated", new { },
            "update webhook_endpoint set previous_secret = secret, previous_until = clock_timestamp() + interval '1 day', secret = @kept where webhook_endpoint_id = @id",
            new { id, kept = webhooks.Protect(secret) }, caller, clock, cancel);
        return answer is Microsoft.AspNetCore.Http.HttpResults.NoContent ? Results.Ok(new { secret }) : answer;
    }

    private static async Task<IResult> ReplayAsync(long id, ReplayRequest request, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel)
    {
        var types = await database.FindAsync<string[]>("select types from webhook_endpoint where webhook_endpoint_id = @id", new { id }, cancel);
        if (types is null)
            return Problem.NotFound($"There is no receiver {id}.");
        var queued = await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var rows = await connection.ExecuteAsync(new CommandDefinition(
                    request.Since is null
                        ? "update webhook_delivery set state = 'Queued', tries = 0, next_at = clock_timestamp(), last_error = null where webhook_endpoint_id = @id and state = 'Failed'"
                        : """
                          insert into webhook_delivery (webhook_endpoint_id, event_id, next_at)
                          select @id, f.event_id, clock_timestamp() from event_feed f
                          where f.at >= @since and exists (select from unnest(@types) w where w = '*' or f.type = w or right(w, 2) = '.*' and starts_with(f.type, left(w, -1)))
                          on conflict (webhook_endpoint_id, event_id) do update set state = 'Queued', tries = 0, next_at = excluded.next_at, last_error = null
                          """,
                    new { id, types, since = request.Since }, transaction, commandTimeout: 60, cancellationToken: cancel));
                await AuditTrail.AddAsync(connection, transaction, caller.UserName(), "webhook.replayed", $"webhook/{id}", new { request.Since, queued = rows }, clock.Now, cancel);
                return rows;
            },
            cancel);
        return Results.Ok(new { queued });
    }

    private static Task<IResult> ChangeAsync<T>(Database database, long id, string action, T detail, string sql, object parameters, ClaimsPrincipal caller, ServiceClock clock, CancellationToken cancel) =>
        database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                if (await connection.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancel)) == 0)
                    return Problem.NotFound($"There is no receiver {id}.");
                await AuditTrail.AddAsync(connection, transaction, caller.UserName(), action, $"webhook/{id}", detail, clock.Now, cancel);
                return Results.NoContent();
            },
            cancel);

    private static string NewSecret() => "whs_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}
