using System.Diagnostics;
using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Core.Numbers;
using NodaTime;

namespace Dialer.Benchmarks;

/// <summary>Decisions a second of the pure engine on one core, against a loop that only hashes 64 bytes with SHA-256 in the same run: the ratio carries over to other machines.</summary>
internal static class ComplianceEngineBenchmark
{
    private static readonly Instant Noon = Instant.FromUtc(2026, 6, 10, 19, 0);
    private static readonly AccountId Debt = new(10);
    private static readonly PhoneNumber To = PhoneNumber.Parse("+12135550123");
    private static readonly byte[] Block = new byte[64];

    public static void Run(TextWriter output)
    {
        var request = new ContactRequest(new PersonId(1), Debt, To, ContactMode.Preview);
        var typical = new ContactFacts
        {
            Role = CollectorRole.ThirdParty,
            Debt = DebtClass.Consumer,
            Phone = new PhoneFacts(LineType.Wireless, PhonePlace.Personal, PhoneStatus.Active),
            Place = new PlaceFacts("CA", "90001"),
            Attempts = [.. Enumerable.Range(1, 4).Select(i => new PastAttempt(Noon - Duration.FromHours(30 * i), Debt, To))],
            Consents = [new ConsentFact(Noon - Duration.FromDays(90), Channel.Voice, ConsentKind.Granted, ConsentScope.All)],
        };
        var denied = typical with { Conversations = [new PastConversation(Noon - Duration.FromDays(2), Debt)] };
        var policy = PolicySet.Shipped;
        (string Name, Action Work)[] subjects =
        [
            ("SHA-256 of 64 bytes", () => System.Security.Cryptography.SHA256.HashData(Block)),
            ("typical request, allowed with conditions", () => ComplianceEngine.Evaluate(request, typical, policy, Noon)),
            ("the same, verdict only", () => ComplianceEngine.Allows(request, typical, policy, Noon)),
            ("denied, with the search for retryAt", () => ComplianceEngine.Evaluate(request, denied, policy, Noon)),
        ];
        foreach (var (_, work) in subjects)
            Measure(work, 200); // warm-up
        var rates = subjects.ToDictionary(s => s.Name, _ => new List<double>());
        for (var round = 0; round < 9; round++)
        {
            foreach (var (name, work) in subjects)
                rates[name].Add(Measure(work, 300));
        }

        var peer = Median(rates[subjects[0].Name]);
        output.WriteLine("| work, one core | median a second | lowest - highest | ratio to SHA-256 |");
        output.WriteLine("|---|---|---|---|");
        foreach (var (name, values) in rates)
            output.WriteLine($"| {name} | {Median(values):n0} | {values.Min():n0} - {values.Max():n0} | {Median(values) / peer:0.000} |");
    }

    private static double Measure(Action work, int milliseconds)
    {
        var clock = Process.GetCurrentProcess().TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        var done = 0L;
        while (watch.ElapsedMilliseconds < milliseconds)
        {
            for (var i = 0; i < 1000; i++)
                work();
            done += 1000;
        }

        return done / (Process.GetCurrentProcess().TotalProcessorTime - clock).TotalSeconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
