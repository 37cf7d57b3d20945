using NodaTime;

namespace Dialer.Simulator.Audit;

/// <summary>What became of the people who answered.</summary>
internal static class AnswerInvariants
{
    /// <summary>I10: within two seconds of the end of their greeting an answered person is bridged, or is served by words; and the product counts as abandoned exactly whom the network saw abandoned.</summary>
    /// <remarks>
    /// Words may come later than two seconds when they are the abandonment message, and are waited for from a synchronous machine detection's verdict on, since no document is fetched before.
    /// On a scaled clock the product's own time for its answer counts as the real seconds it took.
    /// </remarks>
    public static IEnumerable<Violation> AnsweredAreServed(Evidence evidence)
    {
        var calls = Calls(evidence);
        var limit = evidence.Limits.LongestWaitSeconds;
        var (people, abandoned, mistaken) = (0, 0, 0);
        foreach (var call in calls)
        {
            var attempt = evidence.AttemptBySid.GetValueOrDefault(call.Sid);
            if (call.TakenForMachine)
            {
                mistaken++;
                continue;
            }

            people++;
            if (call.HungUpWithin(limit) || (call.ServedAfter is null && DialInvariants.Forbidden(evidence, call.Answered, call.Answered.At) is not null))
                continue; // who must not be talked to any more is rightly hung up on
            foreach (var broken in Served(call, limit))
                yield return broken;
            if (attempt?.Text("abandoned") is null || attempt.Text("mode") is null or "Agentless")
                continue;
            var connected = call.BridgedAfter is { } wait && wait <= limit;
            abandoned += connected ? 0 : 1;
            if (attempt.Flag("abandoned") == connected)
            {
                yield return new Violation("I10", call.Sid, connected
                    ? "the product counts it as abandoned, but an agent was there in time"
                    : $"{(call.BridgedAfter is { } late ? $"an agent came after {late:0.0} s" : "no agent came")}, and the product does not count it as abandoned");
            }
        }

        evidence.Figures["peopleWhoAnswered"] = people;
        evidence.Figures["peopleTakenForMachines"] = mistaken;
        evidence.Figures["abandonedByTheLedger"] = abandoned;
    }

    /// <summary>free: whom the product counts as abandoned, no agent who may be given the campaign's calls was free from before the answer until after the time in which somebody had to be there.</summary>
    /// <remarks>Before and after: the clocks' drift, and a second of real time, in which the product may not yet have heard of the agent or of the answer.</remarks>
    public static IEnumerable<Violation> NobodyIsAbandonedWhileAnAgentIsFree(Evidence evidence)
    {
        var slack = Duration.FromSeconds(evidence.Limits.LargestDriftSeconds + Math.Max(1, evidence.Speed));
        var limit = Duration.FromSeconds(evidence.Limits.LongestWaitSeconds);
        var free = evidence.Dump.Of("free").SelectMany(span => span.List("campaigns").Select(campaign => (Campaign: campaign, Span: span))).ToLookup(one => one.Campaign, one => one.Span, StringComparer.Ordinal);
        foreach (var answered in evidence.Outbound("answered"))
        {
            if (evidence.AttemptBySid.GetValueOrDefault(answered.Text("call")!) is not { } attempt || !attempt.Flag("abandoned") || attempt.Text("campaignId") is not { } campaign)
                continue;
            if (free[campaign].FirstOrDefault(span => span.Instant("from") <= answered.At - slack && !(span.Instant("until") < answered.At + limit + slack)) is { } idle)
                yield return new Violation("free", answered.Text("call")!, $"the person met nobody, and {idle.Text("user")} was free since {idle.Instant("from")}");
        }
    }

    private static IEnumerable<Violation> Served(AnsweredCall call, double limit)
    {
        if (call.BridgedAfter is null && call.SpokenAfter is null)
            yield return new Violation("I10", call.Sid, "nobody ever spoke to the person");
        else if (!call.HeardMessage && call.ServedAfter is { } wait && wait > limit)
            yield return new Violation("I10", call.Sid, $"nobody spoke for {wait:0.0} s after the greeting");
    }

    private static IEnumerable<AnsweredCall> Calls(Evidence evidence)
    {
        var calls = evidence.Outbound("answered").Where(a => a.Text("by") is "human" or "script" or "browser")
            .GroupBy(a => a.Text("call")!, StringComparer.Ordinal).ToDictionary(g => g.Key, g => new AnsweredCall(g.First(), evidence.Speed), StringComparer.Ordinal);
        foreach (var line in evidence.Ledger.All)
        {
            if (line.Text("call") is { } sid && calls.TryGetValue(sid, out var call))
                call.Take(line, evidence.Limits.AbandonmentMessages);
        }

        return calls.Values;
    }

    /// <summary>One answered call, as its lines tell it. Waits are seconds from the end of the greeting.</summary>
    private sealed class AnsweredCall(Line answered, double speed)
    {
        private readonly Instant _greeted = answered.At + Duration.FromSeconds(answered.Number("greeting") ?? 0);
        private Instant? _bridged;
        private Instant? _spoken;
        private Instant? _verdict;
        private Instant? _hungUp;
        private bool _detectsFirst;
        private double _fetching;

        public Line Answered => answered;

        public string Sid => answered.Text("call")!;

        public bool TakenForMachine { get; private set; }

        public bool HeardMessage { get; private set; }

        public double? BridgedAfter => Wait(_bridged, _greeted);

        public double? SpokenAfter => Wait(_spoken, Owed);

        public double? ServedAfter => (BridgedAfter, SpokenAfter) switch
        {
            ({ } bridged, { } spoken) => Math.Min(bridged, spoken),
            var (bridged, spoken) => bridged ?? spoken,
        };

        /// <summary>When words are owed: after the greeting, and after the verdict of a synchronous detection.</summary>
        private Instant Owed => _verdict is { } verdict && verdict > _greeted ? verdict : _greeted;

        /// <summary>The person left before anybody was late.</summary>
        public bool HungUpWithin(double limit) => ServedAfter is null && _hungUp is not null && ((_detectsFirst && _verdict is null) || Wait(_hungUp, Owed) <= limit);

        public void Take(Line line, IReadOnlyList<SpokenMessage> messages)
        {
            switch (line.Kind)
            {
                case "call-created":
                    _detectsFirst = line.Text("amd") == "sync";
                    break;
                case "bridged":
                    _bridged ??= line.At;
                    break;
                case "heard" when line.Text("what") is "say" or "play":
                    _spoken ??= line.At;
                    HeardMessage |= SpokenWords.IsSaid(messages, line);
                    break;
                case "amd":
                    TakenForMachine |= line.SaysMachine;
                    if (!line.Flag("async"))
                        _verdict = line.At;
                    break;
                case "callback" when line.Text("purpose") == "twiml" && line.At >= answered.At && _bridged is null && _spoken is null:
                    _fetching += Fetching(line);
                    break;
                case "completed" when line.Text("by") == "caller":
                    _hungUp = line.At;
                    break;
                default:
                    break;
            }
        }

        /// <summary>How long this request was under way while the person was still there.</summary>
        private double Fetching(Line callback)
        {
            var took = callback.Number("took") ?? 0;
            var left = _hungUp is { } at ? Math.Max(0, (callback.At - at).TotalSeconds) : 0;
            return Math.Max(0, took - left);
        }

        private double? Wait(Instant? until, Instant since) =>
            until is { } at ? (at - since).TotalSeconds - (speed > 1 ? _fetching * (1 - (1 / speed)) : 0) : null;
    }
}
