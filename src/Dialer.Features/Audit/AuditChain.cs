using System.Text.Json;
using System.Text.Json.Serialization;
using Dapper;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Audit;

/// <summary>One row of the trail, as it is exported and verified.</summary>
public sealed record AuditRow(long AuditId, Instant At, string Actor, string Action, string Subject, string Detail, byte[] PrevHash, byte[] Hash);

/// <summary>The head of the chain at some moment, kept where this database cannot reach it.</summary>
public sealed record AuditAnchor(long AuditId, string Hash);

/// <summary>What the verifier found. <paramref name="Faults"/> names each bad row.</summary>
public sealed record ChainReport(long Rows, long LastId, string Head, IReadOnlyList<string> Faults)
{
    [JsonIgnore]
    public bool Intact => Faults.Count == 0;
}

/// <summary>Reads the chain from its beginning and says where it was changed, reordered, cut or forged. Needs the rows only, not this installation.</summary>
public static class AuditChain
{
    private const int FaultsShown = 100;

    /// <param name="anchors">Heads kept outside. Without them a chain cut at its end and re-headed looks whole.</param>
    public static ChainReport Verify(IEnumerable<AuditRow> rows, IReadOnlyCollection<AuditAnchor> anchors)
    {
        var faults = new List<string>();
        var waiting = anchors.ToDictionary(anchor => anchor.AuditId, anchor => anchor.Hash);
        byte[] previous = [];
        long count = 0;
        long last = 0;
        foreach (var row in rows)
        {
            if (row.AuditId != last + 1)
                Add(faults, $"row {row.AuditId}: row {last + 1} is missing or out of order.");
            if (!row.PrevHash.AsSpan().SequenceEqual(previous))
                Add(faults, $"row {row.AuditId}: does not follow the row before it.");
            if (!row.Hash.AsSpan().SequenceEqual(AuditTrail.Hash(row.PrevHash, row.AuditId, row.At, row.Actor, row.Action, row.Subject, row.Detail)))
                Add(faults, $"row {row.AuditId}: its content is not what was hashed.");
            if (waiting.Remove(row.AuditId, out var anchored) && anchored != Convert.ToHexStringLower(row.Hash))
                Add(faults, $"row {row.AuditId}: differs from the head anchored for it.");
            (previous, last) = (row.Hash, row.AuditId);
            count++;
        }

        foreach (var id in waiting.Keys.Order())
            Add(faults, $"row {id}: was anchored and is gone.");
        return new ChainReport(count, last, Convert.ToHexStringLower(previous), faults);
    }

    /// <summary>The rows in chain order, streamed. The transaction should be read only and repeatable.</summary>
    public static async IAsyncEnumerable<AuditRow> ReadAsync(NpgsqlConnection connection, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select audit_id, at, actor, action, subject, detail::text, prev_hash, hash from audit order by audit_id", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            yield return Row(reader);
    }

    /// <summary>Verifies the whole chain of a database against its stored anchors, more given ones, and its head.</summary>
    public static async Task<ChainReport> VerifyAsync(NpgsqlConnection connection, IReadOnlyCollection<AuditAnchor> outside, CancellationToken cancel)
    {
        var stored = await connection.QueryAsync<(long Id, byte[] Hash)>(new CommandDefinition("select audit_id, hash from audit_anchor", cancellationToken: cancel));
        var anchors = stored.Select(a => new AuditAnchor(a.Id, Convert.ToHexStringLower(a.Hash))).Concat(outside).DistinctBy(a => (a.AuditId, a.Hash)).ToList();
        var clashing = anchors.GroupBy(a => a.AuditId).Where(group => group.Count() > 1).Select(group => $"row {group.Key}: two different anchors exist.").ToList();
        var head = await connection.QuerySingleAsync<(long Id, byte[] Hash)>(new CommandDefinition("select audit_id, hash from audit_head", cancellationToken: cancel));
        var rows = new List<AuditRow>();
        await foreach (var row in ReadAsync(connection, cancel))
            rows.Add(row);
        var report = Verify(rows, anchors.DistinctBy(a => a.AuditId).ToList());
        var faults = report.Faults.Concat(clashing).ToList();
        if (report.LastId != head.Id || report.Head != Convert.ToHexStringLower(head.Hash))
            faults.Add($"row {head.Id}: is the recorded end of the chain, but the last row is {report.LastId}.");
        return report with { Faults = faults };
    }

    /// <summary>Notes the present head as anchored at <paramref name="keptAt"/>, and returns it to be kept there.</summary>
    public static async Task<AuditAnchor> AnchorAsync(NpgsqlConnection connection, string keptAt, Instant now, CancellationToken cancel)
    {
        var head = await connection.QuerySingleAsync<(long Id, byte[] Hash)>(new CommandDefinition("select audit_id, hash from audit_head", cancellationToken: cancel));
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into audit_anchor (audit_id, hash, anchored_at, kept_at) select @Id, @Hash, @now, @keptAt where @Id > 0 on conflict do nothing", new { head.Id, head.Hash, now, keptAt }, cancellationToken: cancel));
        return new AuditAnchor(head.Id, Convert.ToHexStringLower(head.Hash));
    }

    /// <summary>A row as one JSON line of an export, and back: the verifier needs no database.</summary>
    public static string ToLine(AuditRow row) => JsonSerializer.Serialize(row, ApiJson.Options);

    public static AuditRow FromLine(string line) =>
        JsonSerializer.Deserialize<AuditRow>(line, ApiJson.Options) ?? throw new JsonException("An audit line is empty.");

    private static AuditRow Row(NpgsqlDataReader r) => new(
        r.GetInt64(0), Instant.FromDateTimeUtc(r.GetDateTime(1)), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetFieldValue<byte[]>(6), r.GetFieldValue<byte[]>(7));

    private static void Add(List<string> faults, string fault)
    {
        if (faults.Count < FaultsShown)
            faults.Add(fault);
    }
}
