using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Integrations;

/// <summary>Other programs: tokens for them, the feed of events, and webhooks that push it.</summary>
public static class IntegrationsModule
{
    /// <remarks>The job of this module: <see cref="EventFeed.ForgetOldAsync"/>, daily.</remarks>
    public static IServiceCollection AddIntegrations(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<IntegrationsOptions>().Bind(configuration.GetSection("Dialer:Integrations")).ValidateDataAnnotations().ValidateOnStart();
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, ApiTokenHandler>(TokenScheme.Name, null);
        return services.AddSingleton<EventFeed>().AddSingleton<SendWebhooks>().AddHostedService(provider => provider.GetRequiredService<SendWebhooks>());
    }

    public static void MapIntegrations(this IEndpointRouteBuilder routes)
    {
        ApiTokens.Map(routes);
        EventFeed.Map(routes);
        ManageWebhooks.Map(routes);
    }
}
