using System.Security.Claims;
using Dapper;
using Dialer.Core.Ivr;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Payments;

/// <summary>
/// <c>GET /api/v1/accounts/{id}/saved-methods</c> shows what is kept for the account's person, by brand and last digits; <c>POST /api/v1/saved-methods/{id}/remove</c> ends it when they ask an agent.
/// The IVR keeps and removes in the step that says so.
/// </summary>
/// <remarks>The token is the processor's: of no use without the installation's key, shown by no endpoint, and destroyed here with the removal.</remarks>
public static partial class SavedMethods
{
    private const string RemoveSql = "update saved_method set removed_at = @now, removed_by = @by, token = null, profile = null where removed_at is null";

    public sealed record View(long SavedMethodId, string Method, string? Brand, string LastDigits, LocalDate? ExpiresOn, Instant SavedAt, Instant? RemovedAt, string? RemovedBy);

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/accounts/{id:long}/saved-methods", async (long id, Database database, CancellationToken cancel) => Results.Ok(await database.QueryAsync<View>(
            """
            select m.saved_method_id, m.method, m.brand, m.last_digits, m.expires_on, m.saved_at, m.removed_at, m.removed_by
            from account a join saved_method m on m.person_id = a.person_id where a.account_id = @id order by m.removed_at is not null, m.saved_at desc limit 100
            """,
            new { id }, cancel))).RequireAuthorization(Scopes.AccountsRead);
        routes.MapPost("/api/v1/saved-methods/{id:long}/remove", (long id, ClaimsPrincipal user, Database database, ServiceClock clock, CancellationToken cancel) => database.InTransactionAsync<IResult>(
            async (connection, transaction) => await RemoveAsync(connection, transaction, id, null, user.UserName(), clock.Now, cancel)
                ? Results.NoContent()
                : Problem.NotFound($"Nothing is saved as {id}."),
            cancel)).RequireAuthorization(Scopes.StatementsRecord);
    }

    /// <summary>What was entered for a payment is kept from now on, and is what that payment will be charged to. The same card again takes the place of the earlier.</summary>
    internal static async Task KeepAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, int number, long personId, PaymentMethod method, IvrInput.Tokenized kept, Instant now, CancellationToken cancel)
    {
        var id = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            """
            insert into saved_method (person_id, method, token, profile, brand, last_digits, expires_on, attempt_id, consent, saved_at)
            values (@personId, @method, @Token, @Profile, @Brand, @LastDigits, @ExpiresOn, @attemptId, 'pressed 3 after the read-back', @now)
            on conflict (person_id, method, coalesce(brand, ''), last_digits) where removed_at is null
            do update set token = excluded.token, profile = excluded.profile, expires_on = excluded.expires_on, attempt_id = excluded.attempt_id, consent = excluded.consent, saved_at = excluded.saved_at
            returning saved_method_id
            """,
            new { personId, method = method.ToString(), kept.Token, kept.Profile, kept.Brand, kept.LastDigits, kept.ExpiresOn, attemptId, now }, transaction, cancellationToken: cancel));
        await connection.ExecuteAsync(new CommandDefinition(
            "update payment set saved_method_id = @id, updated_at = @now where idempotency_key = @key and keeps and state in ('Created', 'Pending')",
            new { id, key = PaymentStore.KeyOf(attemptId, number), now }, transaction, cancellationToken: cancel));
        await AuditTrail.AddAsync(connection, transaction, "ivr", "saved-method.keep", $"saved-method/{id}", new { personId, attemptId, method }, now, cancel);
    }

    /// <summary>From this second on it cannot be charged. False: there is no such thing, or it is not the person's.</summary>
    /// <param name="personId">Whose it must be; null: whoever it is.</param>
    internal static async Task<bool> RemoveAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id, long? personId, string by, Instant now, CancellationToken cancel)
    {
        var removed = await connection.ExecuteAsync(new CommandDefinition(
            RemoveSql + " and saved_method_id = @id and (@personId::bigint is null or person_id = @personId)", new { id, personId, by, now }, transaction, cancellationToken: cancel)) == 1;
        if (removed)
            await AuditTrail.AddAsync(connection, transaction, by, "saved-method.remove", $"saved-method/{id}", new { id }, now, cancel);
        return removed;
    }

    /// <summary>The bank said that a debit was not authorized: no saved account of the person is debited again.</summary>
    internal static async Task RemoveBankAccountsAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long personId, string why, Instant now, CancellationToken cancel)
    {
        var removed = (await connection.QueryAsync<long>(new CommandDefinition(
            RemoveSql + " and person_id = @personId and method = 'AchDebit' returning saved_method_id", new { personId, by = "processor", now }, transaction, cancellationToken: cancel))).AsList();
        foreach (var id in removed)
            await AuditTrail.AddAsync(connection, transaction, "processor", "saved-method.remove", $"saved-method/{id}", new { id, why }, now, cancel);
    }

    /// <summary>It is the person's and not removed; and so it stays to the end of this transaction.</summary>
    internal static async Task<bool> HoldAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id, long personId, CancellationToken cancel) =>
        await connection.ExecuteScalarAsync<bool?>(new CommandDefinition(
            "select true from saved_method where saved_method_id = @id and person_id = @personId and removed_at is null for share", new { id, personId }, transaction, cancellationToken: cancel)) == true;
}
