using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodaTime;
using NodaTime.Text;

namespace Dialer.Simulator.Engine;

/// <summary>The network's own append-only account of what happened, one JSON object a line, in the order in which it happened.</summary>
/// <remarks>Every line has <c>n</c> (from 1), <c>at</c> (simulated instant) and <c>kind</c>; README.md lists the kinds.
/// Card and bank account numbers appear masked only. The newest lines are kept in memory for readers, all of them go to the sink.</remarks>
public sealed class Ledger(Func<Instant> now, Func<Instant>? realNow, Stream? sink, int keep = 50_000) : IDisposable
{
    private static readonly InstantPattern Pattern = InstantPattern.ExtendedIso;
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Queue<(long Number, string Line)> _recent = new();
    private readonly Lock _gate = new();

    public long Count { get; private set; }

    /// <summary>Called for every line, on the engine's thread.</summary>
    public Action<long, string>? Written { get; set; }

    public void Write(string kind, Calls.Call? call, params ReadOnlySpan<(string Name, object? Value)> facts)
    {
        _buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("n", Count + 1);
            json.WriteString("at", Pattern.Format(now()));
            if (realNow is not null)
                json.WriteString("real", Pattern.Format(realNow()));
            json.WriteString("kind", kind);
            if (call is not null)
            {
                json.WriteString("call", call.Sid);
                json.WriteString("to", call.To);
                json.WriteString("from", call.From);
                if (call.Token is not null)
                    json.WriteString("t", call.Token);
            }

            foreach (var (name, value) in facts)
                WriteFact(json, name, value);
            json.WriteEndObject();
        }

        var line = Encoding.UTF8.GetString(_buffer.WrittenSpan);
        lock (_gate)
        {
            Count++;
            _recent.Enqueue((Count, line));
            while (_recent.Count > keep)
                _recent.Dequeue();
        }

        if (sink is not null)
        {
            sink.Write(_buffer.WrittenSpan);
            sink.WriteByte((byte)'\n');
        }

        Written?.Invoke(Count, line);
    }

    /// <summary>The lines after this number that are still in memory, oldest first; any thread may ask.</summary>
    public IReadOnlyList<string> After(long number, int most = int.MaxValue)
    {
        lock (_gate)
            return [.. _recent.Where(l => l.Number > number).Take(most).Select(l => l.Line)];
    }

    public void Flush() => sink?.Flush();

    public void Dispose() => sink?.Dispose();

    private static void WriteFact(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null: break;
            case string text: json.WriteString(name, text); break;
            case bool truth: json.WriteBoolean(name, truth); break;
            case int number: json.WriteNumber(name, number); break;
            case long number: json.WriteNumber(name, number); break;
            case double number: json.WriteNumber(name, Math.Round(number, 3)); break;
            case decimal number: json.WriteNumber(name, number); break;
            case Instant instant: json.WriteString(name, Pattern.Format(instant)); break;
            case Duration duration: json.WriteNumber(name, Math.Round(duration.TotalSeconds, 3)); break;
            case JsonNode node:
                json.WritePropertyName(name);
                node.WriteTo(json);
                break;
            case IEnumerable<string> list:
                json.WriteStartArray(name);
                foreach (var item in list)
                    json.WriteStringValue(item);
                json.WriteEndArray();
                break;
            default: json.WriteString(name, value.ToString()); break;
        }
    }
}
