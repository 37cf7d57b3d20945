using System.Text.Json.Nodes;
using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using Dialer.Simulator.Numbers;
using Dialer.Simulator.Rooms;

namespace Dialer.Simulator.People;

/// <summary>Voicemail: a greeting, a beep, then it records until it has had enough silence or time.</summary>
public sealed class VoicemailParty(Contact owner) : Party
{
    private const double LongestMessage = 120;
    private const double LongestSilence = 12;
    private Greeting _greeting = new(0.8, 8, 0.6);
    private Appointment? _silence;

    public override string Kind => "machine";

    public override Greeting Greeting => _greeting;

    protected override void OnAttached()
    {
        var chance = Call.Network.ChanceFor(Call, "voicemail");
        _greeting = new Greeting(chance.Between(0.3, 1.2), Math.Clamp(chance.LogNormal(8, 0.4), 2, 28), chance.Happens(0.85) ? chance.Between(0.3, 1.2) : null);
    }

    public override void OnAnswered()
    {
        Call.Later(_greeting.SilenceSeconds, () => Say("Hi, you have reached " + owner.First + ". Please leave a message after the tone."));
        Call.Later(_greeting.SilenceSeconds + _greeting.SpeechSeconds + (_greeting.BeepAfterSeconds ?? 0), () =>
        {
            Call.Network.Ledger.Write("beep", Call);
            Quiet();
        });
        Call.Later(_greeting.SilenceSeconds + _greeting.SpeechSeconds + LongestMessage, HangUp);
    }

    public override void OnHears(Utterance utterance)
    {
        if (utterance.Kind is UtteranceKind.Say or UtteranceKind.Play)
            _silence?.Cancel();
    }

    public override void OnHeard(Utterance utterance, bool cut) => Quiet();

    public override void OnBridged(Room room) =>
        Call.Later(0.6, () => Say("Hi, you have reached " + owner.First + ". Please leave a message after the tone."));

    private void Say(string text) => Call.Say(new Speech(text, new JsonObject { ["result"] = "AM" }));

    private void Quiet()
    {
        _silence?.Cancel();
        _silence = Call.Later(LongestSilence, HangUp);
    }

    private void HangUp() => Call.Network.Calls.End(Call, CallEvent.HungUp, "caller");
}

/// <summary>A fax machine: tones, then it gives up.</summary>
public sealed class FaxParty : Party
{
    public override string Kind => "fax";

    public override Greeting Greeting => new(0.5, 3, Fax: true);

    public override void OnAnswered() => Call.Later(35, () => Call.Network.Calls.End(Call, CallEvent.HungUp, "caller"));

    public override void OnBridged(Room room) => Call.Say(new Speech("[fax tones]", new JsonObject { ["result"] = "NOISE" }));
}

/// <summary>Another number of ours, or an application: the call arrives there as an inbound call with its own TwiML, and the two hear one another.</summary>
public sealed class TrunkParty(VoiceEndpoint number) : Party
{
    private Call? _other;

    public override string Kind => "trunk";

    public override void OnRinging()
    {
        _other = Call.Network.Inbound.Arrive(Call.From, number, new TrunkEnd(this), Call.DialledAs, number.PhoneNumber is null ? Call.Custom : null);
        _other.OnAnswered = _ => Call.Network.Calls.Answer(Call);
        _other.OnOver = other =>
        {
            if (Call.IsLive)
                Call.Network.Calls.End(Call, CallEvent.HungUp, "caller");
            else
                Call.Network.Calls.End(Call, other.State == CallState.Busy ? CallEvent.WasBusy : other.State == CallState.NoAnswer ? CallEvent.NotAnswered : CallEvent.CouldNotBePlaced, "caller", other.SipResponse);
        };
        if (_other.IsOver)
            Call.Later(0, () => _other.OnOver!(_other));
    }

    public override void OnHears(Utterance utterance) => Pass(utterance, _other);

    public override void OnSpeech(Call speaker, Speech speech) => Carry(speech, _other);

    public override void OnEnded()
    {
        if (_other is { IsOver: false })
            Call.Network.Calls.End(_other, _other.IsLive ? CallEvent.HungUp : CallEvent.Cancelled, "caller");
    }

    /// <summary>What one of the two legs is told by its document, the other's document hears: words, and keys one after another.</summary>
    private static void Pass(Utterance utterance, Call? to)
    {
        if (to is not { IsLive: true })
            return;
        if (utterance.Kind == UtteranceKind.Say)
            to.Say(new Speech(utterance.Text) { Carried = true });
        if (utterance.Kind != UtteranceKind.Tone || !DialString.IsValid(utterance.Text, 1024))
            return;
        for (var i = 0; i < utterance.Text.Length; i++)
        {
            var key = utterance.Text[i];
            if (key is not ('w' or 'W'))
                to.Later(DialString.Seconds(utterance.Text[..(i + 1)]), () => to.Press(key));
        }
    }

    private static void Carry(Speech speech, Call? to)
    {
        if (!speech.Carried)
            to?.Say(speech with { Carried = true });
    }

    private sealed class TrunkEnd(TrunkParty near) : Party
    {
        public override string Kind => "trunk";

        public override void OnHears(Utterance utterance) => Pass(utterance, near.Call);

        public override void OnSpeech(Call speaker, Speech speech) => Carry(speech, near.Call);
    }
}
