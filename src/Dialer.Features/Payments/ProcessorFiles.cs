using System.Security.Claims;
using System.Text;
using Dialer.Features.Access;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Payments;

/// <summary>
/// The processor's files come by <c>POST /api/v1/payments/reconciliations</c> (text/csv, see <see cref="ProcessorFile"/>) or lie in the configured folder;
/// <c>GET</c> lists the reports, <c>GET .../{id}</c> shows one with every difference.
/// </summary>
public sealed class ProcessorFiles(ReconcilePayments reconcile, IOptions<PaymentsOptions> options, ILogger<ProcessorFiles> log)
{
    private const int LargestFile = 32 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/payments/reconciliations", UploadAsync).Accepts<string>("text/csv").RequireAuthorization(Scopes.PaymentsReconcile);
        routes.MapGet("/api/v1/payments/reconciliations", async (Database database, CancellationToken cancel) => Results.Ok(await database.QueryAsync<Row>(
            """
            select r.reconciliation_id, source, from_at, until_at, run_at, run_by, lines, matched, resolved, our_total, their_total,
                   (select count(*) from reconciliation_difference d where d.reconciliation_id = r.reconciliation_id) as differences
            from reconciliation r order by r.reconciliation_id desc limit 100
            """,
            null, cancel))).RequireAuthorization(Scopes.PaymentsRead);
        routes.MapGet("/api/v1/payments/reconciliations/{id:long}", async (long id, Database database, CancellationToken cancel) => Results.Ok(await database.QueryAsync<Line>(
            "select reference, difference, ours, theirs from reconciliation_difference where reconciliation_id = @id order by reference", new { id }, cancel))).RequireAuthorization(Scopes.PaymentsRead);
    }

    /// <summary>Reconciles every file of the folder that was not reconciled before. A file that cannot be is left and named in the log, and the next is taken. Returns how many were new.</summary>
    public async Task<int> RunFolderAsync(CancellationToken cancel)
    {
        if (options.Value.ProcessorFolder is not { } folder || !Directory.Exists(folder))
            return 0;
        var done = 0;
        foreach (var path in Directory.EnumerateFiles(folder, "*.csv").Order(StringComparer.Ordinal))
        {
            try
            {
                if (await reconcile.RunFileAsync(Path.GetFileName(path), await File.ReadAllTextAsync(path, cancel), "schedule", cancel) is not null)
                    done++;
            }
            catch (Exception failure) when (!cancel.IsCancellationRequested)
            {
                log.LogError("The processor's file {File} cannot be reconciled: {Reason}", Path.GetFileName(path), failure.Message);
            }
        }

        return done;
    }

    private static async Task<IResult> UploadAsync(HttpRequest request, ClaimsPrincipal user, ReconcilePayments reconcile, CancellationToken cancel)
    {
        if (request.ContentLength is null or > LargestFile)
            return Problem.Invalid("The body must be the processor's file, at most 32 MB, with its length.");
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        try
        {
            return await reconcile.RunFileAsync("upload", await reader.ReadToEndAsync(cancel), user.UserName(), cancel) is { } run
                ? Results.Created($"/api/v1/payments/reconciliations/{run.Id}", new { id = run.Id, run.Report })
                : Problem.Conflict("This very file was reconciled before.");
        }
        catch (FormatException wrong)
        {
            return Problem.Invalid(wrong.Message);
        }
    }

    public sealed record Row(
        long ReconciliationId, string Source, Instant FromAt, Instant UntilAt, Instant RunAt, string RunBy, int Lines, int Matched, int Resolved, decimal OurTotal, decimal TheirTotal, long Differences);

    public sealed record Line(string Reference, string Difference, decimal? Ours, decimal? Theirs);
}
