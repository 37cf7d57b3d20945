using Dialer.Core.Numbers;
using Dialer.Simulator.Calls;
using NodaTime;

namespace Dialer.Simulator.Audit;

/// <summary>Who was dialled when.</summary>
internal static class DialInvariants
{
    private static readonly Duration Week = Duration.FromDays(7);

    /// <summary>I1: at most one accepted POST Calls for an attempt's token.</summary>
    public static IEnumerable<Violation> OnePostPerAttempt(Evidence evidence) => evidence.Outbound("call-created")
        .Where(c => c.Text("t") is not null)
        .GroupBy(c => c.Text("t")!, StringComparer.Ordinal)
        .Where(g => g.Count() > 1)
        .Select(g => new Violation("I1", g.Key, $"{g.Count()} calls were made for one attempt: {string.Join(", ", g.Select(c => c.Text("call")))}"));

    /// <summary>I2: no outside telephone is rung, by REST or by a document, while another call with that phone rings or lives, whoever began it; nor a person's, where the dump says who it is.</summary>
    /// <remarks>A caller who rings us while we ring them did nothing wrong: only the later of two calls that the product placed counts. It could not know of a caller who came within the drift of the two clocks before.</remarks>
    public static IEnumerable<Violation> OneLiveCall(Evidence evidence)
    {
        var calls = Spans(evidence);
        var drift = Duration.FromSeconds(evidence.Limits.LargestDriftSeconds + (0.5 * Math.Max(0, evidence.Speed - 1)));
        foreach (var (what, key) in ((string, Func<Span, string?>)[])[
            ("phone", s => s.Phone),
            ("person", s => evidence.AttemptBySid.GetValueOrDefault(s.Call)?.Text("personId"))])
        {
            foreach (var group in calls.Where(s => key(s) is not null).GroupBy(s => key(s)!, StringComparer.Ordinal))
            {
                foreach (var broken in Overlaps([.. group.OrderBy(s => s.From)], what, drift))
                    yield return broken;
            }
        }
    }
    /// <summary>One leg with an outside telephone, from its dialling or arrival to its end. Ours: the product had it rung.</summary>
    private sealed record Span(string Call, string Phone, bool Ours, Instant Created, Instant From, Instant Until);

    private static List<Span> Spans(Evidence evidence)
    {
        var ends = evidence.Ends();
        var dialled = evidence.First("dialled");
        var spans = new List<Span>();
        foreach (var created in evidence.Ledger.Of("call-created"))
        {
            var sid = created.Text("call")!;
            var until = ends.TryGetValue(sid, out var end) ? end : Instant.MaxValue;
            if (created.Text("direction") == "inbound" && created.Text("from") is ['+', ..] from)
                spans.Add(new Span(sid, from, false, created.At, created.At, until));
            else if (created.Text("direction") != "inbound" && created.Text("to") is ['+', ..] to && dialled.TryGetValue(sid, out var placed))
                spans.Add(new Span(sid, to, true, created.At, placed.At, until));
        }

        return spans;
    }

    private static IEnumerable<Violation> Overlaps(IReadOnlyList<Span> ordered, string what, Duration drift)
    {
        var living = new List<Span>();
        foreach (var call in ordered)
        {
            living.RemoveAll(before => before.Until <= call.From);
            if (call.Ours && living.Exists(before => before.Ours || before.From + drift <= call.Created))
                yield return new Violation("I2", call.Call, $"another call with the same {what} was still ringing or live");
            living.Add(call);
        }
    }

