namespace Dialer.Simulator.Webhooks;

/// <summary>Cookies of one call, kept by host as a browser would; attributes other than Max-Age=0 are not looked at.</summary>
public sealed class CookieJar
{
    private readonly Dictionary<(string Host, string Name), string> _cookies = [];

    public void Store(string url, IReadOnlyList<string> setCookies)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri))
            return;
        foreach (var cookie in setCookies)
        {
            var pair = cookie.Split(';')[0];
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                continue;
            var key = (uri.Host, pair[..equals].Trim());
            if (cookie.Contains("max-age=0", StringComparison.OrdinalIgnoreCase))
                _cookies.Remove(key);
            else
                _cookies[key] = pair[(equals + 1)..].Trim();
        }
    }

    public string For(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri)
        ? string.Join("; ", _cookies.Where(c => c.Key.Host == uri.Host).OrderBy(c => c.Key.Name, StringComparer.Ordinal).Select(c => $"{c.Key.Name}={c.Value}"))
        : string.Empty;
}
