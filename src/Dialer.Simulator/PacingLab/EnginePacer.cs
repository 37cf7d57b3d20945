using Dialer.Core.Pacing;

namespace Dialer.Simulator.PacingLab;

/// <summary>The production engine on the lab's floor.</summary>
/// <param name="account">What the account held before the first day.</param>
public sealed class EnginePacer(PacingPolicy policy, double interval = 1, bool onEvents = true, PacingTuning? tuning = null, string? memory = null, bool daily = false, AbandonmentLedger account = default) : IPacer
{
    private readonly PacingEngine _engine = memory is null ? PacingEngine.Create(policy, tuning) : PacingEngine.Restore(policy, memory, tuning);
    private readonly List<PacedAgent> _agents = [];
    private readonly List<PacedCall> _calls = [];
    private readonly List<double> _waiting = [];

    public PacingEngine Engine => _engine;

    public double Interval => interval;

    public bool OnEvents => onEvents;

    public bool Listens => true;

    public PacingPlan? Last { get; private set; }

    public static PacingPolicy PolicyOf(LabCell cell, bool hardGate, bool daily = false) => new()
    {
        Amd = cell.Amd,
        RingTimeoutSeconds = Math.Max(15, cell.RingTimeout),
        ConnectWithinSeconds = cell.Hold,
        Budget = new AbandonmentBudget(cell.Cap, WindowHours: daily ? 24 : 720, HardGate: hardGate),
        MaxLinesPerAgent = 40,
    };

    public void StartDay(LabFloor floor)
    {
    }

    public void Observe(PacingEvent happened) => _engine.Observe(happened);

    public int Dials(LabFloor floor)
    {
        floor.See(_agents, _calls, _waiting);
        Last = _engine.Decide(
            new PacingSnapshot
            {
                Agents = _agents,
                Calls = _calls,
                Waiting = _waiting,
                Ledger = daily ? new AbandonmentLedger(floor.AbandonedToday, floor.AnswersToday) : new AbandonmentLedger(account.Abandoned + floor.Result.Abandoned, account.LiveAnswers + floor.Result.Answers),
                Limits = new PacingLimits(floor.CallTokens, int.MaxValue, (int)Math.Min(int.MaxValue, floor.Stock)),
            },
            floor.Now);
        return Last.Dials;
    }
}
