using System.Security.Claims;
using System.Security.Cryptography;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Recordings;

/// <summary>
/// <c>POST /api/v1/recordings/{sid}/link</c> gives a link that is good for this person, for this recording and for a short while; <c>GET /api/v1/recordings/media/{token}</c> plays it.
/// Each link and each listening is one row of the audit trail. A team lead gets at the recordings of his own team's agents; one of no agent, such as a message left, is for those who see all teams.
/// 409 while the sound is not here yet; 410 when it was destroyed or could not be had; 403 for a link that ran out or is another's.
/// </summary>
public sealed class ListenRecording(Database database, OwnTeam own, RecordingStore store, IDataProtectionProvider protection, IOptions<RecordingsOptions> options, ServiceClock clock, ILogger<ListenRecording> log)
{
    private readonly ITimeLimitedDataProtector _links = protection.CreateProtector("Dialer.Recordings.Link.v1").ToTimeLimitedDataProtector();

    internal const string AgentSql =
        """
        select coalesce(t.agent_id, r.started_by) from recording r join attempt t using (attempt_id) where r.recording_sid = @id
        union all select null from voicemail where recording_sid = @id limit 1
        """;

    public sealed record Link(string Url, Instant ExpiresAt);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/recordings/{sid}/link", (string sid, ClaimsPrincipal caller, ListenRecording listen, CancellationToken cancel) => listen.LinkAsync(sid, caller, cancel))
            .RequireAuthorization(Scopes.RecordingsListen).WithMetadata(new RepeatsFreely()).RequireOwnTeam("sid", AgentSql);
        routes.MapGet("/api/v1/recordings/media/{token}", (string token, ClaimsPrincipal caller, ListenRecording listen, HttpContext http, CancellationToken cancel) => listen.PlayAsync(token, caller, http, cancel))
            .RequireAuthorization(Scopes.RecordingsListen).WithMetadata(new BoundToTeam());
    }

    private async Task<IResult> LinkAsync(string sid, ClaimsPrincipal caller, CancellationToken cancel)
    {
        var row = await FindAsync(sid, cancel);
        if (row is null)
            return Problem.NotFound("There is no such recording.");
        if (Missing(row) is { } refusal)
            return refusal;
        var lifetime = TimeSpan.FromSeconds(options.Value.LinkSeconds);
        var token = _links.Protect($"{caller.UserId()} {sid}", lifetime);
        await AuditAsync(caller, "recording.link", sid, row.AttemptId, cancel);
        return Results.Ok(new Link($"/api/v1/recordings/media/{token}", clock.Now + clock.OfReal(lifetime)));
    }

    private async Task<IResult> PlayAsync(string token, ClaimsPrincipal caller, HttpContext http, CancellationToken cancel)
    {
        if (Read(token) is not { } link || link.UserId != caller.UserId())
            return Results.Problem("This link has run out, or is somebody else's. Ask for a new one.", statusCode: 403, title: "Not allowed");
        if (!await own.ReachesAsync(caller, AgentSql, link.Sid, cancel))
            return OwnTeamEndpoints.Foreign();
        if (await FindAsync(link.Sid, cancel) is not { } row)
            return Problem.NotFound("There is no such recording.");
        if (Missing(row) is { } refusal)
            return refusal;
        await AuditAsync(caller, "recording.listen", link.Sid, row.AttemptId, cancel);
        http.Response.ContentType = row.MediaType;
        http.Response.ContentLength = row.Bytes;
        http.Response.Headers.CacheControl = "no-store";
        try
        {
            await store.CopyToAsync(link.Sid, row.WrappedKey!, http.Response.Body, cancel);
        }
        catch (CryptographicException failure)
        {
            log.LogError(failure, "Recording {RecordingSid} does not open: what is stored was changed, or its key is another's", link.Sid);
            if (!http.Response.HasStarted)
            {
                http.Response.Clear();
                return Results.Problem("The stored recording does not open: it was changed, or the installation's key is another. Tell the administrator.", statusCode: 500, title: "Not readable");
            }

            http.Abort(); // a broken end is seen as one, never as silence
        }

        return Results.Empty;
    }

    private (long UserId, string Sid)? Read(string token)
    {
        try
        {
            var parts = _links.Unprotect(token).Split(' ');
            return (long.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), parts[1]);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static IResult? Missing(Row row) => row.State switch
    {
        "Stored" => null,
        "Purged" => Results.Problem("The recording was destroyed when its time had run.", statusCode: 410, title: "Destroyed"),
        "Missing" => Results.Problem("The carrier no longer has this recording and none was kept.", statusCode: 410, title: "Missing"),
        _ => Problem.Conflict("The recording is not here yet: it is fetched from the carrier when the call has ended. Try again in a moment."),
    };

    private Task AuditAsync(ClaimsPrincipal caller, string action, string sid, long attemptId, CancellationToken cancel) => database.InTransactionAsync(
        (connection, transaction) => AuditTrail.AddAsync(connection, transaction, caller.UserName(), action, $"recording:{sid}", new { attemptId }, clock.Now, cancel), cancel);

    private Task<Row?> FindAsync(string sid, CancellationToken cancel) => database.FindAsync<Row>(
        """
        select x.attempt_id, coalesce(m.state, 'Waiting') as state, m.wrapped_key, m.media_type, m.bytes
        from (select attempt_id, recording_sid from recording union all select attempt_id, recording_sid from voicemail) x left join recording_media m using (recording_sid)
        where x.recording_sid = @sid limit 1
        """,
        new { sid },
        cancel);

    private sealed class Row
    {
        public long AttemptId { get; init; }

        public string State { get; init; } = "";

        public byte[]? WrappedKey { get; init; }

        public string? MediaType { get; init; }

        public long? Bytes { get; init; }
    }
}
