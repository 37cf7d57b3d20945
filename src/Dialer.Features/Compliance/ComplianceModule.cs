using Dialer.Core.Compliance;
using Dialer.Features.Compliance.Lists;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Dialer.Features.Compliance;

/// <summary>The public face of the module: the gate every outbound call passes, and what officers and agents ask and tell it.</summary>
public static class ComplianceModule
{
    /// <remarks>The jobs of this module, hourly: <see cref="RefreshLists"/>, <see cref="ValidationNotices"/> and <see cref="WatchBreaches"/>.</remarks>
    public static IServiceCollection AddCompliance(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ListOptions>().Bind(configuration.GetSection(ListOptions.Section)).ValidateDataAnnotations()
            .Validate(lists => lists.Mode != "Http" || Uri.TryCreate(lists.Url, UriKind.Absolute, out _), "Dialer:Lists:Url must be an absolute address when Dialer:Lists:Mode is Http.")
            .ValidateOnStart();
        services.AddOptions<CollectorOptions>().Bind(configuration.GetSection(CollectorOptions.Section));
        return services
            .AddSingleton(new PolicyBook(PolicySet.Shipped))
            .AddSingleton<ContactGate>()
            .AddSingleton<CallCaps>()
            .AddSingleton<ExplainAccount>()
            .AddSingleton<CampaignFunnel>()
            .AddSingleton<PolicyImpact>()
            .AddSingleton<RefreshLists>()
            .AddSingleton<ValidationNotices>()
            .AddSingleton<NoticeLetters>()
            .AddSingleton<NoticeBatches>()
            .AddSingleton<WatchBreaches>()
            .AddSingleton<InboundDisclosures>()
            .AddSingleton<IOutsideListSource>(provider => provider.GetRequiredService<IOptions<ListOptions>>().Value is { Mode: "Http" } options
                ? new HttpListSource(new HttpClient { Timeout = TimeSpan.FromSeconds(30) }, options)
                : new SimulatedListSource());
    }

    public static void MapCompliance(this IEndpointRouteBuilder routes)
    {
        RecordStatements.Map(routes);
        ExplainAccount.Map(routes);
        CampaignFunnel.Map(routes);
        PolicyChanges.Map(routes);
        ExaminersPack.Map(routes);
        Retention.Map(routes);
        Purge.Map(routes);
        Disclosures.Map(routes);
        MissingDisclosures.Map(routes);
        ValidationNotices.Map(routes);
        Itemizations.Map(routes);
        NoticeBatches.Map(routes);
        ListEndpoints.Map(routes);
        HouseLists.Map(routes);
        AuditEndpoints.Map(routes);
    }
}
