using Dialer.Core.Ivr;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Ivr;

/// <summary>What the IVR needs from the module that owns agents.</summary>
public interface IAgentHandoff
{
    /// <summary>
    /// Reserves a free agent for this attempt in the given transaction and returns the TwiML that joins the caller to them, or lets them wait in a line; null when nobody is free and there is no room to wait.
    /// </summary>
    Task<string?> TryHandOffAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, CancellationToken cancel);

    /// <summary>Callers are put through at this hour. When they are not the caller hears so at once, and what there is instead.</summary>
    bool IsOpen(Instant now) => true;

    /// <summary>The transaction in which somebody may have been reserved is committed and the caller's answer is about to be given: now his desk is told, and may show the call first.</summary>
    Task CommittedAsync(long attemptId, CancellationToken cancel) => Task.CompletedTask;

    /// <summary>Where a caller who waits stands, for the prompt "wait"; null when nobody can say.</summary>
    Task<QueuePlace?> FindPlaceAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, CancellationToken cancel) => Task.FromResult<QueuePlace?>(null);
}

/// <summary>An installation without agents: nobody is ever free.</summary>
public sealed class NoAgents : IAgentHandoff
{
    public Task<string?> TryHandOffAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, CancellationToken cancel) => Task.FromResult<string?>(null);
}

/// <summary>Runs one call's flow: loads, steps, does the effects and stores the answer, all in the caller's transaction. Webhooks take their steps through <see cref="IvrSteps"/>.</summary>
/// <remarks>
/// A step is named by its number n. The answer to n is stored with the effects that led to it, so a webhook that comes again gets the same document and does nothing again;
/// an older n gets its own old document; a crash before the commit leaves the step as if never asked. Attempt and session are locked in this order.
/// </remarks>
public sealed partial class IvrFlow;

/// <summary>A call-back whose time has come. <paramref name="PhoneId"/> is the number they asked to be called at, one of the person's own.</summary>
public sealed record DueCallBack(long CallBackId, long PersonId, long AccountId, long PhoneId);

/// <summary>
/// Calls that people asked for, of the IVR or of an agent: one list. An agent dials his own, or anyone's, from his work list; Dialing claims the others when a campaign of the client dials.
/// Both ask the gate, and the same keeper says what became of it.
/// </summary>
public static partial class CallBackQueue;
