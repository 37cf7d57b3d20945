using System.Security.Claims;
using System.Text.Json;
using Dapper;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Campaigns;

/// <summary>Live knobs: read with their bounds and history, changed with a reason, undone. The leader takes a change up at its next tick and keeps what it has learned.</summary>
public static class ChangePacing
{
    /// <param name="Version">Of the campaign that the caller looked at: somebody else's change in between is refused, not overwritten.</param>
    /// <param name="Predicted">What the prediction said to the caller, kept beside the change.</param>
    public sealed record Request(int Version, string Reason, PacingKnobs Knobs, JsonElement? Predicted = null);

    public sealed record UndoRequest(string Reason);

    public sealed record Answer(int Version, PacingKnobs Knobs, IReadOnlyList<KnobBound> Bounds, IReadOnlyList<Change> Changes);

    public sealed class Change
    {
        public long ChangeId { get; init; }

        public Instant At { get; init; }

        public string Actor { get; init; } = "";

        public string Reason { get; init; } = "";

        public JsonElement Before { get; init; }

        public JsonElement After { get; init; }

        public long? UndoOf { get; init; }
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/campaigns/{id:long}/pacing", ReadAsync).RequireAuthorization(Scopes.CampaignsRead);
        routes.MapPut("/api/v1/campaigns/{id:long}/pacing", ChangeAsync).RequireAuthorization(Scopes.PacingChange);
        routes.MapPost("/api/v1/campaigns/{id:long}/pacing/changes/{change:long}/undo", UndoAsync).RequireAuthorization(Scopes.PacingChange);
    }

    private static async Task<IResult> ReadAsync(long id, Database database, CancellationToken cancel)
    {
        if (await database.FindAsync<Campaign>($"select {Campaign.Columns} from campaign where campaign_id = @id", new { id }, cancel) is not { } campaign)
            return Problem.NotFound($"There is no campaign {id}.");
        var rows = await database.QueryAsync<(long ChangeId, Instant At, string Actor, string Reason, string Before, string After, long? UndoOf)>(
            "select change_id, at, actor, reason, before::text, after::text, undo_of from pacing_change where campaign_id = @id order by change_id desc limit 20", new { id }, cancel);
        return Results.Ok(new Answer(campaign.Version, PacingKnobs.Of(campaign), PacingKnobs.Bounds, [.. rows.Select(row => new Change
        {
            ChangeId = row.ChangeId, At = row.At, Actor = row.Actor, Reason = row.Reason, UndoOf = row.UndoOf,
            Before = JsonSerializer.Deserialize<JsonElement>(row.Before), After = JsonSerializer.Deserialize<JsonElement>(row.After),
        })]));
    }

    private static Task<IResult> ChangeAsync(long id, Request request, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel) =>
        SetAsync(database, id, request.Version, request.Reason, (_, _) => Task.FromResult<PacingKnobs?>(request.Knobs), request.Predicted, null, caller.UserName(), clock.Now, cancel);

    /// <summary>Puts back what stood before a change; itself a change, and so undone in its turn.</summary>
    private static Task<IResult> UndoAsync(long id, long change, UndoRequest request, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel) =>
        SetAsync(database, id, null, request.Reason, async (connection, transaction) =>
        {
            var before = await connection.ExecuteScalarAsync<string>(new CommandDefinition(
                "select before::text from pacing_change where change_id = @change and campaign_id = @id", new { change, id }, transaction, cancellationToken: cancel));
            return before is null ? null : JsonSerializer.Deserialize<PacingKnobs>(before, ApiJson.Options);
        }, null, change, caller.UserName(), clock.Now, cancel);

    private static Task<IResult> SetAsync(
        Database database, long id, int? version, string reason, Func<NpgsqlConnection, NpgsqlTransaction, Task<PacingKnobs?>> wanted, JsonElement? predicted, long? undoOf, string actor, Instant now, CancellationToken cancel) =>
        database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                if (string.IsNullOrWhiteSpace(reason) || reason.Length > 400)
                    return Problem.Invalid("Give a reason, up to 400 characters: the next supervisor will want to know why.");
                var campaign = await connection.QuerySingleOrDefaultAsync<Campaign>(new CommandDefinition(
                    $"select {Campaign.Columns} from campaign where campaign_id = @id for update", new { id }, transaction, cancellationToken: cancel));
                if (campaign is null || await wanted(connection, transaction) is not { } knobs)
                    return Problem.NotFound(campaign is null ? $"There is no campaign {id}." : $"There is no change {undoOf} of campaign {id}.");
                if (version is { } seen && seen != campaign.Version)
                    return Problem.Conflict("Somebody has changed this campaign since you looked. Look at what it is now, then decide again.");
                if (knobs.Faults() is { Count: > 0 } faults)
                    return Results.ValidationProblem(faults.ToDictionary());
                await ApplyAsync(connection, transaction, id, knobs, now, cancel);
                var (before, after) = (JsonSerializer.Serialize(PacingKnobs.Of(campaign), ApiJson.Options), JsonSerializer.Serialize(knobs, ApiJson.Options));
                var change = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                    """
                    insert into pacing_change (campaign_id, at, actor, reason, before, after, predicted, undo_of)
                    values (@id, @now, @actor, @reason, cast(@before as jsonb), cast(@after as jsonb), cast(@predicted as jsonb), @undoOf) returning change_id
                    """,
                    new { id, now, actor, reason, before, after, predicted = predicted?.GetRawText(), undoOf },
                    transaction,
                    cancellationToken: cancel));
                await AuditTrail.AddAsync(connection, transaction, actor, "campaign.pacing", $"campaign/{id}", new { change, reason, undoOf, before = PacingKnobs.Of(campaign), after = knobs }, now, cancel);
                return Results.Ok(new { changeId = change, version = campaign.Version + 1 });
            },
            cancel);

    private static Task ApplyAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id, PacingKnobs knobs, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            update campaign set mode = @mode, abandon_cap = @AbandonCap, abandon_window_days = @AbandonWindowDays, ring_seconds = @RingSeconds, lines_per_agent_max = @LinesPerAgentMax,
                power_ratio = @PowerRatio, max_lines = @MaxLines, wrap_up_seconds = @WrapUpSeconds, machine_detection = @detection, priority = @Priority, share = @Share,
                updated_at = @now, version = version + 1
            where campaign_id = @id
            """,
            new
            {
                id, now, mode = knobs.Mode.ToString(), knobs.AbandonCap, knobs.AbandonWindowDays, knobs.RingSeconds, knobs.LinesPerAgentMax, knobs.PowerRatio, knobs.MaxLines, knobs.WrapUpSeconds,
                detection = knobs.MachineDetection.ToString(), knobs.Priority, knobs.Share,
            },
            transaction,
            cancellationToken: cancel));
}
