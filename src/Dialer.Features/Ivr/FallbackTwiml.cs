using System.Collections.Concurrent;
using System.Text;
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

    /// <summary>The document as it is sent, UTF-8.</summary>
    public ReadOnlyMemory<byte> For(TwilioForm form) => Find((form["Direction"] == "inbound" ? form["To"] : form["From"]) ?? "");

    /// <inheritdoc cref="Find"/>
    public string ForNumber(string ours) => Encoding.UTF8.GetString(Find(ours));

    /// <param name="ours">Our own side of the call, E.164; what is no such number is not said.</param>
    private byte[] Find(string ours)
    {
        var kept = _kept;
        if (kept.Templates != templates.Current)
            _kept = kept = new Documents(templates.Current);
        if (kept.ByNumber.TryGetValue(ours, out var document))
            return document;
        document = Encoding.UTF8.GetBytes(Render(kept.Templates, ours));
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
        public ConcurrentDictionary<string, byte[]> ByNumber { get; } = new(StringComparer.Ordinal);
    }
}
