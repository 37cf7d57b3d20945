using Dialer.Core.Pacing;

namespace Dialer.Simulator.PacingLab.Peers;

public enum VicidialMode
{
    Ratio = 0,
    HardLimit,
    Average,
    Tapered,
}

/// <summary>VICIdial's dial level, written from a description of its published behaviour: the level chases zero net idle agents and is cut when today's drops pass the limit.</summary>
/// <remarks>
/// Every second: ready agents, waiting calls and logged-in agents are sampled (15 samples are averaged). Every 15 s the level is multiplied by 1 + (ready - waiting) / agents and clamped to 1 and the maximum;
/// past the drop limit it is set to 1 (hard limit), halved (average) or shrunk by the time left to 21:00 (tapered). Every 2.5 s lines are placed up to level x agents.
/// The day starts at 9:00 with level 1; the drop statistics are refreshed once a minute.
/// </remarks>
public sealed class VicidialPacer(VicidialMode mode, bool availableOnly, double maxLevel = 3, double fixedLevel = 1) : IPacer
{
    private const double DropLimit = 0.03;
    private readonly Queue<(int Ready, int Waiting, int Total)> _samples = new();
    private readonly Queue<(long Dials, long Drops)> _minute = new();
    private double _level = 1;
    private int _beat;
    private double _dropsToday;
    private long _callsToday;
    private long _dialsBefore;

    public double Interval => 0.5;

    public bool OnEvents => false;

    public bool Listens => false;

    public void StartDay(LabFloor floor)
    {
        _level = mode == VicidialMode.Ratio ? fixedLevel : 1;
        _beat = 0;
        _dropsToday = 0;
        _callsToday = 0;
        _dialsBefore = floor.Result.Dials;
        _samples.Clear();
        _minute.Clear();
    }

    public void Observe(PacingEvent happened)
    {
    }

    public int Dials(LabFloor floor)
    {
        var beat = _beat++;
        if (mode != VicidialMode.Ratio)
            Adapt(floor, beat);
        return beat % 5 == 0 ? Place(floor) : 0;
    }

    private void Adapt(LabFloor floor, int beat)
    {
        if (beat % 2 == 0)
        {
            _samples.Enqueue((floor.Idle, floor.Waiting, floor.SignedIn));
            if (_samples.Count > 15)
                _samples.Dequeue();
            _minute.Enqueue((floor.Result.Dials, floor.AbandonedToday));
            if (_minute.Count > 60)
                _minute.Dequeue();
        }

        if (beat % 120 == 0)
        {
            _dropsToday = floor.AnswersToday == 0 ? 0 : (double)floor.AbandonedToday / floor.AnswersToday;
            _callsToday = floor.Result.Dials - _dialsBefore;
        }

        if (beat % 30 == 29)
            MoveLevel(floor);
    }

    private void MoveLevel(LabFloor floor)
    {
        double ready = 0, waiting = 0, total = 0;
        foreach (var sample in _samples)
        {
            ready += sample.Ready;
            waiting += sample.Waiting;
            total += sample.Total;
        }

        _level = Math.Clamp(_level * (1 + (total > 0 ? (ready - waiting) / total : 0)), 1, maxLevel);
        var (dials, drops) = _minute.Peek();
        var recent = floor.Result.Dials - dials;
        if (recent > 20 && floor.AbandonedToday - drops > recent / 2)
            _level /= 2;
        if (_callsToday > 50 && _dropsToday > DropLimit)
            _level = Brake(floor.Seconds);
        _level = Math.Max(1, _level);
    }

    private double Brake(double seconds)
    {
        var minutes = (int)(seconds / 60);
        var left = 2100 - ((9 + minutes / 60) * 100 + minutes % 60);
        return mode switch
        {
            VicidialMode.HardLimit => 1,
            VicidialMode.Average => _level / 2,
            _ => left < 0 ? 1 : _level * Math.Min(1, left / 1000d),
        };
    }

    private int Place(LabFloor floor)
    {
        if (availableOnly)
            return (int)Math.Round(_level * floor.Idle, MidpointRounding.AwayFromZero) - floor.Ringing - floor.Waiting;
        var goal = (int)Math.Round(_level * (floor.Idle + floor.Talking), MidpointRounding.AwayFromZero);
        return goal - floor.Ringing - floor.Waiting - floor.Talking;
    }
}
