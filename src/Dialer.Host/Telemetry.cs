using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Dialer.Host;

/// <summary>Metrics of ASP.NET Core, HTTP clients, Npgsql and the runtime by OTLP, when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names a collector.</summary>
internal static class Telemetry
{
    public static void AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        if (configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is not { Length: > 0 })
            return;
        services.AddSingleton(_ => Sdk.CreateMeterProviderBuilder()
            .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime", "Npgsql", "Dialer")
            .AddOtlpExporter()
            .Build());
        services.AddHostedService<MeterStart>();
    }

    /// <summary>Builds the provider at start and flushes it at the end.</summary>
    private sealed class MeterStart(MeterProvider provider) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            provider.ForceFlush(2000);
            return Task.CompletedTask;
        }
    }
}
