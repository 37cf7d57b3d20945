using Dialer.Core;
using Dialer.Core.Ivr;
using Dialer.Storage.Postgres;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Dialer.Features.Ivr;

/// <summary>Takes the steps of every call on this node. Those that only move are stored together with whatever other calls ask at the same moment; a step that does more has a transaction of its own.</summary>
/// <remarks>
/// A group holds no lock between reading and storing: it stores a step only where the call still stands where it was read, and never waits for a call that somebody else holds.
/// What it could not store is decided anew, alone, under the locks of attempt and session. Nothing is answered before it is committed.
/// </remarks>
public sealed class IvrSteps
{
    /// <summary>Longer than such a step takes when nothing is wrong.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(20);

    private readonly IvrFlow _flow;
    private readonly Database _database;
    private readonly Grouped<StepAsked, StepTaken> _grouped;
    private readonly ILogger<IvrSteps> _log;

    public IvrSteps(IvrFlow flow, Database database, ILogger<IvrSteps> log)
    {
        _flow = flow;
        _database = database;
        _log = log;
        _grouped = new Grouped<StepAsked, StepTaken>(
            TakeAsync, ask => ask.AttemptId, (members, failure) => log.LogWarning(failure, "The steps of {Members} calls could not be stored together; each is taken alone", members));
    }

    /// <summary>Takes one input as step <paramref name="n"/> and returns, after its commit, the TwiML that follows; null when the attempt has no session.</summary>
    /// <param name="makePrivate">Called before a payment session begins, outside any transaction: true when it is certain that nothing of the call is being recorded now. False: none begins.</param>
    public async Task<string?> TakeAsync(AttemptId attempt, int n, IvrInput input, Func<Task<bool>> makePrivate, Instant now, CancellationToken cancel)
    {
        var asked = TimeProvider.System.GetTimestamp();
        var taken = await TakeOneAsync(attempt, n, input, makePrivate, now, cancel);
        if (taken.IsClaim)
            await BeatAsync(asked);
        if (taken.UnknownFlow is { } flow)
            _log.LogError("Attempt {AttemptId} is on flow {Flow}, which this build does not have: a newer one began it. Take this node out of service", attempt.Value, flow);
        return taken.Twiml;
    }

    private async Task<StepTaken> TakeOneAsync(AttemptId attempt, int n, IvrInput input, Func<Task<bool>> makePrivate, Instant now, CancellationToken cancel)
    {
        var taken = input is IvrInput.Keys or IvrInput.Silence ? await _grouped.AskAsync(new StepAsked(attempt.Value, n, input, now)) : StepTaken.Alone;
        if (taken.IsAnswered)
            return taken;
        var isPrivate = false;
        while (!taken.IsAnswered)
        {
            if (taken == StepTaken.WantsPrivacy)
            {
                isPrivate = await makePrivate();
                input = isPrivate ? input : new IvrInput.PaymentBlocked();
            }

            var (said, hushed) = (input, isPrivate);
            taken = await _database.InTransactionAsync((connection, transaction) => _flow.AdvanceAsync(connection, transaction, attempt.Value, n, said, hushed, now, cancel), cancel);
        }

        await _flow.CommittedAsync(attempt.Value, cancel);
        return taken;
    }

    /// <summary>Waits until a whole number of beats has passed since the step was asked for: what reading or storing a little more took is not seen. Callers and sockets live in real time.</summary>
    private static Task BeatAsync(long asked)
    {
        var rest = Beat.TotalMilliseconds - (TimeProvider.System.GetElapsedTime(asked).TotalMilliseconds % Beat.TotalMilliseconds);
        return Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(rest)), TimeProvider.System);
    }

    /// <remarks>A member's request may be given up; its group goes on, so that the others are answered and Twilio, asking again, finds the step taken.</remarks>
    private async Task<IReadOnlyList<StepTaken>> TakeAsync(IReadOnlyList<StepAsked> asked)
    {
        await using var connection = await _database.OpenAsync(CancellationToken.None);
        return await _flow.AdvanceTogetherAsync(connection, asked, asked.Max(ask => ask.Now), CancellationToken.None);
    }
}

internal readonly record struct StepAsked(long AttemptId, int N, IvrInput Input, Instant Now);

/// <summary>What became of a step, or is still to become.</summary>
/// <param name="Twiml">The answer; null when the attempt has no session.</param>
/// <param name="Move">What must be stored before it may be given.</param>
internal sealed record StepTaken(bool IsAnswered, string? Twiml, IvrMove? Move)
{
    /// <summary>More than a move, or a call that somebody else holds: to be taken in a transaction of its own.</summary>
    public static readonly StepTaken Alone = new(false, null, null);

    /// <summary>A payment session would begin; nothing was done.</summary>
    public static readonly StepTaken WantsPrivacy = new(false, null, null) { BeginsPayment = true };

    /// <summary>The name and version of a flow that this build does not have; else null.</summary>
    public string? UnknownFlow { get; private init; }

    /// <summary>The caller typed an account number and had proved nothing yet: the time of the answer must not tell whether there is such an account.</summary>
    public bool IsClaim { get; private init; }

    private bool BeginsPayment { get; init; }

    public static StepTaken OfUnknownFlow(string twiml, string flow) => new(true, twiml, null) { UnknownFlow = flow };

    public static StepTaken With(string? twiml, bool isClaim = false) => new(true, twiml, null) { IsClaim = isClaim };

    public static StepTaken Stored(IvrMove move) => With(move.Response, move.IsClaim);

    public static StepTaken Moving(IvrMove move) => new(false, null, move);
}
