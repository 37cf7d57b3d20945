using Dialer.Simulator.People;

namespace Dialer.Simulator.Twiml;

/// <summary>Why a running verb was stopped from outside.</summary>
public enum StopReason
{
    HungUp,
    Redirected,
}

/// <summary>What a verb is doing while it waits: it may take keys and speech, and it is told when it is stopped.</summary>
public abstract class Activity
{
    /// <summary>Takes one key; false when keys mean nothing here.</summary>
    public virtual bool Digit(char key) => false;

    public virtual void Heard(Speech speech)
    {
    }

    public virtual void Stopped(StopReason reason)
    {
    }
}
