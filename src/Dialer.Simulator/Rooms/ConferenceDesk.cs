using Dialer.Simulator.Engine;

namespace Dialer.Simulator.Rooms;

/// <summary>Live conferences by name, and the newest ones by SID for REST.</summary>
public sealed class ConferenceDesk(PhoneNetwork network)
{
    private const int KeepEnded = 5000;
    private readonly Dictionary<string, Conference> _live = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Conference> _bySid = new(StringComparer.Ordinal);
    private readonly LinkedList<Conference> _newestFirst = new();
    private readonly Queue<Conference> _ended = new();

    public IEnumerable<Conference> NewestFirst => _newestFirst;

    public int Count => _bySid.Count;

    public IEnumerable<Conference> Live => _live.Values;

    /// <summary>The live conference of this name; it comes to be with its first participant.</summary>
    public Conference Open(string friendlyName)
    {
        if (_live.TryGetValue(friendlyName, out var conference))
            return conference;
        conference = new Conference(network, friendlyName);
        _live[friendlyName] = conference;
        _bySid[conference.Sid] = conference;
        _newestFirst.AddFirst(conference);
        return conference;
    }

    /// <summary>The live conference of this name, if there is one.</summary>
    public Conference? Named(string friendlyName) => _live.GetValueOrDefault(friendlyName);

    /// <summary>By SID, or the live one of this name.</summary>
    public Conference? Find(string sidOrName) =>
        _bySid.GetValueOrDefault(sidOrName) ?? _live.GetValueOrDefault(sidOrName);

    internal void Ended(Conference conference)
    {
        if (_live.TryGetValue(conference.Name, out var live) && ReferenceEquals(live, conference))
            _live.Remove(conference.Name);
        _ended.Enqueue(conference);
        if (_ended.Count <= KeepEnded)
            return;
        var oldest = _ended.Dequeue();
        _bySid.Remove(oldest.Sid);
        _newestFirst.Remove(oldest);
    }
}
