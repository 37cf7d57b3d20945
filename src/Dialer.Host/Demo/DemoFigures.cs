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

    /// <summary>Tables that show the same calls and the same money another way, with the column of each figure: their rows must add up to the ledger's. Of abandonment, the row of the total.</summary>
    private static readonly (string Table, (string Figure, string Column)[] Figures)[] OtherTables =
    [
        ("clients", [("attempts", "attempts"), ("live answers", "liveAnswers")]),
        ("hours", [("attempts", "attempts"), ("live answers", "liveAnswers"), ("abandoned", "abandoned")]),
        ("abandonment", [("live answers", "liveAnswers"), ("abandoned", "abandoned"), ("share abandoned of those for an agent", "connected"), ("share abandoned of all", "all")]),
        ("collected", [("charges", "payments"), ("taken", "taken")]),
    ];

    public static async Task<IReadOnlyList<string>> DifferencesAsync(Lines ledger, DemoApi api, DemoOptions options, IReadOnlyList<SpokenMessage> messages, CancellationToken cancel)
    {
        var counted = LedgerFigures.Count(ledger, messages, DemoOptions.IvrNumber);
        var zone = DateTimeZoneProviders.Tzdb[Zone];
        string Day(Instant at) => LocalDatePattern.Iso.Format(at.InZone(zone).Date);
        var span = $"from={Day(options.At)}&to={Day(options.Now)}&zone={Zone}";
        var campaigns = (await api.GetAsync($"/api/v1/reports/campaigns?{span}", cancel))["rows"]!.AsArray();
        var payments = (await api.GetAsync($"/api/v1/reports/payments?{span}", cancel))["rows"]!.AsArray();
        var others = new List<string>();
        foreach (var (table, figures) in OtherTables)
        {
            var rows = (await api.GetAsync($"/api/v1/reports/{table}?{span}", cancel))["rows"]!.AsArray().Select(row => row!).Where(row => table != "abandonment" || Text(row, "campaign") == "Total").ToList();
            others.AddRange(counted.Differences(table, figures.ToDictionary(each => each.Figure, each => rows.Sum(row => row[each.Column]?.GetValue<decimal>() ?? 0), StringComparer.Ordinal)));
        }

        return
        [
            .. counted.Differences(
                campaigns.Select(row => Figures(row!)).Aggregate(CallFigures.None, (sum, each) => sum.Plus(each)),
                payments.Where(row => Text(row!, "state") == "Captured").GroupBy(row => Method(Text(row!, "method")), StringComparer.Ordinal)
                    .ToDictionary(group => group.Key, group => new MoneyFigures(group.Count(), group.Sum(row => row!["amount"]!.GetValue<decimal>())), StringComparer.Ordinal),
                Math.Max(1, RealDrift * options.Speed)),
            .. others,
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
