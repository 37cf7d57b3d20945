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

    /// <summary>I2: at most one ringing or live call to a phone, and to a person where the dump says who it is.</summary>
    public static IEnumerable<Violation> OneLiveCall(Evidence evidence)
    {
        var ends = evidence.Ledger.Of("completed").GroupBy(c => c.Text("call")!, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().At, StringComparer.Ordinal);
        var found = new List<Violation>();
        foreach (var (what, key) in (ReadOnlySpan<(string, Func<Line, string?>)>)[
            ("phone", d => d.Text("to")),
            ("person", d => evidence.AttemptBySid.GetValueOrDefault(d.Text("call")!)?.Text("personId"))])
        {
            foreach (var group in evidence.Dialled.Where(d => key(d) is not null).GroupBy(d => key(d)!, StringComparer.Ordinal))
            {
                Line? before = null;
                foreach (var call in group.OrderBy(c => c.At))
                {
                    if (before is not null && (!ends.TryGetValue(before.Text("call")!, out var end) || end > call.At))
                        found.Add(new Violation("I2", call.Text("call")!, $"another call to the same {what} was still ringing or live"));
                    before = call;
                }
            }
        }

        return found;
    }

    /// <summary>I3: at most seven calls for a person and debt in any seven days, none within seven days after a conversation, unless consented.</summary>
    public static IEnumerable<Violation> SevenInSeven(Evidence evidence)
    {
        var calls = evidence.Dialled
            .Select(d => (Call: d, Attempt: evidence.AttemptBySid.GetValueOrDefault(d.Text("call")!)))
            .Where(c => c.Attempt is not null && !c.Attempt.Flag("consent"))
            .SelectMany(c => c.Attempt!.List("debtIds").DefaultIfEmpty(c.Attempt.Text("debtId") ?? "?").Select(debt => (c.Call, c.Attempt, Key: $"person {c.Attempt.Text("personId")} debt {debt}")))
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

    /// <summary>I4: every ring inside the local window, in every zone the dump names for the call, else in the area code's.</summary>
    public static IEnumerable<Violation> InsideWindow(Evidence evidence)
    {
        foreach (var ring in evidence.Outbound("ringing"))
        {
            var attempt = evidence.AttemptBySid.GetValueOrDefault(ring.Text("call")!);
            var zones = attempt?.List("zones") ?? [];
            var local = zones.Count > 0
                ? zones.Select(z => ring.At.InZone(DateTimeZoneProviders.Tzdb[z]).TimeOfDay)
                : [AreaCodes.LocalTime(ring.Text("to")!, ring.At, "America/New_York").TimeOfDay];
            foreach (var time in local.Where(t => t < evidence.Limits.WindowStart || t >= evidence.Limits.WindowEnd).Take(1))
                yield return new Violation("I4", ring.Text("call")!, $"it rang at {time:HH:mm} local time");
        }
    }

    /// <summary>I5: no call to a number that was on the do-not-call list before its POST.</summary>
    public static IEnumerable<Violation> NotOnDnc(Evidence evidence)
    {
        var listed = evidence.Dump.Of("dnc").GroupBy(d => d.Text("number")!, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Min(d => d.Instant("since") ?? Instant.MinValue), StringComparer.Ordinal);
        return evidence.Outbound("call-created")
            .Where(c => listed.TryGetValue(c.Text("to")!, out var since) && since <= c.At)
            .Select(c => new Violation("I5", c.Text("call")!, "the number was on the do-not-call list"));
    }

    /// <summary>I6: accepted POSTs in any sliding second within the account's limit.</summary>
    public static IEnumerable<Violation> CallsPerSecond(Evidence evidence)
    {
        var most = Math.Max(1, (int)Math.Ceiling(evidence.Limits.CallsPerSecond));
        var window = new Queue<Instant>();
        foreach (var call in evidence.Outbound("call-created").OrderBy(c => c.At))
        {
            while (window.TryPeek(out var oldest) && call.At - oldest >= Duration.FromSeconds(1))
                window.Dequeue();
            window.Enqueue(call.At);
            if (window.Count > most)
                return [new Violation("I6", call.Text("call")!, $"{window.Count} calls were posted within one second; the limit is {most}")];
        }

        return [];
    }
}
