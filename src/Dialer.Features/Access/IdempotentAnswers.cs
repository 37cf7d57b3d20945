using System.Security.Cryptography;
using System.Text;
using Dapper;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Access;

/// <summary>
/// An unsafe request with an <c>Idempotency-Key</c> is done once: the same user's same key gets the first answer again for a day. A key that comes with another request is refused,
/// one whose first request is still running too. Refusals that may pass (409, 429, 401, 403) and failures (5xx) are not kept: trying again is right.
/// </summary>
/// <remarks>A node that dies between an endpoint's commit and this row leaves the key open; after a minute a repeat is done anew. Endpoints that must not be done twice have keys of their own.</remarks>
public sealed class IdempotentAnswers(Database database)
{
    public const string Header = "Idempotency-Key";
    private const int LongestKey = 200;
    private const int LargestBody = 1 << 20;

    /// <summary>Takes away what no repeat is answered with any more: a day old, as <see cref="ClaimAsync"/> has it.</summary>
    public Task ForgetOldAsync(CancellationToken cancel) => database.ExecuteAsync("delete from idempotent_answer where at < clock_timestamp() - interval '1 day'", null, cancel);

    internal static void Use(IApplicationBuilder app) => app.Use((http, next) =>
        http.Request.Headers[Header].ToString() is { Length: > 0 } key && Applies(http) ? http.RequestServices.GetRequiredService<IdempotentAnswers>().AnswerAsync(http, key, next) : next(http));

    private static bool Applies(HttpContext http) =>
        http.User.Identity is { IsAuthenticated: true }
        && !(HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method) || HttpMethods.IsOptions(http.Request.Method))
        && http.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal)
        && http.GetEndpoint() is { } endpoint && endpoint.Metadata.GetMetadata<RepeatsFreely>() is null;

    private async Task AnswerAsync(HttpContext http, string key, RequestDelegate next)
    {
        if (key.Length > LongestKey)
        {
            await Problem.Invalid($"An {Header} has at most {LongestKey} characters.").ExecuteAsync(http);
            return;
        }

        var (user, hash) = (http.User.UserId(), await HashAsync(http.Request));
        if (await ClaimAsync(user, key, hash, http.RequestAborted))
        {
            await DoAsync(http, user, key, next);
            return;
        }

        var first = await database.FindAsync<Stored>(
            "select request_hash, status, content_type, location, body from idempotent_answer where user_id = @user and key = @key", new { user, key }, http.RequestAborted);
        if (first is null || !first.RequestHash.AsSpan().SequenceEqual(hash))
            await Results.Problem($"This {Header} came with another request before. Use a new key for a new request.", statusCode: 422, title: "Key used before").ExecuteAsync(http);
        else if (first.Status is not { } status)
            await Problem.Conflict("The first request with this key is still being worked on. Ask again in a moment.").ExecuteAsync(http);
        else
            await RepeatAsync(http.Response, first, status);
    }

    /// <summary>True when this request is the first with its key, or the first one was given up a minute ago.</summary>
    private async Task<bool> ClaimAsync(long user, string key, byte[] hash, CancellationToken cancel) =>
        await database.ExecuteAsync(
            """
            insert into idempotent_answer (user_id, key, request_hash, at) values (@user, @key, @hash, clock_timestamp())
            on conflict (user_id, key) do update set request_hash = excluded.request_hash, status = null, at = excluded.at
            where idempotent_answer.at < clock_timestamp() - interval '1 day'
                or idempotent_answer.status is null and idempotent_answer.request_hash = excluded.request_hash and idempotent_answer.at < clock_timestamp() - interval '1 minute'
            """,
            new { user, key, hash },
            cancel) == 1;

    private async Task DoAsync(HttpContext http, long user, string key, RequestDelegate next)
    {
        var response = http.Response;
        var wire = response.Body;
        using var kept = new MemoryStream();
        response.Body = kept;
        try
        {
            await next(http);
        }
        catch
        {
            response.Body = wire;
            await ForgetAsync(user, key);
            throw;
        }

        response.Body = wire;
        if (response.StatusCode is >= 500 or 401 or 403 or 408 or 409 or 429 || kept.Length > LargestBody)
            await ForgetAsync(user, key);
        else
            await database.ExecuteAsync(
                "update idempotent_answer set status = @status, content_type = @type, location = @location, body = @body where user_id = @user and key = @key",
                new { status = response.StatusCode, type = response.ContentType, location = response.Headers.Location.ToString(), body = kept.ToArray(), user, key },
                CancellationToken.None);
        kept.Position = 0;
        await kept.CopyToAsync(wire, http.RequestAborted);
    }

    private Task ForgetAsync(long user, string key) =>
        database.ExecuteAsync("delete from idempotent_answer where user_id = @user and key = @key and status is null", new { user, key }, CancellationToken.None);

    private static async Task RepeatAsync(HttpResponse response, Stored first, int status)
    {
        response.StatusCode = status;
        response.ContentType = first.ContentType;
        response.Headers["Idempotent-Replay"] = "true";
        if (first.Location is { Length: > 0 } location)
            response.Headers.Location = location;
        if (first.Body is { Length: > 0 } body)
            await response.Body.WriteAsync(body);
    }

    /// <summary>What was asked: method, address and, up to a megabyte, the body; of a larger one its length.</summary>
    private static async Task<byte[]> HashAsync(HttpRequest request)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}{request.QueryString}\n{request.ContentLength}\n"));
        if (request.ContentLength is null or (> 0 and <= LargestBody) && !request.HasFormContentType)
        {
            request.EnableBuffering();
            var buffer = new byte[8192];
            var room = LargestBody;
            for (int read; room > 0 && (read = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0; room -= read)
                hash.AppendData(buffer, 0, read);
            request.Body.Position = 0;
        }

        return hash.GetHashAndReset();
    }

    private sealed class Stored
    {
        public byte[] RequestHash { get; init; } = [];

        public int? Status { get; init; }

        public string? ContentType { get; init; }

        public string? Location { get; init; }

        public byte[]? Body { get; init; }
    }
}
