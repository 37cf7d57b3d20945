using Dialer.Core.Calls;
using Dialer.Core.Pacing;
using Dialer.Features.Campaigns;
using NodaTime;

namespace Dialer.Features.Dialing;

/// <summary>One campaign's engine and what it has been told so far. Events are the differences between two looks at the rows.</summary>
internal sealed class CampaignPacer
{
    /// <summary>Time on the service's clock between two chunks of the series, and between two from which a replay may begin.</summary>
    private static readonly Duration ChunkTime = Duration.FromSeconds(5);
    private static readonly Duration BeginTime = Duration.FromMinutes(10);
    private const int MostLines = 4000;

    private readonly RecordedEngine _engine;
    private readonly Dictionary<long, LiveCall> _known = [];
    private readonly List<string> _lines = [];
    private readonly List<(PacingPlan Plan, PacingSnapshot Snapshot, IReadOnlyList<ShadowPlan> Shadows, int Started)> _ticks = [];
    private int _version;
    private double _highestRate;
    private long _seq;
    private bool _starts;
    private Instant _chunkAt;
    private Instant _begunAt = Instant.MinValue;
    private WatchdogState _watch;
    private PacingReason? _alarm;

    /// <param name="seenAt">Everything that the rows showed up to here is in <paramref name="memory"/>; null with no memory.</param>
    /// <param name="around">The campaign's calls that were under way then: live ones, and those that have ended since.</param>
    /// <param name="highestRate">The share of live answers that the policy in force lets any campaign abandon.</param>
    public CampaignPacer(Campaign campaign, double highestRate, string? memory, Instant? seenAt, IEnumerable<LiveCall> around, long epoch, Instant now)
    {
        Campaign = campaign;
        Epoch = epoch;
        _version = campaign.Version;
        _highestRate = highestRate;
        _engine = RecordedEngine.Start(campaign.Pacing(highestRate), memory);
        _chunkAt = now;
        LearnedTo = seenAt ?? now;
        if (seenAt is not { } seen)
            return;
        foreach (var call in around.Where(call => call.LaunchedAt <= seen))
            _known[call.AttemptId] = call.AsOf(seen);
    }

    public Campaign Campaign { get; private set; }

    public long Epoch { get; }

    public AnswerAccount Account { get; } = new();

    /// <summary>What the rows showed up to here has been learned.</summary>
    public Instant LearnedTo { get; private set; }

    public void Adopt(Campaign campaign, double highestRate)
    {
        Campaign = campaign;
        if (campaign.Version == _version && highestRate.Equals(_highestRate))
            return;
        (_version, _highestRate) = (campaign.Version, highestRate);
        _engine.Adopt(campaign.Pacing(highestRate));
    }

    /// <summary>Attempts that were live at the last look and are not now: their rows must be read once more.</summary>
    public IReadOnlyCollection<long> Gone(IEnumerable<LiveCall> live) => [.. _known.Keys.Except(live.Select(call => call.AttemptId))];

    public void Learn(IEnumerable<LiveCall> live, IEnumerable<LiveCall> ended, IEnumerable<AgentTime> times, Instant now)
    {
        foreach (var call in ended.OrderBy(call => call.AttemptId))
        {
            Compare(call, now);
            _known.Remove(call.AttemptId);
        }

        foreach (var call in live.OrderBy(call => call.AttemptId))
        {
            Compare(call, now);
            _known[call.AttemptId] = call;
        }

        foreach (var time in times)
            _engine.Observe(time.State == "OnCall" ? new PacingEvent.TalkEnded(now, time.Seconds) : new PacingEvent.WrapEnded(now, time.Seconds));
        LearnedTo = now;
    }

    /// <summary>Decides, and starts the series' next piece where it is due: there the engine's memory is written down.</summary>
    public PacingPlan Decide(PacingSnapshot snapshot, Instant now)
    {
        if (now - _begunAt >= BeginTime && _ticks.Count == 0)
        {
            Begin();
            _begunAt = now;
        }

        var (plan, shadows) = _engine.Decide(snapshot, now);
        _ticks.Add((plan, snapshot, shadows, 0));
        return plan;
    }

    private void Begin()
    {
        var (_, first) = _engine.Begin();
        _engine.Take();
        _lines.Clear();
        _lines.Add(first);
        _starts = true;
    }

    /// <summary>How many of the last plan's calls were started, and what the watchdog says to that.</summary>
    public PacingReason? Started(int calls, Instant now)
    {
        var last = _ticks[^1];
        _ticks[^1] = last with { Started = calls };
        (_watch, _alarm) = PacingWatchdog.Watch(_watch, last.Plan, calls, now);
        return _alarm;
    }

