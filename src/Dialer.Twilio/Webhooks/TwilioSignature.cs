using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Dialer.Twilio.Webhooks;

/// <summary>The <c>X-Twilio-Signature</c> header: base64 of HMAC-SHA1, keyed by the auth token, over the exact URL and the sorted form.</summary>
/// <remarks>
/// Source: Twilio, "Webhooks security". The URL is taken as it was called: query included, fragment not, nothing decoded or encoded again.
/// Form fields are sorted by name, ordinal; a repeated name contributes its distinct values, sorted. A JSON body signs the URL alone, which then
/// carries <c>bodySHA256</c>. Twilio's own systems disagree on whether a default port is signed, so the URL is tried with and without it.
/// Comparison is in constant time.
/// </remarks>
public static class TwilioSignature
{
    /// <summary>Base64 of the 20 bytes of an HMAC-SHA1.</summary>
    private const int SignatureLength = 28;

    /// <summary>Bytes signed without a rented buffer; Twilio's webhooks are shorter.</summary>
    private const int UsualLength = 2048;

    /// <summary>The signature Twilio would send for exactly this URL.</summary>
    public static string Compute(string authToken, string url, IEnumerable<KeyValuePair<string, string>> form)
    {
        Span<byte> signature = stackalloc byte[SignatureLength];
        Sign(Encoding.UTF8.GetBytes(authToken), url, Of(form), signature);
        return Encoding.ASCII.GetString(signature);
    }

    /// <summary>True when one of the tokens signed this URL and form. Only a good signature ends the search early, so timing tells nothing to who has none.</summary>
    public static bool Validate(string? signature, string url, IReadOnlyCollection<KeyValuePair<string, string>> form, IEnumerable<string> authTokens) =>
        Validate(signature, url, Of(form), [.. authTokens.Select(Encoding.UTF8.GetBytes)]);

    /// <inheritdoc cref="Validate(string?, string, IReadOnlyCollection{KeyValuePair{string, string}}, IEnumerable{string})"/>
    internal static bool Validate(string? signature, string url, TwilioForm form, byte[][] authTokens)
    {
        if (signature is not { Length: SignatureLength })
            return false;
        Span<byte> given = stackalloc byte[SignatureLength];
        if (!Encoding.ASCII.TryGetBytes(signature, given, out _))
            return false;
        Span<byte> expected = stackalloc byte[SignatureLength];
        foreach (var key in authTokens)
        {
            if (key.Length == 0)
                continue;
            Sign(key, url, form, expected);
            if (CryptographicOperations.FixedTimeEquals(given, expected))
                return true;
            if (WithOtherPort(url) is not { } other)
                continue;
            Sign(key, other, form, expected);
            if (CryptographicOperations.FixedTimeEquals(given, expected))
                return true;
        }

        return false;
    }

    private static TwilioForm Of(IEnumerable<KeyValuePair<string, string>> form) => TwilioForm.Of([.. form.Select(field => (field.Key, field.Value))]);

    /// <summary>The base64 of the HMAC over URL and fields.</summary>
    private static void Sign(byte[] key, string url, TwilioForm form, Span<byte> signature)
    {
        var length = Encoding.UTF8.GetMaxByteCount(url.Length) + form.Length;
        var rented = length > UsualLength ? ArrayPool<byte>.Shared.Rent(length) : null;
        Span<byte> text = rented is null ? stackalloc byte[UsualLength] : rented;
        var end = Encoding.UTF8.GetBytes(url, text);
        end += form.CopySorted(text[end..]);
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // HMAC-SHA1 is Twilio's choice; the weakness of SHA-1 is collisions, not its HMAC.
        HMACSHA1.HashData(key, text[..end], hash);
#pragma warning restore CA5350
        Base64.EncodeToUtf8(hash, signature, out _, out _);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
    }

    /// <summary>For a JSON body: the URL's signature and the body's SHA-256 against the URL's <c>bodySHA256</c>.</summary>
    public static bool ValidateBody(string? signature, string url, ReadOnlySpan<byte> body, IEnumerable<string> authTokens)
    {
        var expected = QueryValue(url, "bodySHA256");
        var actual = Convert.ToHexStringLower(SHA256.HashData(body));
        return expected is not null
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected.ToLowerInvariant()), Encoding.UTF8.GetBytes(actual))
            && Validate(signature, url, [], authTokens);
    }

    /// <summary>The URL without its port, or with its scheme's default one where it has none; null when it is no URL.</summary>
    private static string? WithOtherPort(string url)
    {
        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
            return null;
        var start = scheme + 3;
        var end = url.AsSpan(start).IndexOfAny('/', '?');
        end = end < 0 ? url.Length : start + end;
        var authority = url.AsSpan(start, end - start);
        var host = authority.LastIndexOf('@') + 1;
        var colon = authority[host..].LastIndexOf(':');
        var bracket = authority[host..].LastIndexOf(']');
        return colon > bracket
            ? string.Concat(url.AsSpan(0, start + host + colon), url.AsSpan(end))
            : string.Concat(url.AsSpan(0, end), url.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ? ":443" : ":80", url.AsSpan(end));
    }

    private static string? QueryValue(string url, string name)
    {
        var query = url.IndexOf('?', StringComparison.Ordinal);
        if (query < 0)
            return null;
        foreach (var pair in url[(query + 1)..].Split('&'))
        {
            if (pair.StartsWith(name + "=", StringComparison.Ordinal))
                return pair[(name.Length + 1)..];
        }

        return null;
    }
}
