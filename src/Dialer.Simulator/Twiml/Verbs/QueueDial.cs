using System.Xml.Linq;
using Dialer.Simulator.Calls;
using Dialer.Simulator.Queues;
using Dialer.Simulator.Wire;
using NodaTime;

namespace Dialer.Simulator.Twiml.Verbs;

/// <summary>Dial with a Queue noun: takes the first waiting call, or waits for one as long as the Dial's timeout says.</summary>
internal sealed class QueueDial(TwimlRun run, XElement dial, XElement noun) : DialActivity(run, dial)
{
    private Action<QueueMember>? _taker;
    private CallQueue? _queue;
    private QueueMember? _member;
    private Instant? _bridgedAt;

    public void Start()
    {
        Run.Wait(this);
        _queue = Run.Network.Queues.ByName(noun.Value.Trim());
        if (_queue is null)
        {
            Finish(new Form().Add("DialCallStatus", "failed").Add("QueueResult", "error"));
            return;
        }

        _taker = Take;
        _queue.Takers.Add(_taker);
        Run.Later(Dial.Number(Run, "timeout", 30, 5, 600, 13212), GiveUp);
        _queue.ServeNext();
    }

    public override bool Digit(char key)
    {
        if (key == '*' && _bridgedAt is not null && Dial.Flag("hangupOnStar", false))
            Run.Call.Seat?.Leave("participant_hung_up");
        return true;
    }

    public override void Stopped(StopReason reason)
    {
        if (_taker is not null)
            _queue?.Takers.Remove(_taker);
        Abandon(Result("completed"), reason);
        Run.Call.Seat?.Leave("participant_hung_up");
    }

    private void GiveUp()
    {
        if (_bridgedAt is not null || _member is not null)
            return;
        _queue!.Takers.Remove(_taker!);
        Finish(Result("no-answer"));
    }

    private void Take(QueueMember member)
    {
        _member = member;
        var facts = member.Take(Run.Call);
        if (noun.Text("url") is not { Length: > 0 } url || Run.Resolve(url) is not { } absolute)
        {
            Join();
            return;
        }

        var whisper = TwimlRun.Side(member.Call, RunScope.Whisper, _ => Join());
        whisper.Begin(new VoiceSource(absolute, noun.Method(), null, "POST"), Progress.Fields(member.Call).AddAll(facts));
    }

    private void Join()
    {
        if (Done || Run.Call.IsOver)
        {
            if (!_member!.Call.IsOver)
                _member.WalkOut("bridging-in-process"); // its taker hung up while it heard the taker's document
            return;
        }

        if (_member!.Call.IsOver)
        {
            Finish(Result("completed"));
            return;
        }

        _bridgedAt = Run.Network.Timeline.Now;
        Record();
        Run.Later(Dial.Number(Run, "timeLimit", 14400, 1, 86400, 13216), () => Run.Call.Seat?.Leave("participant_hung_up"));
        _member.JoinTo(Run.Call, _ => Run.Call.Later(0, () => Finish(Result("completed"))));
    }

    private Form Result(string status)
    {
        var form = new Form().Add("DialCallStatus", status).Add("DialBridged", _bridgedAt is null ? "false" : "true");
        if (_member is not null && _queue is not null)
            form.Add("DialCallSid", _member.Call.Sid).Add("QueueSid", _queue.Sid).Add("QueueTime", _member.WaitedSeconds.ToString()).Add("QueueResult", "bridged");
        if (_bridgedAt is { } since)
            form.Add("DialCallDuration", ((int)(Run.Network.Timeline.Now - since).TotalSeconds).ToString());
        return WithRecording(form);
    }
}
