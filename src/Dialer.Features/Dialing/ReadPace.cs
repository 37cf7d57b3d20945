using System.Text.Json;
using Dialer.Core.Pacing;
using Dialer.Features.Access;
using Dialer.Features.Campaigns;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Dialing;

/// <summary>"Why this pace?" and "why idle?", from the stored series; and what a change of the knobs would do to this floor.</summary>
public static class ReadPace
{
    private const int MostPoints = 720;

    /// <param name="Most">What no pacing can exceed here, by calls per second and by lines; 1 where it does not bind.</param>
    public sealed record Answer(
        long CampaignId, string Name, Instant At, decimal AbandonCap, IReadOnlyList<PacingPoint> Points, IReadOnlyList<IdleCause> WhyIdle, CeilingView Most, LearnedFloor? Learned);

    public sealed record CeilingView(int CallsPerSecond, double ByCallsPerSecond, double ByLines, string? Text);

    public sealed record Prediction(FloorOutlook Current, FloorOutlook Changed, int Agents, double CallsPerSecondLimit);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/campaigns/{id:long}/pace", ReadAsync).RequireAuthorization(Scopes.CampaignsRead);
        routes.MapPost("/api/v1/campaigns/{id:long}/pacing/prediction", PredictAsync).RequireAuthorization(Scopes.CampaignsRead);
    }

    private static async Task<IResult> ReadAsync(
        long id, int? minutes, Database database, PacingSeries series, ServiceClock clock, IOptions<DialingOptions> options, CancellationToken cancel)
    {
        if (await FindAsync(database, id, cancel) is not { } campaign)
            return Problem.NotFound($"There is no campaign {id}.");
        var now = clock.Now;
        var points = await series.PointsAsync(id, now - Duration.FromMinutes(Math.Clamp(minutes ?? 30, 1, 480)), now, cancel);
        var learned = await LearnedAsync(database, campaign, cancel);
        var working = points.Count == 0 ? 0 : points[^1].Working;
        return Results.Ok(new Answer(
            id, campaign.Name, now, campaign.AbandonCap, Thin(points), WhyIdle.Of(Looks(points)), Ceiling(campaign, options.Value, learned?.Floor, working), learned?.Floor));
    }

    private static IEnumerable<(int Idle, double Seconds, PacingBound Bound)> Looks(IReadOnlyList<PacingPoint> points) =>
        points.Zip(points.Skip(1), (before, point) => (point.Idle, Math.Min(30, (point.At - before.At).TotalSeconds), point.Bound));

    private static IReadOnlyList<PacingPoint> Thin(IReadOnlyList<PacingPoint> points)
    {
        var step = points.Count / MostPoints + 1;
        return [.. points.Where((_, i) => (points.Count - 1 - i) % step == 0)];
    }

    internal static CeilingView Ceiling(Campaign campaign, DialingOptions options, LearnedFloor? learned, int working)
    {
        if (learned is not { } floor || working == 0)
            return new CeilingView(options.CallsPerSecond, 1, 1, null);
        var byCalls = WhyIdle.MostByCallsPerSecond(options.CallsPerSecond, floor.AnswerRate, floor.HandleSeconds, working);
        var byLines = WhyIdle.MostByLines(Math.Min(campaign.MaxLines, (double)campaign.LinesPerAgentMax * working), floor.AnswerRate, floor.HandleSeconds, floor.LineSeconds, working);
        var text = byCalls < 0.98 && byCalls <= byLines
            ? $"{options.CallsPerSecond} calls a second cannot keep {working} agents busier than {byCalls:P0}, whatever the pacing: {options.CallsPerSecond} x {floor.AnswerRate:P1} answered x {floor.HandleSeconds:0} s / {working} agents. Ask the carrier for more calls per second."
            : byLines < 0.98 ? $"The campaign's lines cannot keep {working} agents busier than {byLines:P0}: raise its lines or its lines per agent." : null;
        return new CeilingView(options.CallsPerSecond, byCalls, byLines, text);
    }

    private static async Task<IResult> PredictAsync(
        long id, PacingKnobs knobs, Database database, PacingSeries series, PredictFloor predict, ServiceClock clock, IOptions<DialingOptions> options, CancellationToken cancel)
    {
        if (await FindAsync(database, id, cancel) is not { } campaign)
            return Problem.NotFound($"There is no campaign {id}.");
        if (knobs.Faults() is { Count: > 0 } faults)
            return Results.ValidationProblem(faults.ToDictionary());
        var points = await series.PointsAsync(id, clock.Now - Duration.FromMinutes(10), clock.Now, cancel);
        if (points.Count == 0 || points[^1].Working == 0 || await LearnedAsync(database, campaign, cancel) is not { } learned)
            return Problem.Conflict("There is nothing to predict from: the campaign has no agents at work, or nothing has been learned yet.");
        var last = points[^1];
        var ledger = new AbandonmentLedger(last.Abandoned, last.Answers);
        FloorSketch Sketch(PacingKnobs with, LearnedFloor floor) => new(
            last.Working, options.Value.CallsPerSecond, with.MaxLines, floor, campaign.Under(with).Pacing(), learned.Memory, ledger, last.Inbound);
        var now = PacingKnobs.Of(campaign);
        // Wrap-up ends with the disposition or at its limit: a shorter limit cuts what is longer, a longer one changes little.
        var shorter = learned.Floor with { WrapSeconds = Math.Min(learned.Floor.WrapSeconds, knobs.WrapUpSeconds) };
        var outlooks = predict([Sketch(now, learned.Floor), Sketch(knobs, shorter)]);
        return Results.Ok(new Prediction(outlooks[0], outlooks[1], last.Working, 100 * Ceiling(campaign, options.Value, learned.Floor, last.Working).ByCallsPerSecond));
    }

    private static Task<Campaign?> FindAsync(Database database, long id, CancellationToken cancel) =>
        database.FindAsync<Campaign>($"select {Campaign.Columns} from campaign where campaign_id = @id", new { id }, cancel);

    private static async Task<(LearnedFloor Floor, string Memory)?> LearnedAsync(Database database, Campaign campaign, CancellationToken cancel)
    {
        if (await database.FindAsync<string>("select memory::text from pacing_memory where campaign_id = @CampaignId", campaign, cancel) is not { } memory)
            return null;
        var policy = campaign.Pacing();
        return (LearnedFloor.Of(JsonSerializer.Deserialize<PacingMemory>(memory, PacingJson.Options)!, policy), memory);
    }
}
