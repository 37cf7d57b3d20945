using System.Globalization;
using NodaTime;

namespace Dialer.Simulator.Audit;

/// <summary>What one virtual agent did. Seconds of the network's clock.</summary>
/// <param name="Calls">Calls with a person whose last agent this was.</param>
/// <param name="TalkSeconds">Bridged with a person in this agent's room.</param>
/// <param name="WrapSeconds">The desk showed wrap-up.</param>
/// <param name="IdleSeconds">The desk showed that the agent waits for a call.</param>
/// <param name="BreakSeconds">The desk showed a break.</param>
/// <param name="Promises">Promises that were keyed and taken.</param>
/// <param name="Changes">How often the desk showed another state: each is seen a moment later than it was made.</param>
public sealed record AgentFigures(long Calls, double TalkSeconds, double WrapSeconds, double IdleSeconds, double BreakSeconds, long Promises, decimal Promised, int Changes)
{
    public static AgentFigures None { get; } = new(0, 0, 0, 0, 0, 0, 0, 0);
}

/// <summary>The virtual agents' day, counted from the network's ledger alone: legs that were bridged, what their desks showed, and what they keyed.</summary>
public static class LedgerAgents
{
    /// <param name="ledger">The network's ledger.</param>
    /// <param name="words">What a caller hears in the line: who is put back into it has no agent any more.</param>
    /// <param name="until">When the day is looked at; the last state lasts until then.</param>
    public static IReadOnlyDictionary<string, AgentFigures> Count(Lines ledger, SpokenWords words, Instant until)
    {
        var desks = ledger.Of("agent").Where(line => line.Text("event") == "session" && line.Text("detail") is not null)
            .GroupBy(line => $"agent-{line.Text("detail")!.Replace("-", "", StringComparison.Ordinal)}", StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First().Text("user")!, StringComparer.Ordinal);
        var talks = Talks(ledger, words, desks, until).ToList();
        return ledger.Of("agent").GroupBy(line => line.Text("user")!, StringComparer.Ordinal).ToDictionary(
            group => group.Key,
            group => Figures([.. group], [.. talks.Where(talk => talk.Agent == group.Key)], until),
            StringComparer.Ordinal);
    }

    /// <summary>What differs from the table of agents, one sentence each: calls and promises of each agent to the call and the cent, times of the floor.</summary>
    /// <param name="counted">By user.</param>
    /// <param name="reported">The same, as reported.</param>
    /// <param name="drift">Seconds by which a state may have been shown later than it was made.</param>
    public static IEnumerable<string> Differences(IReadOnlyDictionary<string, AgentFigures> counted, IReadOnlyDictionary<string, AgentFigures> reported, double drift)
    {
        foreach (var (user, ledger) in counted.OrderBy(each => each.Key, StringComparer.Ordinal))
        {
            var report = reported.GetValueOrDefault(user) ?? AgentFigures.None;
            if (ledger.Calls != report.Calls)
                yield return string.Create(CultureInfo.InvariantCulture, $"{ledger.Calls} calls of {user} by the ledger, {report.Calls} by the table agents");
            if ((ledger.Promises, ledger.Promised) != (report.Promises, report.Promised))
                yield return string.Create(CultureInfo.InvariantCulture, $"{ledger.Promises} promises of {ledger.Promised:0.00} to {user} by the ledger, {report.Promises} of {report.Promised:0.00} by the table agents");
        }

        var most = drift * Math.Max(1, counted.Values.Sum(each => each.Changes));
        foreach (var (name, of) in Times)
        {
            var (ledger, report) = (counted.Values.Sum(of), counted.Keys.Sum(user => of(reported.GetValueOrDefault(user) ?? AgentFigures.None)));
            if (Math.Abs(ledger - report) > most)
                yield return string.Create(CultureInfo.InvariantCulture, $"{ledger:0.0} s of the agents' {name} by the ledger, {report:0.0} s by the table agents");
        }
    }

    private static readonly (string Name, Func<AgentFigures, double> Of)[] Times =
        [("talk", each => each.TalkSeconds), ("wrap-up", each => each.WrapSeconds), ("idle time", each => each.IdleSeconds), ("breaks", each => each.BreakSeconds)];

    private static AgentFigures Figures(IReadOnlyList<Line> lines, IReadOnlyList<Talk> talks, Instant until)
    {
        var states = lines.Where(line => line.Text("event") == "state").ToList();
        double Shown(string state) => states.Select((line, i) => line.Text("detail") == state ? ((i + 1 < states.Count ? states[i + 1].At : until) - line.At).TotalSeconds : 0).Sum();
        var promises = lines.Select(line => line.Money("promised")).OfType<decimal>().ToList();
        return new AgentFigures(
            talks.Count(talk => talk.Last), talks.Sum(talk => talk.Seconds), Shown("WrapUp"), Shown("Available"), Shown("Break"), promises.Count, promises.Sum(), states.Count);
    }

    /// <summary>Who talked with whom, and for how long; calls taken for machines are none.</summary>
    private static IEnumerable<Talk> Talks(Lines ledger, SpokenWords words, Dictionary<string, string> desks, Instant until)
    {
        var legs = ledger.Of("call-created").Where(line => line.Text("from")?.StartsWith("client:", StringComparison.Ordinal) == false && line.Text("to")?.StartsWith('+') == true).Select(line => line.Text("call")!).ToHashSet(StringComparer.Ordinal);
        foreach (var call in ledger.All.Where(line => line.Text("call") is { } sid && legs.Contains(sid)).GroupBy(line => line.Text("call")!, StringComparer.Ordinal))
        {
            if (call.Any(line => line.SaysMachine))
                continue;
            var talks = new List<Talk>();
            Line? bridged = null;
            foreach (var line in call)
            {
                if (bridged is not null && line.Kind is "unbridged" or "completed")
                {
                    talks.Add(new Talk(desks.GetValueOrDefault(bridged!.Text("room") ?? ""), (line.At - bridged.At).TotalSeconds));
                    bridged = null;
                }
                else if (line.Kind == "bridged")
                    bridged ??= line;
                else if (SpokenWords.IsSaid(words.Waiting, line) && talks.Count > 0)
                    talks.ForEach(talk => talk.PutBack = true);
            }

            if (bridged is not null)
                talks.Add(new Talk(desks.GetValueOrDefault(bridged.Text("room") ?? ""), (until - bridged.At).TotalSeconds));
            if (talks.LastOrDefault() is { PutBack: false } last)
                last.Last = true;
            foreach (var talk in talks)
                yield return talk;
        }
    }

    private sealed record Talk(string? Agent, double Seconds)
    {
        /// <summary>No other agent had the call afterwards.</summary>
        public bool Last { get; set; }

        /// <summary>The caller waited again afterwards.</summary>
        public bool PutBack { get; set; }
    }
}
