using System.Text.Json;
using NodaTime;

namespace Dialer.Core.Pacing;

/// <summary>One campaign's pacing: learns from events, and at each tick says how many calls to start and why.</summary>
/// <remarks>
/// No clock, no chance, no I/O: the same policy, events and snapshots in the same order give the same plans, bit for bit.
/// Not for use by two threads at once. <see cref="Save"/> and <see cref="Restore"/> carry what was learned to another leader or process;
/// an engine that was saved and one restored from it go on identically.
/// </remarks>
public sealed class PacingEngine
{
    private const double SettleSeconds = 20;
    private const int MostDialsAtOnce = 4000;

    private readonly PacingTuning _tuning;
    private readonly AnswerLevels _levels = new();
    private readonly ReleaseTables _tables = new();
    private readonly Forecast _forecast = new();
    private long _settled = long.MinValue;

    private PacingEngine(PacingPolicy policy, PacingTuning tuning, PacingMemory memory)
    {
        Policy = policy;
        _tuning = tuning;
        Memory = memory;
    }

    public PacingPolicy Policy { get; private set; }

    public PacingMemory Memory { get; }

    /// <exception cref="ArgumentException">The policy has <see cref="PacingPolicy.Faults"/>.</exception>
    public static PacingEngine Create(PacingPolicy policy, PacingTuning? tuning = null) =>
        new(Sound(policy), tuning ?? PacingTuning.Default, new PacingMemory(policy));

    /// <summary>Goes on under the rules under which the memory was learned: a log replays as it was made.</summary>
    /// <param name="memory">What <see cref="Save"/> returned.</param>
    /// <exception cref="JsonException">This is not a saved memory.</exception>
    public static PacingEngine Restore(PacingPolicy policy, string memory, PacingTuning? tuning = null)
    {
        var read = Read(memory);
        return new(Sound(policy), tuning ?? PacingTuning.Of(read.Rules), read);
    }

    /// <summary>Goes on under the newest rules, whatever the memory was learned under: a new leader.</summary>
    /// <inheritdoc cref="Restore"/>
    public static PacingEngine Resume(PacingPolicy policy, string memory)
    {
        var read = Read(memory);
        read.Rules = PacingTuning.NewestRules;
        return new(Sound(policy), PacingTuning.Default, read);
    }

    private static PacingMemory Read(string memory) => JsonSerializer.Deserialize<PacingMemory>(memory, PacingJson.Options) ?? throw new JsonException("An empty memory.");

    /// <summary>What was learned, as JSON.</summary>
    public string Save()
    {
        _settled = long.MinValue;
        return JsonSerializer.Serialize(Memory, PacingJson.Options);
    }

    /// <summary>A supervisor changed the campaign's pacing: what was learned stays.</summary>
    public void Adopt(PacingPolicy policy)
    {
        Policy = Sound(policy);
        _settled = long.MinValue;
    }

    /// <summary>This engine under another policy; one that has not seen anything yet starts anew from the policy's priors.</summary>
    public PacingEngine Under(PacingPolicy policy)
    {
        if (Memory.StartedAt is null)
            return Create(policy, _tuning);
        Adopt(policy);
        return this;
    }

    public void Observe(PacingEvent happened)
    {
        Memory.StartedAt ??= happened.At;
        switch (happened)
        {
            case PacingEvent.Resolved resolved:
                Learn(resolved);
                break;
            case PacingEvent.Classified verdict:
                LearnAnswer(verdict.At, verdict.Class, verdict.Human, verdict.RingSeconds);
                Memory.Screening.Learn(verdict.AfterSeconds);
                break;
            case PacingEvent.TalkEnded talk:
                Memory.Talk.Learn(talk.TalkSeconds);
                break;
            case PacingEvent.WrapEnded wrap:
                Memory.Wrap.Learn(wrap.WrapSeconds);
                break;
            default:
                break; // launches and abandonments are in the snapshot's calls and ledger
        }
    }

    private void Learn(PacingEvent.Resolved resolved)
    {
        switch (resolved.Outcome)
        {
            case DialOutcome.Human or DialOutcome.Machine:
                LearnAnswer(resolved.At, resolved.Class, resolved.Outcome == DialOutcome.Human, resolved.RingSeconds);
                break;
            case DialOutcome.Busy or DialOutcome.Failed or DialOutcome.NoAnswer:
                Memory.Rates.Learn(resolved.At, resolved.Class, human: false, machine: false, Expected(), _tuning, Policy.PriorAnswerRate, Age(resolved.RingSeconds));
                Memory.Shape.LearnNothing(resolved.RingSeconds);
                break;
            default:
                break; // Answered is learned when it is classified; Cancelled says nothing
        }
    }

