using Dialer.Simulator.Engine;
using Dialer.Simulator.People;
using Dialer.Simulator.Twiml;
using Dialer.Simulator.Wire;
using NodaTime;

namespace Dialer.Simulator.Calls;

/// <summary>Starts, rings, answers and ends calls.</summary>
public sealed class CallDesk(PhoneNetwork network)
{
    /// <summary>Seconds for which a call that is over keeps its far end and its documents: what was on its way when it ended has arrived by then.</summary>
    private const int LetGoAfter = 60;

    private readonly Dictionary<string, LinkedListNode<Call>> _calls = new(StringComparer.Ordinal);
    private readonly LinkedList<Call> _newestFirst = new();
    private readonly Queue<(Instant Ended, string Sid)> _over = new();
    private readonly Queue<Call> _cooling = new();
    private readonly LinkedList<Call> _line = new();
    private Instant _nextStart;
    private bool _serving;

    public IEnumerable<Call> NewestFirst => _newestFirst;

    public int Live { get; private set; }

    public int Count => _calls.Count;

    public Call? Find(string? sid) => sid is not null && _calls.TryGetValue(sid, out var node) ? node.Value : null;

    /// <summary>A call made through REST: it waits for its turn among the account's calls per second.</summary>
    public void Queue(Call call)
    {
        Register(call);
        call.QueueTime = Wait;
        network.Ledger.Write("call-created", call, ("direction", call.Direction), ("url", call.Voice.Url), ("queueMs", (long)call.QueueTime.TotalMilliseconds),
            ("amd", call.Amd is { } amd ? amd.Async ? "async" : "sync" : null));
        if (call.QueueTime > Duration.Zero)
            network.Ledger.Write("queued", call, ("seconds", call.QueueTime));
        _line.AddLast(call);
        if (!_serving)
            ServeAt(network.Timeline.Now + call.QueueTime);
    }

    /// <summary>True when more than a day of calls would be waiting.</summary>
    public bool QueueIsFull => Wait > Duration.FromHours(24);

    /// <summary>How long a call made now would wait. A call that is cancelled in the line gives its turn to those behind it.</summary>
    private Duration Wait => Duration.Max(_nextStart - network.Timeline.Now, Duration.Zero) + (Gap * _line.Count);

    private Duration Gap => Duration.FromSeconds(1 / network.Options.CallsPerSecond);

    private void ServeAt(Instant turn)
    {
        _serving = true;
        network.Timeline.At(turn, Serve);
    }

    private void Serve()
    {
        _serving = false;
        if (_line.First?.Value is not { } call)
            return;
        _line.RemoveFirst();
        _nextStart = network.Timeline.Now + Gap;
        call.QueueTime = network.Timeline.Now - call.Created;
        if (call.Move(CallEvent.Dequeued))
            Place(call);
        if (_line.Count > 0 && !_serving)
            ServeAt(_nextStart);
    }

    /// <summary>A leg dialled by a verb: never queued.</summary>
    public void Dial(Call call)
    {
        Register(call);
        call.Parent?.Children.Add(call);
        network.Ledger.Write("call-created", call, ("direction", call.Direction), ("parent", call.Parent?.Sid));
        Place(call);
    }

    /// <summary>A call that arrives: from a phone to one of our numbers, or from a softphone to an application.</summary>
    public void Arrive(Call call)
    {
        Register(call);
        call.StartedAt = network.Timeline.Now;
        network.Ledger.Write("call-created", call, ("direction", "inbound"), ("url", call.Voice.Url));
        call.Move(CallEvent.Rang);
        network.Ledger.Write("ringing", call);
        Progress.Emit(call, "initiated");
        Progress.Emit(call, "ringing");
        if (call.Voice.IsEmpty)
        {
            End(call, CallEvent.CouldNotBePlaced, "network", 404);
            return;
        }

        call.Run = TwimlRun.Main(call);
        call.Run.Begin(call.Voice, Progress.Fields(call).AddAll(call.Custom));
    }

    private void Place(Call call)
    {
        call.StartedAt = network.Timeline.Now;
        network.Ledger.Write("dialled", call, ("queueMs", (long)call.QueueTime.TotalMilliseconds));
        Progress.Emit(call, "initiated");
        var plan = network.Faults.CarrierRefusal(call) is { } sip ? new CallPlan(CallOutcome.Fails, 0.5, 0, sip, null) : network.Directory.Plan(call);
        call.Later(plan.SetupSeconds, () => Ring(call, plan));
    }

    private void Ring(Call call, CallPlan plan)
    {
        if (plan.Outcome == CallOutcome.Fails)
        {
            End(call, CallEvent.CouldNotBePlaced, "network", plan.Sip);
            return;
        }

        call.Move(CallEvent.Rang);
        network.Ledger.Write("ringing", call);
        Progress.Emit(call, "ringing");
        call.Party = plan.Party;
        call.Party?.Attach(call);
        if (plan.Outcome == CallOutcome.Busy)
            call.Later(plan.AnswerSeconds, () => End(call, CallEvent.WasBusy, "network", 486));
        else if (plan.Outcome == CallOutcome.Answers && plan.AnswerSeconds < call.RingLimitSeconds)
            call.Later(plan.AnswerSeconds, () => Answer(call));
        if (plan.Outcome != CallOutcome.Busy)
            call.Later(call.RingLimitSeconds, () => End(call, CallEvent.NotAnswered, "limit", 487));
        call.Party?.OnRinging();
    }

