using Dialer.Features;
using Dialer.Features.Access;
using Dialer.Features.Accounts;
using Dialer.Features.Agents;
using Dialer.Features.Campaigns;
using Dialer.Features.Compliance;
using Dialer.Features.Dialing;
using Dialer.Features.Imports;
using Dialer.Features.Integrations;
using Dialer.Features.Ivr;
using Dialer.Features.Payments;
using Dialer.Features.Promises;
using Dialer.Features.Quality;
using Dialer.Features.Recordings;
using Dialer.Features.Reports;
using Dialer.Features.Routing;
using Dialer.Features.Timelines;
using Dialer.Features.WorkItems;
using Dialer.Storage;
using Dialer.Storage.Postgres;
using Dialer.Storage.Redis;
using Dialer.Twilio;

namespace Dialer.Host;

/// <summary>The composition root: one process that serves webhooks, screens and the API, leads campaigns and runs schedules.</summary>
public static class DialerHost
{
    /// <exception cref="StartException">Something that must be there is not; the message says what and what to do.</exception>
    public static async Task<WebApplication> BuildAsync(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory, WebRootPath = Path.Combine(AppContext.BaseDirectory, "wwwroot") });
        configure?.Invoke(builder);
        builder.Logging.ClearProviders().AddSimpleConsole(options =>
        {
            options.SingleLine = true;
            options.TimestampFormat = "HH:mm:ss ";
        });
        // A logger that listens there makes the server open an activity and a log scope for each request, which nothing here reads; what fails is said by others.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("Quartz", LogLevel.Warning).AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        var configuration = builder.Configuration;
        var postgres = Required(configuration, "Postgres");
        var redis = await RedisConnection.OpenAsync(Required(configuration, "Redis"), configuration["Dialer:Redis:Prefix"] ?? new RedisOptions().Prefix);
        var clock = ServiceClock.From(configuration);
        await RequireSchemaAsync(postgres);

        var services = builder.Services;
        services.AddSingleton(clock);
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton<Drain>();
        services.AddStorage(postgres, redis, NodeIdentity.OfThisProcess());
        services.AddScheduling(postgres, clock, runs: configuration.GetValue("Dialer:Scheduler", true));
        services.AddTwilio(configuration);
        services.AddAccess(configuration);
        services.AddAccounts();
        services.AddImports();
        services.AddCompliance(configuration);
        services.AddCampaigns();
        services.AddAgents();
        services.AddCallRouting(configuration);
        services.AddDialing(configuration);
        services.AddMail(configuration);
        services.AddPayments(configuration);
        services.AddSingleton<PredictFloor>(FloorPrediction.Of);
        services.AddPromises();
        services.AddIvr(configuration);
        services.AddRecordings();
        services.AddTimelines();
        services.AddReports(configuration);
        services.AddIntegrations(configuration);
        services.AddHostedService<PartitionKeeper>();
        Background.AddRoutines(services);
        services.AddHostedService<Background>();
        services.ConfigureHttpJsonOptions(options => ApiJson.Configure(options.SerializerOptions));
        services.AddProblemDetails();
        services.AddOpenApi(ApiExamples.Add);
        services.AddTelemetry(configuration);
        services.Configure<HostOptions>(options =>
        {
            options.ShutdownTimeout = TimeSpan.FromSeconds(25);
            options.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.StopHost;
        });
        return Map(builder.Build());
    }

    private static WebApplication Map(WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseSecurityHeaders();
        app.UseStaticFiles();
        app.UseRecordedPrompts();
        app.UseSameOrigin();
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseCurrentBearer();
        app.UseAuthorization();
        app.UseAccess();
        app.MapHealth();
        app.MapOpenApi().AllowAnonymous();
        app.MapAccess();
        app.MapAccounts();
        app.MapImports();
        app.MapCompliance();
        app.MapCampaigns();
        app.MapAgents();
        app.MapCallRouting();
        app.MapDialing();
        app.MapIvr();
        app.MapPayments();
        app.MapQuality();
        app.MapWorkItems();
        app.MapRecordings();
        app.MapTimelines();
        app.MapReports();
        app.MapIntegrations();
        app.MapScreens();
        return app;
    }

    private static string Required(IConfiguration configuration, string name) =>
        configuration.GetConnectionString(name) is { Length: > 0 } text
            ? text
            : throw new StartException($"ConnectionStrings__{name} is not set. Name the {name} to use in the environment, or start with `./dialer demo`, which makes private ones.");

    private static async Task RequireSchemaAsync(string postgres)
    {
        try
        {
            await using var source = Npgsql.NpgsqlDataSource.Create(postgres);
            await Migrator.RequireCurrentAsync(source, CancellationToken.None);
        }
        catch (Exception failure) when (failure is Npgsql.NpgsqlException or ArgumentException)
        {
            throw new StartException($"PostgreSQL cannot be used: {failure.Message} Check ConnectionStrings__Postgres and that the server runs.");
        }
        catch (SchemaException mismatch)
        {
            throw new StartException(mismatch.Message);
        }
    }
}

/// <summary>The service cannot start. The message is for the person who started it.</summary>
public sealed class StartException(string message) : Exception(message);
