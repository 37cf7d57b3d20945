using System.Text.RegularExpressions;
using Dialer.Simulator.Payments;

namespace Dialer.Simulator.Audit;

/// <summary>Data that must never be written down.</summary>
internal static partial class SinkInvariants
{
    /// <summary>I14: no card number (13 to 19 digits that a card type and the check digit fit) and no canary in the ledger, the dump or any given sink.</summary>
    public static IEnumerable<Violation> NothingSecretWritten(Evidence evidence)
    {
        var sinks = new[] { new AuditSink("ledger", evidence.Ledger.All.Select(l => l.Raw)), new AuditSink("dump", evidence.Dump.All.Select(l => l.Raw)) }.Concat(evidence.Sinks);
        foreach (var sink in sinks)
        {
            var number = 0;
            foreach (var line in sink.Lines)
            {
                number++;
                foreach (var canary in evidence.Limits.Canaries.Where(c => line.Contains(c, StringComparison.OrdinalIgnoreCase)))
                    yield return new Violation("I14", $"{sink.Name} line {number}", $"the canary of {canary.Length} characters");
                foreach (Match match in Digits().Matches(line))
                {
                    var digits = string.Concat(match.Value.Where(char.IsAsciiDigit));
                    if (CardRules.Type(digits) is not null)
                        yield return new Violation("I14", $"{sink.Name} line {number}", $"a card number ending in {digits[^4..]}");
                }
            }
        }
    }

    [GeneratedRegex(@"(?<![0-9A-Za-z+.])\d(?:[ -]?\d){12,18}(?![0-9A-Za-z])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Digits();
}