    /// <summary>The far end picks up (outbound), or the first answering verb runs (inbound). Nothing happens when it is too late.</summary>
    public void Answer(Call call)
    {
        if (call.State == CallState.InProgress || !call.Move(CallEvent.Answered))
            return;
        call.AnsweredAt = network.Timeline.Now;
        network.Ledger.Write("answered", call, ("by", call.Party?.Kind), ("party", (call.Party as HumanParty)?.Persona.Who.ToString().ToLowerInvariant()), ("greeting", call.Party?.Greeting is { SpeechSeconds: > 0 } greeting ? greeting.SilenceSeconds + greeting.SpeechSeconds : null));
        network.Stats.Answered(call);
        Progress.Emit(call, "answered");
        Limit(call, call.TimeLimitSeconds);
        call.Record?.StartOn(call);
        var wait = call.Amd is { } amd && string.IsNullOrEmpty(call.SendDigits) ? MachineDetection.Start(call, amd) : null;
        call.Party?.OnAnswered();
        var digits = DialString.Seconds(call.SendDigits);
        if (digits > 0)
            call.Hear(new Utterance(UtteranceKind.Tone, call.SendDigits!, "en-US", digits));
        if (wait is { } seconds)
            call.Later(seconds, () => Fetch(call));
        else if (digits > 0)
            call.Later(digits, () => GoOn(call));
        else
            GoOn(call);
    }

    /// <summary>Whoever dialled this leg decides what follows; a call of REST's asks for its document.</summary>
    private static void GoOn(Call call)
    {
        if (call.IsDialLeg || call.Direction == "inbound")
            call.OnAnswered?.Invoke(call);
        else
            Fetch(call);
    }

    /// <summary>The longest the call may last from its answer; a later limit replaces an earlier one, longer or shorter.</summary>
    public void Limit(Call call, int seconds)
    {
        call.TimeLimitSeconds = seconds;
        if (call.AnsweredAt is not { } answered)
            return;
        call.EndsAtLimit?.Cancel();
        call.EndsAtLimit = call.Later(Math.Max(0, seconds - (network.Timeline.Now - answered).TotalSeconds), () => End(call, CallEvent.HungUp, "limit"));
    }

    private static void Fetch(Call call)
    {
        call.OnAnswered?.Invoke(call);
        if (call.Run is not null)
            return;
        call.Run = TwimlRun.Main(call);
        var fields = Progress.Fields(call);
        if (call.Amd is { Async: false } && call.AnsweredBy is { } verdict)
            fields.Add("AnsweredBy", verdict).Add("MachineDetectionDuration", call.MachineDetectionMs?.ToString());
        call.Run.Begin(call.Voice, fields);
    }

    /// <summary>Ends a leg, whatever it is doing; a second end is nothing. The order is: state, verbs, room, recordings, far end, callbacks, parent.</summary>
    public void End(Call call, CallEvent how, string by, int sip = 0)
    {
        var wasQueued = call.State == CallState.Queued;
        var missed = (call.State == CallState.Ringing && how is CallEvent.NotAnswered or CallEvent.Cancelled) || call.Party is VoicemailParty;
        if (!call.Move(how))
            return;
        if (wasQueued)
            _line.Remove(call);
        call.EndedAt = network.Timeline.Now;
        call.EndedBy = by;
        call.SipResponse = sip != 0 ? sip : how == CallEvent.HungUp ? 200 : how == CallEvent.Cancelled ? 487 : 0;
        network.Ledger.Write("completed", call, ("status", CallTable.Word(call.State)), ("by", by), ("duration", call.DurationSeconds),
            ("answeredBy", call.AnsweredBy), ("sip", call.SipResponse));
        call.Run?.HungUp();
        call.Seat?.Leave(by == "api" ? "participant_updated_via_api" : "participant_hung_up");
        network.Queues.HungUp(call);
        foreach (var recording in call.Recordings.ToArray())
            recording.Stop();
        network.Payments.HungUp(call);
        call.EndsAtLimit?.Cancel(); // it may be hours away, and would keep the call in memory until then
        call.Party?.OnEnded();
        if (!wasQueued)
            Progress.Emit(call, "completed");
        call.OnOver?.Invoke(call);
        network.Stats.Over(call);
        network.Usage.Over(call);
        if (missed)
            network.Inbound.Missed(call);
        Live--;
        Forget(call);
    }

    /// <summary>Forgets a completed call (DELETE).</summary>
    public void Remove(Call call)
    {
        if (_calls.Remove(call.Sid, out var node))
            _newestFirst.Remove(node);
        call.Parent?.Children.Remove(call);
    }

    private void Register(Call call)
    {
        _calls[call.Sid] = _newestFirst.AddFirst(call);
        Live++;
        network.Stats.Created(call);
    }

    private void Forget(Call ended)
    {
        var now = network.Timeline.Now;
        _cooling.Enqueue(ended);
        while (_cooling.TryPeek(out var first) && (now - first.EndedAt!.Value).TotalSeconds >= LetGoAfter)
            _cooling.Dequeue().LetGo();
        _over.Enqueue((now, ended.Sid));
        var horizon = now - Duration.FromHours(network.Options.KeepCompletedHours);
        while (_over.TryPeek(out var oldest) && (oldest.Ended < horizon || _over.Count > network.Options.KeepCompletedCalls))
        {
            _over.Dequeue();
            if (Find(oldest.Sid) is { IsOver: true } call)
                Remove(call);
        }
    }
}
