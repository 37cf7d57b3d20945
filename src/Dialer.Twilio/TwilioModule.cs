using System.Net;
using Dialer.Twilio.Rest;
using Dialer.Twilio.Twiml;
using Dialer.Twilio.Webhooks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Dialer.Twilio;

public static class TwilioModule
{
    /// <summary>The REST client, webhook checks, tokens and templates. Options are validated at start, every error at once.</summary>
    public static IServiceCollection AddTwilio(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<TwilioOptions>().Bind(configuration.GetSection(TwilioOptions.Section)).ValidateOnStart();
        services.AddOptions<PublicFaceOptions>().Bind(configuration.GetSection(PublicFaceOptions.Section)).ValidateOnStart();
        services.AddOptions<TemplateOptions>().Bind(configuration.GetSection(TemplateOptions.Section));
        services.AddSingleton<IValidateOptions<TwilioOptions>, TwilioOptionsValidator>();
        services.AddSingleton<IValidateOptions<PublicFaceOptions>, PublicFaceOptionsValidator>();
        services.AddSingleton(provider => new TwilioClient(
            new HttpClient(Transport(provider.GetRequiredService<IOptions<TwilioOptions>>().Value)) { Timeout = Timeout.InfiniteTimeSpan },
            provider.GetRequiredService<IOptions<TwilioOptions>>(),
            TimeProvider.System)); // sockets live in real time: a demo's faster clock must not turn slow answers into unknown ones
        services.AddSingleton<WebhookCheck>();
        services.AddSingleton<AttemptTokens>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<WebhookUrls>();
        services.AddSingleton<TemplateStore>();
        services.AddHostedService(provider => provider.GetRequiredService<TemplateStore>());
        return services;
    }

    /// <summary>No redirects and no cookies: a request that places a call goes to one place, once.</summary>
    public static SocketsHttpHandler Transport(TwilioOptions options) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(options.ConnectTimeoutSeconds),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        AutomaticDecompression = DecompressionMethods.All,
    };
}