    private void LearnAnswer(Instant at, CallClass kind, bool human, double ringSeconds)
    {
        Memory.Rates.Learn(at, kind, human, !human, Expected(), _tuning, Policy.PriorAnswerRate, Age(ringSeconds));
        if (human)
            Memory.Shape.LearnHuman(ringSeconds);
        else
            Memory.Shape.LearnMachine(ringSeconds);
    }

    private (double Seconds, double By) Age(double ringSeconds) => (ringSeconds, Memory.Shape.HumanBy(ringSeconds));

    private double Expected() => Memory.Expected > 0 ? Memory.Expected : Policy.PriorAnswerRate;

    /// <summary>How many calls to start at this instant.</summary>
    public PacingPlan Decide(PacingSnapshot snapshot, Instant now)
    {
        int working = 0, available = 0;
        foreach (ref readonly var agent in Spans.Of(snapshot.Agents))
        {
            if (agent.Leaving || agent.Activity is AgentActivity.Break or AgentActivity.NotResponding)
                continue;
            working++;
            available += agent.Activity == AgentActivity.Available ? 1 : 0;
        }

        var floor = new Floor(working, available - snapshot.Waiting.Count - snapshot.Inbound.Waiting, snapshot.Calls.Count);
        if (!snapshot.Whole)
            return Nothing(floor, PacingBound.StateIncomplete, Degradation.StateIncomplete);
        if (Policy.Mode is PacingMode.Manual or PacingMode.Preview)
            return Nothing(floor, PacingBound.Mode, Degradation.None);
        if (Policy.Mode == PacingMode.Agentless)
            return Limit(Draft(floor, PacingMode.Agentless, Degradation.None, Policy.AgentlessLines - floor.InFlight, PacingBound.Ratio), snapshot, floor, double.MaxValue);
        if (working == 0)
            return Nothing(floor, PacingBound.NoAgents, Degradation.None);

        Read(snapshot, floor, now);
        var draft = Policy.Mode switch
        {
            PacingMode.Power => Ratio(floor, PacingMode.Power, Degradation.None, Policy.Ratio),
            PacingMode.Predictive => Predict(snapshot, floor),
            _ => Ratio(floor, PacingMode.Progressive, Degradation.None, 1),
        };
        var plan = Judge(Limit(draft, snapshot, floor, Policy.MaxLinesPerAgent * working), snapshot);
        Memory.Calibration.TauInForce = plan is { Bound: PacingBound.Abandonment, Degraded: Degradation.None } ? plan.Tau : null;
        return plan;
    }

    private readonly record struct Floor(int Working, int Idle, int InFlight);

    private void Read(PacingSnapshot snapshot, Floor floor, Instant now)
    {
        var period = (long)Math.Floor(AnswerRates.Seconds(now) / SettleSeconds);
        if (period != _settled)
        {
            _settled = period;
            _tables.Settle(Memory, Policy, snapshot);
        }

        _levels.Settle(Memory, Policy, snapshot, _tables);
        Memory.Expected = _levels.Campaign.Human;
        var shared = _tuning.SharedDeviation;
        var spread = Math.Min(0.6, Math.Sqrt(_levels.RelativeDeviation * _levels.RelativeDeviation + shared * shared));
        _forecast.Read(snapshot, _tables, _levels, floor.Idle, spread);
    }

    private PacingPlan Predict(PacingSnapshot snapshot, Floor floor)
    {
        if (snapshot.Ledger is not { } ledger)
            return Ratio(floor, PacingMode.Progressive, Degradation.LedgerUnknown, 1);
        if (floor.Working < Policy.MinimumAgents)
            return Ratio(floor, PacingMode.Progressive, Degradation.FewAgents, 1);

        Memory.Calibration.Learn(ledger);
        var tau = BudgetController.Tau(Policy.Budget, ledger, floor.Working, _tuning, Memory.Calibration.Factor(_tuning.PriorAbandoned, _tuning.MostCalibration));
        var most = (int)Math.Min(MostDialsAtOnce, Math.Max(0, Room(snapshot, floor)) + 1);
        var (dials, loss) = _forecast.Fill(tau, most);
        var draft = Draft(floor, PacingMode.Predictive, Degradation.None, dials, PacingBound.Abandonment) with { Loss = loss, Tau = tau };
        if (Memory.Rates.Resolved < _tuning.ColdDials && 2 * floor.Idle - floor.InFlight < dials)
            draft = draft with { Dials = 2 * floor.Idle - floor.InFlight, Degraded = Degradation.ColdStart, Bound = PacingBound.ColdStart };
        return Gate(draft, BudgetController.Tighter(Policy.Budget, ledger, snapshot.LedgerAhead), floor);
    }

