using Dialer.Core.Calls;
using NodaTime;
using static Dialer.Core.Calls.AttemptState;

namespace Dialer.Core.Tests.Calls;

public class AttemptMachineTests
{
    private const string Sid = "CA1";
    private static readonly Instant Now = Instant.FromUtc(2026, 3, 3, 15, 0);
    private static readonly Instant Later = Now + Duration.FromSeconds(30);

    public static TheoryData<string, AttemptState[]> LegalSources => new()
    {
        { "Submit", [Intent] },
        { "Accepted", [Submitting, Unknown] },
        { "Rejected", [Intent, Submitting] },
        { "Lost", [Submitting] },
        { "NotFound", [Unknown] },
        { "Detected", [Submitting, Unknown, Placed, Ringing, Answered, Completed, Busy, NoAnswer, Failed, Canceled] },
    };

    /// <summary>The table in the machine's remarks, cell by cell.</summary>
    [Theory]
    [MemberData(nameof(LegalSources))]
    public void Event_FromEachState_IsAppliedOnlyWhereTheTableAllowsIt(string happened, AttemptState[] legal)
    {
        foreach (var state in Enum.GetValues<AttemptState>())
        {
            var before = new Attempt(state);
            var change = AttemptMachine.Apply(before, EventNamed(happened), Now);

            change.Applied.ShouldBe(legal.Contains(state), $"{happened} from {state}");
            if (!change.Applied)
                change.ShouldBe(new AttemptChange(before, false, AttemptEffect.None));
        }
    }

    [Fact]
    public void Submit_FromIntent_KeepsTheEpochAndTheDeadline()
    {
        var change = AttemptMachine.Apply(new Attempt(Intent), new AttemptEvent.Submit(7, Later), Now);

        change.ShouldBe(new AttemptChange(new Attempt(Submitting, Epoch: 7, Deadline: Later, SubmittedAt: Now), true, AttemptEffect.None));
    }

    [Theory]
    [InlineData(Submitting)]
    [InlineData(Unknown)]
    public void Accepted_WithoutASid_PlacesTheCall(AttemptState from)
    {
        var placed = AttemptMachine.Apply(new Attempt(from), new AttemptEvent.Accepted(Sid, Later), Now).Attempt;

        placed.ShouldBe(new Attempt(Placed, Sid, Deadline: Later, PlacedAt: Now));
    }

    [Fact]
    public void Accepted_AfterAFasterWebhook_ChangesNothingAndIsNoConflict()
    {
        var ringing = Play(new Attempt(Submitting), Progress(CallStatus.Ringing, 1));

        AttemptMachine.Apply(ringing, new AttemptEvent.Accepted(Sid, Later), Now).ShouldBe(new AttemptChange(ringing, false, AttemptEffect.None));
    }

    [Theory]
    [InlineData(Intent)]
    [InlineData(Submitting)]
    public void Rejected_BeforePlacing_ReturnsTheLeadAndDoesNotCount(AttemptState from)
    {
        var change = AttemptMachine.Apply(new Attempt(from), new AttemptEvent.Rejected(21211), Now);

        change.Effect.ShouldBe(AttemptEffect.ReturnLead);
        change.Attempt.ShouldBe(new Attempt(Refused, EndedAt: Now, ErrorCode: 21211, Counted: false, Exclusion: "NotPlaced"));
    }

    [Fact]
    public void Lost_WhileSubmitting_IsUnknownAndStillCounts()
    {
        var change = AttemptMachine.Apply(new Attempt(Submitting), new AttemptEvent.Lost(Later), Now);

        change.Attempt.ShouldBe(new Attempt(Unknown, Deadline: Later));
        change.Attempt.Counted.ShouldBeTrue();
    }

    [Fact]
    public void NotFound_WhileUnknown_EndsTheAttemptButItStaysCounted()
    {
        var change = AttemptMachine.Apply(new Attempt(Unknown), new AttemptEvent.NotFound(), Now);

        change.Effect.ShouldBe(AttemptEffect.Ended);
        change.Attempt.ShouldBe(new Attempt(NotPlaced, EndedAt: Now));
        change.Attempt.Counted.ShouldBeTrue();
    }

    [Theory]
    [InlineData(CallStatus.Queued, Placed)]
    [InlineData(CallStatus.Ringing, Ringing)]
    [InlineData(CallStatus.InProgress, Answered)]
    [InlineData(CallStatus.Completed, Completed)]
    public void Progress_AfterNotPlaced_RevivesTheAttempt(CallStatus status, AttemptState revived)
    {
        var gone = new Attempt(NotPlaced, EndedAt: Now);

        var change = AttemptMachine.Apply(gone, Progress(status, 1), Later);

        change.Applied.ShouldBeTrue();
        change.Attempt.State.ShouldBe(revived);
        change.Attempt.Sid.ShouldBe(Sid);
        (change.Attempt.EndedAt is not null).ShouldBe(revived.IsTerminal());
        change.Effect.ShouldBe(revived.IsTerminal() ? AttemptEffect.Ended : AttemptEffect.None);
    }

