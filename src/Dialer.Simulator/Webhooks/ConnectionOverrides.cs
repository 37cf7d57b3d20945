namespace Dialer.Simulator.Webhooks;

/// <summary>How a webhook is tried, from the URL's fragment: <c>#ct=1000&amp;rt=3000&amp;tt=15000&amp;rc=2&amp;rp=ct,rt,5xx</c>.</summary>
/// <remarks>https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides. Times are milliseconds. The fragment is neither sent nor signed.
/// A value that is out of range or unreadable keeps its default.</remarks>
public sealed record ConnectionOverrides(int ConnectMs, int ReadMs, int TotalMs, int Retries, IReadOnlySet<string> Policy)
{
    public static readonly ConnectionOverrides Default = new(5000, 15000, 15000, 1, new HashSet<string>(["ct"], StringComparer.Ordinal));

    public bool RetriesOn(WebhookFailure failure, int status) =>
        Policy.Contains("all") || failure switch
        {
            WebhookFailure.Connect or WebhookFailure.Tls or WebhookFailure.CertificateName or WebhookFailure.CertificateChain => Policy.Contains("ct"),
            WebhookFailure.ReadTimeout => Policy.Contains("rt"),
            WebhookFailure.None when status is >= 400 and < 500 => Policy.Contains("4xx"),
            WebhookFailure.None when status >= 500 => Policy.Contains("5xx"),
            _ => false,
        };

    /// <summary>Splits a URL into what is sent and how.</summary>
    public static (string Url, ConnectionOverrides Overrides) Split(string url)
    {
        var hash = url.IndexOf('#', StringComparison.Ordinal);
        if (hash < 0)
            return (url, Default);
        var fields = Wire.Form.Decode(url[(hash + 1)..]);
        var policy = fields.NonEmpty("rp") is { } rp
            ? rp.Split(',').Where(p => p is "4xx" or "5xx" or "ct" or "rt" or "all").ToHashSet(StringComparer.Ordinal)
            : Default.Policy;
        return (url[..hash], new ConnectionOverrides(
            Number(fields["ct"], 100, 10000, Default.ConnectMs),
            Number(fields["rt"], 100, 15000, Default.ReadMs),
            Number(fields["tt"], 100, 15000, Default.TotalMs),
            Number(fields["rc"], 0, 5, Default.Retries),
            policy));
    }

    private static int Number(string? text, int low, int high, int otherwise) =>
        int.TryParse(text, out var number) && number >= low && number <= high ? number : otherwise;
}
