using System.Buffers.Binary;
using System.Security.Cryptography;
using NodaTime;

namespace Dialer.Features.Access;

/// <summary>Time-based one-time passwords: HMAC-SHA-1, 30 seconds, six digits (RFC 6238, RFC 4226).</summary>
public static class Totp
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const int Step = 30;

    /// <summary>160 random bits in base 32, as authenticator programs take them.</summary>
    public static string NewSecret() => string.Concat(RandomNumberGenerator.GetBytes(32).Select(value => Alphabet[value & 31]));

    public static string Uri(string secret, string userName) => $"otpauth://totp/Dialer:{System.Uri.EscapeDataString(userName)}?secret={secret}&issuer=Dialer&algorithm=SHA1&digits=6&period=30";

    public static long StepAt(Instant now) => now.ToUnixTimeSeconds() / Step;

    public static string Code(string secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
#pragma warning disable CA5350 // RFC 6238's default, and what authenticator programs speak; HMAC does not need collision resistance
        var hash = HMACSHA1.HashData(Bytes(secret), counter);
#pragma warning restore CA5350
        var offset = hash[^1] & 15;
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(offset, 4)) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The step whose code this is, one step of clock error either way allowed; null when it is none, or not after <paramref name="lastUsed"/>.</summary>
    public static long? Accepts(string secret, string code, Instant now, long lastUsed)
    {
        var given = System.Text.Encoding.ASCII.GetBytes(code.Trim());
        long? found = null;
        for (var step = StepAt(now) - 1; step <= StepAt(now) + 1; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(given, System.Text.Encoding.ASCII.GetBytes(Code(secret, step))) && step > lastUsed)
                found = step;
        }

        return found;
    }

    private static byte[] Bytes(string base32)
    {
        var bytes = new byte[base32.Length * 5 / 8];
        var (buffer, bits, at) = (0, 0, 0);
        foreach (var letter in base32)
        {
            buffer = (buffer << 5) | Alphabet.IndexOf(letter, StringComparison.Ordinal);
            bits += 5;
            if (bits < 8)
                continue;
            bits -= 8;
            bytes[at++] = (byte)(buffer >> bits);
            buffer &= (1 << bits) - 1;
        }

        return bytes;
    }
}
