using Dialer.Twilio.Twiml;
using Dialer.Twilio.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Dialer.Features.Ivr;

public static class IvrModule
{
    /// <summary>The IVR; it needs <c>AddPayments</c> and <c>AddCompliance</c> for the payment rules. Register an <see cref="IAgentHandoff"/> before this; without one nobody is ever free.</summary>
    public static IServiceCollection AddIvr(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<IvrOptions>().Bind(configuration.GetSection(IvrOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<IvrOptions>, IvrOptionsValidator>();
        services.TryAddSingleton<IAgentHandoff, NoAgents>();
        services.AddSingleton<IvrFlow>();
        services.AddSingleton<IvrSteps>();
        services.AddSingleton<FallbackTwiml>();
        services.AddSingleton<CapturePrivacy>();
        services.AddSingleton<CallBackKeeper>();
        return services;
    }

    public static IEndpointRouteBuilder MapIvr(this IEndpointRouteBuilder routes)
    {
        var voice = routes.MapGroup("/twilio/voice").RequireTwilioSignature().AllowAnonymous();
        voice.MapPost("/ivr", IvrWebhooks.StepAsync);
        voice.MapPost("/pay", IvrWebhooks.PaidAsync);
        voice.MapPost("/charge", IvrWebhooks.ChargeAsync);
        voice.MapPost("/voicemail", IvrWebhooks.RecordedAsync);
        voice.MapPost("/pay-status", IvrWebhooks.PayingAsync);
        FallbackTwiml? fallback = null; // one for all requests, taken at the first: mapping is not starting
        voice.MapPost("/fallback", http => TwimlResult.WriteAsync(http, (fallback ??= http.RequestServices.GetRequiredService<FallbackTwiml>()).For(TwilioForm.Verified(http))));
        ReadRequests.Map(routes);
        PreviewFlows.Map(routes);
        SetIvrPolicy.Map(routes);
        return routes;
    }
}
