using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Dialer.Core;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Twilio.Webhooks;

/// <summary>Which attempt a webhook is about, and the UTC day the attempt was made (the key of its partition).</summary>
public readonly record struct AttemptToken(AttemptId Attempt, LocalDate Day);

/// <summary>Makes and reads the <c>t</c> of webhook URLs: attempt, day, and an HMAC-SHA256 over both, 38 URL-safe characters.</summary>
/// <remarks>
/// The token makes any webhook identify its attempt even when the answer to the POST that placed the call was lost. It proves only that this
/// installation made the URL; that Twilio calls it is proved by the signature. The MAC is cut to 128 bits and compared in constant time.
/// </remarks>
public sealed class AttemptTokens
{
    private const int DataLength = 12;
    private const int MacLength = 16;
    private static readonly LocalDate Epoch = new(1970, 1, 1);

    private readonly byte[] _key;
    private readonly byte[] _digestKey;

    public AttemptTokens(IOptions<PublicFaceOptions> options)
    {
        var secret = Encoding.UTF8.GetBytes(options.Value.TokenKey);
        _key = HMACSHA256.HashData(secret, "attempt-token"u8);
        _digestKey = HMACSHA256.HashData(secret, "digest"u8);
    }

    public string Issue(AttemptId attempt, Instant createdAt) => Issue(new AttemptToken(attempt, createdAt.InUtc().Date));

    public string Issue(AttemptToken token)
    {
        Span<byte> bytes = stackalloc byte[DataLength + MacLength];
        BinaryPrimitives.WriteInt64BigEndian(bytes, token.Attempt.Value);
        BinaryPrimitives.WriteInt32BigEndian(bytes[8..], Period.DaysBetween(Epoch, token.Day));
        Sign(bytes[..DataLength], bytes[DataLength..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>64 bits of a keyed digest, in hexadecimal: the same text is known again, and who has only the database cannot guess a few digits back from it.</summary>
    public string DigestOf(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(_digestKey, Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));

    /// <summary>False for anything this key did not issue, character for character.</summary>
    public bool TryRead(string? text, out AttemptToken token)
    {
        token = default;
        Span<byte> bytes = stackalloc byte[DataLength + MacLength];
        if (text is null || text.Length != Base64Url.GetEncodedLength(bytes.Length) || !Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, bytes, out var length) || length != bytes.Length)
            return false;
        Span<byte> mac = stackalloc byte[MacLength];
        Sign(bytes[..DataLength], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, bytes[DataLength..]) || Base64Url.EncodeToString(bytes) != text)
            return false;
        var days = BinaryPrimitives.ReadInt32BigEndian(bytes[8..]);
        token = new AttemptToken(new AttemptId(BinaryPrimitives.ReadInt64BigEndian(bytes)), Epoch.PlusDays(days));
        return true;
    }

    private void Sign(ReadOnlySpan<byte> data, Span<byte> mac)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, data, whole);
        whole[..MacLength].CopyTo(mac);
    }
}
