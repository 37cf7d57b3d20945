using Dialer.Core.Numbers;
using Dialer.Twilio.Twiml;
using Dialer.Twilio.Webhooks;
using Microsoft.Extensions.Options;

namespace Dialer.Features.Ivr;

/// <summary>What a caller hears when nothing else can be said: who called, that something failed, and our number. Needs no database and no Redis.</summary>
/// <remarks>The number is our own side of the call as the webhook names it. Nothing about any debt: the caller is nobody yet.</remarks>
public sealed class FallbackTwiml(TemplateStore templates, IOptions<IvrOptions> options)
{
    public string For(TwilioForm form)
    {
        var ours = form["Direction"] == "inbound" ? form["To"] : form["From"];
        var hasNumber = PhoneNumber.TryParse(ours, out var number);
        return templates.Current.Render(options.Value.Languages[0], "fallback", "message", new Dictionary<string, object?>
        {
            ["business"] = options.Value.FallbackBusinessName,
            ["hasCallback"] = hasNumber,
            ["callback"] = hasNumber ? number : "",
        });
    }
}
