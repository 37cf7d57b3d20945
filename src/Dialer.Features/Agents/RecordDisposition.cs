using System.Security.Claims;
using Dapper;
using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Core.Routing;
using Dialer.Features.Access;
using Dialer.Features.Compliance;
using Dialer.Features.Ivr;
using Dialer.Features.Promises;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Agents;

/// <summary>The agent says what came of the call, with what follows from it (a promise, a hold, a wrong number) in the same transaction; then the next call may come.</summary>
public static class RecordDisposition
{
    public sealed record PromiseRequest(decimal Amount, LocalDate DueDate, string? Method);

    /// <summary>Whose an agreed call-back is: first the agent's who agreed it, or anyone's from the start.</summary>
    public enum CallBackFor
    {
        Mine,
        Anyone,
    }

    public sealed record Request(string Code, string? Note, PromiseRequest? Promise, Instant? CallbackAt, CallBackFor CallbackFor = CallBackFor.Mine);

    private const int LongestPromiseDays = 30;

    /// <summary>What a code means for the law and the lists.</summary>
    private static readonly Dictionary<string, Effect> Codes = new(StringComparer.Ordinal)
    {
        ["RPC-PTP"] = new(Conversation: true), ["RPC-PAID"] = new(Conversation: true), ["RPC-PLAN"] = new(Conversation: true), ["RPC-SETL"] = new(Conversation: true),
        ["RPC-RTP"] = new(Conversation: true), ["RPC-CB"] = new(Conversation: true), ["RPC-HUP"] = new(Conversation: true), ["RPC-VERIFYFAIL"] = new(),
        ["RPC-DISP"] = new(Conversation: true, Hold: HoldKind.Dispute), ["RPC-HARD"] = new(Conversation: true, Hold: HoldKind.Hardship), ["CEASE"] = new(Conversation: true, Hold: HoldKind.Cease),
        ["ATTY"] = new(Conversation: true, Hold: HoldKind.Attorney), ["BK"] = new(Conversation: true, Hold: HoldKind.Bankruptcy), ["DEC"] = new(Hold: HoldKind.Deceased), ["FRAUD"] = new(Conversation: true, Hold: HoldKind.Fraud),
        ["OPTOUT"] = new(Conversation: true, Revokes: true), ["WN"] = new(WrongNumber: true), ["TPC"] = new(), ["AM"] = new(), ["NOISE"] = new(), ["LANG"] = new(), ["NA"] = new(),
        ["XFER-ESC"] = new(Conversation: true), ["INB-PAID"] = new(Conversation: true),
    };

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/api/v1/agent/calls/{attemptId:long}/disposition", HandleAsync).RequireAuthorization(Scopes.CallsTake);

    private static async Task<IResult> HandleAsync(
        long attemptId, Request request, ClaimsPrincipal caller, Database database, AgentSessions sessions, ServiceClock clock, CancellationToken cancel)
    {
        if (!Codes.TryGetValue(request.Code ?? "", out var effect))
            return Problem.Invalid($"'{request.Code}' is not a disposition code. Known codes: {string.Join(", ", Codes.Keys.Order())}.");
        if (request.Note is { Length: > 4000 })
            return Problem.Invalid("A note has at most 4000 characters.");
        if (Problem.OfCardIn(request.Note) is { } card)
            return card;
        if (request.Code == "RPC-PTP" && request.Promise is null)
            return Problem.Invalid("RPC-PTP needs a promise: {\"amount\": 120.00, \"dueDate\": \"2026-06-12\"}.");
        var agentId = caller.UserId();
        var (problem, session) = await database.InTransactionAsync(
            (connection, transaction) => StoreAsync(connection, transaction, attemptId, agentId, request, effect, clock.Now, cancel), cancel);
        await sessions.AnnounceAsync(session);
        return problem ?? Results.NoContent();
    }

