using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapper;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Audit;

/// <summary>The append-only record of every change, each row chained to the one before by SHA-256.</summary>
/// <remarks>
/// hash = SHA-256 of the previous hash and then audit id, milliseconds since 1970, actor, action, subject and detail, each with its length before it, so that no two rows read alike.
/// The detail is hashed as PostgreSQL writes it back. Writers queue on the row of <c>audit_head</c>: changes made by people are few.
/// </remarks>
public static class AuditTrail
{
    public static async Task AddAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string actor, string action, string subject, JsonElement detail, Instant now, CancellationToken cancel)
    {
        var head = await connection.QuerySingleAsync<(long Id, byte[] Hash, string Detail)>(new CommandDefinition(
            "select audit_id, hash, @text::jsonb::text from audit_head for update", new { text = detail.GetRawText() }, transaction, cancellationToken: cancel));
        var id = head.Id + 1;
        var at = Instant.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
        var hash = Hash(head.Hash, id, at, actor, action, subject, head.Detail);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into audit (audit_id, at, actor, action, subject, detail, prev_hash, hash) overriding system value values (@id, @at, @actor, @action, @subject, @Detail::jsonb, @Previous, @hash);
            update audit_head set audit_id = @id, hash = @hash;
            """,
            new { id, at, actor, action, subject, head.Detail, Previous = head.Hash, hash },
            transaction,
            cancellationToken: cancel));
    }

    /// <summary>The same for a value that serialises to JSON.</summary>
    public static Task AddAsync<T>(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string actor, string action, string subject, T detail, Instant now, CancellationToken cancel) =>
        AddAsync(connection, transaction, actor, action, subject, JsonSerializer.SerializeToElement(detail, ApiJson.Options), now, cancel);

    public static byte[] Hash(byte[] previous, long id, Instant at, string actor, string action, string subject, string detail)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(previous);
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(number, id);
        hash.AppendData(number);
        BinaryPrimitives.WriteInt64BigEndian(number, at.ToUnixTimeMilliseconds());
        hash.AppendData(number);
        foreach (var text in new[] { actor, action, subject, detail })
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteInt64BigEndian(number, bytes.Length);
            hash.AppendData(number);
            hash.AppendData(bytes);
        }

        return hash.GetHashAndReset();
    }
}
