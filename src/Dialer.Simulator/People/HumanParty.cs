using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using Dialer.Simulator.Rooms;

namespace Dialer.Simulator.People;

/// <summary>A person on the phone: says hello, listens, reads prompts, keys answers, talks to agents, and loses patience.</summary>
public sealed class HumanParty(Persona persona) : Party
{
    private Chance _chance = null!;
    private Greeting _greeting = new(0.4, 0.9);
    private Appointment? _patience;
    private Appointment? _thought;
    private Conversation? _conversation;
    private string _heard = string.Empty;
    private string _lastPrompt = string.Empty;
    private int _repeats;
    private int _prompts;
    private bool _verified;
    private bool _onHold;

    public override string Kind => "human";

    public override Greeting Greeting => _greeting;

    public Persona Persona => persona;

    protected override void OnAttached()
    {
        _chance = Call.Network.ChanceFor(Call, "person");
        _greeting = new Greeting(_chance.Between(0.2, 0.7), _chance.Between(0.5, 1.4));
    }

    public override void OnRinging()
    {
        if (persona.IsCaller)
            Wait(45);
    }

    public override void OnAnswered()
    {
        if (!persona.IsCaller)
            Call.Later(_greeting.SilenceSeconds, () => Call.Say(new Speech(persona.Language == "es" ? "¿Bueno?" : "Hello?")));
        Wait(_greeting.SilenceSeconds + _greeting.SpeechSeconds + persona.PatienceSeconds);
    }

    public override void OnHears(Utterance utterance)
    {
        switch (utterance.Kind)
        {
            case UtteranceKind.Music:
                Hold(75);
                return;
            case UtteranceKind.Tone when utterance.Text == "[ringing]":
                Hold(40);
                return;
            case UtteranceKind.Silence or UtteranceKind.Tone or UtteranceKind.Beep:
                return;
        }

        _thought?.Cancel();
        _patience?.Cancel();
        _onHold = false;
        _heard = Utterance.Remember(_heard, utterance.Text);
        if (utterance.Seconds > 3 && _prompts > 0 && _chance.Happens(persona.Interrupts) && Understood())
            _thought = Call.Later(utterance.Seconds * _chance.Between(0.45, 0.85), Decide);
    }

    public override void OnHeard(Utterance utterance, bool cut)
    {
        if (cut || utterance.Kind is not (UtteranceKind.Say or UtteranceKind.Play))
            return;
        _thought?.Cancel();
        _thought = Call.Later(Math.Clamp(_chance.LogNormal(1.0, 0.4), 0.35, 4), Decide);
        Wait(utterance.Seconds > 12 ? 14 : persona.PatienceSeconds + 6);
    }

    public override void OnBridged(Room room)
    {
        _thought?.Cancel();
        _patience?.Cancel();
        _heard = string.Empty;
        _conversation ??= Conversation.Plan(persona, _chance, Call.Network.Timeline.Now);
        _conversation.Begin(Call, HangUp);
    }

    public override void OnUnbridged(Room room)
    {
        _conversation?.Pause();
        if (_conversation is { Over: false } && !Call.IsOver)
            Wait(persona.PatienceSeconds + 4);
    }

    public override void OnSpeech(Call speaker, Speech speech) => _conversation?.Heard(speech);

    public override void OnAsked(string field) => Call.Later(_chance.Between(1.5, 4), () =>
    {
        Key(Data.ForField(persona, field), pound: true);
        Wait(180);
    });

    public override void OnEnded()
    {
        _conversation?.Pause();
        _patience?.Cancel();
        _thought?.Cancel();
    }

    private bool Understood() => Reading.Options(_heard).Count > 0 || Reading.DataAsked(_heard) != Asked.Nothing;

    private void Decide()
    {
        var prompt = _heard;
        _heard = string.Empty;
        _prompts++;
        var options = Reading.Options(prompt);
        var asked = options.Count > 0 && !LastSentenceAsks(prompt) ? Asked.Nothing : Reading.DataAsked(prompt);
        if (options.Count == 0 && asked == Asked.Nothing)
        {
            Listen(prompt);
            return;
        }

        _repeats = prompt == _lastPrompt ? _repeats + 1 : 0;
        _lastPrompt = prompt;
        if (_repeats >= 3 || (persona.Intent == Intent.HangUp && _prompts >= 2 && _chance.Happens(0.6)))
        {
            HangUp();
            return;
        }

        if (asked != Asked.Nothing)
            Answer(asked, prompt);
        else if (Choosing.Pick(persona, options, prompt, _verified) is { } key)
            Key(key.ToString(), pound: false);
        else
            NothingForMe();
    }

    private void Answer(Asked asked, string prompt)
    {
        var knows = persona.Who == Who.Right || asked is Asked.Amount or Asked.Date;
        if (!knows && _chance.Happens(0.8))
        {
            HangUp();
            return;
        }

        if (_chance.Happens(0.03))
            return;
        var digits = Data.For(persona, asked, prompt, Call, _chance);
        if (digits.Length == 0)
        {
            NothingForMe();
            return;
        }

        _verified |= asked is Asked.Zip or Asked.BirthDate or Asked.Ssn4;
        if (_chance.Happens(persona.MisKeys))
            digits = $"{(digits[0] - '0' + 1) % 10}{digits[1..]}";
        Key(digits, Reading.WantsPound(prompt) || asked is Asked.Amount);
    }

    private void Listen(string prompt)
    {
        if (Reading.Has(prompt, "goodbye", "adiós", "have a good", "buen día", "hasta luego") && _chance.Happens(0.7))
            Call.Later(_chance.Between(0.5, 2), HangUp);
        else if (persona.Intent == Intent.HangUp && _chance.Happens(0.35))
            HangUp();
        else if (Reading.Has(prompt, "hold", "connect", "transfer", "moment", "espere", "momento", "conect"))
            Hold(75);
    }

    private void NothingForMe()
    {
        if (_chance.Happens(persona.Intent is Intent.Refuse or Intent.HangUp ? 0.75 : 0.35))
            Call.Later(_chance.Between(0.5, 3), HangUp);
    }

    private void Key(string digits, bool pound)
    {
        if (digits.Length == 0)
            return;
        _prompts++;
        var at = 0.0;
        foreach (var key in pound ? digits + "#" : digits)
        {
            at += _chance.Between(0.2, 0.55);
            Call.Later(at, () => Call.Press(key));
        }

        Wait(at + 20);
    }

    private void Hold(double median)
    {
        if (_onHold)
            return;
        _onHold = true;
        Wait(Math.Clamp(_chance.LogNormal(median, 0.5), 15, 600));
    }

    private void Wait(double seconds)
    {
        _patience?.Cancel();
        if (Call.Seat is not { Connected: true })
            _patience = Call.Later(seconds, HangUp);
    }

    private void HangUp() => Call.Network.Calls.End(Call, Call.IsLive ? CallEvent.HungUp : CallEvent.Cancelled, "caller");

    /// <summary>A text may offer choices first and then ask for data; what comes last counts.</summary>
    private static bool LastSentenceAsks(string prompt)
    {
        var trimmed = prompt.TrimEnd('.', ' ');
        var cut = trimmed.LastIndexOfAny(['.', ';', '?']);
        var last = cut < 0 ? trimmed : trimmed[(cut + 1)..];
        return Reading.DataAsked(last) != Asked.Nothing && Reading.Options(last).Count == 0;
    }
}
