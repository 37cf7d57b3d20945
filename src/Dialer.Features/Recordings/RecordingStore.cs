using System.Security.Cryptography;
using Dapper;
using Dialer.Storage.Postgres;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Recordings;

/// <summary>The sound of recordings, encrypted, in PostgreSQL: every node can read it, and a backup has it with the rows it belongs to.</summary>
public sealed class RecordingStore(Database database, RecordingCipher cipher)
{
    private const int PartBytes = 1 << 20;

    /// <summary>Writes a recording and reads it back before it commits: what is stored is whole. Nothing is kept when it is longer than <paramref name="maxBytes"/> or cannot be read.</summary>
    /// <returns>False when it is too long.</returns>
    public Task<bool> WriteAsync(string recordingSid, Stream sound, string mediaType, long maxBytes, Instant now, CancellationToken cancel) => database.InTransactionAsync(
        async (connection, transaction) =>
        {
            await connection.ExecuteAsync(new CommandDefinition("delete from recording_part where recording_sid = @recordingSid", new { recordingSid }, transaction, cancellationToken: cancel));
            var key = RecordingCipher.NewKey();
            using var aes = new AesGcm(key, RecordingCipher.TagBytes);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var (current, next) = (new byte[PartBytes], new byte[PartBytes]);
            var length = await sound.ReadAtLeastAsync(current, PartBytes, throwOnEndOfStream: false, cancel);
            long bytes = 0;
            for (var n = 0; ; n++)
            {
                var following = length < PartBytes ? 0 : await sound.ReadAtLeastAsync(next, PartBytes, throwOnEndOfStream: false, cancel);
                bytes += length;
                if (bytes > maxBytes)
                {
                    await transaction.RollbackAsync(cancel);
                    return false;
                }

                hash.AppendData(current, 0, length);
                await connection.ExecuteAsync(new CommandDefinition(
                    "insert into recording_part (recording_sid, n, data) values (@recordingSid, @n, @data)",
                    new { recordingSid, n, data = RecordingCipher.Seal(aes, recordingSid, n, following == 0, current.AsSpan(0, length)) }, transaction, cancellationToken: cancel));
                if (following == 0)
                    break;
                (current, next, length) = (next, current, following);
            }

            var sha256 = hash.GetHashAndReset();
            await RequireSameAsync(connection, transaction, recordingSid, aes, sha256, cancel);
            await connection.ExecuteAsync(new CommandDefinition(
                """
                update recording_media set state = 'Stored', wrapped_key = @wrapped, media_type = @mediaType, bytes = @bytes, sha256 = @sha256, stored_at = @now, last_error = null, tries = 0, next_at = @now
                where recording_sid = @recordingSid
                """,
                new { recordingSid, wrapped = cipher.Wrap(key, recordingSid), mediaType, bytes, sha256, now }, transaction, cancellationToken: cancel));
            return true;
        },
        cancel);

    /// <summary>Writes the sound out, part by part; each part is proven before a byte of it leaves.</summary>
    /// <exception cref="CryptographicException">Somebody changed what is stored.</exception>
    public async Task CopyToAsync(string recordingSid, byte[] wrappedKey, Stream output, CancellationToken cancel)
    {
        using var aes = new AesGcm(cipher.Unwrap(wrappedKey, recordingSid), RecordingCipher.TagBytes);
        await using var connection = await database.OpenAsync(cancel);
        await foreach (var sound in PartsAsync(connection, null, recordingSid, aes, cancel))
            await output.WriteAsync(sound, cancel);
    }

    private static async Task RequireSameAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string recordingSid, AesGcm aes, byte[] sha256, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await foreach (var sound in PartsAsync(connection, transaction, recordingSid, aes, cancel))
            hash.AppendData(sound);
        if (!CryptographicOperations.FixedTimeEquals(hash.GetHashAndReset(), sha256))
            throw new InvalidOperationException($"Recording {recordingSid} was not read back as it was written; nothing of it is kept.");
    }

    private static async IAsyncEnumerable<byte[]> PartsAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string recordingSid, AesGcm aes, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var last = await connection.ExecuteScalarAsync<int?>(new CommandDefinition(
            "select max(n) from recording_part where recording_sid = @recordingSid", new { recordingSid }, transaction, cancellationToken: cancel)) ?? throw new CryptographicException("The recording has no parts.");
        for (var n = 0; n <= last; n++)
        {
            var part = await connection.ExecuteScalarAsync<byte[]>(new CommandDefinition(
                "select data from recording_part where recording_sid = @recordingSid and n = @n", new { recordingSid, n }, transaction, cancellationToken: cancel))
                ?? throw new CryptographicException("A part of the recording is missing.");
            yield return RecordingCipher.Open(aes, recordingSid, n, n == last, part);
        }
    }
}
