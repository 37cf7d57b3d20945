using System.Text;
using Dapper;
using Dialer.Host.Auditing;
using Dialer.Host.Commands;
using Dialer.Simulator.Audit;
using Npgsql;

namespace Dialer.Host.Demo;

/// <summary>
/// Checks, after the run, what must hold whatever happened: the auditor's invariants over the network's ledger, a dump of our database and the logs,
/// what the database alone can say of the floor, and the reports' figures counted anew from that ledger.
/// </summary>
internal static class DemoAudit
{
    private const int Shown = 20;
    private const string Figures = "the reports' figures are the network's";

    public sealed record Result(IReadOnlyList<string> Checked, IReadOnlyList<string> Violated, IReadOnlyDictionary<string, double> Figures);

    /// <summary>Each query counts rows that must not exist.</summary>
    private static readonly (string Name, string Sql)[] Queries =
    [
        ("abandonment within each campaign's cap", """
            select count(*) from campaign c where mode <> 'Agentless' and
                (select count(*) filter (where abandoned) > greatest(1, c.abandon_cap * count(*)) from attempt a where a.campaign_id = c.campaign_id and answered_at is not null and coalesce(answered_by, '') !~ '^(machine|fax)')
            """),
        ("no alarm is open", @"select count(*) from alarm where closed_at is null and code not like 'ALERT\_%'"), // a supervisor's thresholds are no faults
        ("an agent has one live call", "select count(*) from (select 1 from attempt where state = 'Answered' and agent_id is not null group by agent_id having count(*) > 1) x"),
    ];

    public static async Task<Result> CheckAsync(string postgres, DemoApi api, DemoOptions options, CancellationToken cancel)
    {
        var violated = new List<string>();
        await using var connection = new NpgsqlConnection(postgres);
        await connection.OpenAsync(cancel);
        foreach (var (name, sql) in Queries)
        {
            var found = await connection.ExecuteScalarAsync<long>(new CommandDefinition(sql, cancellationToken: cancel));
            if (found > 0)
                violated.Add($"{name}: {found}");
        }

        var words = SpokenWords.ReadTemplates(AuditCommand.TemplatesFolder);
        var limits = new AuditLimits { CallsPerSecond = DemoOptions.CallsPerSecond, AbandonmentMessages = words.Abandoned, DebtWords = DebtVocabulary.ReadTemplates(AuditCommand.TemplatesFolder) };
        var ledger = AuditCommand.Read(new FileInfo(options.In("ledger.jsonl")));
        var differences = await DemoFigures.DifferencesAsync(ledger, api, options, words, cancel);
        violated.AddRange(differences.Select(difference => $"{Figures}: {difference}"));
        var report = await AuditAsync(ledger, limits, postgres, options, cancel);
        violated.AddRange(report.Violations.Take(Shown).Select(violation => $"{violation.Invariant} {violation.Subject}: {violation.Detail}"));
        if (report.Violations.Count > Shown)
            violated.Add($"and {report.Violations.Count - Shown} more; ./dialer audit lists them");
        violated.AddRange(report.NotChecked.Select(skipped => $"not checked: {skipped}"));
        return new Result([.. Queries.Select(query => query.Name), Figures, .. report.Checked], violated, report.Figures);
    }

    /// <summary>The ledger is read before the database is dumped, so that whatever it tells has had its time to arrive.</summary>
    private static async Task<AuditReport> AuditAsync(Lines ledger, AuditLimits limits, string postgres, DemoOptions options, CancellationToken cancel)
    {
        var dump = new FileInfo(options.In("dump.jsonl"));
        await using (var writer = new StreamWriter(dump.FullName, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)))
            await DatabaseDump.WriteAsync(postgres, writer, cancel);
        return Auditor.Run(ledger, AuditCommand.Read(dump), limits, [.. new[] { "serve.log", "network.log" }.Select(log => AuditCommand.SinkOf(new FileInfo(options.In(log))))]);
    }
}
