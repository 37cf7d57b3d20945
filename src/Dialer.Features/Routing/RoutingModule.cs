using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Routing;

/// <summary>Who gets this call, and the line of those who wait.</summary>
public static class RoutingModule
{
    public static IServiceCollection AddCallRouting(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RoutingOptions>().Bind(configuration.GetSection("Dialer:Routing")).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<AgentHandoff>()
            .AddSingleton<CallQueue>()
            .AddSingleton<QueueMatcher>()
            .AddHostedService(provider => provider.GetRequiredService<QueueMatcher>());
    }

    public static void MapCallRouting(this IEndpointRouteBuilder routes)
    {
        QueueWebhook.Map(routes);
        ReadQueues.Map(routes);
        ExplainRouting.Map(routes);
    }
}
