using System.Security.Claims;
using Dialer.Features.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Dialer.Features.Imports;

/// <summary>
/// <c>POST /api/v1/imports?client=CODE</c>: a placement file as the raw body or as the first file part of <c>multipart/form-data</c>, read as a stream.
/// 200 with the report (committed, dry run, or the earlier import of the same file); 409, 413 or 422 with a problem when the file as a whole is refused.
/// A repeat of the request is harmless: the file's hash is its idempotency key.
/// </summary>
internal static class ReceiveImport
{
    public sealed record Query(
        string Client, string? FileName = null, bool DryRun = false, string? Encoding = null, string? DateFormat = null, long? ExpectedRows = null, decimal? ExpectedBalance = null);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/v1/imports", HandleAsync).RequireAuthorization(Scopes.ImportsRun).DisableAntiforgery();

    private static async Task<IResult> HandleAsync(
        [AsParameters] Query query, HttpContext http, ClaimsPrincipal caller, ImportPlacement import, IOptions<ImportsOptions> options, CancellationToken cancel)
    {
        var (body, partName) = await FileAsync(http, options.Value, cancel);
        if (body is null)
            return NoFile();
        var name = Path.GetFileName(query.FileName ?? partName ?? "placement.csv");
        var request = new ImportRequest(
            query.Client, name, caller.Identity?.Name ?? "", query.DryRun, query.Encoding, query.DateFormat, query.ExpectedRows, query.ExpectedBalance);
        var report = await import.RunAsync(body, request, rejects: null, progress: null, cancel);
        return report.Refusal is { } refusal ? Refused(refusal) : Results.Ok(report);
    }

    public static IResult NoFile() => Results.Problem("Send the file as the request's body, or as a file part of multipart/form-data.", statusCode: 400, title: "No file");

    public static IResult Refused(ImportRefusal refusal) =>
        Results.Problem(refusal.Text, statusCode: Status(refusal.Code), title: "The file was refused", extensions: new Dictionary<string, object?> { ["code"] = refusal.Code });

    /// <summary>The file's bytes and the name the sender gave them; null when the request carries none.</summary>
    public static async Task<(Stream? Body, string? Name)> FileAsync(HttpContext http, ImportsOptions options, CancellationToken cancel)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = options.MaxFileBytes + (1 << 20); // the multipart envelope; the file itself is measured as it is read
        var request = http.Request;
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            return (request.Body, null);
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (string.IsNullOrEmpty(boundary) || boundary.Length > 200)
            return (null, null);
        var reader = new MultipartReader(boundary, request.Body) { BodyLengthLimit = null };
        while (await reader.ReadNextSectionAsync(cancel) is { } section)
        {
            if (ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) && disposition.IsFileDisposition())
                return (section.Body, HeaderUtilities.RemoveQuotes(disposition.FileName).Value);
        }

        return (null, null);
    }

    private static int Status(string code) => code switch
    {
        "FILE_TOO_LARGE" => StatusCodes.Status413PayloadTooLarge,
        "IMPORT_RUNNING" => StatusCodes.Status409Conflict,
        _ => StatusCodes.Status422UnprocessableEntity,
    };
}
