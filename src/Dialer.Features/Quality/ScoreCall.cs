using System.Security.Claims;
using System.Text.Json;
using Dapper;
using Dialer.Core.Quality;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Dialer.Features.Quality;

/// <summary>
/// <c>POST /api/v1/quality/scores</c> scores a call by a form; one score for each scorer, form and call, and a second time replaces the scorer's own.
/// <c>GET /api/v1/quality/scores?agent=&amp;attempt=&amp;before=</c> lists them; <c>GET /api/v1/quality/calibration?from=&amp;to=</c> says each agent's average and how far scorers of the same calls are apart.
/// Nobody scores a call of their own. Team leads score, and see, their own team's agents.
/// </summary>
internal static class ScoreCall
{
    private const int MaxPage = 200;
    private const int MaxNote = 4_000;

    public sealed record Request(long FormId, long AttemptId, IReadOnlyDictionary<string, decimal?> Answers, string? Note);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/quality/scores", ScoreAsync).RequireAuthorization(Scopes.QualityScore).WithMetadata(new BoundToTeam());
        routes.MapGet("/api/v1/quality/scores", async (ClaimsPrincipal caller, OwnTeam own, Database database, CancellationToken cancel, long? agent = null, long? attempt = null, long? before = null, int limit = 50) =>
            await ListAsync(database, agent, attempt, await own.SeenByAsync(caller, cancel), before, limit, cancel)).RequireAuthorization(Scopes.QualityScore).WithMetadata(new BoundToTeam());
        routes.MapGet("/api/v1/quality/calibration", CalibrationAsync).RequireAuthorization(Scopes.QualityScore).WithMetadata(new BoundToTeam());
        routes.MapGet("/api/v1/agent/scores", (ClaimsPrincipal caller, Database database, CancellationToken cancel) => ListAsync(database, caller.UserId(), null, null, null, MaxPage, cancel)).RequireAuthorization(Scopes.CallsTake);
    }

    private static async Task<IResult> ScoreAsync(Request request, ClaimsPrincipal caller, OwnTeam own, Database database, ServiceClock clock, CancellationToken cancel)
    {
        if (await Forms.FindAsync(database, request.FormId, cancel) is not { } form)
            return Problem.NotFound("There is no such form.");
        if (request.Answers is null || request.Note?.Length > MaxNote)
            return Problem.Invalid($"Send the answers by question; a note has at most {MaxNote} characters.");
        var (result, fault) = Scorecard.Score(form.Questions, request.Answers);
        if (result is null)
            return Problem.Invalid(fault!);
        var agent = await database.FindAsync<long?>("select coalesce(d.agent_id, t.agent_id) from attempt t left join disposition d using (attempt_id) where t.attempt_id = @AttemptId and t.ended_at is not null", request, cancel);
        if (agent is not { } agentId)
            return Problem.Conflict("Only a call that has ended and that an agent had can be scored.");
        if (!await own.ReachesAsync(caller, agentId, cancel))
            return OwnTeamEndpoints.Foreign();
        if (agentId == caller.UserId())
            return Problem.Conflict("Nobody scores a call of their own.");
        var now = clock.Now;
        return await database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                var id = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                    """
                    insert into qa_score (qa_form_id, attempt_id, agent_id, scorer_id, scored_at, answers, points, out_of, percent, auto_failed, note)
                    values (@FormId, @AttemptId, @agentId, @scorer, @now, @answers::jsonb, @Points, @OutOf, @Percent, @failed, @note)
                    on conflict (qa_form_id, attempt_id, scorer_id) do update set scored_at = excluded.scored_at, answers = excluded.answers, points = excluded.points, out_of = excluded.out_of,
                        percent = excluded.percent, auto_failed = excluded.auto_failed, note = excluded.note
                    returning qa_score_id
                    """,
                    new
                    {
                        request.FormId, request.AttemptId, agentId, scorer = caller.UserId(), now, answers = JsonSerializer.Serialize(request.Answers), result.Points, result.OutOf, result.Percent,
                        failed = result.AutoFailed.ToArray(), note = request.Note?.Trim() ?? "",
                    },
                    transaction, cancellationToken: cancel));
                await AuditTrail.AddAsync(connection, transaction, caller.UserName(), "qa.score", $"attempt:{request.AttemptId}", new { scoreId = id, form = form.Name, form.Version, agentId, result.Percent, result.AutoFailed }, now, cancel);
                return Results.Ok(new { scoreId = id, agentId, result.Points, result.OutOf, result.Percent, result.AutoFailed });
            },
            cancel);
    }

    private static async Task<IResult> ListAsync(Database database, long? agent, long? attempt, string? team, long? before, int limit, CancellationToken cancel)
    {
        limit = Math.Clamp(limit, 1, MaxPage);
        var items = await database.QueryAsync<ScoreView>(
            """
            select s.qa_score_id as score_id, s.qa_form_id as form_id, f.name as form, f.version, s.attempt_id, s.agent_id, a.display_name as agent, u.display_name as scorer, s.scored_at, s.answers::text as answers_json,
                   s.percent, s.auto_failed, s.note, t.created_at as called_at, coalesce(d.code, t.disposition) as outcome
            from qa_score s join qa_form f using (qa_form_id) join app_user a on a.user_id = s.agent_id join app_user u on u.user_id = s.scorer_id join attempt t on t.attempt_id = s.attempt_id
            left join disposition d on d.attempt_id = s.attempt_id
            where (@team::text is null or @team <> '' and exists (select from agent g where g.agent_id = s.agent_id and g.team = @team)) and (@agent::bigint is null or s.agent_id = @agent) and (@attempt::bigint is null or s.attempt_id = @attempt) and s.qa_score_id < @before
            order by s.qa_score_id desc limit @limit
            """,
            new { agent, attempt, team, before = before ?? long.MaxValue, limit }, cancel);
        return Results.Ok(new { items, next = items.Count == limit ? items[^1].ScoreId : (long?)null });
    }

    private static async Task<IResult> CalibrationAsync(ClaimsPrincipal caller, OwnTeam own, Database database, CancellationToken cancel, DateTimeOffset? from = null, DateTimeOffset? to = null)
    {
        var span = new { from = (from ?? DateTimeOffset.UnixEpoch).ToUniversalTime(), to = (to ?? new DateTimeOffset(9000, 1, 1, 0, 0, 0, TimeSpan.Zero)).ToUniversalTime(), team = await own.SeenByAsync(caller, cancel) };
        var agents = await database.QueryAsync<AgentAverage>(
            """
            select s.agent_id, u.display_name as agent, count(*)::int as scores, round(avg(s.percent), 2) as average, count(*) filter (where cardinality(s.auto_failed) > 0)::int as auto_failed
            from qa_score s join app_user u on u.user_id = s.agent_id where s.scored_at >= @from and s.scored_at < @to and (@team::text is null or @team <> '' and exists (select from agent g where g.agent_id = s.agent_id and g.team = @team)) group by s.agent_id, u.display_name order by average, agent
            """,
            span, cancel);
        // A scorer's distance from the others who scored the same call by the same form: above zero is milder.
        var scorers = await database.QueryAsync<ScorerDistance>(
            """
            with shared as (
                select s.*, avg(s.percent) over same as mean, count(*) over same as scorers from qa_score s where s.scored_at >= @from and s.scored_at < @to
                    and (@team::text is null or @team <> '' and exists (select from agent g where g.agent_id = s.agent_id and g.team = @team))
                window same as (partition by s.qa_form_id, s.attempt_id))
            select s.scorer_id, u.display_name as scorer, count(*)::int as shared, round(avg(s.percent - s.mean), 2) as distance
            from shared s join app_user u on u.user_id = s.scorer_id where s.scorers > 1 group by s.scorer_id, u.display_name order by scorer
            """,
            span, cancel);
        return Results.Ok(new { agents, scorers });
    }

    public sealed record AgentAverage(long AgentId, string Agent, int Scores, decimal Average, int AutoFailed);

    public sealed record ScorerDistance(long ScorerId, string Scorer, int Shared, decimal Distance);
}

/// <summary>A score as lists show it.</summary>
public sealed class ScoreView
{
    public long ScoreId { get; init; }

    public long FormId { get; init; }

    public string Form { get; init; } = "";

    public int Version { get; init; }

    public long AttemptId { get; init; }

    public long AgentId { get; init; }

    public string Agent { get; init; } = "";

    public string Scorer { get; init; } = "";

    public Instant ScoredAt { get; init; }

    /// <summary>By question; null: it did not apply.</summary>
    public IReadOnlyDictionary<string, decimal?> Answers => JsonSerializer.Deserialize<Dictionary<string, decimal?>>(AnswersJson)!;

    public decimal Percent { get; init; }

    public string[] AutoFailed { get; init; } = [];

    public string Note { get; init; } = "";

    public Instant CalledAt { get; init; }

    public string? Outcome { get; init; }

    internal string AnswersJson { get; init; } = "{}";
}
