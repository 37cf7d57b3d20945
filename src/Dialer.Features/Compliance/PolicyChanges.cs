using System.Security.Claims;
using System.Text.Json;
using Dapper;
using Dialer.Core.Compliance;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Compliance;

/// <summary>The policy as officers see and change it: a change is proposed by one person with its impact, and decided by another. A row of law also needs counsel's signature.</summary>
internal static class PolicyChanges
{
    /// <param name="Row">The whole row as it shall read, in the packs' own form; <c>"enabled": false</c> switches it off.</param>
    public sealed record Proposal(string Pack, JsonElement Row, string Reason, Instant? EffectiveFrom);

    public sealed record Change(long PolicyRowId, string Pack, string RowId, string Body, string Reason, Instant EffectiveFrom, string State, string? Impact, Instant ProposedAt, string ProposedBy, Instant? DecidedAt, string? DecidedBy);

    private const string Columns = "policy_row_id, pack, row_id, body::text as body, reason, effective_from, state, impact::text as impact, proposed_at, proposed_by, decided_at, decided_by";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/compliance/policy", ReadAsync).RequireAuthorization(Scopes.PolicyRead);
        routes.MapGet("/api/v1/compliance/policy/changes", (Database database, CancellationToken cancel) =>
            database.QueryAsync<Change>($"select {Columns} from policy_row order by policy_row_id desc limit 200", null, cancel)).RequireAuthorization(Scopes.PolicyRead);
        routes.MapPost("/api/v1/compliance/policy/preview", PreviewAsync).RequireAuthorization(Scopes.PolicyRead);
        routes.MapPost("/api/v1/compliance/policy/changes", ProposeAsync).RequireAuthorization(Scopes.PolicyChange);
        routes.MapPost("/api/v1/compliance/policy/changes/{id:long}/{verdict:regex(^(approve|reject|withdraw)$)}", DecideAsync).RequireAuthorization(Scopes.PolicyChange);
    }

    private static async Task<IResult> ReadAsync(PolicyBook book, Database database, TimeProvider clock, CancellationToken cancel)
    {
        var policy = await CurrentAsync(book, database, clock, cancel);
        return Results.Ok(new
        {
            policy.Version,
            policy.Digest,
            packs = policy.Packs.Select(pack => new { pack.Pack, pack.Version, rows = pack.Rows.Select(row => JsonSerializer.Deserialize<JsonElement>(PolicySet.Write(row))) }),
        });
    }

    private static async Task<IResult> PreviewAsync(Proposal body, PolicyBook book, PolicyImpact impact, Database database, TimeProvider clock, CancellationToken cancel)
    {
        if (!TryRead(body, out var row, out var problem))
            return problem;
        return Results.Ok(await impact.OfYesterdayAsync(await CurrentAsync(book, database, clock, cancel), row, body.Pack, RecordStatements.Now(clock), cancel));
    }

    private static async Task<IResult> ProposeAsync(Proposal body, ClaimsPrincipal user, PolicyBook book, PolicyImpact impact, Database database, TimeProvider clock, CancellationToken cancel)
    {
        if (!TryRead(body, out var row, out var problem))
            return problem;
        if (string.IsNullOrWhiteSpace(body.Reason))
            return Problem.Invalid("reason says why the policy shall change.");
        var now = RecordStatements.Now(clock);
        var current = await CurrentAsync(book, database, clock, cancel);
        if (PolicyValidation.ErrorsOfChange(book.Shipped.FindRow(row.Id), current.FindRow(row.Id), row).FirstOrDefault() is { } unsigned)
            return Problem.Invalid(unsigned);
        var preview = await impact.OfYesterdayAsync(current, row, body.Pack, now, cancel);
        var id = await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var made = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                    """
                    insert into policy_row (pack, row_id, body, reason, effective_from, state, impact, proposed_at, proposed_by)
                    values (@Pack, @rowId, @body::jsonb, @Reason, @from, 'Proposed', @impact::jsonb, @now, @by) returning policy_row_id
                    """,
                    new { body.Pack, rowId = row.Id, body = PolicySet.Write(row), body.Reason, from = body.EffectiveFrom ?? now, impact = JsonSerializer.Serialize(preview, ApiJson.Options), now, by = user.UserName() },
                    transaction,
                    cancellationToken: cancel));
                await AuditTrail.AddAsync(connection, transaction, user.UserName(), "policy.propose", $"policy:{row.Id}", new { change = made, body.Pack, row = PolicySet.Write(row), body.Reason }, now, cancel);
                return made;
            },
            cancel);
        return Results.Created($"/api/v1/compliance/policy/changes/{id}", new { policyRowId = id, impact = preview });
    }

    private static async Task<IResult> DecideAsync(long id, string verdict, ClaimsPrincipal user, PolicyBook book, Database database, TimeProvider clock, CancellationToken cancel)
    {
        var now = RecordStatements.Now(clock);
        var state = verdict switch { "approve" => "Approved", "reject" => "Rejected", _ => "Withdrawn" };
        return await database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                var change = await connection.QuerySingleOrDefaultAsync<(string State, string By, string RowId, string Body)?>(new CommandDefinition(
                    "select state, proposed_by, row_id, body::text from policy_row where policy_row_id = @id for update", new { id }, transaction, cancellationToken: cancel));
                if (change is not { } found)
                    return Problem.NotFound("There is no such change.");
                if (found.State != "Proposed")
                    return Problem.Conflict($"The change is {found.State} already.");
                var own = found.By == user.UserName();
                if (own != (verdict == "withdraw"))
                    return Results.Problem(own ? "Another person than the proposer approves or rejects a change." : "Only its proposer withdraws a change.", statusCode: 403, title: "SOD_VIOLATION");
                if (verdict == "approve" && await UnsignedAsync(connection, transaction, book, PolicySet.ReadRow(found.Body), now, cancel) is { } unsigned)
                    return Problem.Conflict(unsigned);
                // A change is in force from its approval at the earliest: an earlier day would rewrite what was decided by, and lose to any change approved meanwhile.
                await connection.ExecuteAsync(new CommandDefinition(
                    "update policy_row set state = @state, decided_at = @now, decided_by = @by, effective_from = case when @state = 'Approved' then greatest(effective_from, @now) else effective_from end where policy_row_id = @id", new { state, now, by = user.UserName(), id }, transaction, cancellationToken: cancel));
                if (verdict == "approve")
                    await connection.ExecuteAsync(new CommandDefinition("update policy_revision set revision = revision + 1", transaction: transaction, cancellationToken: cancel));
                await AuditTrail.AddAsync(connection, transaction, user.UserName(), $"policy.{verdict}", $"policy:{found.RowId}", new { change = id }, now, cancel);
                return Results.NoContent();
            },
            cancel);
    }

    /// <summary>What was proposed is held against the row in force now: since the proposal another change may have been approved, or have used the signature.</summary>
    private static async Task<string?> UnsignedAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, PolicyBook book, PolicyRow row, Instant now, CancellationToken cancel)
    {
        var revision = await connection.ExecuteScalarAsync<long>(new CommandDefinition("select revision from policy_revision for update", transaction: transaction, cancellationToken: cancel));
        var current = await book.ForAsync(connection, transaction, revision, now.ToDateTimeUtc(), cancel);
        return PolicyValidation.ErrorsOfChange(book.Shipped.FindRow(row.Id), current.FindRow(row.Id), row).FirstOrDefault();
    }

    private static bool TryRead(Proposal body, out PolicyRow row, out IResult problem)
    {
        row = null!;
        problem = Results.Empty;
        try
        {
            row = PolicySet.ReadRow(body.Row.GetRawText());
            // The whole set must still load with it: a fault anywhere refuses the change, not the next start.
            PolicySet.Shipped.WithRow(row, body.Pack, "proposed");
            return true;
        }
        catch (PolicyException fault)
        {
            problem = Problem.Invalid(fault.Message);
            return false;
        }
    }

    private static async Task<PolicySet> CurrentAsync(PolicyBook book, Database database, TimeProvider clock, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        var revision = await connection.ExecuteScalarAsync<long>(new CommandDefinition("select revision from policy_revision", cancellationToken: cancel));
        return await book.ForAsync(connection, null, revision, clock.GetUtcNow().UtcDateTime, cancel);
    }
}
