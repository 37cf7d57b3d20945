using Dapper;
using Npgsql;

namespace Dialer.Host.Demo;

/// <summary>Checks, after the run, what must hold whatever happened: our rows against themselves and against the network's own ledger.</summary>
internal static class DemoAudit
{
    public sealed record Result(IReadOnlyList<string> Checked, IReadOnlyList<string> Violated);

    /// <summary>Each query counts rows that must not exist.</summary>
    private static readonly (string Name, string Sql)[] Queries =
    [
        ("every attempt is terminal or an unknown one that counts", "select count(*) from attempt where state in ('Intent', 'Submitting') or (state = 'Unknown' and not counted)"),
        ("every outbound attempt has its decision", "select count(*) from attempt a where direction = 'Outbound' and not exists (select from decision d where d.attempt_id = a.attempt_id and d.verdict <> 'Deny')"),
        ("at most 7 counted calls to a person about a debt in 7 days", "select count(*) from (select 1 from attempt where direction = 'Outbound' and counted group by person_id, account_id having count(*) > 7) x"),
        ("the payment ledger sums to zero", "select count(*) from (select 1 from ledger_line group by entry_key having sum(amount) <> 0) x"),
        ("one captured payment, one ledger entry", "select count(*) from payment p where state = 'Captured' and (select count(distinct entry_key) from ledger_line l where l.payment_id = p.payment_id) <> 1"),
        ("abandonment within each campaign's cap", """
            select count(*) from campaign c where mode <> 'Agentless' and
                (select count(*) filter (where abandoned) > greatest(1, c.abandon_cap * count(*)) from attempt a where a.campaign_id = c.campaign_id and answered_at is not null and coalesce(answered_by, '') !~ '^(machine|fax)')
            """),
        ("no alarm is open", "select count(*) from alarm where closed_at is null"),
        ("an agent has one live call", "select count(*) from (select 1 from attempt where state = 'Answered' and agent_id is not null group by agent_id having count(*) > 1) x"),
    ];

    public static async Task<Result> CheckAsync(string postgres, string ledger, DemoOptions options, CancellationToken cancel)
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

        return new Result([.. Queries.Select(query => query.Name)], violated);
    }
}
