using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace Dialer.Features.Recordings;

/// <summary>Every recording has a key of its own (AES-256-GCM, NIST SP 800-38D), kept under the installation's: a configured key, or its data-protection keys.</summary>
/// <remarks>
/// A part is sealed with its number as nonce, which no other part under that key has, and with the recording's id, its number and whether it is the last as additional data:
/// parts that were exchanged, reordered, cut off or taken from another recording do not open. Without its wrapped key a recording is noise; purging it destroys both.
/// </remarks>
public sealed class RecordingCipher(IDataProtectionProvider protection, IOptions<RecordingsOptions> options)
{
    public const int TagBytes = 16;
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const byte ByConfiguredKey = 1;
    private const byte ByDataProtection = 2;

    private readonly IDataProtector _protector = protection.CreateProtector("Dialer.Recordings.Key.v1");

    public static byte[] NewKey() => RandomNumberGenerator.GetBytes(KeyBytes);

    public byte[] Wrap(byte[] key, string recordingSid)
    {
        if (Configured() is not { } master)
            return [ByDataProtection, .. _protector.Protect(key)];
        var nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        var sealedKey = new byte[key.Length + TagBytes];
        using var aes = new AesGcm(master, TagBytes);
        aes.Encrypt(nonce, key, sealedKey.AsSpan(0, key.Length), sealedKey.AsSpan(key.Length), Encoding.UTF8.GetBytes(recordingSid));
        return [ByConfiguredKey, .. nonce, .. sealedKey];
    }

    /// <exception cref="CryptographicException">The key was wrapped by another installation, or was changed.</exception>
    public byte[] Unwrap(byte[] wrapped, string recordingSid)
    {
        if (wrapped is [ByDataProtection, ..])
            return _protector.Unprotect(wrapped[1..]);
        if (wrapped is not [ByConfiguredKey, ..] || wrapped.Length != 1 + NonceBytes + KeyBytes + TagBytes || Configured() is not { } master)
            throw new CryptographicException("The recording's key cannot be opened: Dialer__Recordings__Key is missing or is another.");
        var key = new byte[KeyBytes];
        var body = wrapped.AsSpan(1 + NonceBytes);
        using var aes = new AesGcm(master, TagBytes);
        aes.Decrypt(wrapped.AsSpan(1, NonceBytes), body[..KeyBytes], body[KeyBytes..], key, Encoding.UTF8.GetBytes(recordingSid));
        return key;
    }

    /// <summary>The sealed bytes and their tag, <see cref="TagBytes"/> longer than what went in.</summary>
    public static byte[] Seal(AesGcm aes, string recordingSid, int n, bool last, ReadOnlySpan<byte> sound)
    {
        var part = new byte[sound.Length + TagBytes];
        aes.Encrypt(Nonce(n), sound, part.AsSpan(0, sound.Length), part.AsSpan(sound.Length), About(recordingSid, n, last));
        return part;
    }

    /// <exception cref="CryptographicException">The part is not the one that was sealed at this place.</exception>
    public static byte[] Open(AesGcm aes, string recordingSid, int n, bool last, ReadOnlySpan<byte> part)
    {
        if (part.Length < TagBytes)
            throw new CryptographicException("A part of a recording is too short.");
        var sound = new byte[part.Length - TagBytes];
        aes.Decrypt(Nonce(n), part[..sound.Length], part[sound.Length..], sound, About(recordingSid, n, last));
        return sound;
    }

    private byte[]? Configured() => options.Value.Key.Length == 0 ? null : Convert.FromBase64String(options.Value.Key);

    private static byte[] Nonce(int n)
    {
        var nonce = new byte[NonceBytes];
        BinaryPrimitives.WriteInt32BigEndian(nonce.AsSpan(NonceBytes - 4), n);
        return nonce;
    }

    private static byte[] About(string recordingSid, int n, bool last) => Encoding.UTF8.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{recordingSid}/{n}/{(last ? "last" : "more")}"));
}
