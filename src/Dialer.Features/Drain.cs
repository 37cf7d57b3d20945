namespace Dialer.Features;

/// <summary>Whether this node is leaving: it makes no new calls and says it is not ready, while it still answers webhooks.</summary>
public sealed class Drain
{
    private volatile bool _started;

    public bool Started => _started;

    public void Start() => _started = true;
}
