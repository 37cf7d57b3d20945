using Dialer.Core.Compliance;
using Npgsql;

namespace Dialer.Features.Compliance;

/// <remarks>The revision is read in the same round trip as the facts of each batch, so a change binds the first decision made after it was committed, on every node.</remarks>
public sealed partial class PolicyBook(PolicySet shipped)
{
    private volatile Edition _edition = new(-1, DateTime.MaxValue, shipped);

    public PolicySet Shipped => shipped;

    /// <summary>What this node last used; for decisions, ask <see cref="ForAsync"/> with the revision read with the facts.</summary>
    public PolicySet Latest => _edition.Policy;

    public async Task<PolicySet> ForAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, long revision, DateTime now, CancellationToken cancel)
    {
        var edition = _edition;
        if (edition.Revision == revision && now < edition.Until)
            return edition.Policy;
        edition = await ReadAsync(connection, transaction, revision, now, cancel);
        _edition = edition;
        return edition.Policy;
    }

    private async Task<Edition> ReadAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, long revision, DateTime now, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            select distinct on (row_id) pack, body::text, policy_row_id from policy_row
            where state = 'Approved' and effective_from <= $1 order by row_id, effective_from desc, policy_row_id desc
            """,
            connection,
            transaction);
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = now });
        var policy = shipped;
        var rows = new List<(string Pack, string Body, long Id)>();
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
                rows.Add((reader.GetString(0), reader.GetString(1), reader.GetInt64(2)));
        }

        foreach (var (pack, body, id) in rows.OrderBy(row => row.Id))
            policy = policy.WithRow(PolicySet.ReadRow(body), pack, $"{shipped.Packs.FirstOrDefault(p => p.Pack == pack)?.Version ?? "0"}+{id}");
        await using var next = new NpgsqlCommand("select min(effective_from) from policy_row where state = 'Approved' and effective_from > $1", connection, transaction);
        next.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = now });
        return new Edition(revision, await next.ExecuteScalarAsync(cancel) as DateTime? ?? DateTime.MaxValue, policy);
    }

    private sealed record Edition(long Revision, DateTime Until, PolicySet Policy);
}
