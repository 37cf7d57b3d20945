using System.Text;
using System.Text.Json.Nodes;

namespace Dialer.Chaos;

/// <summary>The network's ledger file while it grows: each look reads on from where the one before ended, so that a wait that looks ten times a second costs nothing.</summary>
/// <param name="kinds">The kinds of lines that are kept.</param>
internal sealed class LedgerTail(string path, params string[] kinds)
{
    private readonly Dictionary<string, List<JsonNode>> _facts = kinds.ToDictionary(kind => kind, _ => new List<JsonNode>());
    private readonly (string Kind, string Mark)[] _marks = [.. kinds.Select(kind => (kind, $"\"kind\":\"{kind}\""))];
    private long _read;

    /// <summary>The lines of one kind so far, oldest first.</summary>
    public IReadOnlyList<JsonNode> Of(string kind)
    {
        ReadOn();
        return _facts[kind];
    }

    private void ReadOn()
    {
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(_read, SeekOrigin.Begin);
        using var reader = new MemoryStream();
        file.CopyTo(reader);
        var bytes = reader.GetBuffer().AsSpan(0, (int)reader.Length);
        var whole = bytes.LastIndexOf((byte)'\n') + 1; // the last line may still be being written
        _read += whole;
        foreach (var line in Encoding.UTF8.GetString(bytes[..whole]).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (var (kind, mark) in _marks)
            {
                if (line.Contains(mark, StringComparison.Ordinal))
                    _facts[kind].Add(JsonNode.Parse(line)!);
            }
        }
    }
}
