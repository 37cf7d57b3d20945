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
    /// <summary>The signature Twilio would send for exactly this URL.</summary>
    public static string Compute(string authToken, string url, IEnumerable<KeyValuePair<string, string>> form)
    {
        var text = new StringBuilder(url, url.Length + 512);
        foreach (var group in form.GroupBy(pair => pair.Key, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            foreach (var value in group.Select(pair => pair.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
                text.Append(group.Key).Append(value);
        }

#pragma warning disable CA5350 // HMAC-SHA1 is Twilio's choice; the weakness of SHA-1 is collisions, not its HMAC.
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(authToken), Encoding.UTF8.GetBytes(text.ToString())));
#pragma warning restore CA5350
    }

    /// <summary>True when one of the tokens signed this URL and form. Every token and port form is always tried, so timing tells nothing.</summary>
    public static bool Validate(string? signature, string url, IReadOnlyCollection<KeyValuePair<string, string>> form, IEnumerable<string> authTokens)
    {
        var given = Encoding.UTF8.GetBytes(signature ?? "");
        var valid = false;
        foreach (var token in authTokens.Where(token => token.Length > 0))
        {
            foreach (var candidate in PortForms(url))
                valid |= CryptographicOperations.FixedTimeEquals(given, Encoding.UTF8.GetBytes(Compute(token, candidate, form)));
        }

        return valid;
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

    /// <summary>The URL as given, then without its port, or with its scheme's default one.</summary>
    private static IEnumerable<string> PortForms(string url)
    {
        yield return url;
        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
            yield break;
        var start = scheme + 3;
        var end = url.AsSpan(start).IndexOfAny('/', '?');
        end = end < 0 ? url.Length : start + end;
        var authority = url.AsSpan(start, end - start);
        var host = authority.LastIndexOf('@') + 1;
        var colon = authority[host..].LastIndexOf(':');
        var bracket = authority[host..].LastIndexOf(']');
        if (colon > bracket)
            yield return string.Concat(url.AsSpan(0, start + host + colon), url.AsSpan(end));
        else
            yield return string.Concat(url.AsSpan(0, end), url.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ? ":443" : ":80", url.AsSpan(end));
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
