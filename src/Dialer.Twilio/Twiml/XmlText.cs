using System.Buffers;
using System.Text;
using System.Xml;
using HandlebarsDotNet;

namespace Dialer.Twilio.Twiml;

/// <summary>Escapes every value a template says, for element and attribute alike; characters XML 1.0 has no place for are dropped.</summary>
internal sealed class XmlText : ITextEncoder
{
    private static readonly SearchValues<char> Plain = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Except("<>&\"'")]);

    public void Encode(StringBuilder? text, TextWriter target) => Encode(text?.ToString(), target);

    /// <remarks>Runs of plain ASCII, which most words are, are written whole.</remarks>
    public void Encode(string? text, TextWriter target)
    {
        for (var rest = text.AsSpan(); rest.Length > 0;)
        {
            var plain = rest.IndexOfAnyExcept(Plain) is var other and >= 0 ? other : rest.Length;
            target.Write(rest[..plain]);
            rest = rest[plain..];
            if (rest.Length == 0)
                return;
            var taken = rest.Length > 1 && char.IsSurrogatePair(rest[0], rest[1]) ? 2 : 1;
            if (taken == 2)
                target.Write(rest[..2]);
            else
                Write(rest[0], target);
            rest = rest[taken..];
        }
    }

    public void Encode<T>(T? text, TextWriter target)
        where T : IEnumerator<char>
    {
        if (text is null)
            return;
        var whole = new StringBuilder();
        while (text.MoveNext())
            whole.Append(text.Current);
        Encode(whole.ToString(), target);
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
