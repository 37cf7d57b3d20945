using System.Globalization;
using System.Text;
using System.Xml;

namespace Dialer.Twilio.Twiml;

/// <summary>The TwiML documents the code itself makes: structure, no words. Written with an XML writer only, so no value can become a verb.</summary>
/// <remarks>Verbs run in the order they are added; the end of the document hangs up. Source: Twilio, "TwiML for Programmable Voice".</remarks>
public sealed class Twiml
{
    public const string ContentType = "text/xml; charset=utf-8";

    private readonly List<Action<XmlWriter>> _verbs = [];

    /// <summary>A document that does nothing, which ends the call.</summary>
    public static string Empty { get; } = new Twiml().ToString();

    public static string HangUp { get; } = new Twiml().AddHangup().ToString();

    public static string Reject(bool busy = false) => new Twiml().Add("Reject", ("reason", busy ? "busy" : "rejected")).ToString();

    public static string RedirectTo(string url) => new Twiml().AddRedirect(url).ToString();

    public Twiml AddHangup() => Add("Hangup");

    public Twiml AddRedirect(string url) => AddText("Redirect", url, ("method", "POST"));

    public Twiml AddPause(int seconds) => Add("Pause", ("length", seconds.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Joins the caller to a conference.</summary>
    public Twiml AddConference(DialConference conference)
    {
        _verbs.Add(writer =>
        {
            writer.WriteStartElement("Dial");
            Attributes(writer, ("action", conference.Action), ("method", conference.Action is null ? null : "POST"), ("timeLimit", conference.TimeLimitSeconds?.ToString(CultureInfo.InvariantCulture)));
            writer.WriteStartElement("Conference");
            Attributes(
                writer,
                ("startConferenceOnEnter", Flag(conference.StartOnEnter)),
                ("endConferenceOnExit", Flag(conference.EndOnExit)),
                ("beep", Flag(conference.Beep)),
                ("muted", conference.Muted ? "true" : null),
                ("participantLabel", conference.ParticipantLabel),
                ("coach", conference.Coach),
                ("waitUrl", conference.WaitUrl),
                ("jitterBufferSize", "small"),
                ("statusCallback", conference.StatusCallback),
                ("statusCallbackEvent", conference.StatusCallback is null ? null : conference.StatusCallbackEvents),
                ("statusCallbackMethod", conference.StatusCallback is null ? null : "POST"));
            writer.WriteString(conference.Name);
            writer.WriteEndElement();
            writer.WriteEndElement();
        });
        return this;
    }

    public override string ToString()
    {
        var text = new StringBuilder(256);
        using (var writer = XmlWriter.Create(text, new XmlWriterSettings { OmitXmlDeclaration = true, CheckCharacters = true }))
        {
            writer.WriteStartElement("Response");
            foreach (var verb in _verbs)
                verb(writer);
            writer.WriteEndElement();
        }

        return text.Insert(0, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>").ToString();
    }

    private Twiml Add(string verb, params (string Name, string? Value)[] attributes)
    {
        _verbs.Add(writer =>
        {
            writer.WriteStartElement(verb);
            Attributes(writer, attributes);
            writer.WriteEndElement();
        });
        return this;
    }

    private Twiml AddText(string verb, string text, params (string Name, string? Value)[] attributes)
    {
        _verbs.Add(writer =>
        {
            writer.WriteStartElement(verb);
            Attributes(writer, attributes);
            writer.WriteString(text);
            writer.WriteEndElement();
        });
        return this;
    }

    private static void Attributes(XmlWriter writer, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        foreach (var (name, value) in attributes)
        {
            if (value is not null)
                writer.WriteAttributeString(name, value);
        }
    }

    private static string Flag(bool value) => value ? "true" : "false";
}

/// <summary>A <c>Dial</c> into a <c>Conference</c>. Names are opaque: never put personal data into one.</summary>
public sealed record DialConference(string Name)
{
    /// <summary>Asked, by POST, for the next TwiML when this party leaves. Null: the call goes on with the next verb.</summary>
    public string? Action { get; init; }

    public bool StartOnEnter { get; init; } = true;

    public bool EndOnExit { get; init; }

    public bool Beep { get; init; }

    public bool Muted { get; init; }

    public string? ParticipantLabel { get; init; }

    /// <summary>SID of the call that alone hears this party.</summary>
    public string? Coach { get; init; }

    /// <summary>What plays while alone; empty is silence, null is Twilio's own music.</summary>
    public string? WaitUrl { get; init; } = "";

    public int? TimeLimitSeconds { get; init; }

    /// <summary>Only the first participant's value counts for the whole conference.</summary>
    public string? StatusCallback { get; init; }

    /// <summary>Space-separated: start end join leave mute hold modify.</summary>
    public string StatusCallbackEvents { get; init; } = "start end join leave";
}
