using System.Collections.Concurrent;
using Dialer.Core.Numbers;
using Dialer.Twilio.Twiml;
using Dialer.Twilio.Webhooks;
using Microsoft.Extensions.Options;

namespace Dialer.Features.Ivr;

/// <summary>What a caller hears when nothing else can be said: who called, that something failed, and our number. Needs no database and no Redis.</summary>
/// <remarks>
/// The number is our own side of the call as the webhook names it. Nothing about any debt: the caller is nobody yet. The document differs only in that number, so each is kept
/// until the templates are read again.
/// </remarks>
public sealed class FallbackTwiml(TemplateStore templates, IOptions<IvrOptions> options)
{
    /// <summary>Documents kept, at most: an installation has fewer numbers.</summary>
    private const int MostKept = 1000;

    private volatile Documents _kept = new(templates.Current);

    public string For(TwilioForm form) => ForNumber((form["Direction"] == "inbound" ? form["To"] : form["From"]) ?? "");

    /// <param name="ours">Our own side of the call, E.164; what is no such number is not said.</param>
    public string ForNumber(string ours)
    {
        var kept = _kept;
        if (kept.Templates != templates.Current)
            _kept = kept = new Documents(templates.Current);
        if (kept.ByNumber.TryGetValue(ours, out var document))
            return document;
        document = Render(kept.Templates, ours);
        if (kept.ByNumber.Count < MostKept)
            kept.ByNumber[ours] = document;
        return document;
    }

    private string Render(TwimlTemplates words, string ours)
    {
        var hasNumber = PhoneNumber.TryParse(ours, out var number);
        return words.Render(options.Value.Languages[0], "fallback", "message", new Dictionary<string, object?>
        {
            ["business"] = options.Value.FallbackBusinessName,
            ["hasCallback"] = hasNumber,
            ["callback"] = hasNumber ? number : "",
        });
    }

    private sealed record Documents(TwimlTemplates Templates)
    {
        public ConcurrentDictionary<string, string> ByNumber { get; } = new(StringComparer.Ordinal);
    }
}
