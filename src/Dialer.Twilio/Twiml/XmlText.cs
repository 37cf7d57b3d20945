using System.Text;
using System.Xml;
using HandlebarsDotNet;

namespace Dialer.Twilio.Twiml;

/// <summary>Escapes every value a template says, for element and attribute alike; characters XML 1.0 has no place for are dropped.</summary>
internal sealed class XmlText : ITextEncoder
{
    public void Encode(StringBuilder? text, TextWriter target) => Encode(text?.ToString(), target);

    public void Encode(string? text, TextWriter target)
    {
        if (text is null)
            return;
        using var enumerator = text.GetEnumerator();
        Encode(enumerator, target);
    }

    public void Encode<T>(T? text, TextWriter target)
        where T : IEnumerator<char>
    {
        if (text is null)
            return;
        char? high = null;
        while (text.MoveNext())
        {
            var c = text.Current;
            if (high is { } first)
            {
                high = null;
                if (char.IsLowSurrogate(c))
                {
                    target.Write(first);
                    target.Write(c);
                    continue;
                }
            }

            if (char.IsHighSurrogate(c))
                high = c;
            else if (!char.IsLowSurrogate(c))
                Write(c, target);
        }
    }

    private static void Write(char c, TextWriter target)
    {
        switch (c)
        {
            case '<': target.Write("&lt;"); break;
            case '>': target.Write("&gt;"); break;
            case '&': target.Write("&amp;"); break;
            case '"': target.Write("&quot;"); break;
            case '\'': target.Write("&apos;"); break;
            default:
                if (XmlConvert.IsXmlChar(c))
                    target.Write(c);
                break;
        }
    }
}
