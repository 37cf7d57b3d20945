using Dialer.Core.Routing;
using NodaTime;
using static Dialer.Core.Routing.AgentState;

namespace Dialer.Core.Tests.Routing;

public class AgentMachineTests
{
    private static readonly Instant Now = Instant.FromUtc(2026, 3, 3, 15, 0);
    private static readonly Instant Soon = Now + Duration.FromSeconds(10);
    private static readonly AttemptId Call = new(41);
    private static readonly AttemptId Other = new(42);

    public static TheoryData<string, AgentState[]> LegalSources => new()
    {
        { "SignedIn", [Offline] },
        { "Reserve", [Available] },
        { "Joined", [Reserved] },
        { "CallEnded", [Reserved, OnCall] },
        { "Disposed", [WrapUp] },
        { "TimedOut", [Reserved, WrapUp] },
        { "HeartbeatLost", [Available, Break] },
        { "HeartbeatBack", [NotResponding] },
        { "RequestBreak", [Available, Reserved, OnCall, WrapUp, Break, NotResponding] },
        { "RequestOffline", [Available, Reserved, OnCall, WrapUp, Break, NotResponding] },
        { "RequestAvailable", [Reserved, OnCall, WrapUp, Break, NotResponding] },
        { "RequestOnCall", [] },
    };

    [Theory]
    [MemberData(nameof(LegalSources))]
    public void Event_FromEachState_IsRefusedWhereTheTableDoesNotAllowIt(string happened, AgentState[] legal)
    {
        foreach (var state in Enum.GetValues<AgentState>())
            (AgentMachine.Apply(In(state), EventNamed(happened), Soon) is not null).ShouldBe(legal.Contains(state), $"{happened} from {state}");
    }

    [Fact]
    public void SignIn_WithoutASoftphone_WaitsOnABreakForIt()
    {
        var agent = Play(Agent.SignedOut(Now), new AgentEvent.SignedIn());
        agent.ShouldBe(new Agent(Break, Now, Reason: AgentMachine.SoftphoneReason));

        Play(agent, new AgentEvent.SoftphoneUp()).ShouldBe(new Agent(Available, Now, SoftphoneConnected: true));
    }

    [Fact]
    public void Available_CannotBeRequestedWithoutTheSoftphone()
    {
        var agent = Play(new Agent(Break, Now, Reason: "lunch"), new AgentEvent.Requested(Available, null));

        (agent.State, agent.Reason).ShouldBe((NotResponding, AgentMachine.SoftphoneReason));
    }

    [Fact]
    public void WholeCall_RunsFromReservationOverWrapUpToAvailable()
    {
        var agent = Play(In(Available), new AgentEvent.Reserve(Call, Soon));
        agent.ShouldBe(new Agent(Reserved, Now, Soon, Attempt: Call, SoftphoneConnected: true));

        agent = Play(agent, new AgentEvent.Joined(Call));
        agent.ShouldBe(new Agent(OnCall, Now, Attempt: Call, SoftphoneConnected: true));

        agent = Play(agent, new AgentEvent.CallEnded(Call, Duration.FromSeconds(10)));
        agent.ShouldBe(new Agent(WrapUp, Now, Soon, Attempt: Call, SoftphoneConnected: true));

        Play(agent, new AgentEvent.Disposed(Call)).ShouldBe(In(Available));
    }

    [Theory]
    [InlineData(Break)]
    [InlineData(Offline)]
    public void Intent_AskedForBeforeTheCallJoins_SurvivesUntilTheWrapUpIsOver(AgentState wanted)
    {
        var agent = Play(In(Available), new AgentEvent.Reserve(Call, Soon), new AgentEvent.Requested(wanted, "lunch"));
        (agent.State, agent.Intent).ShouldBe((Reserved, wanted));

        agent = Play(agent, new AgentEvent.Joined(Call), new AgentEvent.CallEnded(Call, Duration.FromSeconds(10)));
        (agent.State, agent.Intent, agent.Reason).ShouldBe((WrapUp, wanted, "lunch"));

        agent = Play(agent, new AgentEvent.Disposed(Call));
        (agent.State, agent.Intent, agent.Reason).ShouldBe((wanted, null, "lunch"));
    }

    [Fact]
    public void Intent_IsTakenBackByAskingForAvailable()
    {
        var agent = Play(In(OnCall), new AgentEvent.Requested(Break, "lunch"), new AgentEvent.Requested(Available, null));
        (agent.State, agent.Intent, agent.Reason).ShouldBe((OnCall, null, null));

        Play(agent, new AgentEvent.CallEnded(Call, Duration.Zero)).ShouldBe(In(Available));
    }

    [Fact]
    public void Reservation_ThatNeverJoins_RunsOutOnlyAtItsEnd()
    {
        var reserved = Play(In(Available), new AgentEvent.Reserve(Call, Soon));

        AgentMachine.Apply(reserved, new AgentEvent.TimedOut(), Soon - Duration.Epsilon).ShouldBeNull();
        AgentMachine.Apply(reserved, new AgentEvent.TimedOut(), Soon).ShouldBe(In(Available) with { Since = Soon });
    }

    [Fact]
    public void WrapUp_RunsOutOnlyAtItsEnd()
    {
        AgentMachine.Apply(In(WrapUp), new AgentEvent.TimedOut(), Soon - Duration.Epsilon).ShouldBeNull();
        AgentMachine.Apply(In(WrapUp), new AgentEvent.TimedOut(), Soon)!.State.ShouldBe(Available);
    }

