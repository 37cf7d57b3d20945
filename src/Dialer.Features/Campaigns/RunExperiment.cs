using System.Security.Claims;
using System.Text.Json;
using Dapper;
using Dialer.Core.Experiments;
using Dialer.Core.Recycling;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Campaigns;

/// <summary>Two strategies of one campaign, by person. Metric, horizon and planned size are declared before the start and never change; the interval may be looked at at any time.</summary>
public static class RunExperiment
{
    /// <param name="Cadence">Null: the campaign's own.</param>
    /// <param name="CallerIdPoolId">Null: the campaign's own numbers.</param>
    public sealed record Strategy(string Name, Cadence? Cadence = null, long? CallerIdPoolId = null);

    /// <param name="HorizonHours">A person counts once so many hours have passed since his first call, with what came of him in them.</param>
    public sealed record Request(string Name, string Hypothesis, string Metric, int HorizonHours, int PlannedPersons, Strategy A, Strategy B, double Alpha = 0.05);

    public sealed record StopRequest(string Conclusion);

    public sealed record ArmResult(string Name, long Persons, double Mean);

    public sealed record Answer(
        long Id, string Name, string Hypothesis, string Metric, string MetricText, int HorizonHours, int PlannedPersons, double Alpha, string State, Instant StartedAt, string StartedBy, Instant? StoppedAt,
        string? Conclusion, Strategy A, Strategy B, ArmResult ResultA, ArmResult ResultB, long StillOpen, double Difference, double? Low, double? High, ComparisonVerdict Verdict, double BalanceP);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/campaigns/{id:long}/experiments", ReadAsync).RequireAuthorization(Scopes.CampaignsRead);
        routes.MapPost("/api/v1/campaigns/{id:long}/experiments", StartAsync).RequireAuthorization(Scopes.CampaignsRun);
        routes.MapPost("/api/v1/campaigns/{id:long}/experiments/{experiment:long}/stop", StopAsync).RequireAuthorization(Scopes.CampaignsRun);
    }

    private static async Task<IResult> ReadAsync(long id, Database database, ServiceClock clock, CancellationToken cancel)
    {
        var rows = await database.QueryAsync<Row>($"select {Row.Columns} from experiment where campaign_id = @id order by experiment_id desc limit 20", new { id }, cancel);
        var answers = new List<Answer>();
        foreach (var row in rows)
            answers.Add(await ResultAsync(database, row, clock.Now, cancel));
        return Results.Ok(new { metrics = ExperimentMetric.All.Select(metric => new { metric.Name, metric.Text }), items = answers });
    }

    internal static async Task<Answer> ResultAsync(Database database, Row row, Instant now, CancellationToken cancel)
    {
        var metric = ExperimentMetric.Find(row.Metric)!;
        var persons = await database.QueryAsync<(long Person, bool Over, double Value)>(
            metric.Sql, new { campaign = row.CampaignId, from = row.StartedAt, to = row.StoppedAt ?? now, now, horizon = Duration.FromHours(row.HorizonHours).ToTimeSpan() }, cancel);
        ArmSample a = default, b = default;
        foreach (var (person, _, value) in persons.Where(person => person.Over))
        {
            if (Arms.Of(row.ExperimentId, person) == Arm.A)
                a = a.With(value);
            else
                b = b.With(value);
        }

        var comparison = Comparison.Of(a, b, row.Alpha, row.PlannedPersons);
        var (left, right) = (Read(row.ArmA), Read(row.ArmB));
        return new Answer(
            row.ExperimentId, row.Name, row.Hypothesis, row.Metric, metric.Text, row.HorizonHours, row.PlannedPersons, row.Alpha, row.State, row.StartedAt, row.StartedBy, row.StoppedAt, row.Conclusion, left, right,
            new ArmResult(left.Name, a.Persons, a.Mean), new ArmResult(right.Name, b.Persons, b.Mean), persons.LongCount(person => !person.Over), comparison.Difference,
            double.IsFinite(comparison.Low) ? comparison.Low : null, double.IsFinite(comparison.High) ? comparison.High : null, comparison.Verdict, comparison.BalanceP);
    }

    private static async Task<IResult> StartAsync(long id, Request request, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel)
    {
        if (Faults(request) is { Count: > 0 } faults)
            return Results.ValidationProblem(faults);
        try
        {
            return await database.InTransactionAsync((connection, transaction) => StoreAsync(connection, transaction, id, request, caller.UserName(), clock.Now, cancel), cancel);
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return Problem.Conflict("An experiment is already running on this campaign. Stop it first: two at once could not be told apart.");
        }
    }

    private static async Task<IResult> StoreAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id, Request request, string actor, Instant now, CancellationToken cancel)
    {
        var pools = new[] { request.A.CallerIdPoolId, request.B.CallerIdPoolId }.OfType<long>().ToArray();
        var missing = await connection.ExecuteScalarAsync<string?>(new CommandDefinition(
            """
            select case when not exists (select from campaign where campaign_id = @id) then 'There is no such campaign.'
                when exists (select from unnest(@pools) p where not exists (select from caller_id_pool c where c.caller_id_pool_id = p)) then 'There is no such pool of numbers.' end
            """,
            new { id, pools }, transaction, cancellationToken: cancel));
        if (missing is not null)
            return Problem.Invalid(missing);
        var experiment = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            """
            insert into experiment (campaign_id, name, hypothesis, metric, horizon_hours, planned_persons, alpha, arm_a, arm_b, started_at, started_by)
            values (@id, @Name, @Hypothesis, @Metric, @HorizonHours, @PlannedPersons, @Alpha, cast(@a as jsonb), cast(@b as jsonb), @now, @actor) returning experiment_id
            """,
            new
            {
                id, request.Name, request.Hypothesis, request.Metric, request.HorizonHours, request.PlannedPersons, request.Alpha, now, actor,
                a = JsonSerializer.Serialize(request.A, ApiJson.Options), b = JsonSerializer.Serialize(request.B, ApiJson.Options),
            },
            transaction, cancellationToken: cancel));
        await AuditTrail.AddAsync(connection, transaction, actor, "experiment.started", $"campaign/{id}", new { experiment, request }, now, cancel);
        return Results.Created($"/api/v1/campaigns/{id}/experiments", new { id = experiment });
    }

    private static Task<IResult> StopAsync(long id, long experiment, StopRequest request, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(request.Conclusion) || request.Conclusion.Length > 400)
            return Task.FromResult(Problem.Invalid("Say in up to 400 characters what was learned, also when it is nothing."));
        return database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                var stopped = await connection.ExecuteAsync(new CommandDefinition(
                    "update experiment set state = 'Stopped', stopped_at = @now, stopped_by = @actor, conclusion = @Conclusion where experiment_id = @experiment and campaign_id = @id and state = 'Running'",
                    new { id, experiment, request.Conclusion, now = clock.Now, actor = caller.UserName() }, transaction, cancellationToken: cancel));
                if (stopped == 0)
                    return Problem.NotFound("No such experiment is running.");
                await AuditTrail.AddAsync(connection, transaction, caller.UserName(), "experiment.stopped", $"campaign/{id}", new { experiment, request.Conclusion }, clock.Now, cancel);
                return Results.NoContent();
            },
            cancel);
    }

    internal static Strategy Read(string text) => JsonSerializer.Deserialize<Strategy>(text, ApiJson.Options)!;

    private static Dictionary<string, string[]> Faults(Request request)
    {
        var faults = new Dictionary<string, string[]>();
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > 80)
            faults["name"] = ["A name of up to 80 characters."];
        if (string.IsNullOrWhiteSpace(request.Hypothesis) || request.Hypothesis.Length > 400)
            faults["hypothesis"] = ["What is expected, in up to 400 characters: said before, so that nobody can say it after."];
        if (ExperimentMetric.Find(request.Metric) is null)
            faults["metric"] = [$"One of: {string.Join(", ", ExperimentMetric.All.Select(metric => metric.Name))}."];
        if (request.HorizonHours is < 1 or > 2160)
            faults["horizonHours"] = ["Between 1 hour and 90 days."];
        if (request.PlannedPersons is < 100 or > 10_000_000)
            faults["plannedPersons"] = ["Between 100 and 10 million."];
        if (request.Alpha is < 0.001 or > 0.2)
            faults["alpha"] = ["Between 0.001 and 0.2."];
        if ((request.A.Cadence?.Faults() ?? []).Concat(request.B.Cadence?.Faults() ?? []).ToArray() is { Length: > 0 } lines)
            faults["cadence"] = lines;
        if (request.A with { Name = "" } == request.B with { Name = "" })
            faults["b"] = ["Both strategies are the same."];
        return faults;
    }

    internal sealed class Row
    {
        public const string Columns =
            "experiment_id, campaign_id, name, hypothesis, metric, horizon_hours, planned_persons, alpha, arm_a::text as arm_a, arm_b::text as arm_b, state, started_at, started_by, stopped_at, conclusion";

        public long ExperimentId { get; init; }

        public long CampaignId { get; init; }

        public string Name { get; init; } = "";

        public string Hypothesis { get; init; } = "";

        public string Metric { get; init; } = "";

        public int HorizonHours { get; init; }

        public int PlannedPersons { get; init; }

        public double Alpha { get; init; }

        public string ArmA { get; init; } = "";

        public string ArmB { get; init; } = "";

        public string State { get; init; } = "";

        public Instant StartedAt { get; init; }

        public string StartedBy { get; init; } = "";

        public Instant? StoppedAt { get; init; }

        public string? Conclusion { get; init; }
    }
}

