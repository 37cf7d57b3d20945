using Dialer.Core.Pacing;

namespace Dialer.Simulator.PacingLab;

/// <summary>A controller on trial: ours, a peer's published policy as we understand it, or one that knows the future.</summary>
public interface IPacer
{
    /// <summary>Seconds between its decisions.</summary>
    double Interval { get; }

    /// <summary>Whether it also decides after each event of the floor.</summary>
    bool OnEvents { get; }

    void StartDay(LabFloor floor);

    /// <summary>Something the floor's telephony would report. <see cref="PacingEvent.At"/> is the floor's time.</summary>
    void Observe(PacingEvent happened);

    /// <summary>Calls to start now.</summary>
    int Dials(LabFloor floor);

    /// <summary>Whether it wants the events; peers that do not are not sent any.</summary>
    bool Listens { get; }
}
