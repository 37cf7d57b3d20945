using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using Dialer.Features.Access;
using Dialer.Features.Reports.Alerts;
using Dialer.Features.Reports.Scheduled;
using Dialer.Features.Reports.Tables;
using Dialer.Storage.Scheduling;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using NodaTime.Text;

namespace Dialer.Features.Reports;

/// <summary>What is happening and what happened, in numbers with formulas.</summary>
public static class ReportsModule
{
    public static IServiceCollection AddReports(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ReportsOptions>().Bind(configuration.GetSection(ReportsOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<LiveFloor>()
            .AddSingleton<ShiftReport>()
            .AddSingleton<ReportReader>()
            .AddSingleton<FloorBroadcast>()
            .AddHostedService(provider => provider.GetRequiredService<FloorBroadcast>())
            .AddSingleton<WatchAlerts>()
            .AddHostedService(provider => provider.GetRequiredService<WatchAlerts>())
            .AddSingleton<IScheduledWork, QueueReport>()
            .AddSingleton<SendReports>()
            .AddHostedService(provider => provider.GetRequiredService<SendReports>());
    }

    public static void MapReports(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/live", async (ClaimsPrincipal caller, OwnTeam own, LiveFloor floor, CancellationToken cancel) =>
            (await floor.ReadAsync(cancel)).SeenBy(await own.SeenByAsync(caller, cancel))).RequireAuthorization(Scopes.FloorRead).WithMetadata(new BoundToTeam());
        routes.MapGet("/api/v1/live/events", async (ClaimsPrincipal caller, OwnTeam own, FloorBroadcast broadcast, LiveFloor floor, CancellationToken cancel) =>
            TypedResults.ServerSentEvents(StreamAsync(broadcast, floor, await own.SeenByAsync(caller, cancel), cancel))).RequireAuthorization(Scopes.FloorRead).WithMetadata(new BoundToTeam());
        routes.MapGet("/api/v1/reports/summary", (string? since, ShiftReport report, CancellationToken cancel) => ShiftAsync(since, report, cancel)).RequireAuthorization(Scopes.ReportsRead);
        ReadReports.Map(routes);
        WriteTable.Map(routes);
        ManageAlerts.Map(routes);
        ManageSchedules.Map(routes);
    }

    private static async Task<IResult> ShiftAsync(string? since, ShiftReport report, CancellationToken cancel)
    {
        if (string.IsNullOrEmpty(since))
            return Results.Ok(await report.ReadAsync(null, cancel));
        return InstantPattern.ExtendedIso.Parse(since) is { Success: true } parsed
            ? Results.Ok(await report.ReadAsync(parsed.Value, cancel))
            : Problem.Invalid("since must be an ISO 8601 instant such as 2026-06-02T15:30:00Z.");
    }

    private static async IAsyncEnumerable<SseItem<FloorView>> StreamAsync(FloorBroadcast broadcast, LiveFloor floor, string? team, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var watching = broadcast.Watch(out var views);
        yield return new SseItem<FloorView>((await floor.ReadAsync(cancel)).SeenBy(team), "live");
        await foreach (var view in views.ReadAllAsync(cancel))
            yield return new SseItem<FloorView>(view.SeenBy(team), "live");
    }
}
