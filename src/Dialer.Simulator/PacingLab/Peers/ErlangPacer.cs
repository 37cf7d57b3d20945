using Dialer.Core.Pacing;

namespace Dialer.Simulator.PacingLab.Peers;

/// <summary>Blind rate control: dials at the constant rate at which Erlang's loss formula promises the cap, told the true rates and never looking at the floor.</summary>
public sealed class ErlangPacer : IPacer
{
    private readonly double _dialsPerSecond;
    private double _owed;

    public ErlangPacer(LabCell cell)
    {
        double low = 0, high = cell.Agents;
        for (var i = 0; i < 60; i++)
        {
            var load = (low + high) / 2;
            if (Blocked(cell.Agents, load) < cell.Cap)
                low = load;
            else
                high = load;
        }

        _dialsPerSecond = low / cell.HandleMean / cell.AnswerRate;
    }

    public double Interval => 1;

    public bool OnEvents => false;

    public bool Listens => false;

    /// <summary>Erlang's loss formula by its recursion.</summary>
    public static double Blocked(int agents, double load)
    {
        var blocked = 1d;
        for (var n = 1; n <= agents; n++)
            blocked = load * blocked / (n + load * blocked);
        return blocked;
    }

    public void StartDay(LabFloor floor) => _owed = 0;

    public void Observe(PacingEvent happened)
    {
    }

    public int Dials(LabFloor floor)
    {
        _owed += _dialsPerSecond * Interval;
        var dials = (int)_owed;
        _owed -= dials;
        return dials;
    }
}
