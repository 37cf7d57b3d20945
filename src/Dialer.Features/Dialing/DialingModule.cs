using Microsoft.AspNetCore.Routing;
using Dialer.Features.Ivr;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Dialing;

/// <summary>Making calls and following them: leaders, batches, the sender, webhooks, sweepers.</summary>
public static class DialingModule
{
    public static IServiceCollection AddDialing(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DialingOptions>().Bind(configuration.GetSection("Dialer:Dialing")).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<AttemptEvents>()
            .AddSingleton<IAgentHandoff, IvrHandoff>()
            .AddSingleton<AnswerCall>()
            .AddSingleton<EndedDial>()
            .AddSingleton<LiveCalls>()
            .AddSingleton<DialBatch>()
            .AddSingleton<CallSender>()
            .AddSingleton<AgentDial>()
            .AddSingleton<PreviewLeads>()
            .AddSingleton<InboundArrivals>()
            .AddSingleton<FloorReader>()
            .AddSingleton<PacingSeries>()
            .AddSingleton<PacingAlarms>()
            .AddSingleton<PacingSignals>()
            .AddSingleton<StatusInbox>()
            .AddSingleton<CampaignLeader>()
            .AddHostedService(provider => provider.GetRequiredService<PacingSignals>())
            .AddHostedService(provider => provider.GetRequiredService<CallSender>())
            .AddHostedService(provider => provider.GetRequiredService<CampaignLeader>())
            .AddHostedService<AttemptSweeper>()
            .AddHostedService<CallEffects>();
    }

    public static void MapDialing(this IEndpointRouteBuilder routes)
    {
        AnswerCall.Map(routes);
        EndedDial.Map(routes);
        CallWebhooks.Map(routes);
        InboundCalls.Map(routes);
        ReadPace.Map(routes);
    }
}
