using Dialer.Core.Compliance;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Compliance;

/// <summary>The public face of the module: the gate every outbound call passes.</summary>
public static class ComplianceModule
{
    public static IServiceCollection AddCompliance(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(new PolicyBook(PolicySet.Shipped));
        services.AddSingleton<ContactGate>();
        return services;
    }
}
