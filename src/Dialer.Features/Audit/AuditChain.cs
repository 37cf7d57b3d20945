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
/// <param name="ProvenTo">The newest row for which a head kept outside was given: a chain cut or rewritten after it may look whole. 0: no head was given.</param>
public sealed record ChainReport(long Rows, long LastId, string Head, IReadOnlyList<string> Faults, long ProvenTo = 0)
{
    [JsonIgnore]
    public bool Intact => Faults.Count == 0;
}

/// <summary>Reads the chain from its beginning and says where it was changed, reordered, cut or forged. Needs the rows only, not this installation.</summary>
public static class AuditChain
{
    private const int FaultsShown = 100;

    /// <param name="anchors">Heads kept outside. Without them a chain cut at its end and re-headed looks whole. The same head may be given more than once.</param>
    public static ChainReport Verify(IEnumerable<AuditRow> rows, IReadOnlyCollection<AuditAnchor> anchors)
    {
        var links = new Links(anchors);
        foreach (var row in rows)
            links.Add(row);
        return links.Finish() with { ProvenTo = Newest(anchors, links.LastId) };
    }

    private static long Newest(IEnumerable<AuditAnchor> anchors, long last) => anchors.Select(anchor => anchor.AuditId).Where(id => id <= last).DefaultIfEmpty().Max();

    /// <summary>The chain so far, one row at a time: a trail of any length is verified in the memory of one row.</summary>
    private sealed class Links
    {
        private readonly List<string> _faults = [];
        private readonly Dictionary<long, string> _waiting = [];
        private byte[] _previous = [];
        private long _count;

        public Links(IEnumerable<AuditAnchor> anchors)
        {
            foreach (var anchor in anchors)
            {
                if (!_waiting.TryAdd(anchor.AuditId, anchor.Hash) && !Same(_waiting[anchor.AuditId], anchor.Hash))
                    Fault($"row {anchor.AuditId}: two different anchors exist.");
            }
        }

        public long LastId { get; private set; }

        public void Add(AuditRow row)
        {
            if (row.AuditId != LastId + 1)
                Fault($"row {row.AuditId}: row {LastId + 1} is missing or out of order.");
            if (!row.PrevHash.AsSpan().SequenceEqual(_previous))
                Fault($"row {row.AuditId}: does not follow the row before it.");
            if (!row.Hash.AsSpan().SequenceEqual(AuditTrail.Hash(row.PrevHash, row.AuditId, row.At, row.Actor, row.Action, row.Subject, row.Detail)))
                Fault($"row {row.AuditId}: its content is not what was hashed.");
            if (_waiting.Remove(row.AuditId, out var anchored) && !Same(anchored, Convert.ToHexStringLower(row.Hash)))
                Fault($"row {row.AuditId}: differs from the head anchored for it.");
            (_previous, LastId) = (row.Hash, row.AuditId);
            _count++;
        }

        public ChainReport Finish()
        {
            foreach (var id in _waiting.Keys.Order())
                Fault($"row {id}: was anchored and is gone.");
            return new ChainReport(_count, LastId, Convert.ToHexStringLower(_previous), _faults);
        }

        private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

        private void Fault(string fault)
        {
            if (_faults.Count < FaultsShown)
                _faults.Add(fault);
        }
    }

    /// <summary>The rows in chain order, streamed. The transaction should be read only and repeatable.</summary>
    public static async IAsyncEnumerable<AuditRow> ReadAsync(NpgsqlConnection connection, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select audit_id, at, actor, action, subject, detail::text, prev_hash, hash from audit order by audit_id", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            yield return Row(reader);
    }

    /// <summary>Verifies the whole chain of a database against its stored anchors, more given ones, and its head, as they stood at one moment: people may go on working.</summary>
    public static async Task<ChainReport> VerifyAsync(NpgsqlConnection connection, IReadOnlyCollection<AuditAnchor> outside, CancellationToken cancel)
    {
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        var stored = await connection.QueryAsync<(long Id, byte[] Hash)>(new CommandDefinition("select audit_id, hash from audit_anchor", transaction: snapshot, cancellationToken: cancel));
        var head = await connection.QuerySingleAsync<(long Id, byte[] Hash)>(new CommandDefinition("select audit_id, hash from audit_head", transaction: snapshot, cancellationToken: cancel));
        var links = new Links(stored.Select(anchor => new AuditAnchor(anchor.Id, Convert.ToHexStringLower(anchor.Hash))).Concat(outside));
        await foreach (var row in ReadAsync(connection, cancel))
            links.Add(row);
        var report = links.Finish();
        IReadOnlyList<string> faults = report.LastId == head.Id && report.Head == Convert.ToHexStringLower(head.Hash)
            ? report.Faults
            : [.. report.Faults, $"row {head.Id}: is the recorded end of the chain, but the last row is {report.LastId}."];
        return report with { Faults = faults, ProvenTo = Newest(outside, report.LastId) };
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
}
