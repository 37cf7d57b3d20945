using Dialer.Storage.Postgres;
using Dialer.Storage.Redis;
using Dialer.Storage.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Quartz;

namespace Dialer.Storage;

/// <summary>PostgreSQL, Redis and the schedules, ready for use.</summary>
public static class StorageModule
{
    public static IServiceCollection AddStorage(this IServiceCollection services, string postgres, RedisConnection redis, NodeIdentity node)
    {
        services.AddSingleton(OpenSource(postgres));
        services.AddSingleton<Database>();
        services.AddSingleton(node);
        services.AddSingleton<Leases>();
        services.AddSingleton(redis);
        services.AddSingleton<AgentIndex>();
        return services;
    }

    /// <summary>Quartz on the same PostgreSQL, clustered. <paramref name="clock"/> is the service's clock, so that a simulated day has its schedules too.</summary>
    public static IServiceCollection AddScheduling(this IServiceCollection services, string postgres, TimeProvider clock, bool runs)
    {
        services.AddSingleton<Schedules>();
        services.AddTransient<FireOnceJob>();
        services.AddQuartz(quartz =>
        {
            quartz.UseTimeProvider(clock);
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(postgres);
                store.UseClustering();
                store.ProvisionSchema();
            });
        });
        services.Configure<AdoJobStoreOptions>(options => options.AcquireTriggersWithinLock = true);
        if (runs)
            services.AddQuartzHostedService(options => options.WaitForJobsToComplete = true);
        return services;
    }

    private static NpgsqlDataSource OpenSource(string postgres)
    {
        var settings = new NpgsqlConnectionStringBuilder(postgres)
        {
            ApplicationName = "dialer",
            MaxPoolSize = 60,
            // Planning a step's questions takes PostgreSQL longer than answering them. Explicit settings in the connection string win (0 behind a pooler that cannot keep statements).
            MaxAutoPrepare = Given(postgres, "Max Auto Prepare") ?? 100,
            IncludeErrorDetail = false, // error details quote row values: personal data does not belong in logs
        };
        settings.Options = "-c statement_timeout=30000 -c idle_in_transaction_session_timeout=30000 -c lock_timeout=10000";
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
    }

    private static int? Given(string postgres, string name) =>
        new System.Data.Common.DbConnectionStringBuilder { ConnectionString = postgres }.TryGetValue(name, out var value) ? int.Parse((string)value, System.Globalization.CultureInfo.InvariantCulture) : null;
}
