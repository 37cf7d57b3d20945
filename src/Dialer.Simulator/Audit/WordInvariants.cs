using System.Globalization;
using NodaTime;

namespace Dialer.Simulator.Audit;

/// <summary>What people heard, and whether they had proved who they are.</summary>
internal static class WordInvariants
{
    /// <summary>An agent reads the disclosure to the right party and ticks it then: the tick comes so much after the words at most.</summary>
    private static readonly Duration TickAfterWords = Duration.FromSeconds(30);

    /// <summary>Two identifiers are never fewer keys than a ZIP code and the last four of a social security number.</summary>
    private const int LeastKeys = 9;

    /// <summary>
    /// debt: no word about a debt (12 CFR 1006.6(d)(1)) was played to a machine, to anybody before the product had verified them, or to anybody whom it took for verified without two identifiers' worth of keys;
    /// and none was said by an agent to a machine, or to anybody before the caller was verified or the agent had ticked the disclosure that only the right party hears.
    /// </summary>
    /// <remarks>
    /// Who picked up and which keys were pressed is the network's own knowledge; when a caller was verified is the dump's (<c>listener</c>). Words are the templates' vocabulary, any sum of money, and the
    /// balances and creditors of the person's accounts. Softphones are agents and supervisors: what they hear is left out, what they say is judged by who heard it. A relative who knew two identifiers deceived everybody: that is given as a figure.
    /// </remarks>
    public static IEnumerable<Violation> NobodyUnverifiedHeardOfADebt(Evidence evidence)
    {
        var telephones = evidence.Ledger.Of("call-created").Where(c => !IsClient(c.Text("from")) && !IsClient(c.Text("to"))).Select(c => c.Text("call")!).ToHashSet(StringComparer.Ordinal);
        var listeners = evidence.Dump.Of("listener").Where(l => l.Text("sid") is not null).GroupBy(l => l.Text("sid")!, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        var answered = evidence.First("answered");
        var keys = evidence.Ledger.Of("key").Where(k => k.Text("call") is not null).ToLookup(k => k.Text("call")!, StringComparer.Ordinal);
        var drift = Duration.FromSeconds(evidence.Limits.LargestDriftSeconds);
        var (texts, told, deceived) = (0, new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        foreach (var heard in evidence.Ledger.Of("heard").Where(h => h.Text("what") is "say" or "play" && telephones.Contains(h.Text("call") ?? string.Empty)))
        {
            var sid = heard.Text("call")!;
            var listener = listeners.GetValueOrDefault(sid);
            if (Find(evidence.Limits.DebtWords, heard, listener) is not { } word)
                continue;
            texts++;
            var picked = answered.GetValueOrDefault(sid);
            if (Why(picked, listener, keys[sid], heard.At, drift) is { } why)
            {
                if (told.Add(sid))
                    yield return new Violation("debt", sid, $"“{word}” was heard {why}");
            }
            else if (picked?.Text("party") is not (null or "right"))
            {
                deceived.Add(sid);
            }
        }

        evidence.Figures["textsAboutDebts"] = texts;
        evidence.Figures["impostorsVerified"] = deceived.Count;
        foreach (var violation in SaidByAgents(evidence, telephones, listeners, answered, told, drift))
            yield return violation;
    }

    /// <summary>What agents and supervisors said aloud, by every telephone in the room that could hear it.</summary>
    private static IEnumerable<Violation> SaidByAgents(
        Evidence evidence, HashSet<string> telephones, Dictionary<string, Line> listeners, IReadOnlyDictionary<string, Line> answered, HashSet<string> told, Duration drift)
    {
        var sentences = 0;
        foreach (var said in evidence.Ledger.Of("said").Where(s => s.Text("call") is { } speaker && !telephones.Contains(speaker)))
        {
            foreach (var sid in said.List("heardBy").Where(telephones.Contains))
            {
                var listener = listeners.GetValueOrDefault(sid);
                if (Find(evidence.Limits.DebtWords, said, listener) is not { } word)
                    continue;
                sentences++;
                if (WhyNotByAgent(answered.GetValueOrDefault(sid), listener, said.At, drift) is { } why && told.Add(sid))
                    yield return new Violation("debt", sid, $"“{word}” was said by an agent and heard {why}");
            }
        }

        evidence.Figures["sentencesAboutDebts"] = sentences;
    }

    private static string? WhyNotByAgent(Line? answered, Line? listener, Instant at, Duration drift)
    {
        if (answered?.Text("by") is "machine" or "fax")
            return "by a machine";
        if (listener?.Instant("verifiedAt") is { } verified && verified - drift <= at)
            return null;
        var who = answered?.Text("party") is { } party and not "right" ? $" (in truth: {party})" : string.Empty;
        return listener?.Instant("rightPartyAt") is not { } ticked ? $"by somebody whom nobody had verified{who}"
            : ticked - drift - TickAfterWords > at ? string.Create(CultureInfo.InvariantCulture, $"{(ticked - at).TotalSeconds:0.0} s before the agent ticked the disclosure to the right party{who}")
            : null;
    }

    private static string? Find(DebtVocabulary vocabulary, Line heard, Line? listener)
    {
        var text = heard.Text("text") ?? string.Empty;
        if (vocabulary.Find(text, heard.Text("language")) is { } word)
            return word;
        if (listener is null)
            return null;
        var plain = text.Replace(",", string.Empty, StringComparison.Ordinal);
        return listener.List("amounts").FirstOrDefault(amount => plain.Contains(amount, StringComparison.Ordinal))
            ?? listener.List("creditors").FirstOrDefault(creditor => text.Contains(creditor, StringComparison.OrdinalIgnoreCase));
    }

    private static string? Why(Line? answered, Line? listener, IEnumerable<Line> keys, Instant at, Duration drift)
    {
        if (answered?.Text("by") is "machine" or "fax")
            return "by a machine";
        var who = answered?.Text("party") is { } party and not "right" ? $" (in truth: {party})" : string.Empty;
        if (listener?.Instant("verifiedAt") is not { } verified)
            return $"by somebody who never proved who they are{who}";
        if (verified - drift > at)
            return string.Create(CultureInfo.InvariantCulture, $"{(verified - at).TotalSeconds:0.0} s before the person was verified{who}");
        var pressed = keys.Count(key => key.At <= verified + drift);
        return pressed < LeastKeys ? $"by somebody taken for verified after {pressed} keys{who}" : null;
    }

    private static bool IsClient(string? party) => party?.StartsWith("client:", StringComparison.Ordinal) == true;
}
