using Dialer.Core.Pacing;
using NodaTime;

namespace Dialer.Simulator.PacingLab;

/// <summary>The production engine on the lab's floor.</summary>
/// <param name="rolls">Whether the account is that of the policy's window, hours leaving it as they do in production; else of all hours so far.</param>
/// <param name="told">A cell whose answer rates the engine is told before each decision, instead of learning them.</param>
/// <param name="account">What the account held before the first day.</param>
/// <param name="hears">Whether the engine is told of callers in.</param>
public sealed class EnginePacer(PacingPolicy policy, double interval = 1, bool onEvents = true, PacingTuning? tuning = null, string? memory = null, bool rolls = false, LabCell? told = null, AbandonmentLedger account = default, bool hears = true) : IPacer
{
    private readonly PacingEngine _engine = memory is null ? PacingEngine.Create(policy, tuning) : PacingEngine.Restore(policy, memory, tuning);
    private readonly List<PacedAgent> _agents = [];
    private readonly List<PacedCall> _calls = [];
    private readonly List<double> _waiting = [];
    private readonly List<HourOfAnswers> _hours = [];
    private Instant _hour;
    private AbandonmentLedger _hoursBefore;
    private AbandonmentLedger _hoursAhead;
    private AbandonmentLedger _atTurn;
    private readonly (double Human, double Machine) _inTime = told is null ? default : LabFloor.InTime(told);

    public PacingEngine Engine => _engine;

    public double Interval => interval;

    public bool OnEvents => onEvents;

    public bool Listens => true;

    public PacingPlan? Last { get; private set; }

    public static PacingPolicy PolicyOf(LabCell cell, bool hardGate, double windowHours = 720) => new()
    {
        Amd = cell.Amd,
        RingTimeoutSeconds = Math.Max(15, cell.RingTimeout),
        ConnectWithinSeconds = cell.Hold,
        Budget = new AbandonmentBudget(cell.Cap, WindowHours: windowHours, HardGate: hardGate),
        MaxLinesPerAgent = 40,
    };

    public void StartDay(LabFloor floor)
    {
    }

    public void Observe(PacingEvent happened) => _engine.Observe(happened);

    public int Dials(LabFloor floor)
    {
        floor.See(_agents, _calls, _waiting);
        if (told is not null)
            Tell(_engine, told, Math.Min(0.95, told.AnswerRate * told.RateFactor(floor.Seconds)), _inTime);
        var (ledger, ahead) = Account(floor);
        Last = _engine.Decide(
            new PacingSnapshot
            {
                Agents = _agents,
                Calls = _calls,
                Waiting = _waiting,
                Inbound = hears ? new InboundLoad(floor.Cell.InboundPerMinute, floor.CallersWaiting) : default,
                Ledger = ledger,
                LedgerAhead = ahead,
                Limits = new PacingLimits(floor.CallTokens, int.MaxValue, (int)Math.Min(int.MaxValue, floor.Stock)),
            },
            floor.Now);
        return Last.Dials;
    }

    /// <summary>Tells an engine the share of people: so many dials that nothing learned beside them counts.</summary>
    /// <param name="inTime">Of people and of machines who would answer, the shares that do so before the ring timeout: <see cref="LabFloor.InTime"/>.</param>
    internal static void Tell(PacingEngine engine, LabCell cell, double human, (double Human, double Machine) inTime)
    {
        const double Sure = 1e6;
        var rates = engine.Memory.Rates;
        (rates.Dials[0], rates.Humans[0], rates.Machines[0]) = (Sure, Sure * human * inTime.Human, Sure * (1 - human) * cell.MachineOfRest * inTime.Machine);
        var memories = rates.Memories;
        for (var k = 0; k < memories.Weights.Length; k++)
            (memories.Dials[k], memories.Humans[k], memories.Machines[k]) = (rates.Dials[0], rates.Humans[0], rates.Machines[0]);
    }

    private (AbandonmentLedger Now, AbandonmentLedger? Ahead) Account(LabFloor floor)
    {
        var all = new AbandonmentLedger(account.Abandoned + floor.Result.Abandoned, account.LiveAnswers + floor.Result.Answers);
        if (!rolls)
            return (all, null);
        var hour = BudgetWindow.HourOf(floor.Now);
        if (hour != _hour)
        {
            var budget = _engine.Policy.Budget;
            _hours.Add(new HourOfAnswers(_hour, all.LiveAnswers - _atTurn.LiveAnswers, all.Abandoned - _atTurn.Abandoned));
            _hours.RemoveAll(old => old.Hour <= hour - Duration.FromHours(budget.WindowHours));
            _hoursBefore = BudgetWindow.Account(_hours, budget, hour);
            _hoursAhead = BudgetWindow.Ahead(_hours, budget, hour);
            (_hour, _atTurn) = (hour, all);
        }

        return (With(_hoursBefore), With(_hoursAhead));

        AbandonmentLedger With(AbandonmentLedger before) => new(before.Abandoned + all.Abandoned - _atTurn.Abandoned, before.LiveAnswers + all.LiveAnswers - _atTurn.LiveAnswers);
    }
}
