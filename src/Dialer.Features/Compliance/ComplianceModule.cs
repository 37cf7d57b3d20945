using Dialer.Core.Compliance;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Dialer.Features.Compliance;

/// <summary>The public face of the module: the gate every outbound call passes, and what officers and agents ask and tell it.</summary>
public static class ComplianceModule
{
    public static IServiceCollection AddCompliance(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(new PolicyBook(PolicySet.Shipped))
        .AddSingleton<ContactGate>()
        .AddSingleton<ExplainAccount>()
        .AddSingleton<CampaignFunnel>()
        .AddSingleton<PolicyImpact>();

    public static void MapCompliance(this IEndpointRouteBuilder routes)
    {
        RecordStatements.Map(routes);
        ExplainAccount.Map(routes);
        CampaignFunnel.Map(routes);
        PolicyChanges.Map(routes);
        ExaminersPack.Map(routes);
        Retention.Map(routes);
        AuditEndpoints.Map(routes);
    }

    /// <summary>Makes the partitions of the decision ledger and the audit trail for the coming week. Run daily; rows of a day without one land in the default partition.</summary>
    public static Task EnsurePartitionsAsync(Database database, Instant now, CancellationToken cancel) => database.ExecuteAsync(
        "select ensure_daily_partitions(t::regclass, @today, @today + 7) from unnest(array['decision', 'audit']) t", new { today = now.InUtc().Date }, cancel);
}
