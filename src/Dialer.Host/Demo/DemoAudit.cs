using System.Text.Json;
using Dapper;
using Npgsql;

namespace Dialer.Host.Demo;

/// <summary>Checks, after the run, what must hold whatever happened: our rows against themselves and against the network's own ledger.</summary>
internal static class DemoAudit
{
    private const string TwiceDialled = "the network was asked at most once for each attempt";
    private const string NotOurs = "every call the network placed is one of our attempts";
    private const string NotDialled = "every call we say was placed is in the network's ledger";

    private const string NotApproved = "every captured payment was approved by the processor, to the cent";
    private const string NotHeld = "every payment the processor approved is captured, or held open until it is known";

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

    public static async Task<Result> CheckAsync(string postgres, string ledger, CancellationToken cancel)
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

        var network = await ReadLedgerAsync(ledger, cancel);
        var ours = (await connection.QueryAsync<string>(new CommandDefinition("select sid from attempt where direction = 'Outbound' and sid is not null", cancellationToken: cancel))).ToHashSet(StringComparer.Ordinal);
        Check(TwiceDialled, network.Tokens.Values.Count(count => count > 1), violated);
        Check(NotOurs, network.Calls.Count(sid => !ours.Contains(sid)), violated);
        Check(NotDialled, ours.Count(sid => !network.Calls.Contains(sid)), violated);
        var captured = (await connection.QueryAsync<decimal>(new CommandDefinition("select amount from payment where state = 'Captured'", cancellationToken: cancel))).ToList();
        var open = await connection.ExecuteScalarAsync<int>(new CommandDefinition("select count(*)::int from payment where state in ('Created', 'Pending', 'Unknown')", cancellationToken: cancel));
        Check(NotApproved, captured.CountBy(amount => amount).Count(pair => network.Approved.Count(amount => amount == pair.Key) < pair.Value), violated);
        Check(NotHeld, Math.Max(0, network.Approved.Count - captured.Count - open), violated);
        return new Result([.. Queries.Select(query => query.Name), TwiceDialled, NotOurs, NotDialled, NotApproved, NotHeld], violated);
    }

    private static void Check(string name, int found, List<string> violated)
    {
        if (found > 0)
            violated.Add($"{name}: {found}");
    }

    /// <summary>The network's own account: calls it was asked to place (how many for each attempt's token, and their SIDs), and what its processor approved.</summary>
    private static async Task<Ledger> ReadLedgerAsync(string file, CancellationToken cancel)
    {
        var tokens = new Dictionary<string, int>(StringComparer.Ordinal);
        var calls = new HashSet<string>(StringComparer.Ordinal);
        var approved = new List<decimal>();
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(cancel) is { } line)
        {
            if (line.Contains("\"kind\":\"pay\"", StringComparison.Ordinal) && line.Contains("\"approved\"", StringComparison.Ordinal))
            {
                using var payment = JsonDocument.Parse(line);
                approved.Add(payment.RootElement.GetProperty("amount").GetDecimal());
            }

            if (!line.Contains("\"call-created\"", StringComparison.Ordinal))
                continue;
            using var entry = JsonDocument.Parse(line);
            if (!entry.RootElement.TryGetProperty("t", out var token) || entry.RootElement.GetProperty("direction").GetString() != "outbound-api")
                continue;
            tokens[token.GetString()!] = tokens.GetValueOrDefault(token.GetString()!) + 1;
            calls.Add(entry.RootElement.GetProperty("call").GetString()!);
        }

        return new Ledger(tokens, calls, approved);
    }

    private sealed record Ledger(Dictionary<string, int> Tokens, HashSet<string> Calls, List<decimal> Approved);
}
