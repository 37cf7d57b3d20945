using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Dialer.Features.Access;
using Dialer.Features.Reports.Tables;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using NodaTime.Text;

namespace Dialer.Features.Reports;

/// <summary>What is happening and what happened, in numbers with formulas.</summary>
public static class ReportsModule
{
    public static IServiceCollection AddReports(this IServiceCollection services) => services
        .AddSingleton<LiveFloor>()
        .AddSingleton<ShiftReport>()
        .AddSingleton<ReportReader>()
        .AddSingleton<FloorBroadcast>()
        .AddHostedService(provider => provider.GetRequiredService<FloorBroadcast>());

    public static void MapReports(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/live", (LiveFloor floor, CancellationToken cancel) => floor.ReadAsync(cancel)).RequireAuthorization(Roles.Supervisor);
        routes.MapGet("/api/v1/live/events", (FloorBroadcast broadcast, LiveFloor floor, CancellationToken cancel) =>
            TypedResults.ServerSentEvents(StreamAsync(broadcast, floor, cancel))).RequireAuthorization(Roles.Supervisor);
        routes.MapGet("/api/v1/reports/summary", (string? since, ShiftReport report, CancellationToken cancel) => ShiftAsync(since, report, cancel)).RequireAuthorization(Roles.Supervisor);
        ReadReports.Map(routes);
    }

    private static async Task<IResult> ShiftAsync(string? since, ShiftReport report, CancellationToken cancel)
    {
        if (string.IsNullOrEmpty(since))
            return Results.Ok(await report.ReadAsync(null, cancel));
        return InstantPattern.ExtendedIso.Parse(since) is { Success: true } parsed
            ? Results.Ok(await report.ReadAsync(parsed.Value, cancel))
            : Problem.Invalid("since must be an ISO 8601 instant such as 2026-06-02T15:30:00Z.");
    }

    private static async IAsyncEnumerable<SseItem<FloorView>> StreamAsync(FloorBroadcast broadcast, LiveFloor floor, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var watching = broadcast.Watch(out var views);
        yield return new SseItem<FloorView>(await floor.ReadAsync(cancel), "live");
        await foreach (var view in views.ReadAllAsync(cancel))
            yield return new SseItem<FloorView>(view, "live");
    }
}
