using System.Security.Claims;
using Dapper;
using Dialer.Core;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Compliance;

/// <summary>
/// Conversations with the right party in which an owed disclosure was not ticked when the agent gave the outcome (12 CFR 1006.18(e)): <c>GET /api/v1/compliance/disclosures/missing</c> is the officer's list,
/// <c>POST …/missing/{attemptId}/review</c> says what was found. An alert of the floor is up while one is open.
/// </summary>
/// <remarks>A tick that comes after the outcome takes its code off the list; the row stays.</remarks>
public static partial class MissingDisclosures
{
    private const int LongestWords = 400;
    private const int MostShown = 500;

    /// <summary>Conditions of a contact that nobody says aloud to the person: what machines and letters owe, and what is to be left unsaid.</summary>
    private static readonly string[] Unspoken =
        ["LIMITED_CONTENT_ONLY", "OPTOUT_MECHANISM_REQUIRED", "E_OPTOUT_REQUIRED", "NO_OVERSHADOWING", "WRITTEN_COPY_OF_PLAN", "SETTLEMENT_LETTER_OWED", "TIME_BARRED_NO_SUIT", "LANGUAGE_ACCESS"];

    // Those of a row's codes that no tick in force has.
    private const string Open =
        """
        select m.attempt_id, m.agent_id, m.found_at, m.finding, m.words, m.reviewed_at, m.reviewed_by, o.codes
        from disclosure_missing m
        cross join lateral (select array_agg(c.code order by c.code) as codes from unnest(m.codes) as c (code)
            where not exists (select 1 from disclosure_in_force f where f.attempt_id = m.attempt_id and f.code = c.code)) o
        where o.codes is not null
        """;

    public enum Finding
    {
        /// <summary>The words are in the recording, or the officer knows otherwise that they were said.</summary>
        Given,

        /// <summary>They were not said.</summary>
        NotGiven,

        /// <summary>The call ended before they could be said, or it was not the right party.</summary>
        NotOwed,
    }

    public sealed record Review(Finding Finding, string Words);

    public sealed class Missing
    {
        public long AttemptId { get; init; }

        public long? AccountId { get; init; }

        public long? PersonId { get; init; }

        public Instant TalkedAt { get; init; }

        public string Agent { get; init; } = "";

        public string? Campaign { get; init; }

        public string? Disposition { get; init; }

        public string[] Codes { get; init; } = [];

        public bool Recorded { get; init; }

        public Finding? Finding { get; init; }

        public string? Words { get; init; }

        public Instant? ReviewedAt { get; init; }

        public string? ReviewedBy { get; init; }
    }

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/compliance/disclosures/missing", ListAsync).RequireAuthorization(Scopes.RecordsExamine);
        routes.MapPost("/api/v1/compliance/disclosures/missing/{attemptId:long}/review", ReviewAsync).RequireAuthorization(Scopes.HoldsClose);
    }

    /// <summary>How many nobody has looked at yet, counted up to a thousand.</summary>
    public static Task<long> CountAsync(Database database, CancellationToken cancel) =>
        database.FindAsync<long>($"select count(*) from (select 1 from ({Open} and m.reviewed_at is null) as waiting limit 1000) as counted", null, cancel);

    /// <summary>The desk's hook, in the transaction of an outcome that says "with the right party": writes down what of the call's disclosures is not ticked. A second outcome changes nothing.</summary>
    public static Task NoteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AttemptId attempt, long agent, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into disclosure_missing (attempt_id, agent_id, codes, found_at)
            select t.attempt_id, @agent, array_agg(distinct o.code order by o.code), @now
            from attempt t
            cross join lateral (
                select unnest(d.conditions) as code from decision d
                where d.account_id = t.account_id and d.attempt_id = t.attempt_id and d.at between t.created_at - interval '1 hour' and t.created_at + interval '1 hour'
                union select unnest(i.codes) from inbound_owed i where i.attempt_id = t.attempt_id) o
            where t.attempt_id = @attempt and t.answered_at is not null and o.code <> all (@Unspoken)
              and not exists (select 1 from disclosure_in_force f where f.attempt_id = t.attempt_id and f.code = o.code)
            group by t.attempt_id
            on conflict (attempt_id) do nothing
            """,
            new { attempt = attempt.Value, agent, now, Unspoken }, transaction, cancellationToken: cancel));

    /// <summary>Newest first; <paramref name="all"/> with those of the last ninety days that were looked at.</summary>
    private static Task<IReadOnlyList<Missing>> ListAsync(bool? all, Database database, TimeProvider clock, CancellationToken cancel) => database.QueryAsync<Missing>(
        $"""
        select m.attempt_id, t.account_id, t.person_id, coalesce(t.conversation_at, t.answered_at) as talked_at, coalesce(u.display_name, 'agent/' || m.agent_id) as agent, c.name as campaign, t.disposition, m.codes,
            exists (select 1 from recording r where r.attempt_id = m.attempt_id) as recorded, m.finding, m.words, m.reviewed_at, m.reviewed_by
        from ({Open}) m join attempt t using (attempt_id) left join campaign c using (campaign_id) left join app_user u on u.user_id = m.agent_id
        where m.reviewed_at is null or (@all and m.reviewed_at > @since)
        order by m.reviewed_at is not null, m.found_at desc, m.attempt_id desc limit @MostShown
        """,
        new { all = all ?? false, since = RecordStatements.Now(clock) - Duration.FromDays(90), MostShown }, cancel);

    private static Task<IResult> ReviewAsync(long attemptId, Review body, ClaimsPrincipal user, Database database, TimeProvider clock, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(body.Words) || body.Words.Length > LongestWords || !Enum.IsDefined(body.Finding))
            return Task.FromResult(Problem.Invalid($"finding is Given, NotGiven or NotOwed; words say in at most {LongestWords} characters how you know."));
        var now = RecordStatements.Now(clock);
        return database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                var done = await connection.ExecuteAsync(new CommandDefinition(
                    "update disclosure_missing set finding = @finding, words = @Words, reviewed_at = @now, reviewed_by = @by where attempt_id = @attemptId and reviewed_at is null",
                    new { attemptId, finding = body.Finding.ToString(), body.Words, now, by = user.UserName() }, transaction, cancellationToken: cancel));
                if (done == 0)
                    return Problem.NotFound("There is no such call that waits to be looked at.");
                await AuditTrail.AddAsync(connection, transaction, user.UserName(), "disclosure.review", $"attempt:{attemptId}", new { finding = body.Finding, words = body.Words }, now, cancel);
                return Results.NoContent();
            },
            cancel);
    }
}
