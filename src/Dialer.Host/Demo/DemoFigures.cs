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

    /// <summary>Seconds in the line up to which hanging up is in no rate, as the table of queues says.</summary>
    private const double ShortWait = 5;

    public static async Task<IReadOnlyList<string>> DifferencesAsync(Lines ledger, DemoApi api, DemoOptions options, SpokenWords words, CancellationToken cancel)
    {
        var counted = LedgerFigures.Count(ledger, words.Abandoned, DemoOptions.IvrNumber);
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
            .. await FloorAsync(ledger, api, span, words, Math.Max(1, RealDrift * options.Speed), cancel),
        ];
    }

    /// <summary>Callers, the line, promises, and the agents' time.</summary>
    private static async Task<IEnumerable<string>> FloorAsync(Lines ledger, DemoApi api, string span, SpokenWords words, double drift, CancellationToken cancel)
    {
        async Task<(Instant At, IReadOnlyList<JsonNode> Rows)> TableAsync(string name)
        {
            var table = await api.GetAsync($"/api/v1/reports/{name}?{span}", cancel);
            return (InstantPattern.ExtendedIso.Parse(Text(table, "at")).GetValueOrThrow(), [.. table["rows"]!.AsArray().Select(row => row!)]);
        }

        var (_, hours) = await TableAsync("hours");
        var (_, clients) = await TableAsync("clients");
        var (_, queues) = await TableAsync("queues");
        var (at, agents) = await TableAsync("agents");
        var target = (await api.GetAsync("/api/v1/queues", cancel))["targetSeconds"]!.GetValue<double>();
        var callers = new ReportedCallers(
            new Dictionary<string, long>(StringComparer.Ordinal) { ["hours"] = Sum(hours, "inbound"), ["clients"] = Sum(clients, "inbound") },
            Sum(queues, "answered"), Sum(queues, "inTime"), target, Sum(queues, "abandoned"), ShortWait, Sum(queues, "left"),
            queues.Sum(row => Number(row, "answered") * (row["asa"]?.GetValue<double>() ?? 0)),
            Sum(clients, "promises") - Sum(agents, "promises"), clients.Sum(row => row["promised"]!.GetValue<decimal>()) - agents.Sum(row => row["promised"]!.GetValue<decimal>()));
        return
        [
            .. CallerFigures.Count(ledger, words, DemoOptions.IvrNumber).Differences(callers),
            .. LedgerAgents.Differences(LedgerAgents.Count(ledger, words, at), agents.ToDictionary(row => User(Text(row, "agent")), Agent, StringComparer.Ordinal), drift),
        ];
    }

    private static long Sum(IEnumerable<JsonNode> rows, string name) => rows.Sum(row => Number(row, name));

    /// <summary>"Agent 001" signs in as agent001.</summary>
    private static string User(string displayed) => displayed.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();

    private static AgentFigures Agent(JsonNode row) => new(
        Number(row, "calls"), row["talk"]!.GetValue<double>(), row["wrap"]!.GetValue<double>(), row["idle"]!.GetValue<double>(), row["breaks"]!.GetValue<double>(),
        Number(row, "promises"), row["promised"]!.GetValue<decimal>(), Changes: 0);

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
