namespace Dialer.Storage.Redis;

/// <summary>When calls may be started: the first at <paramref name="FirstUs"/>, each of the others <paramref name="GapUs"/> later. The default lets all start at once.</summary>
/// <param name="FirstUs">Microseconds since 1970 on the service's clock.</param>
public readonly record struct CallStarts(int Count, long FirstUs, double GapUs)
{
    /// <summary>When the call of this place in the batch may start, microseconds since 1970; the first is 0.</summary>
    public long Us(int place) => FirstUs + (long)(place * GapUs);
}
