using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Timelines;

/// <summary>One call, from its decision to its money; and the person of it, to be played again.</summary>
public static class TimelinesModule
{
    public static IServiceCollection AddTimelines(this IServiceCollection services) => services.AddSingleton<TimelineReader>();

    public static void MapTimelines(this IEndpointRouteBuilder routes) => ReadTimeline.Map(routes);
}
