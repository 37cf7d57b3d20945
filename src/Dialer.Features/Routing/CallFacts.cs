using System.Text.Json;
using Dapper;
using Dialer.Core.Routing;
using Dialer.Storage.Postgres;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Routing;

/// <summary>What routing knows of one call, read in one round trip.</summary>
internal sealed class CallFacts
{
    private const string Sql =
        """
        select t.attempt_id, t.person_id, t.account_id, t.phone_id, case t.direction when 'Inbound' then '{serves-inbound}'::text[] || array_remove(coalesce(c.needs, mine.needs, '{}'), 'serves-outbound')
                else coalesce(c.needs, array_remove(mine.needs, 'serves-outbound'), '{}') end as skills, coalesce(c.name, mine.name, 'inbound') as queue,
            coalesce(s.position->>'language', s.position->>'Language', p.language, 'en') as language, coalesce(a.balance, 0) as balance, p.state,
            (select x.session_id from agent_session x where x.ended_at is null and x.agent_id = (
                select y.agent_id from attempt y where y.person_id = t.person_id and y.attempt_id <> t.attempt_id and y.agent_id is not null and y.conversation_at > @since
                order by y.conversation_at desc limit 1)) as knows
        from attempt t
        left join campaign c using (campaign_id)
        left join lateral (select m.needs, m.name from campaign m where t.campaign_id is null and m.campaign_id = campaign_of_number(case t.direction when 'Inbound' then t.to_e164 else t.from_e164 end)) mine on true
        left join person p on p.person_id = t.person_id
        left join account a on a.account_id = t.account_id
        left join ivr_session s on s.attempt_id = t.attempt_id
        where t.attempt_id = @attemptId
        """;

    /// <summary>How long a person is brought back to the agent he talked with.</summary>
    private static readonly Duration Remembered = Duration.FromDays(14);

    /// <summary>How the words of campaigns and kinds of work begin, which are no skills of anybody.</summary>
    private const string Work = "serves-";

    public long AttemptId { get; init; }

    public long? PersonId { get; init; }

    public long? AccountId { get; init; }

    public long? PhoneId { get; init; }

    public string[] Skills { get; init; } = [];

    public string Queue { get; init; } = "";

    public string Language { get; init; } = "en";

    public decimal Balance { get; init; }

    public string? State { get; init; }

    public Guid? Knows { get; init; }

    /// <param name="asked">Skills that a transfer asks for; who takes a transfer need not serve the campaign, nor do its kind of work.</param>
    public CallerNeeds Needs(NeedsPolicy policy, IReadOnlyList<string>? asked = null) => policy.For(new CallerFacts(
        asked is null ? Skills : [.. Skills.Where(skill => !skill.StartsWith(Work, StringComparison.Ordinal))], Language, Balance, State, asked ?? []));

    public static Task<CallFacts> ReadAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, Instant now, CancellationToken cancel) =>
        connection.QuerySingleAsync<CallFacts>(new CommandDefinition(Sql, new { attemptId, since = now - Remembered }, transaction, cancellationToken: cancel));
}

/// <summary>Needs and reasons as the database keeps them.</summary>
internal static class RoutingJson
{
    private sealed record Step(double After, string[] Skills);

    private sealed record Choice(string Reason, IReadOnlyCollection<string> Needs, double IdleSeconds, double WaitedSeconds);

    public static string Write(CallerNeeds needs) => JsonSerializer.Serialize(needs.Steps.Select(step => new Step(step.After.TotalSeconds, [.. step.Skills])), Outbox.Json);

    public static CallerNeeds Read(string json) =>
        new([.. JsonSerializer.Deserialize<Step[]>(json, Outbox.Json)!.Select(step => new NeedStep(Duration.FromSeconds(step.After), step.Skills))]);

    public static string Why(RoutingReason reason, IReadOnlyCollection<string> needs, Duration idle, Duration waited) =>
        JsonSerializer.Serialize(new Choice(reason.ToString(), needs, Math.Round(idle.TotalSeconds, 1), Math.Round(waited.TotalSeconds, 1)), Outbox.Json);
}
