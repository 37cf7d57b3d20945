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

    private static readonly string[] TablesRead = ["campaigns", "payments", "clients", "hours", "abandonment", "collected", "queues", "agents"];

    /// <summary>Seconds in the line up to which hanging up is in no rate, as the table of queues says.</summary>
    private const double ShortWait = 5;

    public static async Task<IReadOnlyList<string>> DifferencesAsync(Lines ledger, DemoApi api, DemoOptions options, SpokenWords words, CancellationToken cancel)
    {
        var counted = LedgerFigures.Count(ledger, words.Abandoned, DemoOptions.IvrNumber);
        var zone = DateTimeZoneProviders.Tzdb[Zone];
        string Day(Instant at) => LocalDatePattern.Iso.Format(at.InZone(zone).Date);
        var span = $"from={Day(options.At)}&to={Day(options.Now)}&zone={Zone}";
        var drift = Math.Max(1, RealDrift * options.Speed);
        var tables = new Dictionary<string, Table>(StringComparer.Ordinal);
        foreach (var name in TablesRead)
            tables[name] = Table.Of(await api.GetAsync($"/api/v1/reports/{name}?{span}", cancel));
        var target = (await api.GetAsync("/api/v1/queues", cancel))["targetSeconds"]!.GetValue<double>();
        return
        [
            .. counted.Differences(
                tables["campaigns"].Rows.Select(Figures).Aggregate(CallFigures.None, (sum, each) => sum.Plus(each)),
                tables["payments"].Rows.Where(row => Text(row, "state") == "Captured").GroupBy(row => Method(Text(row, "method")), StringComparer.Ordinal)
                    .ToDictionary(group => group.Key, group => new MoneyFigures(group.Count(), group.Sum(row => row["amount"]!.GetValue<decimal>())), StringComparer.Ordinal),
                drift),
            .. OtherTables.SelectMany(other => counted.Differences(other.Table, Sums(other.Figures, tables[other.Table].Rows.Where(row => other.Table != "abandonment" || Text(row, "campaign") == "Total")))),
            .. Floor(ledger, tables, target, words, drift),
        ];
    }

    private static Dictionary<string, decimal> Sums((string Figure, string Column)[] figures, IEnumerable<JsonNode> rows) =>
        figures.ToDictionary(each => each.Figure, each => rows.Sum(row => row[each.Column]?.GetValue<decimal>() ?? 0), StringComparer.Ordinal);

    /// <summary>Callers, the line, promises, and the agents' time.</summary>
    private static IEnumerable<string> Floor(Lines ledger, Dictionary<string, Table> tables, double target, SpokenWords words, double drift)
    {
        var (hours, clients, queues, agents) = (tables["hours"].Rows, tables["clients"].Rows, tables["queues"].Rows, tables["agents"].Rows);
        var callers = new ReportedCallers(
            new Dictionary<string, long>(StringComparer.Ordinal) { ["hours"] = Sum(hours, "inbound"), ["clients"] = Sum(clients, "inbound") },
            Sum(queues, "answered"), Sum(queues, "inTime"), target, Sum(queues, "abandoned"), ShortWait, Sum(queues, "left"),
            queues.Sum(row => Number(row, "answered") * (row["asa"]?.GetValue<double>() ?? 0)),
            Sum(clients, "promises") - Sum(agents, "promises"), clients.Sum(row => row["promised"]!.GetValue<decimal>()) - agents.Sum(row => row["promised"]!.GetValue<decimal>()));
        return
        [
            .. CallerFigures.Count(ledger, words, DemoOptions.IvrNumber).Differences(callers),
            .. LedgerAgents.Differences(LedgerAgents.Count(ledger, words, tables["agents"].At), agents.ToDictionary(row => User(Text(row, "agent")), Agent, StringComparer.Ordinal), drift),
        ];
    }

    /// <summary>A report as it was at a moment.</summary>
    private sealed record Table(Instant At, IReadOnlyList<JsonNode> Rows)
    {
        public static Table Of(JsonNode report) => new(InstantPattern.ExtendedIso.Parse(Text(report, "at")).GetValueOrThrow(), [.. report["rows"]!.AsArray().Select(row => row!)]);
    }

    private static long Sum(IEnumerable<JsonNode> rows, string name) => rows.Sum(row => Number(row, name));

    /// <summary>"Agent 001" signs in as agent001.</summary>
    private static string User(string displayed) => displayed.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();

    private static AgentFigures Agent(JsonNode row) => new(
        Number(row, "calls"), row["talk"]!.GetValue<double>(), row["wrap"]!.GetValue<double>(), row["idle"]!.GetValue<double>(), row["breaks"]!.GetValue<double>(),
        Number(row, "promises"), row["promised"]!.GetValue<decimal>(), Changes: 0);

    private static CallFigures Figures(JsonNode row) => new(
        Number(row, "attempts"), Number(row, "liveAnswers"), Number(row, "machines"), Number(row, "busy"), Number(row, "noAnswer"), Number(row, "failed"), Number(row, "withAgent"), Number(row, "abandoned"),
        row["talkSeconds"]!.GetValue<double>(), Number(row, "notPlaced"));

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
