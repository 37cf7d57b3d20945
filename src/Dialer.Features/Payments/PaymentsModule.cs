using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Dialer.Features.Payments;

public static class PaymentsModule
{
    /// <summary>The jobs of this module: <see cref="SweepPayments"/> and <see cref="SendNotices"/> (every minute or so), <see cref="ProcessorFiles"/> (every hour).</summary>
    public static IServiceCollection AddPayments(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PaymentsOptions>().Bind(configuration.GetSection(PaymentsOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<PaymentsOptions>, PaymentsOptionsValidator>();
        return services
            .AddSingleton<ProcessorApi>()
            .AddSingleton<ChargeSaved>()
            .AddSingleton<PaymentGate>()
            .AddSingleton<SweepPayments>()
            .AddSingleton<ReconcilePayments>()
            .AddSingleton<ProcessorFiles>()
            .AddSingleton<NoticeWords>()
            .AddSingleton<INoticeSender, EmailNotices>()
            .AddSingleton<INoticeSender, FolderNotices>()
            .AddSingleton<SendNotices>();
    }

    public static IEndpointRouteBuilder MapPayments(this IEndpointRouteBuilder routes)
    {
        RefundPayment.Map(routes);
        FindPayments.Map(routes);
        ProcessorFiles.Map(routes);
        ReturnedDebits.Map(routes);
        Settlements.Map(routes);
        Plans.Map(routes);
        WriteToCustomer.Map(routes);
        SavedMethods.Map(routes);
        return routes;
    }
}
