using System.Security.Claims;
using System.Text;
using System.Text.Json;
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
/// <c>POST /api/v1/imports?client=CODE&amp;kind=Placement|Update|Payment|Recall|Cease</c>: a file as the raw body or as the first file part of <c>multipart/form-data</c>, read as a stream.
/// A form field <c>map</c> before the file (the JSON of the client's import map) is how to read this one file. <c>dryRun=true</c> checks, counts and writes nothing;
/// <c>list=N</c> adds up to N rows that were not simply accepted, with their verdicts; <c>sha256=</c> refuses another file than the one that was checked.
/// 200 with the report (committed, dry run, or the earlier import of the same file); 409, 413 or 422 with a problem when the file as a whole is refused.
/// <c>POST /api/v1/imports/verdicts</c> with the same parameters is a dry run that answers with the verdict on every row, as CSV.
/// A repeat of the request is harmless: the file's hash is its idempotency key.
/// </summary>
internal static class ReceiveImport
{
    private const int MaxListed = 1_000;
    private const int MaxMapBytes = 256 * 1024;

    public sealed record Query(
        string Client, string? FileName = null, bool DryRun = false, string? Encoding = null, string? DateFormat = null, long? ExpectedRows = null, decimal? ExpectedBalance = null,
        FileKind Kind = FileKind.Placement, string? Sha256 = null, int List = 0);

    /// <summary>What a request carries: the file's bytes, the name its sender gave it, and how to read it if the request says so.</summary>
    public sealed record Sent(Stream? Body, string? Name, ImportMap? Map, string? Fault);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/imports", HandleAsync).RequireAuthorization(Scopes.ImportsRun).DisableAntiforgery();
        routes.MapPost("/api/v1/imports/verdicts", VerdictsAsync).RequireAuthorization(Scopes.ImportsRun).DisableAntiforgery().WithMetadata(new RepeatsFreely());
    }

    private static async Task<IResult> HandleAsync(
        [AsParameters] Query query, HttpContext http, ClaimsPrincipal caller, ImportFile import, IOptions<ImportsOptions> options, CancellationToken cancel)
    {
        var sent = await ReadAsync(http, query.Kind, options.Value, cancel);
        if (sent is not { Body: { } body })
            return NoFile(sent.Fault);
        var report = await import.RunAsync(body, Request(query, sent, caller), rejects: null, progress: null, cancel);
        return report.Refusal is { } refusal ? Refused(refusal) : Results.Ok(report);
    }

    private static async Task<IResult> VerdictsAsync(
        [AsParameters] Query query, HttpContext http, ClaimsPrincipal caller, ImportFile import, IOptions<ImportsOptions> options, CancellationToken cancel)
    {
        var sent = await ReadAsync(http, query.Kind, options.Value, cancel);
        if (sent is not { Body: { } body })
            return NoFile(sent.Fault);
        var spool = Reading.SourceFile.NewSpool();
        try
        {
            ImportReport report;
            await using (var writer = new StreamWriter(spool, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true))
                report = await import.RunAsync(body, Request(query, sent, caller) with { DryRun = true }, rejects: null, progress: null, cancel, writer);
            if (report.Refusal is { } refusal || report.Outcome == ImportOutcome.AlreadyImported)
            {
                await spool.DisposeAsync();
                return report.Refusal is { } why ? Refused(why) : Problem.Conflict($"This file is import {report.ImportId} already; its rejects can be downloaded there.");
            }

            spool.Position = 0;
            return Results.Stream(spool, "text/csv; charset=utf-8", "verdicts.csv"); // disposes the spool when it is sent
        }
        catch
        {
            await spool.DisposeAsync();
            throw;
        }
    }

    private static ImportRequest Request(Query query, Sent sent, ClaimsPrincipal caller) => new(
        query.Client, Path.GetFileName(query.FileName ?? sent.Name ?? "file.csv"), caller.Identity?.Name ?? "", query.DryRun, query.Encoding, query.DateFormat, query.ExpectedRows, query.ExpectedBalance,
        query.Kind, sent.Map, query.Sha256, Math.Clamp(query.List, 0, MaxListed));

    public static IResult NoFile(string? fault) =>
        Results.Problem(fault ?? "Send the file as the request's body, or as a file part of multipart/form-data.", statusCode: 400, title: fault is null ? "No file" : "Invalid map");

    public static IResult Refused(ImportRefusal refusal) =>
        Results.Problem(refusal.Text, statusCode: Status(refusal.Code), title: "The file was refused", extensions: new Dictionary<string, object?> { ["code"] = refusal.Code });

    /// <summary>The request's file and, when a form field before it says so, its map. Nothing is read past the file's beginning.</summary>
    public static async Task<Sent> ReadAsync(HttpContext http, FileKind kind, ImportsOptions options, CancellationToken cancel)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = options.MaxFileBytes + (1 << 20); // the multipart envelope; the file itself is measured as it is read
        var request = http.Request;
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            return new Sent(request.Body, null, null, null);
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (string.IsNullOrEmpty(boundary) || boundary.Length > 200)
            return new Sent(null, null, null, null);
        var reader = new MultipartReader(boundary, request.Body) { BodyLengthLimit = null };
        ImportMap? map = null;
        while (await reader.ReadNextSectionAsync(cancel) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
                continue;
            if (disposition.IsFileDisposition())
                return new Sent(section.Body, HeaderUtilities.RemoveQuotes(disposition.FileName).Value, map, null);
            if (!disposition.IsFormDisposition() || HeaderUtilities.RemoveQuotes(disposition.Name) != "map")
                continue;
            (map, var fault) = await MapAsync(section.Body, kind, cancel);
            if (fault is not null)
                return new Sent(null, null, null, fault);
        }

        return new Sent(null, null, null, null);
    }

    private static async Task<(ImportMap? Map, string? Fault)> MapAsync(Stream body, FileKind kind, CancellationToken cancel)
    {
        var bytes = new byte[MaxMapBytes];
        var count = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancel);
        if (count == bytes.Length)
            return (null, "The map is too large.");
        try
        {
            var map = JsonSerializer.Deserialize<ImportMap>(bytes.AsSpan(0, count), JsonSerializerOptions.Web);
            return map is null ? (null, "The map is empty.") : (map, map.Fault(kind));
        }
        catch (JsonException fault)
        {
            return (null, $"The map is no JSON of an import map: {fault.Message}");
        }
    }

    private static int Status(string code) => code switch
    {
        "FILE_TOO_LARGE" => StatusCodes.Status413PayloadTooLarge,
        "IMPORT_RUNNING" => StatusCodes.Status409Conflict,
        _ => StatusCodes.Status422UnprocessableEntity,
    };
}