    [Theory]
    [InlineData(Reserved)]
    [InlineData(OnCall)]
    public void CallEnded_WithZeroWrapUp_GoesStraightBackToWork(AgentState from) =>
        Play(In(from), new AgentEvent.CallEnded(Call, Duration.Zero)).ShouldBe(In(Available));

    [Fact]
    public void CallEnded_BeforeItJoined_NeedsNoWrapUp() =>
        Play(In(Reserved), new AgentEvent.CallEnded(Call, Duration.FromSeconds(30))).ShouldBe(In(Available));

    [Fact]
    public void EventsOfAnotherCall_AreRefused()
    {
        AgentMachine.Apply(In(Reserved), new AgentEvent.Joined(Other), Now).ShouldBeNull();
        AgentMachine.Apply(In(OnCall), new AgentEvent.CallEnded(Other, Duration.Zero), Now).ShouldBeNull();
        AgentMachine.Apply(In(WrapUp), new AgentEvent.Disposed(Other), Now).ShouldBeNull();
    }

    [Fact]
    public void RepeatedEvents_AreRefused()
    {
        AgentMachine.Apply(In(OnCall), new AgentEvent.Joined(Call), Now).ShouldBeNull();
        AgentMachine.Apply(In(WrapUp), new AgentEvent.CallEnded(Call, Duration.FromSeconds(10)), Now).ShouldBeNull();
        AgentMachine.Apply(In(Available), new AgentEvent.Disposed(Call), Now).ShouldBeNull();
        AgentMachine.Apply(In(Available), new AgentEvent.SoftphoneUp(), Now).ShouldBeNull();
    }

    [Fact]
    public void Softphone_LostWhileAvailable_ComesBackToAvailable()
    {
        var lost = Play(In(Available), new AgentEvent.SoftphoneDown());
        lost.ShouldBe(new Agent(NotResponding, Now, Reason: AgentMachine.SoftphoneReason));
        AgentMachine.Apply(lost, new AgentEvent.HeartbeatBack(), Now).ShouldBeNull();

        Play(lost, new AgentEvent.SoftphoneUp()).ShouldBe(In(Available));
    }

    [Theory]
    [InlineData(Reserved)]
    [InlineData(OnCall)]
    [InlineData(WrapUp)]
    public void Softphone_LostDuringACall_KeepsTheStateAndNobodyGetsTheNextCall(AgentState during)
    {
        var lost = Play(In(during), new AgentEvent.SoftphoneDown());
        lost.ShouldBe(In(during) with { SoftphoneConnected = false });

        AgentEvent over = during == WrapUp ? new AgentEvent.Disposed(Call) : new AgentEvent.CallEnded(Call, Duration.Zero);
        Play(lost, over).State.ShouldBe(NotResponding);
        Play(lost, new AgentEvent.SoftphoneUp(), over).ShouldBe(In(Available));
    }

    [Fact]
    public void Softphone_ComingBackDuringAChosenBreak_LeavesTheBreak()
    {
        var agent = Play(new Agent(Break, Now, Reason: "lunch"), new AgentEvent.SoftphoneUp());

        agent.ShouldBe(new Agent(Break, Now, Reason: "lunch", SoftphoneConnected: true));
    }

    [Fact]
    public void Heartbeat_LostAndBack_ReturnsToAvailable()
    {
        var silent = Play(In(Available), new AgentEvent.HeartbeatLost());
        (silent.State, silent.Reason, silent.SoftphoneConnected).ShouldBe((NotResponding, "heartbeat", true));

        Play(silent, new AgentEvent.HeartbeatBack()).ShouldBe(In(Available));
    }

    [Fact]
    public void Heartbeat_LostDuringACall_IsLeftToTheLeg() => AgentMachine.Apply(In(OnCall), new AgentEvent.HeartbeatLost(), Now).ShouldBeNull();

    [Fact]
    public void Offline_ForgetsTheSoftphone() =>
        Play(In(Available), new AgentEvent.Requested(Offline, null)).ShouldBe(new Agent(Offline, Now));

    private static Agent Play(Agent agent, params AgentEvent[] all) =>
        all.Aggregate(agent, (a, happened) => AgentMachine.Apply(a, happened, Now).ShouldNotBeNull($"{happened} in {a.State}"));

    private static Agent In(AgentState state) => state switch
    {
        Offline => Agent.SignedOut(Now),
        Reserved or WrapUp => new Agent(state, Now, Soon, Attempt: Call, SoftphoneConnected: true),
        OnCall => new Agent(state, Now, Attempt: Call, SoftphoneConnected: true),
        _ => new Agent(state, Now, SoftphoneConnected: true),
    };

    private static AgentEvent EventNamed(string name) => name switch
    {
        "SignedIn" => new AgentEvent.SignedIn(),
        "Reserve" => new AgentEvent.Reserve(Call, Soon),
        "Joined" => new AgentEvent.Joined(Call),
        "CallEnded" => new AgentEvent.CallEnded(Call, Duration.Zero),
        "Disposed" => new AgentEvent.Disposed(Call),
        "TimedOut" => new AgentEvent.TimedOut(),
        "HeartbeatLost" => new AgentEvent.HeartbeatLost(),
        "HeartbeatBack" => new AgentEvent.HeartbeatBack(),
        "RequestBreak" => new AgentEvent.Requested(Break, "lunch"),
        "RequestOffline" => new AgentEvent.Requested(Offline, null),
        "RequestAvailable" => new AgentEvent.Requested(Available, null),
        "RequestOnCall" => new AgentEvent.Requested(OnCall, null),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Not an event of the table."),
    };
}
