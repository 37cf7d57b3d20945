using Dialer.Features.Agents.Calls;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Agents;

/// <summary>Agents at their desks: sign-in, state, the parked telephone leg, dispositions.</summary>
public static class AgentsModule
{
    public static IServiceCollection AddAgents(this IServiceCollection services)
    {
        services.AddOptions<AgentsOptions>().BindConfiguration("Dialer:Agents");
        return AddDesk(services);
    }

    private static IServiceCollection AddDesk(IServiceCollection services) => services
        .AddSingleton<AgentSessions>()
        .AddSingleton<AgentDesk>()
        .AddSingleton<AgentSignals>()
        .AddSingleton<RecordCall>()
        .AddSingleton<TakePayment>()
        .AddSingleton<TransferCall>()
        .AddSingleton<ConsultColleague>()
        .AddSingleton<MonitorAgent>()
        .AddHostedService(provider => provider.GetRequiredService<AgentSignals>())
        .AddHostedService<AgentKeeper>();

    public static void MapAgents(this IEndpointRouteBuilder routes)
    {
        StartSession.Map(routes);
        StreamEvents.Map(routes);
        ChangeState.Map(routes);
        EndCall.Map(routes);
        WorkList.Map(routes);
        PreviewAccounts.Map(routes);
        OwnDay.Map(routes);
        ShowCall.Map(routes);
        RecordDisposition.Map(routes);
        AgentVoice.Map(routes);
        HoldCall.Map(routes);
        RecordCall.Map(routes);
        TakePayment.Map(routes);
        TransferCall.Map(routes);
        ConsultColleague.Map(routes);
        MakeOffer.Map(routes);
        AgreePlan.Map(routes);
        AnswerOffers.Map(routes);
        MonitorAgent.Map(routes);
        AssignAgents.Map(routes);
        SteerAgent.Map(routes);
        TeamMessages.Map(routes);
    }
}
