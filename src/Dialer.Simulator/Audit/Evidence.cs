using NodaTime;

namespace Dialer.Simulator.Audit;

/// <summary>Everything a check needs.</summary>
public sealed class Evidence
{
    private readonly HashSet<string> _outbound;

    public Evidence(Lines ledger, Lines dump, AuditLimits limits, IReadOnlyList<AuditSink> sinks)
    {
        (Ledger, Dump, Limits, Sinks) = (ledger, dump, limits, sinks);
        AttemptBySid = dump.Of("attempt").Where(a => a.Text("sid") is not null)
            .GroupBy(a => a.Text("sid")!, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        _outbound = ledger.Of("call-created").Where(c => c.Text("direction") == "outbound-api" && (c.Text("to") ?? string.Empty).StartsWith('+'))
            .Select(c => c.Text("call")!).ToHashSet(StringComparer.Ordinal);
        Dialled = Outbound("dialled");
        Speed = Clocks.SpeedOf(ledger);
        StopsByNumber = dump.Of("dnc").ToLookup(d => d.Text("number") ?? string.Empty, StringComparer.Ordinal);
        StopsByPerson = dump.Of("stop").ToLookup(s => s.Text("personId") ?? string.Empty, StringComparer.Ordinal);
    }

    public Lines Ledger { get; }

    public Lines Dump { get; }

    public AuditLimits Limits { get; }

    public IReadOnlyList<AuditSink> Sinks { get; }

    public IReadOnlyDictionary<string, Line> AttemptBySid { get; }

    /// <summary>Calls that rang or were to ring: dialled legs of the REST API.</summary>
    public IReadOnlyList<Line> Dialled { get; }

    /// <summary>How many times faster than real time the network's clock ran; 0 on a virtual clock, where nothing takes real time.</summary>
    public double Speed { get; }

    public ILookup<string, Line> StopsByNumber { get; }

    public ILookup<string, Line> StopsByPerson { get; }

    /// <summary>Figures that checks leave for the report.</summary>
    public SortedDictionary<string, double> Figures { get; } = new(StringComparer.Ordinal);

    /// <summary>The ledger's lines of one kind about calls that the REST API was asked to place to telephones.</summary>
    public IReadOnlyList<Line> Outbound(string kind) => [.. Ledger.Of(kind).Where(line => line.Text("call") is { } call && _outbound.Contains(call))];

    /// <summary>The first line of this kind for each call.</summary>
    public IReadOnlyDictionary<string, Line> First(string kind) => Ledger.Of(kind).Where(line => line.Text("call") is not null)
        .GroupBy(line => line.Text("call")!, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);

    /// <summary>When each call ended.</summary>
    public IReadOnlyDictionary<string, Instant> Ends() => First("completed").ToDictionary(pair => pair.Key, pair => pair.Value.At, StringComparer.Ordinal);
}
