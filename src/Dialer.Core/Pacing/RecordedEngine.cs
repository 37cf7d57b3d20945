using System.Text.Json;
using System.Text.Json.Serialization;
using NodaTime;

namespace Dialer.Core.Pacing;

/// <summary>An engine whose every step is written down, in lines from which <see cref="PacingReplay"/> makes the same plans again, bit for bit.</summary>
public sealed class RecordedEngine
{
    private readonly List<PacingEvent> _events = [];
    private readonly List<string> _lines = [];
    private PacingEngine _engine;
    private PacingPolicy? _policy;

    private RecordedEngine(PacingEngine engine) => _engine = engine;

    private sealed record Entry
    {
        public required Given In { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public PacingSession.LineOut? Out { get; init; }
    }

    private sealed record Given
    {
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public JsonElement? Memory { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public PacingPolicy? Policy { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<PacingEvent>? Events { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public Instant? Now { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public PacingSnapshot? Snapshot { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public bool Save { get; init; }
    }

    /// <param name="memory">What an earlier engine saved, or null.</param>
    /// <exception cref="JsonException">This is not a saved memory.</exception>
    public static RecordedEngine Start(PacingPolicy policy, string? memory) =>
        new(memory is null ? PacingEngine.Create(policy) : PacingEngine.Resume(policy, memory));

    /// <summary>Events since the last line that no line holds yet.</summary>
    public int Pending => _events.Count;

    public PacingMemory Memory => _engine.Memory;

    public void Adopt(PacingPolicy policy)
    {
        Settle();
        _engine = _engine.Under(policy);
        _policy = policy;
    }

    public void Observe(PacingEvent happened)
    {
        // A policy is applied before the events of its line: those that came before it need a line of their own.
        _engine.Observe(happened);
        _events.Add(happened);
    }

    public (PacingPlan Plan, IReadOnlyList<ShadowPlan> Shadows) Decide(PacingSnapshot snapshot, Instant now)
    {
        var plan = _engine.Decide(snapshot, now);
        var shadows = ShadowPlan.Of(snapshot, plan);
        Write(new Given { Policy = _policy, Events = Events(), Now = now, Snapshot = snapshot }, PacingSession.LineOut.Of(plan, shadows));
        return (plan, shadows);
    }

    /// <summary>What was learned, as JSON; the line says that it was saved, since an engine settles its tables anew after that.</summary>
    public string Save()
    {
        Write(new Given { Policy = _policy, Events = Events(), Save = true }, null);
        return _engine.Save();
    }

    /// <summary>What was learned, as <see cref="Save"/>, and the line from which a replay may start: nothing before it is needed.</summary>
    public (string Memory, string FirstLine) Begin()
    {
        var memory = Save();
        return (memory, JsonSerializer.Serialize(new Entry { In = new Given { Memory = JsonSerializer.Deserialize<JsonElement>(memory, PacingJson.Options), Policy = _engine.Policy } }, PacingJson.Options));
    }

    /// <summary>The lines written since the last call, first to last.</summary>
    public IReadOnlyList<string> Take()
    {
        string[] lines = [.. _lines];
        _lines.Clear();
        return lines;
    }

    private void Settle()
    {
        if (_events.Count > 0 || _policy is not null)
            Write(new Given { Policy = _policy, Events = Events() }, null);
    }

    private PacingEvent[]? Events()
    {
        PacingEvent[]? events = _events.Count == 0 ? null : [.. _events];
        _events.Clear();
        return events;
    }

    private void Write(Given given, PacingSession.LineOut? answer)
    {
        _policy = null;
        _lines.Add(JsonSerializer.Serialize(new Entry { In = given, Out = answer }, PacingJson.Options));
    }
}
