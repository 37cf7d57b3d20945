using NodaTime;

namespace Dialer.Features.Reports.Tables;

/// <summary>How a cell is typed, on the page and in a workbook.</summary>
public enum CellKind
{
    Text,
    Integer,
    Number,
    Money,
    Share,
    Seconds,
    Date,
    Instant,
}

/// <param name="Key">camelCase name in JSON; the query's column is the same in snake_case.</param>
/// <param name="Formula">How the figure comes about, for the one who reads it; empty for what explains itself.</param>
public sealed record ReportColumn(string Key, string Title, CellKind Kind, string Formula = "");

/// <summary>A table of figures: one query, its columns in the query's order, each with its formula. Calls are read from <c>call_fact</c>, so that every report means the same by the same word.</summary>
/// <param name="Sql">Takes <c>@from</c>, <c>@to</c> (instants, end exclusive), <c>@zone</c>, <c>@campaign</c> (null: all), <c>@now</c>, <c>@today</c>, <c>@amd_false_positives</c>, <c>@target_seconds</c>.</param>
public sealed record Report(string Name, string Title, string About, IReadOnlyList<ReportColumn> Columns, string Sql);

/// <summary>What is asked: whole days <paramref name="From"/> to <paramref name="To"/>, both included, in <paramref name="Zone"/>; one campaign or all.</summary>
public sealed record ReportScope(LocalDate From, LocalDate To, DateTimeZone Zone, long? Campaign)
{
    /// <summary>A quarter and a bit: longer questions belong to a warehouse, not to the database that dials.</summary>
    public const int MostDays = 100;

    public Instant Start => From.AtStartOfDayInZone(Zone).ToInstant();

    public Instant End => To.PlusDays(1).AtStartOfDayInZone(Zone).ToInstant();
}

/// <summary>Every report there is, by the name in its address.</summary>
public static class ReportCatalog
{
    public static IReadOnlyList<Report> All { get; } =
    [
        CallReports.Campaigns, CallReports.Clients, CallReports.Abandonment, CallReports.Queues, CallReports.Hours, CallReports.Dispositions, CallReports.Refusals, CallReports.Calls, CallReports.Results,
        AgentReports.Agents, AgentReports.Teams, AgentReports.Worked,
        MoneyReports.Payments, MoneyReports.Collected, MoneyReports.Promises, MoneyReports.PromisesDue, MoneyReports.Ageing, MoneyReports.Roll, MoneyReports.Lists,
    ];

    public static Report? Find(string name) => All.FirstOrDefault(report => report.Name == name);
}
