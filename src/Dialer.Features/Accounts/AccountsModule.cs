using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Accounts;

/// <summary>Clients, the people who owe them, and what they owe.</summary>
public static class AccountsModule
{
    public static IServiceCollection AddAccounts(this IServiceCollection services) => services.AddSingleton<Clients>();

    public static void MapAccounts(this IEndpointRouteBuilder routes)
    {
        Clients.Map(routes);
        ReadAccounts.Map(routes);
        ReadTimeline.Map(routes);
        EditPhones.Map(routes);
    }
}
