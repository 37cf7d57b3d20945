using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Dapper;
using Dialer.Core.Pacing;
using Dialer.Storage.Postgres;
using NodaTime;

namespace Dialer.Features.Dialing;

/// <summary>One point of a campaign's plot: sums over the ticks of a chunk, and the floor as it was at the last of them.</summary>
/// <param name="Inbound">Callers in who take one of these agents, a minute.</param>
public sealed record PacingPoint(
    Instant At, int Ticks, int Dials, int Started, int Progressive, int Ratio, int Working, int Idle, int Talking, int Wrap, int Other, int InFlight, int Waiting,
    double Loss, double Tau, double Expected, double AnswerRate, double Free, long Answers, long Abandoned, PacingMode Mode, Degradation Degraded, PacingBound Bound, int Held, string? Alarm, double Inbound = 0);

/// <summary>What was decided and from what, kept so that it can be plotted and made again: compressed lines, a few seconds of them a row.</summary>
public sealed class PacingSeries(Database database)
{
    public sealed record Chunk(long CampaignId, Instant At, long Epoch, long Seq, bool Starts, PacingPoint Point, IReadOnlyList<string> Lines);

    /// <summary>Stores a chunk and what the engine has learned, unless a newer leader has taken over: then false, and nothing is stored.</summary>
    /// <param name="seenAt">Everything that the rows showed up to here is in <paramref name="memory"/>.</param>
    public Task<bool> StoreAsync(Chunk chunk, string memory, Instant seenAt, CancellationToken cancel) => database.InTransactionAsync(
        async (connection, transaction) =>
        {
            if (!await Leases.ProveAsync(connection, transaction, DialBatch.LeaseOf(chunk.CampaignId), chunk.Epoch, cancel))
                return false;
            await connection.ExecuteAsync(new CommandDefinition(
                """
                insert into pacing_tick (campaign_id, at, epoch, seq, ticks, starts, point, lines)
                values (@CampaignId, @At, @Epoch, @Seq, @Ticks, @Starts, cast(@point as jsonb), @lines) on conflict do nothing;
                insert into pacing_memory (campaign_id, memory, seen_at) values (@CampaignId, cast(@memory as jsonb), @seenAt)
                on conflict (campaign_id) do update set memory = excluded.memory, seen_at = excluded.seen_at
                """,
                new
                {
                    chunk.CampaignId, chunk.At, chunk.Epoch, chunk.Seq, chunk.Point.Ticks, chunk.Starts, memory, seenAt,
                    point = JsonSerializer.Serialize(chunk.Point, PacingJson.Options), lines = Pack(chunk.Lines),
                },
                transaction,
                cancellationToken: cancel));
            return true;
        },
        cancel);

    public async Task<IReadOnlyList<PacingPoint>> PointsAsync(long campaignId, Instant from, Instant to, CancellationToken cancel) =>
        [.. (await database.QueryAsync<string>(
            "select point::text from pacing_tick where campaign_id = @campaignId and at > @from and at <= @to order by at", new { campaignId, from, to }, cancel))
            .Select(json => JsonSerializer.Deserialize<PacingPoint>(json, PacingJson.Options)!)];

    /// <summary>The stored lines of a campaign in pieces that each begin with the engine's memory and have no gap: what <see cref="PacingReplay"/> takes. Chunks before the first that starts a piece are left out.</summary>
    public async IAsyncEnumerable<IReadOnlyList<string>> PiecesAsync(long campaignId, Instant from, Instant to, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var rows = await database.QueryAsync<StoredKey>(
            "select at, epoch, seq, starts from pacing_tick where campaign_id = @campaignId and at >= @from and at <= @to order by at, seq", new { campaignId, from, to }, cancel);
        var piece = new List<string>();
        StoredKey? before = null;
        foreach (var row in rows)
        {
            var follows = before is not null && row.Epoch == before.Epoch && row.Seq == before.Seq + 1;
            if (row.Starts || !follows)
            {
                if (piece.Count > 0)
                    yield return piece;
                piece = [];
            }

            before = row.Starts || follows ? row : null;
            if (before is null)
                continue;
            var packed = await database.FindAsync<byte[]>("select lines from pacing_tick where campaign_id = @campaignId and at = @At and seq = @Seq", new { campaignId, row.At, row.Seq }, cancel);
            piece.AddRange(Unpack(packed!));
        }

        if (piece.Count > 0)
            yield return piece;
    }

    internal static byte[] Pack(IReadOnlyList<string> lines)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest))
        using (var text = new StreamWriter(brotli, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" })
        {
            foreach (var line in lines)
                text.WriteLine(line);
        }

        return packed.ToArray();
    }

    internal static IReadOnlyList<string> Unpack(byte[] packed)
    {
        using var text = new StreamReader(new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress), Encoding.UTF8);
        var lines = new List<string>();
        while (text.ReadLine() is { } line)
            lines.Add(line);
        return lines;
    }

    private sealed class StoredKey
    {
        public Instant At { get; init; }

        public long Epoch { get; init; }

        public long Seq { get; init; }

        public bool Starts { get; init; }
    }
}
