using Dialer.Core.Pacing;

namespace Dialer.Simulator.PacingLab.Peers;

/// <summary>Knows each next dial's fate and when every agent will be free: launches whatever will not be answered, and an answer only when an agent will be there for it. The bound that nobody reaches.</summary>
public sealed class ClairvoyantPacer(LabCell cell) : IPacer
{
    public double Interval => 1;

    public bool OnEvents => true;

    public bool Listens => false;

    public void StartDay(LabFloor floor)
    {
    }

    public void Observe(PacingEvent happened)
    {
    }

    /// <summary>One dial at a time: the floor asks again after every event, and each launch makes the next fate visible.</summary>
    public int Dials(LabFloor floor)
    {
        var (needs, at) = floor.Foresee();
        return !needs || floor.Unclaimed(at + cell.Hold * 0.5) > 0 ? 1 : 0;
    }
}
