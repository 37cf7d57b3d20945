using System.Globalization;
using System.Text.Json.Nodes;
using Dialer.Simulator.Audit;
using NodaTime;
using NodaTime.Text;

namespace Dialer.Host.Demo;

/// <summary>The reports' figures, as anybody reads them through the API, against the same figures counted from the network's own ledger.</summary>
internal static class DemoFigures
{
    /// <summary>Seconds by which one call's talk may differ: the network and the service note the same moment a webhook apart, on a clock that runs faster than the wire.</summary>
    private const double RealDrift = 0.25;

    private const string Zone = "America/New_York";

    public static async Task<IReadOnlyList<string>> DifferencesAsync(Lines ledger, DemoApi api, DemoOptions options, IReadOnlyList<SpokenMessage> messages, CancellationToken cancel)
    {
        var counted = LedgerFigures.Count(ledger, messages, DemoOptions.IvrNumber);
        var zone = DateTimeZoneProviders.Tzdb[Zone];
        string Day(Instant at) => LocalDatePattern.Iso.Format(at.InZone(zone).Date);
        var span = $"from={Day(options.At)}&to={Day(options.Now)}&zone={Zone}";
        var campaigns = (await api.GetAsync($"/api/v1/reports/campaigns?{span}", cancel))["rows"]!.AsArray();
        var payments = (await api.GetAsync($"/api/v1/reports/payments?{span}", cancel))["rows"]!.AsArray();
        return
        [
            .. counted.Differences(
                campaigns.Select(row => Figures(row!)).Aggregate(CallFigures.None, (sum, each) => sum.Plus(each)),
                payments.Where(row => Text(row!, "state") == "Captured").GroupBy(row => Method(Text(row!, "method")), StringComparer.Ordinal)
                    .ToDictionary(group => group.Key, group => new MoneyFigures(group.Count(), group.Sum(row => row!["amount"]!.GetValue<decimal>())), StringComparer.Ordinal),
                Math.Max(1, RealDrift * options.Speed)),
        ];
    }

    private static CallFigures Figures(JsonNode row) => new(
        Number(row, "attempts"), Number(row, "liveAnswers"), Number(row, "machines"), Number(row, "busy"), Number(row, "noAnswer"), Number(row, "failed"), Number(row, "withAgent"), Number(row, "abandoned"),
        row["talkSeconds"]!.GetValue<double>());

    private static long Number(JsonNode row, string name) => row[name]!.GetValue<long>();

    private static string Text(JsonNode row, string name) => row[name]!.GetValue<string>();

    /// <summary>Our word for a method as the network says it.</summary>
    private static string Method(string ours) => ours switch
    {
        "CreditCard" => "credit-card",
        "AchDebit" => "ach-debit",
        _ => ours.ToLower(CultureInfo.InvariantCulture),
    };
}
