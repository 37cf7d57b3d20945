using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Dialer.Simulator.Twiml;

/// <summary>A fetched document: its verbs, or the error that stops it, and the warnings a developer should see.</summary>
public sealed record TwimlDocument(IReadOnlyList<XElement> Verbs, int? ErrorCode, IReadOnlyList<(int Code, string Detail)> Warnings)
{
    private const int MaxBytes = 64 * 1024;

    /// <summary>Reads an answer by its content type: XML types are TwiML, audio is played and then hung up on,
    /// plain text is TwiML when it can be, else spoken.</summary>
    public static TwimlDocument Read(string? contentType, string body, string url)
    {
        var type = (contentType ?? string.Empty).Split(';')[0].Trim().ToLowerInvariant();
        if (type.StartsWith("audio/", StringComparison.Ordinal))
            return new([new XElement("Play", url)], null, []);
        if (Encoding.UTF8.GetByteCount(body) > MaxBytes)
            return Error(11750, "the document is larger than 64 kB");
        return type switch
        {
            "text/xml" or "application/xml" or "text/html" => Parse(body),
            "text/plain" => Parse(body) is { ErrorCode: null } document ? document : new([new XElement("Say", body)], null, []),
            _ => Error(12300, $"content type {type}"),
        };
    }

    public static TwimlDocument Parse(string body)
    {
        if (string.IsNullOrWhiteSpace(body))
            return Error(12100, "the document is empty");
        try
        {
            using var reader = XmlReader.Create(new StringReader(body.TrimStart('\uFEFF', ' ', '\r', '\n', '\t')),
                new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            var root = XDocument.Load(reader, LoadOptions.PreserveWhitespace).Root!;
            if (root.Name.LocalName != "Response")
                return Error(12100, "the root element is not <Response>");
            var warnings = new List<(int, string)>();
            foreach (var element in root.Elements())
                VerbTable.Check(element, "Response", warnings);
            return new([.. root.Elements().Where(e => VerbTable.IsVerb(e.Name.LocalName))], null, warnings);
        }
        catch (XmlException problem)
        {
            return Error(12100, problem.Message);
        }
    }

    private static TwimlDocument Error(int code, string detail) => new([], code, [(code, detail)]);
}
