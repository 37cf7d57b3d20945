using Dialer.Features.Access;
using Dialer.Storage.Postgres;
using Dialer.Storage.Scheduling;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Campaigns;

/// <summary>What is dialled, how, and when: campaigns, their leads and their schedules.</summary>
public static class CampaignsModule
{
    public static IServiceCollection AddCampaigns(this IServiceCollection services) => services
        .AddSingleton<IScheduledWork, OpenCampaign>()
        .AddSingleton<IScheduledWork, CloseCampaign>();

    public static void MapCampaigns(this IEndpointRouteBuilder routes)
    {
        CreateCampaign.Map(routes);
        ChangePacing.Map(routes);
        ChangeCampaignState.Map(routes);
        ChangeDesign.Map(routes);
        PreviewList.Map(routes);
        ForecastCadence.Map(routes);
        CallerIdPools.Map(routes);
        RunExperiment.Map(routes);
        routes.MapGet("/api/v1/campaigns", (Database database, CancellationToken cancel) =>
            database.QueryAsync<Campaign>($"select {Campaign.Columns} from campaign order by campaign_id", null, cancel)).RequireAuthorization(Scopes.CampaignsRead);
    }
}
