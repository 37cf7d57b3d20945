using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Dialer.Features.Access;
using Dialer.Features.Reports.Tables;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

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
        routes.MapGet("/api/v1/reports/summary", (ShiftReport report, CancellationToken cancel) => report.ReadAsync(cancel)).RequireAuthorization(Roles.Supervisor);
        ReadReports.Map(routes);
    }

    private static async IAsyncEnumerable<SseItem<FloorView>> StreamAsync(FloorBroadcast broadcast, LiveFloor floor, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var watching = broadcast.Watch(out var views);
        yield return new SseItem<FloorView>(await floor.ReadAsync(cancel), "live");
        await foreach (var view in views.ReadAllAsync(cancel))
            yield return new SseItem<FloorView>(view, "live");
    }
}
