using Dialer.Core.Numbers;
using NodaTime;

namespace Dialer.Simulator.Audit;

/// <summary>Whether every ring of an outside telephone had the law's leave.</summary>
internal static class GateInvariants
{
    /// <summary>
    /// gate: whatever rang an outside number (<c>POST Calls</c>, a participant, a <c>&lt;Dial&gt;</c>), the product has an attempt for that very call and number, allowed before the ring; and no such
    /// number is premium, an information service, personal or foreign.
    /// </summary>
    public static IEnumerable<Violation> NobodyRingsAroundTheGate(Evidence evidence)
    {
        var drift = Duration.FromSeconds(evidence.Limits.LargestDriftSeconds);
        var decided = evidence.Dump.Of("decision").Where(d => d.Text("attemptId") is not null).GroupBy(d => d.Text("attemptId")!, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Min(d => d.Instant("at") ?? Instant.MinValue), StringComparer.Ordinal);
        foreach (var call in evidence.Ledger.Of("call-created").Where(IsOutside))
        {
            var (sid, to) = (call.Text("call")!, call.Text("to")!);
            if (TollFraud(to) is { } fraud)
                yield return new Violation("gate", sid, fraud);
            if (evidence.AttemptBySid.GetValueOrDefault(sid) is not { } attempt)
            {
                if (call.Text("direction") != "outbound-api") // of those the API placed, I7 asks
                    yield return new Violation("gate", sid, "a document or a conference rang an outside number: no decision stands before it");
                continue;
            }

            if (attempt.Text("number") is { } number && number != to)
                yield return new Violation("gate", sid, "it rang another number than the attempt's");
            if (attempt.Text("id") is { } id && decided.TryGetValue(id, out var at) && at > call.At + drift)
                yield return new Violation("gate", sid, "it rang before it was decided");
        }
    }

    private static bool IsOutside(Line call) =>
        call.Text("direction")?.StartsWith("outbound", StringComparison.Ordinal) == true && call.Text("to") is { Length: > 0 } to && !to.StartsWith("client:", StringComparison.Ordinal);

    private static string? TollFraud(string to)
    {
        if (!PhoneNumber.TryParse(to, out var number))
            return "it is no telephone number";
        if (number.IsInformationService)
            return "it is an information service (976)";
        return NumberingPlan.Find(number) switch
        {
            null => number.IsNorthAmerican ? "its area code is not in service" : "it is a foreign number",
            { Kind: AreaKind.Premium } => "it is a premium number",
            { Kind: AreaKind.NonGeographic } => "it is a personal or satellite number",
            { Kind: AreaKind.Geographic, Country: not "US" } => "it is a foreign number",
            _ => null,
        };
    }
}
