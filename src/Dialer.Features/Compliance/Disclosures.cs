using System.Collections.Frozen;
using System.Security.Claims;
using Dapper;
using Dialer.Core;
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

/// <remarks>What is owed is the conditions of the decision that allowed the attempt. A tick is a row of its own: the first one stays, nothing changes it.</remarks>
public static partial class Disclosures
{
    /// <summary>What a caller has heard when a prompt of the IVR has been said: flow and template, to the condition's code.</summary>
    private static readonly FrozenDictionary<string, string[]> Prompts = new Dictionary<string, string[]>
    {
        ["outbound/open"] = ["RECORDING_NOTICE_REQUIRED", "OPTOUT_MECHANISM_REQUIRED", "IDENTITY_DISCLOSURE_REQUIRED"],
        ["abandoned/open"] = ["OPTOUT_MECHANISM_REQUIRED", "IDENTITY_DISCLOSURE_REQUIRED"],
        ["inbound/open"] = ["RECORDING_NOTICE_REQUIRED", "IDENTITY_DISCLOSURE_REQUIRED"],
        ["disclosure-initial"] = ["DISCLOSE_INITIAL"],
        ["disclosure-later"] = ["DISCLOSE_SUBSEQUENT"],
    }.ToFrozenDictionary();

    public sealed record Tick(string[] Codes, string? Evidence);

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/compliance/attempts/{id:long}/disclosures", async (long id, PolicyBook book, Database database, CancellationToken cancel) =>
        {
            await using var connection = await database.OpenAsync(cancel);
            return await OwedAsync(connection, new AttemptId(id), book.Latest, cancel) is { } owed ? Results.Ok(owed) : Problem.NotFound("There is no such call.");
        }).RequireAuthorization(Scopes.StatementsRecord);
        routes.MapPost("/api/v1/compliance/attempts/{id:long}/disclosures", TickAsync).RequireAuthorization(Scopes.StatementsRecord);
    }

    /// <summary>Ticks disclosures in the caller's transaction. A code ticked before keeps its first time.</summary>
    /// <param name="by">"ivr" or "agent/7".</param>
    public static Task GiveAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, AttemptId attempt, IEnumerable<string> codes, string by, string evidence, Instant now, CancellationToken cancel, int? step = null) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into disclosure (attempt_id, code, at, given_by, step, evidence)
            select @attempt, code, @now, @by, @step, @evidence from unnest(@codes) code on conflict do nothing
            """,
            new { attempt = attempt.Value, codes = codes.Distinct().ToArray(), now, by, step, evidence }, transaction, cancellationToken: cancel));

    /// <summary>The IVR's hook: ticks what these prompts of step <paramref name="step"/> say. An input to a later step shows that they were played out.</summary>
    public static Task SaidAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, AttemptId attempt, string flow, IReadOnlyList<string> prompts, int step, Instant now, CancellationToken cancel)
    {
        var codes = prompts.SelectMany(prompt => Prompts.GetValueOrDefault($"{flow}/{prompt}") ?? Prompts.GetValueOrDefault(prompt) ?? []).ToList();
        return codes.Count == 0 ? Task.CompletedTask : GiveAsync(connection, transaction, attempt, codes, "ivr", string.Join(' ', prompts), now, cancel, step);
    }

    /// <summary>What the decision behind the attempt owes, with what was given; null when there is no such attempt. A call the person placed owes nothing beforehand: its ticks are shown alone.</summary>
    public static async Task<IReadOnlyList<OwedDisclosure>?> OwedAsync(NpgsqlConnection connection, AttemptId attempt, PolicySet policy, CancellationToken cancel)
    {
        if (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition("select exists (select 1 from attempt where attempt_id = @id)", new { id = attempt.Value }, cancellationToken: cancel)))
            return null;
        var rows = await connection.QueryAsync<(string Code, Instant? At, string? By)>(new CommandDefinition(
            """
            select coalesce(o.code, g.code) as code, g.at, g.given_by as by
            from (select distinct unnest(d.conditions) as code from attempt t join decision d on d.account_id = t.account_id and d.attempt_id = t.attempt_id
                      and d.at between t.created_at - interval '1 hour' and t.created_at + interval '1 hour' where t.attempt_id = @id) o
            full join (select code, at, given_by from disclosure where attempt_id = @id) g using (code)
            order by 1
            """,
            new { id = attempt.Value }, cancellationToken: cancel));
        var words = policy.Rows.Where(row => row.Kind == RuleKind.Condition).ToLookup(row => row.Code);
        return [.. rows.Select(row => new OwedDisclosure(
            row.Code, words[row.Code].Select(w => w.Text).FirstOrDefault(text => text is not null) ?? "", words[row.Code].FirstOrDefault()?.Cite ?? "", row.At, row.By))];
    }

    private static async Task<IResult> TickAsync(long id, Tick body, ClaimsPrincipal user, Database database, TimeProvider clock, CancellationToken cancel)
    {
        if (body.Codes is not { Length: > 0 and <= 20 } codes || codes.Any(code => code is not { Length: > 0 and <= 60 } || code.Any(c => !char.IsAsciiLetterUpper(c) && !char.IsAsciiDigit(c) && c != '_')))
            return Problem.Invalid("codes names 1 to 20 disclosures by the codes of their conditions, such as DISCLOSE_INITIAL.");
        var now = RecordStatements.Now(clock);
        var agent = user.UserId();
        return await database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                if (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
                    "select exists (select 1 from attempt where attempt_id = @id and agent_id = @agent)", new { id, agent }, transaction, cancellationToken: cancel)))
                    return Problem.NotFound("You have no such call.");
                await GiveAsync(connection, transaction, new AttemptId(id), codes, $"agent/{agent}", body.Evidence ?? "", now, cancel);
                await AuditTrail.AddAsync(connection, transaction, user.UserName(), "disclosure.tick", $"attempt:{id}", new { codes }, now, cancel);
                return Results.NoContent();
            },
            cancel);
    }
}
