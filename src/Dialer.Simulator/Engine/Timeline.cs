using NodaTime;

namespace Dialer.Simulator.Engine;

/// <summary>One thing that will happen at one simulated instant, unless it is cancelled first.</summary>
public sealed class Appointment
{
    private readonly Timeline _owner;

    internal Appointment(Timeline owner, Action act)
    {
        _owner = owner;
        Act = act;
    }

    internal Action? Act { get; set; }

    public bool Pending => Act is not null;

    public void Cancel()
    {
        if (Act is null)
            return;
        Act = null;
        _owner.Forget();
    }
}

/// <summary>Simulated time as a queue of appointments, ordered by instant and then by the order in which they were made.</summary>
/// <remarks>Single-threaded. <see cref="Now"/> never goes back. Cancelled appointments are swept when they outnumber the living.</remarks>
public sealed class Timeline(Instant start)
{
    private PriorityQueue<Appointment, (Instant At, long Order)> _queue = new();
    private long _order;
    private int _cancelled;

    public Instant Now { get; private set; } = start;

    public int Count => _queue.Count - _cancelled;

    public Appointment At(Instant when, Action act)
    {
        var appointment = new Appointment(this, act);
        _queue.Enqueue(appointment, (when < Now ? Now : when, _order++));
        return appointment;
    }

    public Appointment After(Duration delay, Action act) => At(Now + delay, act);

    public Appointment After(double seconds, Action act) => At(Now + Duration.FromSeconds(seconds), act);

    /// <summary>When the next appointment falls due, or null when there is none.</summary>
    public Instant? Next
    {
        get
        {
            while (_queue.TryPeek(out var appointment, out var key))
            {
                if (appointment.Pending)
                    return key.At;
                _queue.Dequeue();
                _cancelled--;
            }

            return null;
        }
    }

    /// <summary>Runs the next appointment if it is due at or before the instant; false when none is.</summary>
    public bool Step(Instant until)
    {
        if (Next is not { } due || due > until)
            return false;
        var appointment = _queue.Dequeue();
        Now = due > Now ? due : Now;
        var act = appointment.Act!;
        appointment.Act = null;
        act();
        return true;
    }

    /// <summary>Runs everything due up to and including the instant, each at its own time, and leaves the clock there.</summary>
    public void AdvanceTo(Instant instant)
    {
        while (Step(instant))
        {
        }

        if (instant > Now)
            Now = instant;
    }

    internal void Forget()
    {
        if (++_cancelled < 4096 || _cancelled * 2 < _queue.Count)
            return;
        var living = new PriorityQueue<Appointment, (Instant, long)>(_queue.UnorderedItems.Where(i => i.Element.Pending));
        _queue = living;
        _cancelled = 0;
    }
}
