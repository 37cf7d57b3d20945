using Dialer.Simulator.Engine;

namespace Dialer.Simulator.People;

/// <summary>How often each number was called. Numbers are forgotten when at least <paramref name="most"/> others have been called since, so that an
/// unattended network does not grow; at most twice as many are remembered.</summary>
public sealed class CallCounts(int most)
{
    private Dictionary<ulong, int> _young = [];
    private Dictionary<ulong, int> _old = [];

    public int Count => _young.Count + _old.Count;

    /// <summary>Counts one call with this number: the how-manieth it is, from 1.</summary>
    public int Next(string number)
    {
        var key = Chance.Hash(0, number);
        var count = (_young.TryGetValue(key, out var known) ? known : _old.GetValueOrDefault(key)) + 1;
        if (_young.Count >= most && !_young.ContainsKey(key))
            (_old, _young) = (_young, []);
        return _young[key] = count;
    }
}
