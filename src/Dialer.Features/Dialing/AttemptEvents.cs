using Dapper;
using Dialer.Core;
using Dialer.Core.Calls;
using Dialer.Core.Routing;
using Dialer.Features.Agents;
using Dialer.Features.Ivr;
using Dialer.Features.Routing;
using Dialer.Storage.Postgres;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Dialing;

/// <summary>Applies an event to a locked attempt and, in the same transaction, does what follows from it: frees the agent, ends the IVR, gives the lead its next turn.</summary>
public sealed class AttemptEvents(ServiceClock clock, IvrFlow ivr)
{
    public const string CompleteCall = "call.complete";
    public const string MachineTreatment = "call.machine";

    /// <summary>Twilio's error 20429, "Too Many Requests".</summary>
    private const int TooManyRequests = 20429;

    /// <summary>The change, and the agent session it moved, which the caller announces after the commit.</summary>
    public sealed record Outcome(AttemptChange Change, AgentSession? Agent);

    public async Task<Outcome> ApplyAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AttemptRow row, AttemptEvent happened, CancellationToken cancel)
    {
        var now = clock.Now;
        var change = AttemptMachine.Apply(row.ToAttempt(), happened, now);
        if (change.Conflict)
            await ReportSecondCallAsync(connection, transaction, row, now, cancel);
        if (!change.Applied)
            return new Outcome(change, null);
        await AttemptRow.SaveAsync(connection, transaction, row.AttemptId, change.Attempt, cancel);
        var agent = change.Effect switch
        {
            AttemptEffect.Ended => await EndAsync(connection, transaction, row, change.Attempt, now, cancel),
            AttemptEffect.ReturnLead => await ReturnLeadAsync(connection, transaction, row, change.Attempt, now, cancel),
            AttemptEffect.MachineAnswered => await MachineAsync(connection, transaction, row, change.Attempt, now, cancel),
            _ => null,
        };
        return new Outcome(change, agent);
    }

    /// <summary>Stores changes of different attempts that have no effect outside the attempt, or end calls without an agent and a campaign. The transaction holds their rows.</summary>
    internal async Task StoreAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<(AttemptRow Row, AttemptChange Change)> changes, Instant now, CancellationToken cancel)
    {
        if (changes.Count == 0)
            return;
        await AttemptRow.SaveAsync(connection, transaction, [.. changes.Select(one => (one.Row.AttemptId, one.Change.Attempt, one.Change.Effect == AttemptEffect.Ended))], cancel);
        var ended = changes.Where(one => one.Change.Effect == AttemptEffect.Ended).ToList();
        if (ended.Count == 0)
            return;
        long[] attempts = [.. ended.Select(one => one.Row.AttemptId)];
        await ivr.CloseAsync(connection, transaction, attempts, now, cancel);
        await CallQueue.CloseAsync(connection, transaction, attempts, now, cancel);
        var settled = ended.Select(one => (one.Row.AttemptId, one.Change.Attempt.AnsweredByMachine, System: SystemDisposition(one.Row, one.Change.Attempt))).Where(one => one.AnsweredByMachine || one.System is not null).ToList();
        if (settled.Count > 0)
            await connection.ExecuteAsync(new CommandDefinition(
                """
                update attempt a set abandoned = abandoned and not g.machine, disposition = coalesce(disposition, g.system)
                from unnest(@ids, @machines, @systems) as g (attempt_id, machine, system) where a.attempt_id = g.attempt_id
                """,
                new { ids = settled.Select(one => one.AttemptId).ToArray(), machines = settled.Select(one => one.AnsweredByMachine).ToArray(), systems = settled.Select(one => one.System).ToArray() },
                transaction,
                cancellationToken: cancel));
    }

    private async Task<AgentSession?> EndAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AttemptRow row, Attempt ended, Instant now, CancellationToken cancel)
    {
        await ivr.CloseAsync(connection, transaction, [row.AttemptId], now, cancel);
        await CallQueue.CloseAsync(connection, transaction, [row.AttemptId], now, cancel);
        var conversation = row.Treatment == "Agent" && row.BridgedAt is not null && !ended.AnsweredByMachine;
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update attempt set deadline = null,
                abandoned = abandoned and not @machine,
                conversation_at = case when @conversation then coalesce(conversation_at, bridged_at) else conversation_at end,
                disposition = coalesce(disposition, @system)
            where attempt_id = @AttemptId
            """,
            new { row.AttemptId, machine = ended.AnsweredByMachine, conversation, system = SystemDisposition(row, ended) },
            transaction,
            cancellationToken: cancel));
        await LeadRecycle.ApplyAsync(connection, transaction, row, ended, now, cancel);
        return await FreeAgentAsync(connection, transaction, row, conversation ? Duration.FromSeconds(row.WrapUpSeconds) : Duration.Zero, now, cancel);
    }

    /// <summary>What happened, for calls in which nobody else will say so.</summary>
    private static string? SystemDisposition(AttemptRow row, Attempt ended) => ended.State switch
    {
        AttemptState.Busy => "BUSY",
        AttemptState.NoAnswer or AttemptState.Canceled => "NA",
        AttemptState.Failed => "DISC",
        AttemptState.Completed when ended.AnsweredBy == "fax" => "FAX",
        AttemptState.Completed when ended.AnsweredByMachine => row.Treatment == "LimitedContentMessage" ? "LM-LCM" : "VM-NOMSG",
        AttemptState.Completed when row.Abandoned => "ABAND",
        _ => null,
    };

    private static async Task<AgentSession?> ReturnLeadAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AttemptRow row, Attempt ended, Instant now, CancellationToken cancel)
    {
        if (ended.ErrorCode is 21211 or 21214 or 21217 && row.PhoneId is not null)
            await connection.ExecuteAsync(new CommandDefinition(
                "update phone set status = 'Disconnected', updated_at = @now where phone_id = @PhoneId", new { row.PhoneId, now }, transaction, cancellationToken: cancel));
        // What never reached the carrier, or came too fast for it, says nothing about the lead: a campaign that was stopped or a carrier that is away would else use its list up uncalled.
        var tried = ended.SubmittedAt is not null && ended.ErrorCode != TooManyRequests;
        await RequeueAsync(connection, transaction, row, tried, now + Duration.FromSeconds(5 + (row.AttemptId % 10)), cancel);
        return await FreeAgentAsync(connection, transaction, row, Duration.Zero, now, cancel);
    }

    private static async Task<AgentSession?> MachineAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AttemptRow row, Attempt attempt, Instant now, CancellationToken cancel)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            "update attempt set abandoned = false where attempt_id = @AttemptId", new { row.AttemptId }, transaction, cancellationToken: cancel));
        await Outbox.AddAsync(connection, transaction, MachineTreatment, new CallCommand(row.AttemptId, attempt.Sid!), now, cancel);
        return null;
    }

    /// <summary>Frees the agent of a call that a machine answered. Not before its leg has left: the next person would be put into a conference with a voicemail in it.</summary>
    internal static async Task<AgentSession?> FreeFromMachineAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AttemptRow row, Instant now, CancellationToken cancel)
    {
        await connection.ExecuteAsync(new CommandDefinition("update attempt set agent_id = null where attempt_id = @AttemptId", new { row.AttemptId }, transaction, cancellationToken: cancel));
        return await FreeAgentAsync(connection, transaction, row, Duration.Zero, now, cancel);
    }

    private static async Task<AgentSession?> FreeAgentAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AttemptRow row, Duration wrapUp, Instant now, CancellationToken cancel)
    {
        return row.AgentId is { } agentId
            ? await AgentSessions.ApplyToAgentAsync(connection, transaction, agentId, new AgentEvent.CallEnded(new AttemptId(row.AttemptId), wrapUp), now, cancel)
            : null;
    }

    private static Task RequeueAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AttemptRow row, bool tried, Instant notBefore, CancellationToken cancel) =>
        row.CampaignId is null || row.AccountId is null
            ? Task.CompletedTask
            : connection.ExecuteAsync(new CommandDefinition(
                """
                update ready_lead set attempts = greatest(0, attempts - 1) where campaign_id = @CampaignId and account_id = @AccountId and not @tried;
                delete from ready_lead where campaign_id = @CampaignId and account_id = @AccountId and attempts >= @MaxAttempts;
                update ready_lead set not_before = @notBefore where campaign_id = @CampaignId and account_id = @AccountId
                """,
                new { row.CampaignId, row.AccountId, row.MaxAttempts, tried, notBefore },
                transaction,
                cancellationToken: cancel));

    private static Task ReportSecondCallAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AttemptRow row, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            "insert into alarm (code, subject, raised_at, text) values ('DUPLICATE_CALL', @subject, @now, 'Two calls claim one attempt: one person may have been called twice.')",
            new { subject = $"attempt/{row.AttemptId}", now },
            transaction,
            cancellationToken: cancel));
}

/// <summary>A slow effect on one call.</summary>
public sealed record CallCommand(long AttemptId, string Sid);
