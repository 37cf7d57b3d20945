namespace Dialer.Simulator.PacingLab;

internal enum FloorEvent
{
    Resolve,
    TalkEnd,
    WrapEnd,
    Verdict,
    Deadline,
    Tick,
    Token,
    Roster,
    Inbound,
}

internal readonly record struct Scheduled(double At, long Order, FloorEvent Kind, int Id, int Generation);

/// <summary>A binary heap of what happens next, by time and then by the order of scheduling, without allocation once it has grown.</summary>
internal sealed class EventHeap
{
    private Scheduled[] _items = new Scheduled[256];
    private int _count;
    private long _order;

    public int Count => _count;

    public void Clear() => _count = 0;

    public void Push(double at, FloorEvent kind, int id = 0, int generation = 0)
    {
        if (_count == _items.Length)
            Array.Resize(ref _items, _count * 2);
        var item = new Scheduled(at, _order++, kind, id, generation);
        var hole = _count++;
        while (hole > 0)
        {
            var parent = (hole - 1) / 2;
            if (!Before(item, _items[parent]))
                break;
            _items[hole] = _items[parent];
            hole = parent;
        }

        _items[hole] = item;
    }

    public Scheduled Pop()
    {
        var top = _items[0];
        var last = _items[--_count];
        var hole = 0;
        while (true)
        {
            var child = 2 * hole + 1;
            if (child >= _count)
                break;
            if (child + 1 < _count && Before(_items[child + 1], _items[child]))
                child++;
            if (!Before(_items[child], last))
                break;
            _items[hole] = _items[child];
            hole = child;
        }

        _items[hole] = last;
        return top;
    }

    private static bool Before(in Scheduled left, in Scheduled right) => left.At < right.At || (left.At <= right.At && left.Order < right.Order);
}
