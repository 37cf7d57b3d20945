using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using Dialer.Simulator.People;
using Dialer.Simulator.Rooms;
using Dialer.Simulator.Twiml;
using Dialer.Simulator.Wire;
using NodaTime;

namespace Dialer.Simulator.Queues;

/// <summary>The verb that put a call into a queue; it goes on when the call is out.</summary>
public interface IQueueWaiter
{
    void Finish(string result, CallQueue? queue, int waited);
}

/// <summary>A first-in, first-out line of calls.</summary>
public sealed class CallQueue(PhoneNetwork network, string name)
{
    public const int DefaultMaxSize = 1000;
    public const int LargestMaxSize = 5000;
    private double _waitedTotal;
    private int _served;

    public PhoneNetwork Network => network;

    public string Sid { get; } = network.Sids.Next("QU");

    public string Name { get; set; } = name;

    public int MaxSize { get; set; } = DefaultMaxSize;

    /// <summary>True for a queue that a document made by naming it; REST's queues are kept until REST deletes them.</summary>
    public bool OnDemand { get; init; }

    /// <summary>When somebody last came in or was taken out; its creation until then.</summary>
    public Instant UsedAt { get; private set; } = network.Timeline.Now;

    public Instant Created { get; } = network.Timeline.Now;

    public Instant Updated { get; set; } = network.Timeline.Now;

    public List<QueueMember> Members { get; } = [];

    /// <summary>Dials that wait for the next member.</summary>
    public List<Action<QueueMember>> Takers { get; } = [];

    public int AverageWait => _served == 0 ? 0 : (int)(_waitedTotal / _served);

    public QueueMember Enter(TwimlRun run, IQueueWaiter waiter, string? waitUrl, string waitMethod)
    {
        var member = new QueueMember(this, run, waiter, waitUrl, waitMethod);
        Members.Add(member);
        UsedAt = network.Timeline.Now;
        network.Queues.Joined(member);
        network.Ledger.Write("enqueued", run.Call, ("queue", Name), ("position", Members.Count));
        if (Takers.Count > 0)
            run.Network.Timeline.After(0, ServeNext);
        else
            member.PlayMusic();
        return member;
    }

    public void ServeNext()
    {
        if (Takers.Count == 0 || Members.Find(m => m.State == MemberState.Waiting) is not { } member)
            return;
        var taker = Takers[0];
        Takers.RemoveAt(0);
        taker(member);
    }

    internal void Served(QueueMember member)
    {
        _served++;
        _waitedTotal += member.WaitedSeconds;
        UsedAt = network.Timeline.Now;
    }
}

/// <summary>One call in a queue.</summary>
public sealed class QueueMember(CallQueue queue, TwimlRun run, IQueueWaiter waiter, string? waitUrl, string waitMethod)
{
    private static readonly Utterance Music = new(UtteranceKind.Music, "[hold music]", "en-US", 240);
    private TwimlRun? _music;
    private Instant? _takenAt;

    public CallQueue Queue => queue;

    public Call Call => run.Call;

    public Instant EnqueuedAt { get; } = queue.Network.Timeline.Now;

    public MemberState State { get; private set; }

    /// <summary>True from the moment somebody took this call, and ever after.</summary>
    public bool Bridged => _takenAt is not null;

    public int Position => queue.Members.IndexOf(this) + 1;

    public int WaitedSeconds => (int)((_takenAt ?? queue.Network.Timeline.Now) - EnqueuedAt).TotalSeconds;

    public void PlayMusic()
    {
        if (State != MemberState.Waiting || Call.IsOver || waitUrl is { Length: 0 })
            return;
        _music = TwimlRun.Side(Call, RunScope.QueueWait, MusicEnded, Facts);
        if (waitUrl is null)
            _music.Utter(Music, _music.End);
        else
            _music.Begin(new VoiceSource(waitUrl, waitMethod, null, "POST"), Progress.Fields(Call));
    }

    /// <summary>The waiting document is asked again when it ends; one that cannot be had ends the waiting.</summary>
    private void MusicEnded(TwimlRun music)
    {
        if (music.Failed is null)
            Call.Later(0.02, PlayMusic);
        else if (State == MemberState.Waiting)
            WalkOut("error");
    }

    public bool Digit(char key) => _music?.Digit(key) ?? false;

