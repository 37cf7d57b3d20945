using Dialer.Simulator.Calls;
using Dialer.Simulator.Rooms;

namespace Dialer.Simulator.People;

/// <summary>How a call's far end sounds when it is answered. Exact greetings are never mistaken by machine detection.</summary>
public sealed record Greeting(double SilenceSeconds, double SpeechSeconds, double? BeepAfterSeconds = null, bool Fax = false, bool Exact = false)
{
    public static readonly Greeting Silence = new(0, 0, Exact: true);
}

/// <summary>The far end of one leg: somebody or something that hears, presses keys, speaks and hangs up.</summary>
public abstract class Party
{
    public Call Call { get; private set; } = null!;

    /// <summary>human, machine, fax, agent, browser, script, trunk: who the ledger says answered.</summary>
    public abstract string Kind { get; }

    public virtual Greeting Greeting => Greeting.Silence;

    public void Attach(Call call)
    {
        Call = call;
        OnAttached();
    }

    protected virtual void OnAttached()
    {
    }

    public virtual void OnRinging()
    {
    }

    public virtual void OnAnswered()
    {
    }

    /// <summary>An utterance begins.</summary>
    public virtual void OnHears(Utterance utterance)
    {
    }

    /// <summary>An utterance has ended, or was cut off.</summary>
    public virtual void OnHeard(Utterance utterance, bool cut)
    {
    }

    /// <summary>Somebody else can now be heard in the room this leg sits in.</summary>
    public virtual void OnBridged(Room room)
    {
    }

    public virtual void OnUnbridged(Room room)
    {
    }

    /// <summary>Somebody entered or left the room, or was muted or held.</summary>
    public virtual void OnRoomChanged(Room room)
    {
    }

    public virtual void OnSpeech(Call speaker, Speech speech)
    {
    }

    /// <summary>Somebody on the line (an agent taking a payment) asks for this field: payment-card-number and so on.</summary>
    public virtual void OnAsked(string field)
    {
    }

    public virtual void OnEnded()
    {
    }
}
