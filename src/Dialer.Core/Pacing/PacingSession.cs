using System.Text.Json;
using System.Text.Json.Serialization;
using NodaTime;

namespace Dialer.Core.Pacing;

/// <summary>The engine as a conversation in JSON lines: each line in has one line out, and the same lines in give the same lines out.</summary>
/// <remarks>
/// A line in is an object with any of <c>policy</c>, <c>event</c> (one event in place), <c>events</c> (a list), <c>memory</c> (a saved one) and <c>now</c> + <c>snapshot</c>, applied in this order.
/// A line out always has <c>dials</c>: 0 unless there was a snapshot. When a snapshot has no ledger, the live answers and abandoned calls among the events given so far are the account.
/// A line that cannot be understood changes nothing and is answered with <c>error</c> and no dials.
/// </remarks>
public sealed class PacingSession
{
    private PacingEngine _engine;
    private long _answers;
    private long _abandoned;

    public PacingSession(PacingPolicy? policy = null) => _engine = PacingEngine.Create(policy ?? new PacingPolicy());

    /// <summary>Lines that could not be understood.</summary>
    public int Errors { get; private set; }

    private sealed record LineIn
    {
        public PacingPolicy? Policy { get; init; }

        public IReadOnlyList<PacingEvent>? Events { get; init; }

        public JsonElement? Memory { get; init; }

        public bool Save { get; init; }

        public Instant? Now { get; init; }

        public PacingSnapshot? Snapshot { get; init; }
    }

    /// <summary>One line out; <see cref="RecordedEngine"/> writes the same.</summary>
    internal sealed record LineOut
    {
        public string Kind { get; init; } = "learned";

        public int Dials { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public PacingPlan? Plan { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<ShadowPlan>? Shadows { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public JsonElement? Memory { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Error { get; init; }

        public static LineOut Of(PacingPlan plan, IReadOnlyList<ShadowPlan> shadows) => new() { Kind = "plan", Dials = plan.Dials, Plan = plan, Shadows = shadows };
    }

    /// <summary>Takes one line, without its line break, and returns the answer to it.</summary>
    public string Answer(string line)
    {
        LineOut answer;
        try
        {
            answer = Take(line);
        }
        catch (Exception refused) when (refused is JsonException or ArgumentException or NotSupportedException)
        {
            Errors++;
            answer = new LineOut { Kind = "error", Error = refused.Message };
        }

        return JsonSerializer.Serialize(answer, PacingJson.Options);
    }

    private LineOut Take(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            throw new JsonException("A line is one JSON object.");
        if (root.TryGetProperty("event", out var kind) && kind.ValueKind == JsonValueKind.String)
        {
            Learn(root.Deserialize<PacingEvent>(PacingJson.Options)!);
            return new LineOut();
        }

        var given = root.Deserialize<LineIn>(PacingJson.Options)!;
        if (given.Snapshot is not null && given.Now is null)
            throw new JsonException("A snapshot needs \"now\": an ISO 8601 instant or seconds since the start.");
        if (given is { Policy: null, Events: null, Memory: null, Snapshot: null, Save: false })
            throw new JsonException("Nothing in this line: expected policy, event, events, memory, save or snapshot.");
        Prepare(given);
        return given is { Snapshot: { } snapshot, Now: { } now } ? Decide(snapshot, now) : new LineOut { Memory = given.Save ? Saved() : null };
    }

    private void Prepare(LineIn given)
    {
        if (given.Memory is { } memory)
            _engine = PacingEngine.Restore(given.Policy ?? _engine.Policy, memory.GetRawText());
        else if (given.Policy is { } policy)
            _engine = _engine.Under(policy);

        foreach (var happened in given.Events ?? [])
            Learn(happened);
    }

    private JsonElement Saved() => JsonSerializer.Deserialize<JsonElement>(_engine.Save(), PacingJson.Options);

    private void Learn(PacingEvent happened)
    {
        _engine.Observe(happened);
        _answers += happened is PacingEvent.Resolved { Outcome: DialOutcome.Human } or PacingEvent.Classified { Human: true } ? 1 : 0;
        _abandoned += happened is PacingEvent.Abandoned ? 1 : 0;
    }

    private LineOut Decide(PacingSnapshot snapshot, Instant now)
    {
        var whole = snapshot.Ledger is null ? snapshot with { Ledger = new AbandonmentLedger(_abandoned, Math.Max(_answers, _abandoned)) } : snapshot;
        var plan = _engine.Decide(whole, now);
        return LineOut.Of(plan, ShadowPlan.Of(whole, plan));
    }
}