    [Theory]
    [InlineData(CallStatus.Queued, Placed)]
    [InlineData(CallStatus.Initiated, Placed)]
    [InlineData(CallStatus.Ringing, Ringing)]
    [InlineData(CallStatus.InProgress, Answered)]
    [InlineData(CallStatus.Completed, Completed)]
    [InlineData(CallStatus.Busy, Busy)]
    [InlineData(CallStatus.NoAnswer, NoAnswer)]
    [InlineData(CallStatus.Failed, Failed)]
    [InlineData(CallStatus.Canceled, Canceled)]
    public void Progress_FromEachLiveState_OnlyMovesForward(CallStatus status, AttemptState target)
    {
        foreach (var from in new[] { Submitting, Unknown, Placed, Ringing, Answered })
        {
            var change = AttemptMachine.Apply(new Attempt(from), Progress(status, 1), Now);

            change.Attempt.State.ShouldBe(target > from ? target : from);
            change.Effect.ShouldBe(target.IsTerminal() ? AttemptEffect.Ended : AttemptEffect.None);
        }
    }

    [Theory]
    [InlineData(Intent)]
    [InlineData(Refused)]
    public void Progress_OfAnAttemptThatWasNeverSent_IsIgnored(AttemptState from) =>
        AttemptMachine.Apply(new Attempt(from), Progress(CallStatus.Ringing, 1), Now).Applied.ShouldBeFalse();

    [Theory]
    [InlineData(Completed)]
    [InlineData(Busy)]
    [InlineData(NoAnswer)]
    [InlineData(Failed)]
    [InlineData(Canceled)]
    public void Progress_AfterTheEnd_NeverChangesTheTerminalStateOrEndsAgain(AttemptState ended)
    {
        foreach (var status in Enum.GetValues<CallStatus>())
        {
            var change = AttemptMachine.Apply(new Attempt(ended, Sid, EndedAt: Now), Progress(status, 9), Later);

            change.Attempt.State.ShouldBe(ended);
            change.Attempt.EndedAt.ShouldBe(Now);
            change.Effect.ShouldBe(AttemptEffect.None);
        }
    }

    [Fact]
    public void Progress_ReceivedFiveTimes_HasTheEffectOfOne()
    {
        var ended = AttemptMachine.Apply(new Attempt(Answered, Sid), Progress(CallStatus.Completed, 3), Now).Attempt;

        for (var repeat = 0; repeat < 4; repeat++)
            AttemptMachine.Apply(ended, Progress(CallStatus.Completed, 3), Later).ShouldBe(new AttemptChange(ended, false, AttemptEffect.None));
    }

    [Theory]
    [InlineData(Placed)]
    [InlineData(Answered)]
    [InlineData(Completed)]
    [InlineData(Unknown)]
    public void SecondSid_ForOneAttempt_IsAConflictThatChangesNothing(AttemptState state)
    {
        var attempt = new Attempt(state, Sid);

        foreach (var happened in new AttemptEvent[] { new AttemptEvent.Accepted("CA2", Later), new AttemptEvent.Progress("CA2", CallStatus.Ringing, Now) })
        {
            var change = AttemptMachine.Apply(attempt, happened, Now);
            change.Conflict.ShouldBeTrue();
            change.Applied.ShouldBeFalse();
            change.Attempt.ShouldBe(attempt);
        }
    }

    [Theory]
    [InlineData(CallStatus.Completed, 3)]
    [InlineData(CallStatus.NoAnswer, 2)]
    [InlineData(CallStatus.Canceled, 2)]
    [InlineData(CallStatus.Busy, 1)]
    [InlineData(CallStatus.Failed, 2)]
    public void Callbacks_InEveryOrder_EndInOneStateWithOneCountAndOneEnd(CallStatus terminal, int before)
    {
        CallStatus[] live = [CallStatus.Initiated, CallStatus.Ringing, CallStatus.InProgress];
        var all = live.Take(before).Append(terminal).Select((status, sequence) => Progress(status, sequence)).ToArray();
        var inOrder = Play(new Attempt(Placed, Sid, PlacedAt: Now), all);

        foreach (var order in Permutations(all))
        {
            var attempt = new Attempt(Placed, Sid, PlacedAt: Now);
            var ends = 0;
            foreach (var happened in order)
            {
                var change = AttemptMachine.Apply(attempt, happened, Now);
                ends += change.Effect == AttemptEffect.Ended ? 1 : 0;
                attempt = change.Attempt;
            }

            attempt.ShouldBe(inOrder, string.Join(", ", order.Select(o => o.Status)));
            ends.ShouldBe(1);
        }
    }

