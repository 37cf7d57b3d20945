using System.Security.Cryptography;
using System.Text;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Webhooks;

/// <summary>The X-Twilio-Signature header: HMAC-SHA1, keyed by the primary auth token, over the URL and the sorted form fields.</summary>
/// <remarks>https://www.twilio.com/docs/usage/security. A GET is signed by its URL alone; a repeated name contributes each distinct value once, sorted.</remarks>
public static class Signature
{
    /// <summary>The signature of exactly this URL; <paramref name="fields"/> are the form fields of a POST, null for a GET or a JSON body.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5350", Justification = "X-Twilio-Signature is HMAC-SHA1 by definition.")]
    public static string Of(string authToken, string url, IEnumerable<KeyValuePair<string, string>>? fields)
    {
        var data = new StringBuilder(url);
        if (fields is not null)
        {
            foreach (var (name, value) in fields
                .Distinct()
                .OrderBy(f => f.Key, StringComparer.Ordinal)
                .ThenBy(f => f.Value, StringComparer.Ordinal))
                data.Append(name).Append(value);
        }

        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(authToken), Encoding.UTF8.GetBytes(data.ToString())));
    }

    /// <summary>The URL that is signed: without fragment; over https without port and user information, over http as written.</summary>
    public static string SignedUrl(string url)
    {
        var hash = url.IndexOf('#', StringComparison.Ordinal);
        var bare = hash < 0 ? url : url[..hash];
        if (!bare.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            return bare;
        var end = bare.AsSpan(8).IndexOfAny('/', '?');
        var authority = end < 0 ? bare[8..] : bare[8..(8 + end)];
        var rest = end < 0 ? string.Empty : bare[(8 + end)..];
        var host = authority[(authority.LastIndexOf('@') + 1)..];
        var colon = host.LastIndexOf(':');
        if (colon > host.LastIndexOf(']'))
            host = host[..colon];
        return bare[..8] + host + rest;
    }

    /// <summary>The name and value of the query parameter that binds a JSON body to its URL.</summary>
    public static string BodyHash(string body) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)));

    public static string Of(string authToken, string method, string url, Form fields) =>
        Of(authToken, SignedUrl(url), method == "POST" ? fields : null);
}