    /// <summary>Takes this member out of the line to be bridged to another leg.</summary>
    public Form Take(Call by)
    {
        Move(MemberEvent.Taken);
        _takenAt = queue.Network.Timeline.Now;
        _music?.Stop();
        queue.Members.Remove(this);
        queue.Served(this);
        queue.Network.Ledger.Write("dequeued", Call, ("queue", queue.Name), ("by", by.Sid), ("waited", WaitedSeconds));
        return new Form().Add("QueueSid", queue.Sid).Add("QueueTime", WaitedSeconds.ToString()).Add("DequeingCallSid", by.Sid);
    }

    /// <summary>The bridged call is over for the other side: Enqueue's action follows.</summary>
    public void BridgeEnded()
    {
        if (!Move(MemberEvent.BridgeEnded))
            return;
        queue.Network.Queues.Left(this);
        if (!Call.IsOver)
            waiter.Finish("bridged", queue, WaitedSeconds);
    }

    /// <summary>Leaves the line on its own or by REST; the verb goes on with this result.</summary>
    public void WalkOut(string result)
    {
        Leave();
        waiter.Finish(result, queue, WaitedSeconds);
    }

    public void Leave()
    {
        if (!Move(MemberEvent.WentAway))
            return;
        _music?.Stop();
        queue.Members.Remove(this);
        queue.Network.Queues.Left(this);
    }

    public void JoinTo(Call taker, Action<string> takerLeft)
    {
        if (Move(MemberEvent.Joined))
            Bridge.Join(taker, takerLeft, Call, _ => queue.Network.Timeline.After(0, BridgeEnded));
    }

    private bool Move(MemberEvent happened)
    {
        if (MemberTable.After(State, happened) is not { } next)
            return false;
        State = next;
        return true;
    }

    private Form Facts() => new Form()
        .Add("QueuePosition", Position.ToString()).Add("QueueSid", queue.Sid).Add("QueueTime", WaitedSeconds.ToString())
        .Add("AvgQueueTime", queue.AverageWait.ToString()).Add("CurrentQueueSize", queue.Members.Count.ToString()).Add("MaxQueueSize", queue.MaxSize.ToString());
}

/// <summary>All queues, by name and SID; Enqueue makes them on demand.</summary>
public sealed class QueueDesk(PhoneNetwork network)
{
    /// <summary>How many queues there may be before those that nobody uses are looked for.</summary>
    private const int Many = 1000;

    private readonly Dictionary<string, CallQueue> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, QueueMember> _members = new(StringComparer.Ordinal);

    public IEnumerable<CallQueue> All => _byName.Values.OrderBy(q => q.Created);

    public int Count => _byName.Count;

    public CallQueue Open(string name, bool onDemand = false)
    {
        if (_byName.TryGetValue(name, out var queue))
            return queue;
        if (_byName.Count >= Many)
            ForgetIdle();
        return _byName[name] = new CallQueue(network, name) { OnDemand = onDemand };
    }

    /// <summary>A product that names a queue for each caller must not fill the memory: queues that documents made go when nobody has used them for as long as completed calls are kept.</summary>
    private void ForgetIdle()
    {
        var horizon = network.Timeline.Now - Duration.FromHours(network.Options.KeepCompletedHours);
        foreach (var idle in _byName.Values.Where(q => q.OnDemand && q.Members.Count == 0 && q.Takers.Count == 0 && q.UsedAt < horizon).ToList())
            Remove(idle);
    }

    public CallQueue? ByName(string name) => _byName.GetValueOrDefault(name);

    public CallQueue? Find(string sid) => _byName.Values.FirstOrDefault(q => q.Sid == sid);

    public void Rename(CallQueue queue, string name)
    {
        _byName.Remove(queue.Name);
        queue.Name = name;
        _byName[name] = queue;
    }

    public void Remove(CallQueue queue) => _byName.Remove(queue.Name);

    public QueueMember? MemberOf(Call call) => _members.GetValueOrDefault(call.Sid);

    public void HungUp(Call call) => MemberOf(call)?.Leave();

    internal void Joined(QueueMember member) => _members[member.Call.Sid] = member;

    internal void Left(QueueMember member)
    {
        if (_members.TryGetValue(member.Call.Sid, out var current) && ReferenceEquals(current, member))
            _members.Remove(member.Call.Sid);
    }
}
