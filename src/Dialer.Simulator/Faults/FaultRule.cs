using System.Text.Json;
using System.Text.Json.Serialization;
using NodaTime;
using NodaTime.Text;

namespace Dialer.Simulator.Faults;

public enum FaultAction
{
    Drop,
    Delay,
    Duplicate,
    Reorder,
    Status,
    CutBefore,
    CutWithinRequest,
    CutAfterRequest,
    CutWithinResponse,
    Slow,
    Fail,
    Down,
    Mistake,
}

/// <summary>One fault: where it strikes, what it does, how often and until when. README.md has the file format.</summary>
/// <remarks><see cref="On"/> is callback (everything but TwiML), twiml, one purpose (status, amd, conference, recording, pay, payments, message),
/// post-calls, rest, processor, carrier, queue or amd-verdict. Filters that are absent match everything.</remarks>
public sealed record FaultRule
{
    public string Id { get; init; } = string.Empty;

    public required string On { get; init; }

    public required FaultAction Action { get; init; }

    /// <summary>Chance that a matching event is struck.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>For delay, duplicate, reorder and slow: simulated seconds.</summary>
    public double Seconds { get; init; } = 2;

    /// <summary>For status: the HTTP status to answer or to pretend; for carrier: the SIP code.</summary>
    public int Status { get; init; } = 500;

    public int? Code { get; init; }

    /// <summary>For faults of POST Calls: whether the call is made although the client learns nothing.</summary>
    public bool Made { get; init; } = true;

    /// <summary>Strikes at most this often; null for ever.</summary>
    public int? Count { get; init; }

    /// <summary>Only webhooks with this label (answered, completed, participant-join, human and so on).</summary>
    public string? Event { get; init; }

    /// <summary>Only URLs or paths that contain this.</summary>
    public string? Url { get; init; }

    /// <summary>Only calls to numbers that begin with this (a carrier's region: "+1212").</summary>
    public string? To { get; init; }

    /// <summary>For mistake: the verdict machine detection gives.</summary>
    public string? Verdict { get; init; }

    public string? From { get; init; }

    public string? Until { get; init; }

    [JsonIgnore]
    public int Struck { get; set; }

    private static readonly FaultAction[] Deliveries = [FaultAction.Drop, FaultAction.Delay, FaultAction.Duplicate, FaultAction.Reorder, FaultAction.Status];

    private static readonly FaultAction[] Requests =
        [FaultAction.Status, FaultAction.CutBefore, FaultAction.CutWithinRequest, FaultAction.CutAfterRequest, FaultAction.CutWithinResponse, FaultAction.Slow, FaultAction.Delay, FaultAction.Drop];

    /// <summary>Where a fault may strike, and what it may do there.</summary>
    private static readonly SortedDictionary<string, FaultAction[]> Places = new(StringComparer.Ordinal)
    {
        ["callback"] = Deliveries, ["twiml"] = Deliveries, ["status"] = Deliveries, ["amd"] = Deliveries, ["conference"] = Deliveries, ["recording"] = Deliveries, ["pay"] = Deliveries,
        ["payments"] = Deliveries, ["message"] = Deliveries, ["partial"] = Deliveries, ["transcription"] = Deliveries, ["stream"] = Deliveries, ["media"] = Deliveries,
        ["post-calls"] = Requests, ["rest"] = Requests, ["processor"] = [FaultAction.Fail, FaultAction.Drop, FaultAction.Slow, FaultAction.Delay],
        ["carrier"] = [FaultAction.Down, FaultAction.Fail], ["amd-verdict"] = [FaultAction.Mistake], ["queue"] = [FaultAction.Fail],
    };

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Reads one rule or an array of rules; throws <see cref="FormatException"/> that says what is wrong.</summary>
    public static IReadOnlyList<FaultRule> Read(string json)
    {
        try
        {
            FaultRule[] rules = json.TrimStart().StartsWith('[')
                ? JsonSerializer.Deserialize<FaultRule[]>(json, Json)!
                : [JsonSerializer.Deserialize<FaultRule>(json, Json)!];
            foreach (var rule in rules)
                rule.Check();
            return rules;
        }
        catch (JsonException problem)
        {
            throw new FormatException($"Not a fault rule: {problem.Message}", problem);
        }
    }

    private void Check()
    {
        if (!Places.TryGetValue(On, out var actions))
            throw new FormatException($"Not a fault rule: \"on\" is \"{On}\"; it must be one of {string.Join(", ", Places.Keys)}.");
        if (!actions.Contains(Action))
            throw new FormatException($"Not a fault rule: {Action} does nothing on {On}; it takes {string.Join(", ", actions.Select(a => JsonNamingPolicy.KebabCaseLower.ConvertName(a.ToString())))}.");
        if (Probability is < 0 or > 1)
            throw new FormatException("Not a fault rule: \"probability\" must be between 0 and 1.");
        if (On == "amd-verdict" && string.IsNullOrEmpty(Verdict))
            throw new FormatException("Not a fault rule: amd-verdict needs a \"verdict\".");
        foreach (var time in new[] { From, Until }.OfType<string>().Where(time => !InstantPattern.ExtendedIso.Parse(time).Success))
            throw new FormatException($"Not a fault rule: \"{time}\" is not an instant such as 2026-03-03T15:00:00Z.");
    }

    public string Write() => JsonSerializer.Serialize(this, Json);

    public bool IsInForce(Instant now) =>
        (From is null || Parse(From) <= now) && (Until is null || now < Parse(Until)) && (Count is null || Struck < Count);

    private static Instant Parse(string text) => InstantPattern.ExtendedIso.Parse(text).Value;
}