    [Theory]
    [InlineData(CallStatus.Busy, false, null, false, "NotConnected")]
    [InlineData(CallStatus.Busy, true, null, false, "NotConnected")]
    [InlineData(CallStatus.Failed, false, null, false, "NotConnected")]
    [InlineData(CallStatus.Failed, true, null, true, null)]
    [InlineData(CallStatus.Failed, true, 404, false, "NotConnected")]
    [InlineData(CallStatus.Failed, true, 410, false, "NotConnected")]
    [InlineData(CallStatus.Failed, true, 484, false, "NotConnected")]
    [InlineData(CallStatus.Failed, true, 604, false, "NotConnected")]
    [InlineData(CallStatus.Failed, true, 503, true, null)]
    [InlineData(CallStatus.Canceled, false, null, false, "NotConnected")]
    [InlineData(CallStatus.Canceled, true, null, true, null)]
    [InlineData(CallStatus.NoAnswer, false, null, true, null)]
    [InlineData(CallStatus.NoAnswer, true, null, true, null)]
    [InlineData(CallStatus.Completed, true, null, true, null)]
    public void End_CountsAsACall_UnlessTheLawExcludesIt(CallStatus status, bool rang, int? sipCode, bool counted, string? exclusion)
    {
        var attempt = new Attempt(rang ? Ringing : Placed, Sid, PlacedAt: Now, RingingAt: rang ? Now : null);

        var ended = AttemptMachine.Apply(attempt, new AttemptEvent.Progress(Sid, status, Later, 2, sipCode), Later).Attempt;

        (ended.Counted, ended.Exclusion).ShouldBe((counted, exclusion));
    }

    [Fact]
    public void LateRinging_AfterACancel_MakesTheCallCount()
    {
        var canceled = Play(new Attempt(Placed, Sid), Progress(CallStatus.Canceled, 2));
        canceled.Counted.ShouldBeFalse();

        Play(canceled, Progress(CallStatus.Ringing, 1)).Counted.ShouldBeTrue();
    }

    [Fact]
    public void End_OfACallExcludedForAnotherReason_KeepsThatReason()
    {
        var inbound = new Attempt(Answered, Sid, Counted: false, Exclusion: "Inbound");

        var ended = Play(inbound, Progress(CallStatus.Completed, 3), Progress(CallStatus.Ringing, 1));

        (ended.Counted, ended.Exclusion).ShouldBe((false, "Inbound"));
    }

    [Theory]
    [InlineData("machine_start", AttemptEffect.MachineAnswered)]
    [InlineData("machine_end_beep", AttemptEffect.MachineAnswered)]
    [InlineData("fax", AttemptEffect.MachineAnswered)]
    [InlineData("human", AttemptEffect.None)]
    [InlineData("unknown", AttemptEffect.None)]
    public void Detected_DuringTheCall_TreatsOnlyMachines(string answeredBy, AttemptEffect effect)
    {
        var change = AttemptMachine.Apply(new Attempt(Answered, Sid), new AttemptEvent.Detected(Sid, answeredBy), Now);

        change.Effect.ShouldBe(effect);
        change.Attempt.AnsweredBy.ShouldBe(answeredBy);
    }

    [Fact]
    public void Detected_AfterTheEnd_IsOnlyRemembered()
    {
        var change = AttemptMachine.Apply(new Attempt(Completed, Sid), new AttemptEvent.Detected(Sid, "machine_start"), Now);

        change.ShouldBe(new AttemptChange(new Attempt(Completed, Sid, AnsweredBy: "machine_start"), true, AttemptEffect.None));
    }

    [Fact]
    public void Detected_ASecondTimeOrForAnotherCall_IsIgnored()
    {
        var known = new Attempt(Answered, Sid, AnsweredBy: "human");

        AttemptMachine.Apply(known, new AttemptEvent.Detected(Sid, "machine_start"), Now).Applied.ShouldBeFalse();
        AttemptMachine.Apply(known with { AnsweredBy = null }, new AttemptEvent.Detected("CA2", "machine_start"), Now).Applied.ShouldBeFalse();
    }

    private static Attempt Play(Attempt attempt, params AttemptEvent[] all) => all.Aggregate(attempt, (a, happened) => AttemptMachine.Apply(a, happened, Now).Attempt);

    private static AttemptEvent.Progress Progress(CallStatus status, int sequence) => new(Sid, status, Now + Duration.FromSeconds(sequence), sequence);

    private static AttemptEvent EventNamed(string name) => name switch
    {
        "Submit" => new AttemptEvent.Submit(1, Later),
        "Accepted" => new AttemptEvent.Accepted(Sid, Later),
        "Rejected" => new AttemptEvent.Rejected(null),
        "Lost" => new AttemptEvent.Lost(Later),
        "NotFound" => new AttemptEvent.NotFound(),
        "Detected" => new AttemptEvent.Detected(Sid, "human"),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Not an event of the table."),
    };

    private static IEnumerable<T[]> Permutations<T>(T[] items)
    {
        if (items.Length == 0)
            return [[]];
        return items.SelectMany((item, index) => Permutations([.. items[..index], .. items[(index + 1)..]]).Select(rest => (T[])[item, .. rest]));
    }
}
