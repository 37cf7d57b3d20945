using System.Security.Claims;
using Dapper;
using Dialer.Core;
using Dialer.Core.Numbers;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Features.Compliance;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Accounts;

/// <summary>
/// What a person says about telephone numbers, written down at the desk: a new one, one that is not theirs, one that is dead, one that is good again. Under the person's lock:
/// the next dial decided after the commit sees it. What was before stays in <c>phone_event</c>, which only grows.
/// </summary>
internal static class EditPhones
{
    private static readonly string[] Statuses = ["Active", "WrongNumber", "Disconnected", "Suppressed"];
    private static readonly string[] Places = ["Unknown", "Home", "Personal", "Work", "ThirdParty"];
    private const int LongestWords = 500;

    /// <param name="Words">What the person said.</param>
    public sealed record NewPhone(string? Number, string? Place, string? Words);

    public sealed record NewStatus(string? Status, string? Words);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/accounts/{id:long}/contacts", ReadAsync).RequireAuthorization(Scopes.AccountsRead);
        routes.MapPost("/api/v1/accounts/{id:long}/phones", AddAsync).RequireAuthorization(Scopes.StatementsRecord);
        routes.MapPut("/api/v1/phones/{id:long}/status", MarkAsync).RequireAuthorization(Scopes.StatementsRecord);
    }

    /// <summary>Numbers with the newest word for each channel, times the person does not want, and what was written down lately.</summary>
    private static async Task<IResult> ReadAsync(long id, ClaimsPrincipal caller, Database database, TimeProvider time, CancellationToken cancel)
    {
        if (await database.FindAsync<long?>("select person_id from account where account_id = @id", new { id }, cancel) is not { } person)
            return Problem.NotFound($"There is no account {id}.");
        await AccountLooks.WriteOnceAsync(database, caller, id, Instant.FromDateTimeOffset(time.GetUtcNow()), cancel);
        var whole = caller.May(Scopes.AccountsReadWhole);
        var phones = await database.QueryAsync<PhoneRow>(
            """
            select h.phone_id, h.e164, h.line_type, h.place, h.status, h.source,
                (select c.kind from consent_event c where c.e164 = h.e164 and c.channel = 'Voice' and c.scope <> 'Direct' order by c.at desc, c.consent_event_id desc limit 1) as voice,
                (select c.kind from consent_event c where c.e164 = h.e164 and c.channel = 'Sms' order by c.at desc, c.consent_event_id desc limit 1) as sms
            from phone h where h.person_id = @person order by h.status = 'Active' desc, h.rank, h.phone_id
            """,
            new { person }, cancel);
        return Results.Ok(new
        {
            personId = person,
            phones = phones.Select(phone => whole ? phone : phone with { E164 = $"•••{phone.E164[^4..]}" }),
            email = await database.FindAsync<EmailRow>(
                """
                select p.email is not null and p.email <> '' as known,
                    (select c.kind from consent_event c where c.person_id = p.person_id and c.channel = 'Email' order by c.at desc, c.consent_event_id desc limit 1) as consent
                from person p where p.person_id = @person
                """,
                new { person }, cancel),
            inconvenientTimes = await database.QueryAsync<TimeRow>(
                "select inconvenient_time_id as id, days, from_time::text as from, to_time::text as to, words, recorded_at, recorded_by from inconvenient_time where person_id = @person and ended_at is null order by 1",
                new { person }, cancel),
            inconvenientPlaces = await database.FindAsync<string[]>("select inconvenient_places from person_contact_fact where person_id = @person", new { person }, cancel) ?? [],
            history = await database.QueryAsync<EventRow>(
                """
                select e.at, right(h.e164, 4) as last4, 'Phone' || e.what as what, e.before, e.words, e.recorded_by from phone_event e join phone h using (phone_id) where e.person_id = @person
                union all
                select c.at, right(c.e164, 4), c.channel || c.kind, null, c.source, c.recorded_by from consent_event c where c.person_id = @person
                order by at desc limit 50
                """,
                new { person }, cancel),
        });
    }

    private static async Task<IResult> AddAsync(long id, NewPhone body, ClaimsPrincipal caller, Database database, TimeProvider time, CancellationToken cancel)
    {
        if (!PhoneNumber.TryParse(body.Number ?? "", out var number))
            return Problem.Invalid("Give a telephone number with its area code, such as (312) 555-0142.");
        var place = body.Place ?? "Unknown";
        if (!Places.Contains(place))
            return Problem.Invalid($"place is one of {string.Join(", ", Places)}.");
        if (body.Words is { Length: > LongestWords })
            return Problem.Invalid($"Words have at most {LongestWords} characters.");
        var now = Instant.FromDateTimeOffset(time.GetUtcNow());
        return await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                if (await connection.ExecuteScalarAsync<long?>(new CommandDefinition("select person_id from account where account_id = @id", new { id }, transaction, cancellationToken: cancel)) is not { } person)
                    return Problem.NotFound($"There is no account {id}.");
                await PersonLocks.TakeAsync(connection, transaction, [new PersonId(person)], cancel);
                var phone = await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
                    """
                    insert into phone (person_id, e164, line_type, place, rank, source, created_at, updated_at)
                    values (@person, @E164, 'Unknown', @place, (select coalesce(max(rank), 0) + 1 from phone where person_id = @person), 'consumer', @now, @now)
                    on conflict (person_id, e164) do nothing returning phone_id
                    """,
                    new { person, number.E164, place, now }, transaction, cancellationToken: cancel));
                if (phone is not { } made)
                    return Problem.Conflict("This number is in the list already. If it was marked as wrong, mark it as good again.");
                await WriteAsync(connection, transaction, made, person, "Added", null, body.Words, caller.UserName(), now, cancel);
                return Results.Created($"/api/v1/accounts/{id}/contacts", new { phoneId = made });
            },
            cancel);
    }

    private static async Task<IResult> MarkAsync(long id, NewStatus body, ClaimsPrincipal caller, Database database, TimeProvider time, CancellationToken cancel)
    {
        if (body.Status is not { } status || !Statuses.Contains(status))
            return Problem.Invalid($"status is one of {string.Join(", ", Statuses)}.");
        if (body.Words is { Length: > LongestWords })
            return Problem.Invalid($"Words have at most {LongestWords} characters.");
        var now = Instant.FromDateTimeOffset(time.GetUtcNow());
        return await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                if (await connection.ExecuteScalarAsync<long?>(new CommandDefinition("select person_id from phone where phone_id = @id", new { id }, transaction, cancellationToken: cancel)) is not { } person)
                    return Problem.NotFound($"There is no telephone number {id}.");
                await PersonLocks.TakeAsync(connection, transaction, [new PersonId(person)], cancel);
                var before = await connection.ExecuteScalarAsync<string>(new CommandDefinition("select status from phone where phone_id = @id for update", new { id }, transaction, cancellationToken: cancel));
                if (before == status)
                    return Results.NoContent();
                await connection.ExecuteAsync(new CommandDefinition("update phone set status = @status, updated_at = @now where phone_id = @id", new { id, status, now }, transaction, cancellationToken: cancel));
                await WriteAsync(connection, transaction, id, person, status, before, body.Words, caller.UserName(), now, cancel);
                return Results.NoContent();
            },
            cancel);
    }

    private static async Task WriteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long phone, long person, string what, string? before, string? words, string by, Instant now, CancellationToken cancel)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into phone_event (phone_id, person_id, at, what, before, words, recorded_by) values (@phone, @person, @now, @what, @before, @words, @by)",
            new { phone, person, now, what, before, words = words?.Trim() ?? "", by }, transaction, cancellationToken: cancel));
        await AuditTrail.AddAsync(connection, transaction, by, what == "Added" ? "phone.add" : "phone.mark", $"phone/{phone}", new { what, before }, now, cancel);
    }

    public sealed record PhoneRow
    {
        public long PhoneId { get; init; }

        public string E164 { get; init; } = "";

        public string LineType { get; init; } = "";

        public string Place { get; init; } = "";

        public string Status { get; init; } = "";

        public string Source { get; init; } = "";

        /// <summary>Granted, Revoked, or null: nothing was said.</summary>
        public string? Voice { get; init; }

        public string? Sms { get; init; }
    }

    public sealed record EmailRow
    {
        public bool Known { get; init; }

        public string? Consent { get; init; }
    }

    public sealed record TimeRow
    {
        public long Id { get; init; }

        public short[] Days { get; init; } = [];

        public string From { get; init; } = "";

        public string To { get; init; } = "";

        public string Words { get; init; } = "";

        public Instant RecordedAt { get; init; }

        public string RecordedBy { get; init; } = "";
    }

    public sealed record EventRow
    {
        public Instant At { get; init; }

        public string Last4 { get; init; } = "";

        public string What { get; init; } = "";

        public string? Before { get; init; }

        public string Words { get; init; } = "";

        public string RecordedBy { get; init; } = "";
    }
}
