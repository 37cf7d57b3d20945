using System.Globalization;
using NodaTime;

namespace Dialer.Simulator.Webhooks;

/// <summary>Cookies of one call, kept as a browser would: by host or domain, path and name, until they expire, and sent over https only where they say Secure.</summary>
/// <remarks>RFC 6265. Twilio keeps a cookie for four hours at most, whatever it asks for.</remarks>
public sealed class CookieJar
{
    private static readonly Duration Longest = Duration.FromHours(4);
    private readonly Dictionary<(string Domain, string Path, string Name), Cookie> _cookies = [];

    /// <summary>Takes what an answer sets; a cookie that has expired already goes.</summary>
    public void Store(string url, IReadOnlyList<string> setCookies, Instant now)
    {
        foreach (var gone in _cookies.Where(c => c.Value.Until <= now).Select(c => c.Key).ToList())
            _cookies.Remove(gone);
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri))
            return;
        foreach (var text in setCookies)
        {
            var parts = text.Split(';', StringSplitOptions.TrimEntries);
            var equals = parts[0].IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                continue;
            var attributes = parts.Skip(1).Select(p => p.Split('=', 2, StringSplitOptions.TrimEntries)).Where(p => p[0].Length > 0).ToLookup(p => p[0], p => p.Length > 1 ? p[1] : string.Empty, StringComparer.OrdinalIgnoreCase);
            var domain = attributes["Domain"].LastOrDefault() is { Length: > 0 } given ? given.TrimStart('.').ToLowerInvariant() : null;
            if (domain is not null && !Belongs(uri.Host, domain))
                continue; // a host may not set another's cookies
            var path = attributes["Path"].LastOrDefault() is ['/', ..] set ? set : Directory(uri.AbsolutePath);
            var key = (domain ?? uri.Host, path, parts[0][..equals].Trim());
            var until = Until(attributes, now);
            if (until <= now)
                _cookies.Remove(key);
            else
                _cookies[key] = new Cookie(parts[0][(equals + 1)..].Trim(), until, attributes.Contains("Secure"), domain is null);
        }
    }

    /// <summary>The Cookie header for this address, empty for none: longer paths first.</summary>
    public string For(string url, Instant now) => _cookies.Count > 0 && Uri.TryCreate(url, UriKind.Absolute, out var uri)
        ? string.Join("; ", _cookies
            .Where(c => c.Value.Until > now && (c.Value.HostOnly ? uri.Host == c.Key.Domain : Belongs(uri.Host, c.Key.Domain)) && Below(uri.AbsolutePath, c.Key.Path) && (!c.Value.Secure || uri.Scheme == Uri.UriSchemeHttps))
            .OrderByDescending(c => c.Key.Path.Length).ThenBy(c => c.Key.Name, StringComparer.Ordinal)
            .Select(c => $"{c.Key.Name}={c.Value.Value}"))
        : string.Empty;

    public void Clear() => _cookies.Clear();

    private static Instant Until(ILookup<string, string> attributes, Instant now)
    {
        if (attributes["Max-Age"].LastOrDefault() is { } age && long.TryParse(age, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
            return seconds <= 0 ? now : now + Duration.Min(Longest, Duration.FromSeconds(Math.Min(seconds, 86_400)));
        return attributes["Expires"].LastOrDefault() is { } expires && DateTimeOffset.TryParse(expires, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? Instant.Min(Instant.FromDateTimeOffset(at), now + Longest)
            : now + Longest;
    }

    private static bool Belongs(string host, string domain) =>
        host.Equals(domain, StringComparison.OrdinalIgnoreCase) || (host.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase) && domain.Contains('.', StringComparison.Ordinal));

    private static bool Below(string path, string root) => path == root || (path.StartsWith(root, StringComparison.Ordinal) && (root.EndsWith('/') || path[root.Length] == '/'));

    private static string Directory(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "/";

    private sealed record Cookie(string Value, Instant Until, bool Secure, bool HostOnly);
}
