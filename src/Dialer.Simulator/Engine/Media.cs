namespace Dialer.Simulator.Engine;

/// <summary>How long recordings that Play fetched last; each address is fetched once, as Twilio caches it.</summary>
public sealed class Media
{
    private const double Unknown = 5;
    private const int Keep = 10_000;
    private readonly Dictionary<string, double> _seconds = new(StringComparer.Ordinal);

    public int Count => _seconds.Count;

    public double? Seconds(string url) => _seconds.TryGetValue(url, out var seconds) ? seconds : null;

    public double Remember(string url, double? seconds)
    {
        if (_seconds.Count >= Keep)
            _seconds.Clear();
        return _seconds[url] = Math.Round(seconds ?? Unknown, 2);
    }
}
