using System.Xml.Linq;
using Dialer.Simulator.Calls;
using Dialer.Simulator.People;
using Dialer.Simulator.Rooms;
using Dialer.Simulator.Wire;
using NodaTime;

namespace Dialer.Simulator.Twiml.Verbs;

/// <summary>Dial of Number, Client and Sip nouns: up to ten ring together and the first to answer wins, or one after another.</summary>
internal sealed class LegDial(TwimlRun run, XElement dial) : DialActivity(run, dial)
{
    private const int MostNouns = 10;
    private readonly List<Call> _legs = [];
    private readonly Queue<XElement> _waiting = new();
    private Call? _winner;
    private Instant? _bridgedAt;
    private bool _redirectedAway;
    private CallState _last = CallState.NoAnswer;
    private Call? _lastLeg;

    public void Start()
    {
        var nouns = Dial.Elements().Where(e => e.Name.LocalName is "Number" or "Client" or "Sip" or "Sim" or "WhatsApp" or "Application").ToList();
        if (nouns.Count > MostNouns)
        {
            Run.Warn(13250, $"<Dial> has {nouns.Count} nouns; only the first {MostNouns} are dialled");
            nouns.RemoveRange(MostNouns, nouns.Count - MostNouns);
        }

        if (nouns.Count == 0 && Dial.Value.Trim() is { Length: > 0 } number)
            nouns.Add(new XElement("Number", number));
        Run.Wait(this);
        if (nouns.Count == 0)
        {
            Run.Warn(13223, "<Dial> has nobody to dial");
            Finish(Result("failed"));
            return;
        }

        foreach (var noun in nouns)
            _waiting.Enqueue(noun);
        if (Dial.Text("record", string.Empty).StartsWith("record-from-ringing", StringComparison.Ordinal))
            Record();
        Run.Call.Hear(new Utterance(UtteranceKind.Tone, "[ringing]", "en-US", 4));
        if (Dial.Flag("sequential", false))
            DialNext();
        else
            while (_waiting.Count > 0 && !Done)
                DialNext();
    }

    public override bool Digit(char key)
    {
        if (key == '*' && Dial.Flag("hangupOnStar", false) && _winner is { } winner)
            Run.Network.Calls.End(winner, CallEvent.HungUp, "twiml");
        return true;
    }

    public override void Stopped(StopReason reason)
    {
        var result = Result(_winner is null ? "canceled" : "completed");
        Abandon(result, reason);
        Run.Call.Seat?.Leave("participant_hung_up");
        foreach (var leg in _legs.ToArray())
            EndLeg(leg);
    }

    private void DialNext()
    {
        var timeout = Dial.Number(Run, "timeout", 30, 5, 600, 13212) + 5;
        while (_waiting.TryDequeue(out var noun))
        {
            if (LegDialling.Create(Run, Dial, noun, timeout, out var refusal) is not { } leg)
            {
                Run.Warn(refusal, $"cannot dial <{noun.Name.LocalName}>");
                continue;
            }

            leg.OnAnswered = answered => Screen(answered, noun);
            leg.OnOver = Over;
            _legs.Add(leg);
            Run.Network.Calls.Dial(leg);
            return;
        }

        if (_legs.Count == 0)
            Finish(Result(_lastLeg is null ? "failed" : CallTable.Word(_last)));
    }

    private void Screen(Call leg, XElement noun)
    {
        if (Done || _winner is not null)
        {
            EndLeg(leg);
            return;
        }

        _winner = leg;
        foreach (var other in _legs.Where(l => !ReferenceEquals(l, leg)).ToArray())
            EndLeg(other);
        if (noun.Text("url") is not { Length: > 0 } url || Run.Resolve(url) is not { } absolute)
        {
            Bridge_(leg);
            return;
        }

        leg.Run = TwimlRun.Side(leg, RunScope.Screen, _ => Bridge_(leg));
        leg.Run.Begin(new VoiceSource(absolute, noun.Method(), null, "POST"), Progress.Fields(leg));
    }

    private void Bridge_(Call leg)
    {
        if (Done || leg.IsOver || Run.Call.IsOver)
            return;
        Run.Network.Calls.Answer(Run.Call);
        _bridgedAt = Run.Network.Timeline.Now;
        Record();
        Bridge.Join(Run.Call, _ => { }, leg, _ => LeftBridge(leg));
        Run.Later(Dial.Number(Run, "timeLimit", 14400, 1, 86400, 13216), () => EndLeg(leg));
    }

    private void LeftBridge(Call leg)
    {
        if (leg.IsOver || Done)
            return;
        leg.Later(0, () =>
        {
            if (!Done) // else REST has given the leg a document of its own, or the Dial has let go of it
                EndLeg(leg);
        });
    }

    private void Over(Call leg)
    {
        _redirectedAway = !leg.IsOver;
        _last = leg.State;
        _lastLeg = leg;
        _legs.Remove(leg);
        if (Done)
            return;
        if (ReferenceEquals(leg, _winner))
            Finish(Result("completed"));
        else if (_waiting.Count > 0 && _legs.Count == 0)
            DialNext();
        else if (_legs.Count == 0)
            Finish(Result(CallTable.Word(_last)));
    }

    private void EndLeg(Call leg)
    {
        if (leg.IsLive)
            Run.Network.Calls.End(leg, CallEvent.HungUp, "twiml");
        else
            Run.Network.Calls.End(leg, CallEvent.Cancelled, "twiml");
    }

    private Form Result(string status)
    {
        var leg = _winner ?? _lastLeg;
        var form = new Form().Add("DialCallStatus", status);
        if (leg is not null)
            form.Add("DialCallSid", leg.Sid);
        if (_bridgedAt is { } since && !_redirectedAway)
            form.Add("DialCallDuration", ((int)Math.Floor((Run.Network.Timeline.Now - since).TotalSeconds + 0.5)).ToString());
        return WithRecording(form.Add("DialBridged", _bridgedAt is null ? "false" : "true"));
    }
}
