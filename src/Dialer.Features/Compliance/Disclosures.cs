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

/// <remarks>
/// What is owed is the conditions of the decision that allowed the attempt. A tick is a row that nothing changes; one made by mistake is taken back by a row of its own, and both stay to be seen.
/// The IVR ticks a step's disclosures when the next input of the call arrives: a call that ends while they are being played gives none.
/// </remarks>
public static partial class Disclosures
{
    /// <summary>What a prompt of the IVR discloses: flow and template, to the conditions' codes.</summary>
    private static readonly FrozenDictionary<string, string[]> Prompts = new Dictionary<string, string[]>
    {
        ["outbound/open"] = ["RECORDING_NOTICE_REQUIRED", "IDENTITY_DISCLOSURE_REQUIRED", OptOut],
        ["abandoned/message"] = ["IDENTITY_DISCLOSURE_REQUIRED", OptOut],
        ["inbound/open"] = ["RECORDING_NOTICE_REQUIRED", "IDENTITY_DISCLOSURE_REQUIRED"],
        ["disclosure-initial"] = ["DISCLOSE_INITIAL", "DISCLOSE_SUBSEQUENT"], // its last sentence is the other
        ["disclosure-later"] = ["DISCLOSE_SUBSEQUENT"],
    }.ToFrozenDictionary();

    /// <summary>The only one that is said while keys are taken already, because it is a key: the first one named. A key pressed then cuts the rest of the prompt short.</summary>
    private const string OptOut = "OPTOUT_MECHANISM_REQUIRED";

    /// <summary>
    /// Ticks the rows (@tickAttempts, @tickCodes, @tickSteps, @tickEvidence) at @now, for the statement that stores the inputs which show that they were played: it holds the attempts, and may add a condition on <c>t</c>.
    /// A code whose tick is in force keeps its first time.
    /// </summary>
    internal const string TickPlayed =
        """
        insert into disclosure (attempt_id, code, at, given_by, step, evidence)
        select t.attempt_id, t.code, @now, 'ivr', t.step, t.evidence from unnest(@tickAttempts, @tickCodes, @tickSteps, @tickEvidence) as t (attempt_id, code, step, evidence)
        where not exists (select 1 from disclosure_in_force f where f.attempt_id = t.attempt_id and f.code = t.code)
        """;

    public sealed record Tick(string[] Codes, string? Evidence);

