using System.Text.RegularExpressions;
using Dialer.Simulator.Payments;

namespace Dialer.Simulator.Audit;

/// <summary>Money, and the data that must never be written down.</summary>
internal static partial class MoneyInvariants
{
    /// <summary>I11: the product's payments are the processor's charges, one by one.</summary>
    public static IEnumerable<Violation> ChargesMatch(Evidence evidence)
    {
        var ours = evidence.Dump.Of("payment").Where(p => p.Text("status") is null or "succeeded").ToLookup(p => p.Text("reference") ?? string.Empty, StringComparer.Ordinal);
        var theirs = evidence.Ledger.Of("charge").ToLookup(c => c.Text("reference")!, StringComparer.Ordinal);
        foreach (var charge in theirs)
        {
            var rows = ours[charge.Key].ToList();
            if (rows.Count != 1)
                yield return new Violation("I11", charge.Key, $"{rows.Count} payment rows for one charge");
            else if (rows[0].Money("amount") != charge.First().Money("amount"))
                yield return new Violation("I11", charge.Key, $"charged {charge.First().Money("amount")}, booked {rows[0].Money("amount")}");
        }

        foreach (var row in ours.Where(g => !theirs.Contains(g.Key)))
            yield return new Violation("I11", row.Key, "booked, but never charged");
    }

    /// <summary>I14: no card number in the ledger or the dump (13 to 19 digits that a card type and the check digit fit).</summary>
    public static IEnumerable<Violation> NoCardNumbers(Evidence evidence)
    {
        foreach (var (where, lines) in (IEnumerable<(string, IReadOnlyList<Line>)>)[("ledger", evidence.Ledger.All), ("dump", evidence.Dump.All)])
        {
            for (var i = 0; i < lines.Count; i++)
            {
                foreach (Match match in Digits().Matches(lines[i].Raw))
                {
                    var digits = string.Concat(match.Value.Where(char.IsAsciiDigit));
                    if (CardRules.Type(digits) is not null)
                        yield return new Violation("I14", $"{where} line {i + 1}", $"a card number ending in {digits[^4..]}");
                }
            }
        }
    }

    /// <summary>I15: no recording of a call, or of the conference it sits in, runs while a payment is captured on it.</summary>
    public static IEnumerable<Violation> NoRecordingOverPay(Evidence evidence)
    {
        var paying = new HashSet<string>(StringComparer.Ordinal);
        var recording = new Dictionary<string, (string? Call, string? Conference)>(StringComparer.Ordinal);
        var seats = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in evidence.Ledger.All)
        {
            var call = line.Text("call");
            switch (line.Kind)
            {
                case "joined":
                    seats[call!] = line.Text("conference")!;
                    break;
                case "left":
                    seats.Remove(call!);
                    break;
                case "recording" when line.Text("event") is "started" or "resumed":
                    recording[line.Text("recording")!] = (call, line.Text("conference"));
                    break;
                case "recording":
                    recording.Remove(line.Text("recording")!);
                    break;
                case "pay" when line.Text("event") == "started":
                    paying.Add(call!);
                    break;
                case "pay" when line.Text("event") == "result":
                    paying.Remove(call!);
                    break;
                default:
                    continue;
            }

            foreach (var payer in paying.Where(p => recording.Values.Any(r => r.Call == p || (r.Conference is not null && seats.GetValueOrDefault(p) == r.Conference))).ToList())
            {
                paying.Remove(payer);
                yield return new Violation("I15", payer, "a recording ran while a payment was captured");
            }
        }
    }

    [GeneratedRegex(@"(?<![0-9A-Za-z+])\d(?:[ -]?\d){12,18}(?![0-9A-Za-z])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Digits();
}
