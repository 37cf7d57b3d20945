using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Agents;

/// <summary>Agents at their desks: sign-in, state, the parked telephone leg, dispositions.</summary>
public static class AgentsModule
{
    public static IServiceCollection AddAgents(this IServiceCollection services) => services
        .AddSingleton<AgentSessions>()
        .AddSingleton<AgentDesk>()
        .AddSingleton<AgentSignals>()
        .AddHostedService(provider => provider.GetRequiredService<AgentSignals>())
        .AddHostedService<AgentKeeper>();

    public static void MapAgents(this IEndpointRouteBuilder routes)
    {
        StartSession.Map(routes);
        StreamEvents.Map(routes);
        ChangeState.Map(routes);
        EndCall.Map(routes);
        RecordDisposition.Map(routes);
        AgentVoice.Map(routes);
    }
}
