using System.Text.Json.Serialization;
using Dialer.Core.Numbers;

namespace Dialer.Core.Pacing;

/// <summary>What an agent is doing, as far as pacing cares. Offline agents are simply not in the snapshot.</summary>
public enum AgentActivity
{
    Available = 0,
    Reserved,
    OnCall,
    WrapUp,
    Break,
    NotResponding,
}

/// <summary>One signed-in agent.</summary>
/// <param name="Activity">The state now.</param>
/// <param name="Seconds">Time in this state, at least 0.</param>
/// <param name="AwaitingVerdict">On a bridged pick-up that answering-machine detection has not classified yet.</param>
/// <param name="Leaving">Goes on a break or home when this state ends (or is told to take no more calls): never counted as free again.</param>
[method: JsonConstructor]
public readonly record struct PacedAgent(AgentActivity Activity, double Seconds, bool AwaitingVerdict = false, bool Leaving = false);

/// <summary>The kind of number dialled: answer rates are learned for each kind and shrink towards the campaign's.</summary>
/// <param name="Line">Wireless, landline and so on.</param>
/// <param name="Attempt">1 for the first attempt to this number; 4 and later are one class.</param>
[method: JsonConstructor]
public readonly record struct CallClass(LineType Line = LineType.Unknown, int Attempt = 1)
{
    internal const int Count = 20;

    internal int Index => (int)Line * 4 + Math.Clamp(Attempt, 1, 4) - 1;
}

/// <summary>One launched call that nothing is known to have answered or ended.</summary>
/// <param name="AgeSeconds">Since it was sent to the carrier.</param>
/// <param name="Class">What was dialled.</param>
/// <param name="QueuedSeconds">Of its age, how long it stood in the carrier's queue before it began to be set up.</param>
/// <param name="Foreign">Belongs to another campaign that shares these agents: it will need one of them, but teaches this campaign nothing.</param>
[method: JsonConstructor]
public readonly record struct PacedCall(double AgeSeconds, CallClass Class = default, double QueuedSeconds = 0, bool Foreign = false);

/// <summary>Inbound callers who want the same agents.</summary>
public readonly record struct InboundLoad(double ArrivalsPerMinute, int Waiting);

/// <summary>The account of the governing window: live answers (abandoned ones included) and, of these, abandoned.</summary>
public readonly record struct AbandonmentLedger(long Abandoned, long LiveAnswers)
{
    public double Rate => LiveAnswers == 0 ? 0 : (double)Abandoned / LiveAnswers;
}

/// <summary>What may still be started now.</summary>
/// <param name="CallTokens">Calls that our own calls-per-second bucket lets go at this instant.</param>
/// <param name="ConcurrencyLeft">Lines that may still be opened.</param>
/// <param name="ListStock">Numbers that are dialable now.</param>
/// <param name="Share">This campaign's part of the agents it shares with other campaigns, 0 to 1 (<see cref="SharedAgents"/>): of the calls that the whole floor has room for, it starts this part.</param>
/// <param name="Turn">Whether a part of one call is rounded up now: exactly one of the sharing campaigns has the turn at any instant.</param>
[method: JsonConstructor]
public readonly record struct PacingLimits(double CallTokens = double.MaxValue, int ConcurrencyLeft = int.MaxValue, int ListStock = int.MaxValue, double Share = 1, bool Turn = true)
{
    public static PacingLimits None => new(double.MaxValue);
}

/// <summary>The floor at one instant, derived from rows and sets of ids, never from counters.</summary>
public sealed record PacingSnapshot
{
    public IReadOnlyList<PacedAgent> Agents { get; init; } = [];

    public IReadOnlyList<PacedCall> Calls { get; init; } = [];

    /// <summary>Answered calls that wait for an agent: seconds since each was answered.</summary>
    public IReadOnlyList<double> Waiting { get; init; } = [];

    public InboundLoad Inbound { get; init; }

    /// <summary>Null when the account cannot be read: then nothing beyond one line for each idle agent is dialled.</summary>
    public AbandonmentLedger? Ledger { get; init; }

    /// <summary>The account as it will stand when the hour turns and its oldest hour has left (<see cref="BudgetWindow.Ahead"/>): the hard gate keeps this one too. Null: nothing is about to leave.</summary>
    public AbandonmentLedger? LedgerAhead { get; init; }

    public PacingLimits Limits { get; init; } = PacingLimits.None;

    /// <summary>False while live state is being rebuilt or webhooks are known to be missing: then nothing is dialled.</summary>
    public bool Whole { get; init; } = true;
}