    /// <summary>The chunk that is due, and the memory that goes with it; null when it is not due yet. <paramref name="last"/> asks for what there is: this leader is going.</summary>
    public (PacingSeries.Chunk Chunk, string Memory)? Due(Instant now, bool last = false)
    {
        if (_ticks.Count == 0 || (!last && now - _chunkAt < ChunkTime))
            return null;
        var memory = _engine.Save();
        _lines.AddRange(_engine.Take());
        return (new PacingSeries.Chunk(Campaign.CampaignId, now, Epoch, _seq, _starts, Point(now), [.. _lines]), memory);
    }

    /// <summary>The chunk is stored: the next begins. One that could not be stored grows until it is; beyond a limit it is given up and the series begins a new piece.</summary>
    public void Stored(bool stored, Instant now)
    {
        if (!stored && _lines.Count < MostLines)
            return;
        _lines.Clear();
        _ticks.Clear();
        _chunkAt = now;
        _seq += stored ? 1 : 2;
        _starts = false;
        if (!stored)
            _begunAt = Instant.MinValue;
    }

    private PacingPoint Point(Instant now)
    {
        var (plan, snapshot, _, _) = _ticks[^1];
        var agents = snapshot.Agents;
        int Count(AgentActivity activity) => agents.Count(agent => agent.Activity == activity);
        int Shadow(string name) => _ticks.Sum(tick => tick.Shadows.First(shadow => shadow.Name == name).Dials);
        return new PacingPoint(
            now, _ticks.Count, _ticks.Sum(tick => tick.Plan.Dials), _ticks.Sum(tick => tick.Started), Shadow("progressive"), Shadow("ratio"),
            plan.Working, Count(AgentActivity.Available), Count(AgentActivity.OnCall), Count(AgentActivity.WrapUp), agents.Count - Count(AgentActivity.Available) - Count(AgentActivity.OnCall) - Count(AgentActivity.WrapUp),
            plan.InFlight, snapshot.Waiting.Count, plan.Loss, plan.Tau, plan.ExpectedAbandonment, plan.AnswerRate, plan.ExpectedFree, snapshot.Ledger?.LiveAnswers ?? 0, snapshot.Ledger?.Abandoned ?? 0,
            plan.Mode, plan.Degraded, plan.Bound, Math.Max(0, plan.Wanted - plan.Dials), _alarm?.Code, snapshot.Inbound.ArrivalsPerMinute);
    }

    private void Compare(LiveCall call, Instant now)
    {
        var before = _known.GetValueOrDefault(call.AttemptId);
        var kind = new CallClass(call.LineType, Math.Max(1, call.Tries));
        var answered = call.AnsweredAt is not null;
        if (before is null)
            _engine.Observe(new PacingEvent.Launched(now, kind));
        if (before is null or { InFlight: true } && !call.InFlight)
            _engine.Observe(new PacingEvent.Resolved(now, OutcomeOf(call), Ring(call), kind));
        var classified = call.AnsweredBy is not null || call.State.IsTerminal();
        var wasClassified = before is not null && (before.AnsweredBy is not null || before.State.IsTerminal());
        if (answered && Campaign.MachineDetection != AmdMode.Sync && classified && !wasClassified)
            _engine.Observe(new PacingEvent.Classified(now, !Attempt.IsMachine(call.AnsweredBy), Ring(call), Math.Max(0, (now - call.AnsweredAt!.Value).TotalSeconds), kind));
        if (call.Abandoned && before is not { Abandoned: true })
            _engine.Observe(new PacingEvent.Abandoned(now, Math.Max(0, (now - (call.AnsweredAt ?? now)).TotalSeconds)));
    }

    private DialOutcome OutcomeOf(LiveCall call) => call switch
    {
        { AnsweredAt: not null } when Campaign.MachineDetection != AmdMode.Sync => DialOutcome.Answered,
        { AnsweredAt: not null } => Attempt.IsMachine(call.AnsweredBy) ? DialOutcome.Machine : DialOutcome.Human,
        { State: AttemptState.Busy } => DialOutcome.Busy,
        { State: AttemptState.Failed } => DialOutcome.Failed,
        { State: AttemptState.NoAnswer or AttemptState.Completed } => DialOutcome.NoAnswer,
        _ => DialOutcome.Cancelled,
    };

    private static double Ring(LiveCall call) => Math.Max(0, ((call.AnsweredAt ?? call.EndedAt ?? call.LaunchedAt) - call.LaunchedAt).TotalSeconds);
}

/// <summary>How long an agent was in a state that has ended.</summary>
internal sealed class AgentTime
{
    public string State { get; init; } = "";

    public double Seconds { get; init; }
}
