using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Payments;

public static class PaymentsModule
{
    /// <summary>The jobs of this module: <see cref="SweepPayments"/> (every minute or so) and <see cref="ReconcilePayments"/> (with the processor's file).</summary>
    public static IServiceCollection AddPayments(this IServiceCollection services) => services.AddSingleton<SweepPayments>().AddSingleton<ReconcilePayments>();
}
