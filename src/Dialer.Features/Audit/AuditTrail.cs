using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapper;
using NodaTime;
using NodaTime.Text;
using Npgsql;

namespace Dialer.Features.Audit;

/// <summary>The append-only record of every change, each row chained to the one before by SHA-256.</summary>
/// <remarks>hash = SHA-256(previous hash, then the UTF-8 of "at|actor|action|subject|detail"). Writers queue on one advisory lock: changes by people are few.</remarks>
public static class AuditTrail
{
    private const long LockKey = 0x4155_4449_54; // "AUDIT"

    public static async Task AddAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string actor, string action, string subject, JsonElement detail, Instant now, CancellationToken cancel)
    {
        await connection.ExecuteAsync(new CommandDefinition("select pg_advisory_xact_lock(@LockKey)", new { LockKey }, transaction, cancellationToken: cancel));
        var previous = await connection.ExecuteScalarAsync<byte[]?>(new CommandDefinition(
            "select hash from audit order by audit_id desc limit 1", transaction: transaction, cancellationToken: cancel)) ?? [];
        var at = Instant.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
        var text = detail.GetRawText();
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into audit (at, actor, action, subject, detail, prev_hash, hash) values (@at, @actor, @action, @subject, @text, @previous, @hash)",
            new { at, actor, action, subject, text, previous, hash = Hash(previous, at, actor, action, subject, text) },
            transaction,
            cancellationToken: cancel));
    }

    public static byte[] Hash(byte[] previous, Instant at, string actor, string action, string subject, string detail) =>
        SHA256.HashData([.. previous, .. Encoding.UTF8.GetBytes($"{InstantPattern.ExtendedIso.Format(at)}|{actor}|{action}|{subject}|{detail}")]);
}
