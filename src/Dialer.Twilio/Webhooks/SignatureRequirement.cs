using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Dialer.Twilio.Webhooks;

public static class SignatureRequirement
{
    /// <summary>
    /// Lets a request through only with a good <c>X-Twilio-Signature</c>; answers 403 with an empty body otherwise, before any parameter is bound.
    /// The verified fields are then a parameter of type <see cref="TwilioForm"/>.
    /// </summary>
    /// <remarks>The carrier has no session, cookie or page of ours, so what serves those (sign-in, rate limits, browser headers) is passed by; an error is a bare 500, at which Twilio turns to the fallback.</remarks>
    public static TBuilder RequireTwilioSignature<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint =>
        {
            var inner = endpoint.RequestDelegate ?? throw new InvalidOperationException("RequireTwilioSignature needs an endpoint that answers requests.");
            WebhookCheck? check = null; // one for all requests, taken at the first
            endpoint.RequestDelegate = context => GuardAsync(context, check ??= context.RequestServices.GetRequiredService<WebhookCheck>(), inner);
            endpoint.Metadata.Add(new SignedByTwilio());
        });
        builder.ShortCircuit();
        return builder;
    }

    private static async Task GuardAsync(HttpContext context, WebhookCheck check, RequestDelegate inner)
    {
        var form = await TwilioForm.ReadAsync(context.Request);
        if (form is null || !check.Accepts(context, form))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        context.Features.Set(form);
        await inner(context);
    }
}

/// <summary>Marks an endpoint that only Twilio may call, for tests that walk the endpoints.</summary>
public sealed class SignedByTwilio;

/// <summary>Holds the configured public URL and tokens against which webhooks are checked.</summary>
internal sealed class WebhookCheck(IOptions<PublicFaceOptions> face, IOptions<TwilioOptions> twilio)
{
    private readonly string _publicUrl = face.Value.PublicUrl.TrimEnd('/');
    private readonly byte[][] _tokens = [.. new[] { twilio.Value.AuthToken, twilio.Value.SecondaryAuthToken }.Where(token => token.Length > 0).Select(Encoding.UTF8.GetBytes)];

    public bool Accepts(HttpContext context, TwilioForm form) =>
        context.Request.Headers["X-Twilio-Signature"] is [{ Length: > 0 } signature]
        && TwilioSignature.Validate(signature, _publicUrl + PathAndQuery(context), form, _tokens);

    /// <summary>The bytes of the request line, not a re-encoding of them. Servers that keep no request line (tests in memory) fall back to the parsed parts.</summary>
    private static string PathAndQuery(HttpContext context) =>
        context.Features.Get<IHttpRequestFeature>()?.RawTarget is ['/', ..] target
            ? target
            : context.Request.PathBase.ToUriComponent() + context.Request.Path.ToUriComponent() + context.Request.QueryString.ToUriComponent();
}
