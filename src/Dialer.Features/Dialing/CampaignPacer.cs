using Dialer.Core.Calls;
using Dialer.Core.Pacing;
using Dialer.Features.Campaigns;
using NodaTime;

namespace Dialer.Features.Dialing;

/// <summary>One campaign's engine and what it has been told so far. Events are the differences between two looks at the rows.</summary>
internal sealed class CampaignPacer(Campaign campaign, string? memory)
{
    private readonly PacingEngine _engine = memory is null ? PacingEngine.Create(campaign.Pacing()) : PacingEngine.Restore(campaign.Pacing(), memory);
    private readonly Dictionary<long, LiveCall> _known = [];
    private int _version = campaign.Version;

    public Campaign Campaign { get; private set; } = campaign;

    public long Epoch { get; set; }

    public PacingPlan? LastPlan { get; private set; }

    public PacingSnapshot? LastSnapshot { get; private set; }

    public Instant LogsReadTo { get; set; }

    public Instant StoredAt { get; set; }

    public string Memory => _engine.Save();

    public void Adopt(Campaign campaign)
    {
        Campaign = campaign;
        if (campaign.Version == _version)
            return;
        _version = campaign.Version;
        _engine.Adopt(campaign.Pacing());
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
    }

    public PacingPlan Decide(PacingSnapshot snapshot, Instant now)
    {
        LastSnapshot = snapshot;
        return LastPlan = _engine.Decide(snapshot, now);
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