    /// <summary>The hard gate: as many of these dials as the account could bear even if things went badly; one line for each idle agent is always borne.</summary>
    private PacingPlan Gate(PacingPlan draft, AbandonmentLedger ledger, Floor floor)
    {
        var oneToOne = Math.Max(0, floor.Idle - floor.InFlight);
        if (draft.Dials <= oneToOne || BudgetController.Allows(Policy.Budget, ledger, _forecast.Overflow(draft.Dials).WorstCase))
            return draft;
        int borne = oneToOne, tooMany = draft.Dials;
        while (tooMany - borne > 1)
        {
            var middle = borne + (tooMany - borne) / 2;
            if (BudgetController.Allows(Policy.Budget, ledger, _forecast.Overflow(middle).WorstCase))
                borne = middle;
            else
                tooMany = middle;
        }

        var gated = draft with { Dials = borne, Degraded = Degradation.BudgetGate };
        return borne > oneToOne ? gated : gated with { Mode = PacingMode.Progressive, Bound = PacingBound.OneToOne };
    }

    private PacingPlan Ratio(Floor floor, PacingMode mode, Degradation degraded, double ratio) =>
        Draft(floor, mode, degraded, (int)Math.Floor(ratio * Math.Max(0, floor.Idle)) - floor.InFlight, mode == PacingMode.Power ? PacingBound.Ratio : PacingBound.OneToOne);

    /// <summary>Lines that limits other than abandonment leave open.</summary>
    private double Room(PacingSnapshot snapshot, Floor floor) =>
        Math.Min(Math.Min(Math.Floor(snapshot.Limits.CallTokens), snapshot.Limits.ConcurrencyLeft), Math.Min(Policy.MaxLinesPerAgent * floor.Working - floor.InFlight, snapshot.Limits.ListStock));

    private static PacingPlan Limit(PacingPlan draft, PacingSnapshot snapshot, Floor floor, double mostLines)
    {
        var limits = snapshot.Limits;
        var (dials, bound) = (Math.Max(0, draft.Dials), draft.Bound);
        if (limits.Share < 1)
            Cap(limits.Turn ? Math.Ceiling(limits.Share * dials) : Math.Floor(limits.Share * dials), PacingBound.SharedAgents);
        Cap(limits.CallTokens, PacingBound.CallsPerSecond);
        Cap(limits.ConcurrencyLeft, PacingBound.Concurrency);
        Cap(mostLines - floor.InFlight, PacingBound.LinesPerAgent);
        Cap(limits.ListStock, PacingBound.List);
        return draft with { Dials = dials, Bound = bound, Wanted = Math.Max(0, draft.Dials) };

        void Cap(double most, PacingBound by)
        {
            if (dials <= most)
                return;
            dials = (int)Math.Max(0, Math.Floor(most));
            bound = by;
        }
    }

    /// <summary>Puts the forecast of what this plan does beside it.</summary>
    private PacingPlan Judge(PacingPlan plan, PacingSnapshot snapshot)
    {
        var (lost, worst) = _forecast.Overflow(plan.Dials);
        var answers = _forecast.ExpectedAnswers + plan.Dials * _levels.Campaign.Human + snapshot.Waiting.Count;
        return plan with
        {
            ExpectedAbandonment = answers <= 0 ? 0 : Math.Min(1, lost / answers),
            WorstCase = worst,
            AnswerRate = _levels.Campaign.Human,
            ExpectedFree = _forecast.ExpectedFree,
        };
    }

    private PacingPlan Nothing(Floor floor, PacingBound bound, Degradation degraded) => Draft(floor, Policy.Mode, degraded, 0, bound);

    private static PacingPlan Draft(Floor floor, PacingMode mode, Degradation degraded, int dials, PacingBound bound) =>
        new(dials, mode, degraded, bound, 0, 0, 0, 0, floor.Idle, floor.Working, floor.InFlight, 0, 0, dials);

    private static PacingPolicy Sound(PacingPolicy policy) =>
        policy.Faults() is { Count: > 0 } faults ? throw new ArgumentException(string.Join(' ', faults), nameof(policy)) : policy;
}
