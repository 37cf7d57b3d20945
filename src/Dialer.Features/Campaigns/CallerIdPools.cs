using System.Security.Claims;
using Dapper;
using Dialer.Core.Numbers;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Campaigns;

/// <summary>Pools of our numbers that campaigns show, with how often each is answered; a number that is answered clearly less often than the others can rest.</summary>
public static class CallerIdPools
{
    public const int HealthDays = 7;
    private const int MostNumbers = 200;

    /// <param name="Calls">Of the last seven days that rang to an end; <paramref name="Answered"/> by a person or a machine.</param>
    public sealed record Number(string E164, string State, string Reason, Instant ChangedAt, long Calls, long Answered, CallerIdHealth Health);

    public sealed record Pool(long Id, string Name, IReadOnlyList<string> Campaigns, IReadOnlyList<Number> Numbers);

    public sealed record NewPool(string Name, string[] Numbers);

    public sealed record NewNumbers(string[] Numbers);

    public sealed record StateChange(string E164, string State, string Reason);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/caller-id-pools", ReadAsync).RequireAuthorization(Scopes.CampaignsRead);
        routes.MapPost("/api/v1/caller-id-pools", CreateAsync).RequireAuthorization(Scopes.CampaignsRun);
        routes.MapPost("/api/v1/caller-id-pools/{id:long}/numbers", AddAsync).RequireAuthorization(Scopes.CampaignsRun);
        routes.MapPut("/api/v1/caller-id-pools/{id:long}/numbers/state", SetStateAsync).RequireAuthorization(Scopes.CampaignsRun);
    }

    private static async Task<IReadOnlyList<Pool>> ReadAsync(Database database, ServiceClock clock, CancellationToken cancel)
    {
        var rows = await database.QueryAsync<Row>(
            """
            select p.caller_id_pool_id as pool_id, p.name, i.e164, i.state, i.reason, i.changed_at, coalesce(h.calls, 0) as calls, coalesce(h.answered, 0) as answered
            from caller_id_pool p left join caller_id i using (caller_id_pool_id)
            left join lateral (
                select count(*) filter (where a.answered_at is not null or a.state in ('NoAnswer', 'Busy', 'Canceled')) as calls, count(*) filter (where a.answered_at is not null) as answered
                from attempt a where a.from_e164 = i.e164 and a.direction = 'Outbound' and a.created_at > @since) h on true
            order by p.name, i.e164
            """,
            new { since = clock.Now - Duration.FromDays(HealthDays) }, cancel);
        var uses = (await database.QueryAsync<(long Pool, string Name)>("select caller_id_pool_id, name from campaign where caller_id_pool_id is not null and state <> 'Closed' order by name", null, cancel)).ToLookup(use => use.Pool, use => use.Name);
        return [.. rows.GroupBy(row => (row.PoolId, row.Name)).Select(pool => new Pool(pool.Key.PoolId, pool.Key.Name, [.. uses[pool.Key.PoolId]], Numbers([.. pool.Where(row => row.E164 is not null)])))];
    }

    private static Number[] Numbers(Row[] rows)
    {
        var (calls, answered) = (rows.Sum(row => row.Calls), rows.Sum(row => row.Answered));
        return [.. rows.Select(row => new Number(
            row.E164!, row.State!, row.Reason!, row.ChangedAt!.Value, row.Calls, row.Answered, CallerIdHealth.Judge(row.Calls, row.Answered, calls - row.Calls, answered - row.Answered)))];
    }

    private static Task<IResult> CreateAsync(NewPool request, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > 80)
            return Task.FromResult(Problem.Invalid("A pool has a name of up to 80 characters."));
        return database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                if (await RefuseAsync(connection, transaction, request.Numbers, cancel) is { } refusal)
                    return refusal;
                var id = await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
                    "insert into caller_id_pool (name, created_at) values (@Name, @now) on conflict (name) do nothing returning caller_id_pool_id", new { request.Name, now = clock.Now }, transaction, cancellationToken: cancel));
                if (id is not { } pool)
                    return Problem.Conflict($"There is already a pool named '{request.Name}'.");
                await InsertAsync(connection, transaction, pool, request.Numbers, caller.UserName(), clock.Now, cancel);
                return Results.Created($"/api/v1/caller-id-pools/{pool}", new { id = pool });
            },
            cancel);
    }

    private static Task<IResult> AddAsync(long id, NewNumbers request, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel) => database.InTransactionAsync<IResult>(
        async (connection, transaction) =>
        {
            if (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition("select exists (select from caller_id_pool where caller_id_pool_id = @id)", new { id }, transaction, cancellationToken: cancel)))
                return Problem.NotFound($"There is no pool {id}.");
            if (await RefuseAsync(connection, transaction, request.Numbers, cancel) is { } refusal)
                return refusal;
            await InsertAsync(connection, transaction, id, request.Numbers, caller.UserName(), clock.Now, cancel);
            return Results.NoContent();
        },
        cancel);

    /// <summary>Null: they may be added. Where a list of owned numbers is kept, only those may be shown (47 USC 227(e) forbids misleading caller ids).</summary>
    private static async Task<IResult?> RefuseAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string[] numbers, CancellationToken cancel)
    {
        if (numbers.Length > MostNumbers || numbers.Any(number => !PhoneNumber.TryParse(number, out _)))
            return Problem.Invalid($"Give up to {MostNumbers} of our numbers in E.164 form, such as +12125550100.");
        var foreign = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "select count(*) from unnest(@parsed) n where exists (select from owned_number) and not exists (select from owned_number o where o.e164 = n)", new { parsed = Parsed(numbers) }, transaction, cancellationToken: cancel));
        return foreign > 0 ? Problem.Invalid($"{foreign} of these numbers are not on this installation's list of owned numbers. Only our own numbers may be shown.") : null;
    }

    private static async Task InsertAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long pool, string[] numbers, string actor, Instant now, CancellationToken cancel)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into caller_id (caller_id_pool_id, e164, changed_at, changed_by) select @pool, n, @now, @actor from unnest(@parsed) n on conflict do nothing", new { pool, parsed = Parsed(numbers), now, actor }, transaction, cancellationToken: cancel));
        await AuditTrail.AddAsync(connection, transaction, actor, "caller-id.added", $"caller-id-pool/{pool}", new { numbers = numbers.Length }, now, cancel);
    }

    private static string[] Parsed(string[] numbers) => [.. numbers.Select(number => PhoneNumber.Parse(number).E164).Distinct()];

    private static Task<IResult> SetStateAsync(long id, StateChange request, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel)
    {
        if (request.State is not ("Active" or "Resting") || string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > 200)
            return Task.FromResult(Problem.Invalid("Active or Resting, with a reason of up to 200 characters."));
        return database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                var changed = await connection.ExecuteAsync(new CommandDefinition(
                    "update caller_id set state = @State, reason = @Reason, changed_at = @now, changed_by = @actor where caller_id_pool_id = @id and e164 = @E164",
                    new { id, request.E164, request.State, request.Reason, now = clock.Now, actor = caller.UserName() }, transaction, cancellationToken: cancel));
                if (changed == 0)
                    return Problem.NotFound("There is no such number in this pool.");
                await AuditTrail.AddAsync(connection, transaction, caller.UserName(), "caller-id.state", $"caller-id-pool/{id}", new { request.State, request.Reason, last4 = request.E164[^4..] }, clock.Now, cancel);
                return Results.NoContent();
            },
            cancel);
    }

    private sealed class Row
    {
        public long PoolId { get; init; }

        public string Name { get; init; } = "";

        public string? E164 { get; init; }

        public string? State { get; init; }

        public string? Reason { get; init; }

        public Instant? ChangedAt { get; init; }

        public long Calls { get; init; }

        public long Answered { get; init; }
    }
}