/// <summary>What an experiment can be judged by: one value a person, from the calls of this campaign within his horizon.</summary>
internal sealed record ExperimentMetric(string Name, string Text, string Sql)
{
    private const string Entered =
        """
        with entered as (
            select person_id, min(created_at) as at from attempt
            where campaign_id = @campaign and direction = 'Outbound' and person_id is not null and created_at >= @from and created_at < @to and state not in ('Refused', 'NotPlaced') group by person_id)
        """;

    private const string Tail = " from entered e";

    public static IReadOnlyList<ExperimentMetric> All { get; } =
    [
        new("rightParty", "Persons reached: share of persons with whom a call of this campaign reached the right party", Entered +
            """
            select e.person_id, e.at + @horizon <= @now, case when exists (select from call_fact f where f.person_id = e.person_id and f.campaign_id = @campaign and f.created_at >= e.at
                and f.created_at < e.at + @horizon and f.right_party) then 1::float8 else 0 end
            """ + Tail),
        new("promise", "Persons who promised: share of persons with a promise to pay made in a call of this campaign", Entered +
            """
            select e.person_id, e.at + @horizon <= @now, case when exists (select from promise p join attempt a using (attempt_id) where p.person_id = e.person_id and a.campaign_id = @campaign
                and p.made_at >= e.at and p.made_at < e.at + @horizon and p.state <> 'Cancelled') then 1::float8 else 0 end
            """ + Tail),
        new("paid", "Money a person: captured payments, whichever way they came, by person called", Entered +
            """
            select e.person_id, e.at + @horizon <= @now, coalesce((select sum(p.amount) from payment p where p.person_id = e.person_id and p.created_at >= e.at and p.created_at < e.at + @horizon
                and p.state = 'Captured'), 0)::float8
            """ + Tail),
        new("optOut", "Persons who withdrew consent; lower is better", Entered +
            """
            select e.person_id, e.at + @horizon <= @now, case when exists (select from consent_event c where c.person_id = e.person_id and c.kind = 'Revoked' and c.at >= e.at and c.at < e.at + @horizon)
                then 1::float8 else 0 end
            """ + Tail),
    ];

    public static ExperimentMetric? Find(string name) => All.FirstOrDefault(metric => metric.Name == name);
}
