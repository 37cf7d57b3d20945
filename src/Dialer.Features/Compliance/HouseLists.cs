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

namespace Dialer.Features.Compliance;

/// <summary>
/// The lists the house itself keeps: its caller ids, lines that no machine may ring, licences by state, debts past their statute of limitations:
/// <c>GET /api/v1/compliance/house-lists</c>, <c>POST</c> the same for one entry, <c>PUT /api/v1/compliance/accounts/{id}/time-barred</c>.
/// </summary>
/// <remarks>An empty list of caller ids or licences is a list nobody keeps, and denies nothing. From its first entry on, what is not in it is denied.</remarks>
internal static class HouseLists
{
    public enum HouseList
    {
        OwnedNumbers,
        ProtectedNumbers,
        Licenses,
    }

    /// <param name="Number">A telephone number (E.164), or the licence's.</param>
    /// <param name="State">Of a licence.</param>
    /// <param name="ExpiresOn">Of a licence: its last day.</param>
    /// <param name="Reason">Why the line is protected.</param>
    /// <param name="Remove">Take it off the list.</param>
    public sealed record Entry(HouseList List, string Number, string? State, LocalDate? ExpiresOn, string? Reason, bool? Remove);

    public sealed record TimeBarred(bool Barred);

    private sealed record Protected(string Number, string Reason, Instant AddedAt, string AddedBy);

    private sealed record License(string State, string Number, LocalDate ExpiresOn);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/compliance/house-lists", async (Database database, CancellationToken cancel) => Results.Ok(new
        {
            ownedNumbers = await database.QueryAsync<string>("select e164 from owned_number order by e164", null, cancel),
            protectedNumbers = await database.QueryAsync<Protected>("select e164 as number, reason, added_at, added_by from protected_number order by e164", null, cancel),
            licenses = await database.QueryAsync<License>("select state, number, expires_on from collection_license order by state, number", null, cancel),
        })).RequireAuthorization(Scopes.PolicyRead);
        routes.MapPost("/api/v1/compliance/house-lists", ChangeAsync).RequireAuthorization(Scopes.PolicyChange);
        routes.MapPut("/api/v1/compliance/accounts/{id:long}/time-barred", TimeBarredAsync).RequireAuthorization(Scopes.HoldsClose);
    }

    private static async Task<IResult> ChangeAsync(Entry body, ClaimsPrincipal user, Database database, TimeProvider clock, CancellationToken cancel)
    {
        var remove = body.Remove == true;
        if (Fault(body, remove) is { } fault)
            return Problem.Invalid(fault);
        var now = RecordStatements.Now(clock);
        return await database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                var number = body.List == HouseList.Licenses ? body.Number : PhoneNumber.Parse(body.Number).E164;
                var changed = await connection.ExecuteAsync(new CommandDefinition(
                    Sql(body.List, remove), new { number, body.State, body.ExpiresOn, body.Reason, now, by = user.UserName() }, transaction, cancellationToken: cancel));
                if (changed == 0)
                    return remove ? Problem.NotFound("It is not on the list.") : Results.NoContent();
                await AuditTrail.AddAsync(
                    connection, transaction, user.UserName(), remove ? "house-list.remove" : "house-list.add", $"house-list:{body.List}", new { number, body.State, body.ExpiresOn, body.Reason }, now, cancel);
                return Results.NoContent();
            },
            cancel);
    }

    private static string? Fault(Entry body, bool remove) => body switch
    {
        { List: HouseList.Licenses } when NumberingPlan.ZonesOf(body.State ?? "").IsEmpty => "state is a two-letter state.",
        { List: HouseList.Licenses } when body.Number is not { Length: > 0 and <= 60 } => "number is the licence's, in at most 60 characters.",
        { List: HouseList.Licenses } when !remove && body.ExpiresOn is null => "expiresOn is the licence's last day.",
        { List: HouseList.OwnedNumbers or HouseList.ProtectedNumbers } when !PhoneNumber.TryParse(body.Number, out _) => "number is a telephone number, +1 and ten digits.",
        { List: HouseList.ProtectedNumbers } when !remove && body.Reason is not { Length: > 0 and <= 200 } => "reason says why no machine may ring this line, in at most 200 characters.",
        _ => null,
    };

    private static string Sql(HouseList list, bool remove) => (list, remove) switch
    {
        (HouseList.OwnedNumbers, false) => "insert into owned_number (e164, added_at) values (@number, @now) on conflict do nothing",
        (HouseList.OwnedNumbers, true) => "delete from owned_number where e164 = @number",
        (HouseList.ProtectedNumbers, false) => "insert into protected_number (e164, reason, added_at, added_by) values (@number, @Reason, @now, @by) on conflict (e164) do update set reason = excluded.reason",
        (HouseList.ProtectedNumbers, true) => "delete from protected_number where e164 = @number",
        (_, false) => "insert into collection_license (state, number, expires_on) values (@State, @number, @ExpiresOn) on conflict (state, number) do update set expires_on = excluded.expires_on",
        (_, true) => "delete from collection_license where state = @State and number = @number",
    };

    private static Task<IResult> TimeBarredAsync(long id, TimeBarred body, ClaimsPrincipal user, Database database, TimeProvider clock, CancellationToken cancel)
    {
        var now = RecordStatements.Now(clock);
        return database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                if (!await SetAsync(connection, transaction, id, body.Barred, user.UserName(), now, cancel))
                    return Problem.NotFound("There is no such account.");
                await AuditTrail.AddAsync(connection, transaction, user.UserName(), "account.time-barred", $"account/{id}", body, now, cancel);
                return Results.NoContent();
            },
            cancel);
    }

    private static async Task<bool> SetAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id, bool barred, string by, Instant now, CancellationToken cancel) =>
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into account_compliance (account_id, time_barred, updated_at, updated_by) select account_id, @barred, @now, @by from account where account_id = @id
            on conflict (account_id) do update set time_barred = excluded.time_barred, updated_at = excluded.updated_at, updated_by = excluded.updated_by
            """,
            new { id, barred, now, by }, transaction, cancellationToken: cancel)) > 0;
}
