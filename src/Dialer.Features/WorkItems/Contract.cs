using Dapper;
using Dialer.Features.Audit;
using NodaTime;
using Npgsql;

namespace Dialer.Features.WorkItems;

/// <summary>Where a task comes from: the agent himself, somebody else, or what happened while he was not looking.</summary>
public enum TaskKind
{
    Own,
    Given,

    /// <summary>A question beyond the agent's authority was answered after the call had left his desk.</summary>
    OfferApproved,
    OfferRefused,

    /// <summary>An agreed call-back could not be made in its time.</summary>
    CallBackMissed,
}

/// <param name="AgentId">Whose it is; null: of whoever of <paramref name="Team"/> comes first. One of the two is given.</param>
/// <param name="Words">What is to be done; may be empty where the kind says it.</param>
/// <param name="DueOn">Still in time on this day.</param>
/// <param name="MadeBy">A user's name, or the part of the service that found it.</param>
public sealed record NewTask(long AccountId, TaskKind Kind, long? AgentId, string Team, string Words, LocalDate DueOn, string MadeBy);

/// <summary>Things to be done about accounts. Other modules add to them in the transaction of what made them necessary.</summary>
public static class TaskRegister
{
    public const int MostWords = 500;

    /// <summary>Stores the task and its audit row, and returns its number.</summary>
    public static async Task<long> AddAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, NewTask task, Instant now, CancellationToken cancel)
    {
        var id = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            """
            insert into task (account_id, agent_id, team, kind, words, due_on, made_by, made_at)
            values (@AccountId, @AgentId, @Team, @kind, @Words, @DueOn, @MadeBy, @now) returning task_id
            """,
            new { task.AccountId, task.AgentId, task.Team, kind = task.Kind.ToString(), task.Words, task.DueOn, task.MadeBy, now }, transaction, cancellationToken: cancel));
        await AuditTrail.AddAsync(
            connection, transaction, task.MadeBy, "task.add", $"account/{task.AccountId}", new { task = id, task.Kind, task.AgentId, task.Team, task.DueOn }, now, cancel);
        return id;
    }
}