    private static async Task<(IResult? Problem, AgentSession? Session)> StoreAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, long agentId, Request request, Effect effect, Instant now, CancellationToken cancel)
    {
        var call = await connection.QuerySingleOrDefaultAsync<CallRow>(new CommandDefinition(
            "select attempt_id, person_id, account_id, phone_id, to_e164, from_e164, direction from attempt where attempt_id = @attemptId and agent_id = @agentId for update",
            new { attemptId, agentId },
            transaction,
            cancellationToken: cancel));
        if (call is null)
            return await WriteUpAsync(connection, transaction, attemptId, agentId, request, now, cancel);
        if (request.Promise is { } promise && await RefusePromiseAsync(connection, transaction, call, promise, now, cancel) is { } refusal)
            return (Problem.Invalid(refusal), null);
        if (request.Promise is { } made)
            await PromiseStore.CreateAsync(
                connection, transaction, new NewPromise(call.AccountId!.Value, call.PersonId!.Value, attemptId, Money.Usd(made.Amount), made.DueDate, "Agent"), now, cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into disposition (attempt_id, code, source, agent_id, note, at) values (@attemptId, @Code, 'Agent', @agentId, @note, @now)
            on conflict (attempt_id) do update set code = excluded.code, source = 'Agent', agent_id = excluded.agent_id, note = excluded.note, at = excluded.at where disposition.source = 'System';
            update attempt set disposition = @Code, disposed_at = @now,
                conversation_at = case when @Conversation then coalesce(conversation_at, bridged_at, answered_at) when @Code in ('AM', 'NA', 'NOISE') then null else conversation_at end
            where attempt_id = @attemptId
            """,
            new { attemptId, request.Code, agentId, note = request.Note ?? "", now, effect.Conversation },
            transaction,
            cancellationToken: cancel));
        if (effect.Conversation)
            await MissingDisclosures.NoteAsync(connection, transaction, new AttemptId(attemptId), agentId, now, cancel);
        await FollowAsync(connection, transaction, call, request, effect, agentId, now, cancel);
        return (null, await AgentSessions.ApplyToAgentAsync(connection, transaction, agentId, new AgentEvent.Disposed(new AttemptId(attemptId)), now, cancel));
    }

    /// <summary>The call is another agent's by now: what this one writes is his part of it, and the outcome is the other's to give.</summary>
    private static async Task<(IResult? Problem, AgentSession? Session)> WriteUpAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, long agentId, Request request, Instant now, CancellationToken cancel)
    {
        var mine = await connection.ExecuteAsync(new CommandDefinition(
            "update handover set code = @Code, note = @note where handover_id = (select max(handover_id) from handover where attempt_id = @attemptId and from_agent = @agentId) and code is null",
            new { request.Code, note = request.Note ?? "", attemptId, agentId }, transaction, cancellationToken: cancel));
        return mine == 0
            ? (Problem.NotFound("You have no such call."), null)
            : (null, await AgentSessions.ApplyToAgentAsync(connection, transaction, agentId, new AgentEvent.Disposed(new AttemptId(attemptId)), now, cancel));
    }

    /// <summary>Why the promise cannot be taken, or null. The first one lies at most 30 days ahead.</summary>
    private static async Task<string?> RefusePromiseAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CallRow call, PromiseRequest promise, Instant now, CancellationToken cancel)
    {
        if (call.AccountId is null || call.PersonId is null)
            return "A promise needs the account of the call; this call has none.";
        var balance = await connection.ExecuteScalarAsync<decimal>(new CommandDefinition(
            "select balance from account where account_id = @AccountId", call, transaction, cancellationToken: cancel));
        var today = now.InUtc().Date;
        if (promise.Amount <= 0 || promise.Amount > balance || decimal.Round(promise.Amount, 2) != promise.Amount)
            return $"The amount must be above 0 and at most the balance of {balance:0.00}, in whole cents.";
        return promise.DueDate < today.PlusDays(-1) || promise.DueDate > today.PlusDays(LongestPromiseDays)
            ? $"The due date must lie between today and {LongestPromiseDays} days from now."
            : null;
    }

    private static async Task FollowAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, CallRow call, Request request, Effect effect, long agentId, Instant now, CancellationToken cancel)
    {
        if (call.PersonId is null)
            return;
        var actor = $"agent/{agentId}";
        var person = new PersonId(call.PersonId.Value);
        var account = call.AccountId is { } debt ? new AccountId(debt) : (AccountId?)null;
        if (effect.Hold is { } kind)
            await HoldRegister.OpenAsync(
                connection, transaction, person, kind is HoldKind.Dispute or HoldKind.Hardship or HoldKind.Attorney or HoldKind.Cease ? account : null, kind, request.Code, null, actor, now, cancel);
        if (effect.Revokes)
            await ConsentRegister.RecordAsync(
                connection, transaction, new ConsentStatement(person, call.Number, Channel.Voice, ConsentKind.Revoked, ConsentScope.All, "agent", $"attempt {call.AttemptId}"), actor, now, cancel);
        if (effect.WrongNumber)
            await connection.ExecuteAsync(new CommandDefinition(
                """
                update phone set status = 'WrongNumber', updated_at = @now where phone_id = @PhoneId;
                update attempt set counted = false, exclusion = 'WrongNumber' where phone_id = @PhoneId and person_id = @PersonId
                """,
                new { now, call.PhoneId, call.PersonId }, transaction, cancellationToken: cancel));
        if (request.CallbackAt is { } due)
        {
            await ConsentRegister.RecordAsync(
                connection, transaction,
                new ConsentStatement(
                    person, call.Number, Channel.Voice, ConsentKind.Granted, ConsentScope.Direct, "agent", $"attempt {call.AttemptId}", account, now, Instant.Min(due + Duration.FromDays(1), now + Duration.FromDays(7))),
                actor, now, cancel);
            await CallBackQueue.AgreeAsync(connection, transaction, call.AttemptId, request.CallbackFor == CallBackFor.Mine ? agentId : null, due, now, cancel);
        }
    }

    private sealed record Effect(bool Conversation = false, HoldKind? Hold = null, bool Revokes = false, bool WrongNumber = false);

    private sealed class CallRow
    {
        public long AttemptId { get; init; }

        public long? PersonId { get; init; }

        public long? AccountId { get; init; }

        public long? PhoneId { get; init; }

        public string ToE164 { get; init; } = "";

        public string FromE164 { get; init; } = "";

        public string Direction { get; init; } = "";

        public string Number => Direction == "Inbound" ? FromE164 : ToE164;
    }
}
