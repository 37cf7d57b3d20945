using System.CommandLine;
using System.Runtime.InteropServices;
using Dialer.Features;

namespace Dialer.Host.Commands;

/// <summary><c>./dialer serve</c>: the service, against the databases and the Twilio account that the environment names.</summary>
internal static class ServeCommand
{
    public static Command Build()
    {
        var urls = new Option<string>("--urls") { Description = "Addresses to listen on.", DefaultValueFactory = _ => Environment.GetEnvironmentVariable("ASPNETCORE_URLS") ?? "http://127.0.0.1:8080" };
        var command = new Command("serve", "Run the service.") { urls };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetRequiredValue(urls), cancel));
        return command;
    }

    private static async Task<int> RunAsync(string urls, CancellationToken cancel)
    {
        try
        {
            var app = await DialerHost.BuildAsync([], builder =>
            {
                builder.WebHost.UseUrls(urls);
                builder.Services.AddSingleton<IHostLifetime, EndedByDrain>();
            });
            await using (app)
            {
                using var drains = DrainOnSignal(app);
                await app.StartAsync(cancel);
                Announce(app);
                await app.WaitForShutdownAsync(CancellationToken.None);
            }

            return 0;
        }
        catch (Exception failure) when (failure is StartException or Microsoft.Extensions.Options.OptionsValidationException or IOException or InvalidOperationException or Twilio.Twiml.TemplateException)
        {
            await Console.Error.WriteLineAsync($"The service could not start. {failure.Message}");
            return 2;
        }
    }

    /// <summary>
    /// SIGTERM and Ctrl-C: stop dialling and say "not ready" at once, go on answering webhooks while the load balancer notices
    /// (<c>Dialer__Drain__Seconds</c>, default 5), then stop. A second signal does not wait.
    /// </summary>
    private static Registrations DrainOnSignal(WebApplication app)
    {
        var drain = app.Services.GetRequiredService<Drain>();
        var delay = TimeSpan.FromSeconds(app.Configuration.GetValue("Dialer:Drain:Seconds", 5.0));
        ITimer? end = null; // kept alive by the handler that is registered for the signals
        void Handle(PosixSignalContext context)
        {
            context.Cancel = true;
            if (drain.Started)
            {
                end?.Dispose();
                app.Lifetime.StopApplication();
                return;
            }

            drain.Start();
            app.Logger.LogInformation("Draining for {Delay}: no new dials, webhooks still served", delay);
            end = TimeProvider.System.CreateTimer(_ => app.Lifetime.StopApplication(), null, delay, Timeout.InfiniteTimeSpan);
        }

        return new Registrations([PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle), PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle)]);
    }

    private static void Announce(WebApplication app)
    {
        var clock = app.Services.GetRequiredService<ServiceClock>();
        app.Logger.LogInformation("Serving {Urls}", string.Join(' ', app.Urls));
        if (clock.IsSimulated)
            app.Logger.LogWarning("Simulated clock: {Now}, {Speed} times as fast as real time", clock.Now, clock.Speed);
    }

    /// <summary>The console's own lifetime would stop the service at the first signal, before the load balancer has noticed; here <see cref="DrainOnSignal"/> decides.</summary>
    private sealed class EndedByDrain : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Registrations(IReadOnlyList<PosixSignalRegistration> all) : IDisposable
    {
        public void Dispose()
        {
            foreach (var registration in all)
                registration.Dispose();
        }
    }
}
