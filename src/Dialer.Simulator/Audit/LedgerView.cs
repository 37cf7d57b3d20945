using System.Text.Json;
using NodaTime;
using NodaTime.Text;

namespace Dialer.Simulator.Audit;

/// <summary>One line of a ledger or of a database dump, read field by field.</summary>
public sealed class Line(JsonElement json, string raw)
{
    public string Raw => raw;

    public string? Text(string name) => json.TryGetProperty(name, out var value)
        ? value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Null => null,
            _ => value.GetRawText(),
        }
        : null;

    public double? Number(string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    public decimal? Money(string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDecimal() : null;

    public bool Flag(string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    public Instant? Instant(string name) => Text(name) is { } text && InstantPattern.ExtendedIso.Parse(text) is { Success: true } parsed ? parsed.Value : null;

    public IReadOnlyList<string> List(string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
        ? [.. value.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.String ? e.GetString()! : e.GetRawText())]
        : [];

    public string Kind => Text("kind") ?? Text("row") ?? string.Empty;

    public Instant At => Instant("at") ?? NodaTime.Instant.MinValue;

    /// <summary>A verdict of machine detection: whoever answered is a machine or a fax.</summary>
    public bool SaysMachine => Kind == "amd" && Text("verdict") is { } verdict && (verdict.StartsWith("machine", StringComparison.Ordinal) || verdict == "fax");
}

/// <summary>A whole file of JSON lines, and its lines by kind.</summary>
public sealed class Lines
{
    private readonly Dictionary<string, List<Line>> _byKind = new(StringComparer.Ordinal);

    private Lines(List<Line> all, IReadOnlyList<int> unreadable)
    {
        All = all;
        Unreadable = unreadable;
        foreach (var line in all)
        {
            if (!_byKind.TryGetValue(line.Kind, out var list))
                _byKind[line.Kind] = list = [];
            list.Add(line);
        }
    }

    public IReadOnlyList<Line> All { get; }

    /// <summary>Numbers of lines that are not JSON (a torn last line after a crash).</summary>
    public IReadOnlyList<int> Unreadable { get; }

    public IReadOnlyList<Line> Of(string kind) => _byKind.GetValueOrDefault(kind) ?? [];

    public static Lines Read(TextReader reader)
    {
        var all = new List<Line>();
        var unreadable = new List<int>();
        var number = 0;
        while (reader.ReadLine() is { } text)
        {
            number++;
            if (string.IsNullOrWhiteSpace(text))
                continue;
            try
            {
                using var json = JsonDocument.Parse(text);
                all.Add(new Line(json.RootElement.Clone(), text));
            }
            catch (JsonException)
            {
                unreadable.Add(number);
            }
        }

        return new Lines(all, unreadable);
    }

    public static Lines Empty => Read(TextReader.Null);
}