    /// <summary>I3: at most seven calls for a person and debt in any seven days, none within seven days after a conversation, unless consented (12 CFR 1006.14(b)).</summary>
    /// <remarks>Calls that did not connect to the dialled number (busy, or failed before it rang) do not count (1006.14(b)(3)(iii)); the network says which those were, not the product.</remarks>
    public static IEnumerable<Violation> SevenInSeven(Evidence evidence)
    {
        var rang = evidence.First("ringing");
        var ended = evidence.First("completed");
        bool Connected(string call) => rang.ContainsKey(call) ? ended.GetValueOrDefault(call)?.Text("status") != "busy" : ended.GetValueOrDefault(call)?.Text("status") is not ("busy" or "failed" or "canceled");
        var calls = evidence.Dialled
            .Select(d => (Call: d, Attempt: evidence.AttemptBySid.GetValueOrDefault(d.Text("call")!)))
            .Where(c => c.Attempt is not null && !c.Attempt.Flag("consent") && Connected(c.Call.Text("call")!))
            .SelectMany(c => c.Attempt!.List("debtIds").DefaultIfEmpty("?").Select(debt => (c.Call, c.Attempt, Key: $"person {c.Attempt.Text("personId")} debt {debt}")))
            .GroupBy(c => c.Key, StringComparer.Ordinal);
        foreach (var group in calls)
        {
            var ordered = group.OrderBy(c => c.Call.At).ToList();
            Instant? talked = null;
            for (var i = 0; i < ordered.Count; i++)
            {
                var at = ordered[i].Call.At;
                if (i >= evidence.Limits.CallsInSevenDays && at - ordered[i - evidence.Limits.CallsInSevenDays].Call.At < Week)
                    yield return new Violation("I3", group.Key, $"call {ordered[i].Call.Text("call")} is number {evidence.Limits.CallsInSevenDays + 1} in seven days");
                if (talked is { } since && at - since < Week)
                    yield return new Violation("I3", group.Key, $"call {ordered[i].Call.Text("call")} came within seven days after a conversation");
                if (ordered[i].Attempt!.Flag("conversation"))
                    talked = at;
            }
        }
    }

    /// <summary>I4: every ring inside the local window, in every zone the number and the dump's address can mean; or in the one the person told the product.</summary>
    public static IEnumerable<Violation> InsideWindow(Evidence evidence)
    {
        foreach (var ring in evidence.Outbound("ringing"))
        {
            var number = ring.Text("to")!;
            var zones = Zones(number, evidence.AttemptBySid.GetValueOrDefault(ring.Text("call")!));
            var local = zones.Count > 0
                ? zones.Select(zone => ring.At.InZone(zone).TimeOfDay)
                : [AreaCodes.LocalTime(number, ring.At, "America/New_York").TimeOfDay];
            foreach (var time in local.Where(t => t < evidence.Limits.WindowStart || t >= evidence.Limits.WindowEnd).Take(1))
                yield return new Violation("I4", ring.Text("call")!, $"it rang at {time:HH:mm} local time");
        }
    }

    /// <summary>Every zone the person may be in. A state adds its own only where the ZIP code does not say more exactly.</summary>
    private static IReadOnlyCollection<DateTimeZone> Zones(string number, Line? attempt)
    {
        if (attempt is null)
            return [];
        if (attempt.List("zones") is { Count: > 0 } named)
            return [.. named.Select(zone => DateTimeZoneProviders.Tzdb[zone])];
        if (attempt.Text("knownZone") is { } known && DateTimeZoneProviders.Tzdb.GetZoneOrNull(known) is { } told)
            return [told];
        var zip = attempt.Text("zip") is { } code ? NumberingPlan.FindZip(code) : null;
        var state = attempt.Text("state");
        return
        [
            .. (NumberingPlan.Find(PhoneNumber.Parse(number))?.Zones ?? [])
                .Concat(zip?.Zones ?? [])
                .Concat(state is not null && zip?.Regions.Contains(state) != true ? NumberingPlan.ZonesOf(state) : [])
                .Distinct(),
        ];
    }

    /// <summary>I5: no call to a number that was on the do-not-call list before its POST, nor to a person who must not be called.</summary>
    /// <remarks>A revocation of automated calls alone (<c>artificialOnly</c>) forbids attempts that may play a recorded or synthesised voice.</remarks>
    public static IEnumerable<Violation> NotOnDnc(Evidence evidence)
    {
        foreach (var call in evidence.Outbound("call-created"))
        {
            if (Forbidden(evidence, call, call.At) is { } why)
                yield return new Violation("I5", call.Text("call")!, why);
        }
    }

    /// <summary>Why nobody may talk to the called person at this moment; null when somebody may.</summary>
    internal static string? Forbidden(Evidence evidence, Line call, Instant at)
    {
        var attempt = evidence.AttemptBySid.GetValueOrDefault(call.Text("call")!);
        if (evidence.StopsByNumber[call.Text("to")!].Any(d => InForce(d, at) && (!d.Flag("artificialOnly") || attempt?.Flag("artificialVoice") != false)))
            return "the number was on the do-not-call list";
        return attempt?.Text("personId") is { } person && !attempt.Flag("consent")
            && evidence.StopsByPerson[person].Any(s => InForce(s, at) && (s.Text("debtId") is not { } debt || attempt.List("debtIds").Contains(debt)))
            ? "the person must not be called"
            : null;
    }

    private static bool InForce(Line stop, Instant at) => (stop.Instant("since") ?? Instant.MinValue) <= at && (stop.Instant("until") is not { } until || at < until);
}
