using System.Globalization;
using System.Xml.Linq;

namespace Dialer.Simulator.Twiml;

/// <summary>One TwiML verb: it starts on a run, and ends by calling the run's Next, GoTo or End, at once or later.</summary>
public abstract class Verb
{
    /// <summary>True when an inbound call still ringing is answered before this verb runs.</summary>
    public virtual bool Answers(XElement element) => true;

    public abstract void Run(TwimlRun run, XElement element);
}

/// <summary>Attributes with Twilio's defaults.</summary>
public static class Attributes
{
    public static string? Text(this XElement element, string name) => element.Attribute(name)?.Value;

    public static string Text(this XElement element, string name, string otherwise) => element.Attribute(name)?.Value ?? otherwise;

    public static bool Flag(this XElement element, string name, bool otherwise) => element.Attribute(name)?.Value.ToLowerInvariant() switch
    {
        "true" => true,
        "false" => false,
        _ => otherwise,
    };

    /// <summary>A number within bounds; an unreadable one is reported under the code and takes the default.</summary>
    public static double Number(this XElement element, TwimlRun run, string name, double otherwise, double low, double high, int code)
    {
        var text = element.Attribute(name)?.Value;
        if (string.IsNullOrEmpty(text))
            return otherwise;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return Math.Clamp(number, low, high);
        run.Warn(code, $"{element.Name.LocalName} {name}=\"{text}\"");
        return otherwise;
    }

    /// <summary>GET only when it says so.</summary>
    public static string Method(this XElement element, string name = "method", string otherwise = "POST") =>
        element.Attribute(name)?.Value.ToUpperInvariant() switch
        {
            "GET" => "GET",
            "POST" => "POST",
            _ => otherwise,
        };
}
