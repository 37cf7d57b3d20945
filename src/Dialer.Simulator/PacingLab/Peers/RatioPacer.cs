using Dialer.Core.Pacing;

namespace Dialer.Simulator.PacingLab.Peers;

/// <summary>A fixed number of lines for each available agent; 1 is the progressive dialler.</summary>
public sealed class RatioPacer(double ratio) : IPacer
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

    public int Dials(LabFloor floor) => floor.Idle == 0 ? 0 : (int)Math.Floor(ratio * floor.Idle + 1e-9) - floor.Ringing - floor.Waiting;
}