    /// <param name="Reason">What happened: "ticked the wrong line".</param>
    public sealed record TakeBack(string[] Codes, string Reason);

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/compliance/attempts/{id:long}/disclosures", async (long id, PolicyBook book, Database database, CancellationToken cancel) =>
        {
            await using var connection = await database.OpenAsync(cancel);
            return await OwedAsync(connection, new AttemptId(id), book.Latest, cancel) is { } owed ? Results.Ok(owed) : Problem.NotFound("There is no such call.");
        }).RequireAuthorization(Scopes.StatementsRecord);
        routes.MapPost("/api/v1/compliance/attempts/{id:long}/disclosures", TickAsync).RequireAuthorization(Scopes.StatementsRecord);
        routes.MapPost("/api/v1/compliance/attempts/{id:long}/disclosures/withdraw", TakeBackAsync).RequireAuthorization(Scopes.StatementsRecord);
    }

    /// <summary>Ticks disclosures in the caller's transaction, which must hold the attempt's row. A code whose tick is in force keeps its first time.</summary>
    /// <param name="by">"ivr" or "agent/7".</param>
    public static Task GiveAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, AttemptId attempt, IEnumerable<string> codes, string by, string evidence, Instant now, CancellationToken cancel, int? step = null) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into disclosure (attempt_id, code, at, given_by, step, evidence)
            select @attempt, x.code, @now, @by, @step, @evidence from unnest(@codes) as x (code)
            where not exists (select 1 from disclosure_in_force f where f.attempt_id = @attempt and f.code = x.code)
            """,
            new { attempt = attempt.Value, codes = codes.Distinct().ToArray(), now, by, step, evidence }, transaction, cancellationToken: cancel));

    /// <summary>What these prompts of a flow disclose when they have been played.</summary>
    public static string[] Of(string flow, IReadOnlyList<string> prompts) =>
        [.. prompts.SelectMany(prompt => Prompts.GetValueOrDefault($"{flow}/{prompt}") ?? Prompts.GetValueOrDefault(prompt) ?? []).Distinct()];

    /// <summary>The IVR's hook: an input came after step <paramref name="step"/>, so what was said before its keys were taken has been played to its end.</summary>
    /// <param name="cutBy">The key that may have cut the rest short; null when the prompt was played out.</param>
    public static IEnumerable<PlayedTick> Played(AttemptId attempt, int step, string prompt, IEnumerable<string> discloses, string? cutBy) => discloses.Select(code => new PlayedTick(
        attempt.Value, step, code, code == OptOut && cutBy is not null ? $"{prompt}: named first, the rest cut by key {cutBy}" : $"{prompt}: played"));

    /// <summary>What the decision behind the attempt owes, with what was given; null when there is no such attempt. A call the person placed owes nothing before an agent has it (<see cref="InboundDisclosures"/>).</summary>
    public static async Task<IReadOnlyList<OwedDisclosure>?> OwedAsync(NpgsqlConnection connection, AttemptId attempt, PolicySet policy, CancellationToken cancel)
    {
        if (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition("select exists (select 1 from attempt where attempt_id = @id)", new { id = attempt.Value }, cancellationToken: cancel)))
            return null;
        var rows = await connection.QueryAsync<(string Code, Instant? At, string? By)>(new CommandDefinition(
            """
            select coalesce(o.code, g.code) as code, min(g.at) filter (where g.force) as at, min(g.given_by) filter (where g.force) as by
            from (select unnest(d.conditions) as code from attempt t join decision d on d.account_id = t.account_id and d.attempt_id = t.attempt_id
                      and d.at between t.created_at - interval '1 hour' and t.created_at + interval '1 hour' where t.attempt_id = @id
                  union select unnest(codes) from inbound_owed where attempt_id = @id) o
            full join (select code, at, given_by, not exists (select 1 from disclosure_withdrawal w where w.disclosure_id = d.disclosure_id) as force from disclosure d where attempt_id = @id) g using (code)
            group by 1 order by 1
            """,
            new { id = attempt.Value }, cancellationToken: cancel));
        var withdrawn = (await connection.QueryAsync<WithdrawnRow>(new CommandDefinition(
            "select d.code, d.at as given_at, d.given_by, w.at as withdrawn_at, w.withdrawn_by, w.reason from disclosure d join disclosure_withdrawal w using (disclosure_id) where d.attempt_id = @id order by w.at",
            new { id = attempt.Value }, cancellationToken: cancel))).ToLookup(row => row.Code);
        var words = policy.Rows.Where(row => row.Kind == RuleKind.Condition).ToLookup(row => row.Code);
        return [.. rows.Select(row => new OwedDisclosure(
            row.Code, words[row.Code].Select(w => w.Text).FirstOrDefault(text => text is not null) ?? "", words[row.Code].FirstOrDefault()?.Cite ?? "", row.At, row.By)
        {
            Withdrawn = [.. withdrawn[row.Code].Select(w => new WithdrawnTick(w.GivenAt, w.GivenBy, w.WithdrawnAt, w.WithdrawnBy, w.Reason))],
        })];
    }

    private static async Task<IResult> TickAsync(long id, Tick body, ClaimsPrincipal user, Database database, TimeProvider clock, CancellationToken cancel)
    {
        if (Fault(body.Codes) is { } fault)
            return fault;
        var now = RecordStatements.Now(clock);
        var agent = user.UserId();
        return await database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                if (!await IsMineAsync(connection, transaction, id, agent, cancel))
                    return Problem.NotFound("You have no such call.");
                await GiveAsync(connection, transaction, new AttemptId(id), body.Codes, $"agent/{agent}", body.Evidence ?? "", now, cancel);
                await AuditTrail.AddAsync(connection, transaction, user.UserName(), "disclosure.tick", $"attempt:{id}", new { codes = body.Codes }, now, cancel);
                return Results.NoContent();
            },
            cancel);
    }

    /// <summary>Until the call has its outcome, an agent may take back a tick of his own. The tick stays to be seen, with who took it back, when and why; the disclosure is owed again.</summary>
    private static async Task<IResult> TakeBackAsync(long id, TakeBack body, ClaimsPrincipal user, Database database, TimeProvider clock, CancellationToken cancel)
    {
        if (Fault(body.Codes) is { } fault)
            return fault;
        if (body.Reason is not { Length: > 0 and <= 200 } reason)
            return Problem.Invalid("reason says in at most 200 characters why the tick is taken back.");
        var now = RecordStatements.Now(clock);
        var agent = user.UserId();
        return await database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                if (!await IsMineAsync(connection, transaction, id, agent, cancel))
                    return Problem.NotFound("You have no such call.");
                if (await connection.ExecuteScalarAsync<bool>(new CommandDefinition("select disposed_at is not null from attempt where attempt_id = @id", new { id }, transaction, cancellationToken: cancel)))
                    return Problem.Conflict("The call has its outcome; what was ticked stays. Tell a compliance officer.");
                var taken = (await connection.QueryAsync<string>(new CommandDefinition(
                    """
                    with taken as (
                        insert into disclosure_withdrawal (disclosure_id, at, withdrawn_by, reason)
                        select disclosure_id, @now, @by, @reason from disclosure_in_force where attempt_id = @id and code = any (@Codes) and given_by = @by returning disclosure_id)
                    select code from disclosure join taken using (disclosure_id) order by code
                    """,
                    new { id, body.Codes, reason, now, by = $"agent/{agent}" }, transaction, cancellationToken: cancel))).AsList();
                if (taken.Count == 0)
                    return Problem.NotFound("You have ticked none of these.");
                await AuditTrail.AddAsync(connection, transaction, user.UserName(), "disclosure.withdraw", $"attempt:{id}", new { codes = taken, reason }, now, cancel);
                return Results.NoContent();
            },
            cancel);
    }

    /// <summary>Locks the attempt, so that two ticks of one code cannot pass each other.</summary>
    private static async Task<bool> IsMineAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id, long agent, CancellationToken cancel) =>
        await connection.ExecuteScalarAsync<bool?>(new CommandDefinition(
            "select true from attempt where attempt_id = @id and agent_id = @agent for update", new { id, agent }, transaction, cancellationToken: cancel)) == true;

    private static IResult? Fault(string[]? codes) => codes is { Length: > 0 and <= 20 } && codes.All(IsCode)
        ? null
        : Problem.Invalid("codes names 1 to 20 disclosures by the codes of their conditions, such as DISCLOSE_INITIAL.");

    private static bool IsCode(string? code) => code is { Length: > 0 and <= 60 } && code.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_');

    private sealed record WithdrawnRow(string Code, Instant GivenAt, string GivenBy, Instant WithdrawnAt, string WithdrawnBy, string Reason);
}
