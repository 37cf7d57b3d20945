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
using NodaTime.Text;
using Npgsql;

namespace Dialer.Features.Compliance;

/// <summary>The endpoints that write down what a person said: consents, revocations, holds, inconvenient times, where they are.</summary>
internal static class RecordStatements
{
    public sealed record Consent(long PhoneId, Channel Channel, ConsentKind Kind, ConsentScope Scope, string Source, string? Evidence, long? AccountId, Instant? ValidFrom, Instant? ValidUntil);

    /// <param name="Written">It was said in writing.</param>
    public sealed record Hold(long PersonId, long? AccountId, HoldKind Kind, string Reason, Instant? ExpiresAt, bool? Written);

    /// <param name="VerificationSentOn">The day the verification of a disputed debt was sent.</param>
    /// <param name="Withdrawn">The person took the dispute back.</param>
    public sealed record Close(string Reason, LocalDate? VerificationSentOn, bool? Withdrawn);

    /// <param name="Days">ISO weekdays, 1 Monday; none: every day.</param>
    /// <param name="From">Local time HH:mm.</param>
    public sealed record Inconvenient(short[]? Days, string From, string To, string Words);

    /// <param name="Words">What the person said.</param>
    public sealed record NoLonger(string? Words);

    /// <param name="EmployerProhibits">Null leaves what is known: a new address must not take back an employer's word.</param>
    public sealed record Whereabouts(string? KnownZone, string? KnownState, bool? EmployerProhibits);

    /// <param name="NotAt">Where a call does not suit: Home, Personal, Work or ThirdParty; an empty list takes back what was said before.</param>
    public sealed record Places(PhonePlace[] NotAt);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/compliance/consents", ConsentAsync).RequireAuthorization(Scopes.StatementsRecord);
        routes.MapPost("/api/v1/compliance/holds", HoldAsync).RequireAuthorization(Scopes.StatementsRecord);
        routes.MapPost("/api/v1/compliance/holds/{id:long}/close", CloseAsync).RequireAuthorization(Scopes.HoldsClose);
        routes.MapPost("/api/v1/compliance/persons/{id:long}/inconvenient-times", InconvenientAsync).RequireAuthorization(Scopes.StatementsRecord);
        routes.MapPost("/api/v1/compliance/persons/{id:long}/inconvenient-times/{time:long}/end", ConvenientAgainAsync).RequireAuthorization(Scopes.StatementsRecord);
        routes.MapPut("/api/v1/compliance/persons/{id:long}/whereabouts", WhereaboutsAsync).RequireAuthorization(Scopes.StatementsRecord);
        routes.MapPut("/api/v1/compliance/persons/{id:long}/inconvenient-places", PlacesAsync).RequireAuthorization(Scopes.StatementsRecord);
    }

    private static async Task<IResult> ConsentAsync(Consent body, ClaimsPrincipal user, Database database, TimeProvider clock, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(body.Source))
            return Problem.Invalid("source says where it was said: ivr, agent, letter, ...");
        if (body.Channel == Channel.Voicemail)
            return Problem.Invalid("channel is Voice, Sms, Email or Letter. What is said about voicemail is said about Voice.");
        if (body.ValidUntil <= body.ValidFrom)
            return Problem.Invalid("validUntil must be after validFrom.");
        if (body.Scope != ConsentScope.Direct && (body.ValidFrom ?? body.ValidUntil) is not null)
            return Problem.Invalid("validFrom and validUntil belong to a permission to call (scope Direct). Any other consent holds until it is revoked: record its revocation when it ends.");
        var now = Now(clock);
        return await database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                var phone = await connection.QuerySingleOrDefaultAsync<(long Person, string E164)?>(new CommandDefinition(
                    "select person_id, e164 from phone where phone_id = @PhoneId", body, transaction, cancellationToken: cancel));
                if (phone is not { } found)
                    return Problem.NotFound("There is no such telephone number.");
                // A yes must be provable; a no binds without any proof.
                var evidence = string.IsNullOrWhiteSpace(body.Evidence) && body.Kind == ConsentKind.Granted
                    ? await CallAsync(connection, transaction, found.Person, user.UserId(), now, cancel)
                    : body.Evidence ?? "";
                if (evidence is null)
                    return Problem.Invalid("evidence says what proves the person's consent (a document, a recording), unless it was said in a call of yours with them today.");
                var statement = new ConsentStatement(
                    new PersonId(found.Person), found.E164, body.Channel, body.Kind, body.Scope, body.Source, evidence, body.AccountId is { } a ? new AccountId(a) : null, body.ValidFrom, body.ValidUntil);
                var id = await ConsentRegister.RecordAsync(connection, transaction, statement, user.UserName(), now, cancel);
                return Results.Created($"/api/v1/compliance/persons/{found.Person}/pack", new { consentEventId = id });
            },
            cancel);
    }

    /// <summary>The newest call of the last day in which this agent had to do with the person; null: there was none.</summary>
    private static async Task<string?> CallAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long person, long agent, Instant now, CancellationToken cancel) =>
        await connection.ExecuteScalarAsync<string?>(new CommandDefinition(
            "select 'attempt/' || attempt_id from attempt where person_id = @person and agent_id = @agent and created_at > @since order by created_at desc limit 1",
            new { person, agent, since = now - Duration.FromDays(1) }, transaction, cancellationToken: cancel));

    private static Task<IResult> HoldAsync(Hold body, ClaimsPrincipal user, Database database, TimeProvider clock, CancellationToken cancel)
    {
        var now = Now(clock);
        if (body.ExpiresAt <= now)
            return Task.FromResult(Problem.Invalid("expiresAt must be in the future."));
        return database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                var known = await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
                    "select exists (select 1 from person where person_id = @PersonId) and (@AccountId::bigint is null or exists (select 1 from account where account_id = @AccountId and person_id = @PersonId))",
                    body, transaction, cancellationToken: cancel));
                if (!known)
                    return Problem.NotFound("There is no such person, or the account is not theirs.");
                var id = await HoldRegister.OpenAsync(
                    connection, transaction, new PersonId(body.PersonId), body.AccountId is { } a ? new AccountId(a) : null, body.Kind, body.Reason ?? "", body.ExpiresAt, user.UserName(), now, cancel,
                    body.Written ?? false);
                return Results.Created($"/api/v1/compliance/holds/{id}", new { holdId = id });
            },
            cancel);
    }

    private static async Task<IResult> CloseAsync(long id, Close body, ClaimsPrincipal user, Database database, TimeProvider clock, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(body.Reason))
            return Problem.Invalid("reason says why the hold may be closed.");
        if (body.VerificationSentOn > Now(clock).InUtc().Date)
            return Problem.Invalid("verificationSentOn is the day on which the verification was sent; it has not come yet.");
        var closed = await database.InTransactionAsync(
            (c, t) => HoldRegister.CloseAsync(c, t, id, body.Reason, body.VerificationSentOn, body.Withdrawn ?? false, user.UserName(), Now(clock), cancel), cancel);
        return closed switch
        {
            HoldClosing.Closed => Results.NoContent(),
            HoldClosing.VerificationOwed => Problem.Conflict("The debt was disputed in writing and in time. Send the verification and say when (verificationSentOn), or say that the dispute was withdrawn (12 CFR 1006.38(d)(2))."),
            _ => Problem.NotFound("There is no open hold of this id."),
        };
    }

    private static async Task<IResult> InconvenientAsync(long id, Inconvenient body, ClaimsPrincipal user, Database database, TimeProvider clock, CancellationToken cancel)
    {
        var pattern = LocalTimePattern.CreateWithInvariantCulture("HH:mm");
        if (!pattern.Parse(body.From ?? "").TryGetValue(default, out var from) || !pattern.Parse(body.To ?? "").TryGetValue(default, out var to))
            return Problem.Invalid("from and to are local times, HH:mm.");
        if (body.Days?.Any(day => day is < 1 or > 7) == true)
            return Problem.Invalid("days are 1 (Monday) to 7 (Sunday).");
        var now = Now(clock);
        return await ForPersonAsync(database, id, "person.inconvenient-time", user, now, body, async (connection, transaction) =>
            await connection.ExecuteAsync(new CommandDefinition(
                "insert into inconvenient_time (person_id, days, from_time, to_time, words, recorded_at, recorded_by) values (@id, @days, @from, @to, @words, @now, @by)",
                new { id, days = body.Days ?? [], from = from.ToTimeOnly(), to = to.ToTimeOnly(), words = body.Words ?? "", now, by = user.UserName() }, transaction, cancellationToken: cancel)), cancel);
    }

    /// <summary>A time that suits again: only the person's own word ends it, and it stays on record.</summary>
    private static Task<IResult> ConvenientAgainAsync(long id, long time, NoLonger body, ClaimsPrincipal user, Database database, TimeProvider clock, CancellationToken cancel)
    {
        if (body.Words is not { Length: > 0 and <= 400 } words)
            return Task.FromResult(Problem.Invalid("words are what the person said, in at most 400 characters."));
        var now = Now(clock);
        return database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                await PersonLocks.TakeAsync(connection, transaction, [new PersonId(id)], cancel);
                var ended = await connection.ExecuteAsync(new CommandDefinition(
                    "update inconvenient_time set ended_at = @now, ended_by = @by where inconvenient_time_id = @time and person_id = @id and ended_at is null",
                    new { id, time, now, by = user.UserName() }, transaction, cancellationToken: cancel));
                if (ended == 0)
                    return Problem.NotFound("There is no such time of this person.");
                await AuditTrail.AddAsync(connection, transaction, user.UserName(), "person.convenient-again", $"person:{id}", new { inconvenientTimeId = time, words }, now, cancel);
                return Results.NoContent();
            },
            cancel);
    }

    private static async Task<IResult> WhereaboutsAsync(long id, Whereabouts body, ClaimsPrincipal user, Database database, TimeProvider clock, CancellationToken cancel)
    {
        if (body.KnownZone is { } zone && DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is null)
            return Problem.Invalid("knownZone is an IANA time zone such as America/Chicago.");
        if (body.KnownState is { } state && Core.Numbers.NumberingPlan.ZonesOf(state).IsEmpty)
            return Problem.Invalid("knownState is a two-letter state.");
        var now = Now(clock);
        return await ForPersonAsync(database, id, "person.whereabouts", user, now, body, async (connection, transaction) =>
            await connection.ExecuteAsync(new CommandDefinition(
                """
                insert into person_contact_fact (person_id, known_zone, known_state, employer_prohibits, updated_at, updated_by) values (@id, @KnownZone, @KnownState, @EmployerProhibits, @now, @by)
                on conflict (person_id) do update set known_zone = excluded.known_zone, known_state = excluded.known_state,
                    employer_prohibits = coalesce(excluded.employer_prohibits, person_contact_fact.employer_prohibits), updated_at = excluded.updated_at, updated_by = excluded.updated_by
                """,
                new { id, body.KnownZone, body.KnownState, body.EmployerProhibits, now, by = user.UserName() }, transaction, cancellationToken: cancel)), cancel);
    }

    private static async Task<IResult> PlacesAsync(long id, Places body, ClaimsPrincipal user, Database database, TimeProvider clock, CancellationToken cancel)
    {
        if (body.NotAt is null || body.NotAt.Contains(PhonePlace.Unknown))
            return Problem.Invalid("notAt lists places: Home, Personal, Work or ThirdParty; none takes back what was said before.");
        var now = Now(clock);
        return await ForPersonAsync(database, id, "person.inconvenient-places", user, now, body, async (connection, transaction) =>
            await connection.ExecuteAsync(new CommandDefinition(
                """
                insert into person_contact_fact (person_id, inconvenient_places, updated_at, updated_by) values (@id, @places, @now, @by)
                on conflict (person_id) do update set inconvenient_places = excluded.inconvenient_places, updated_at = excluded.updated_at, updated_by = excluded.updated_by
                """,
                new { id, places = body.NotAt.Distinct().Select(place => place.ToString()).ToArray(), now, by = user.UserName() }, transaction, cancellationToken: cancel)), cancel);
    }

    private static Task<IResult> ForPersonAsync<T>(
        Database database, long person, string action, ClaimsPrincipal user, Instant now, T detail, Func<NpgsqlConnection, NpgsqlTransaction, Task> write, CancellationToken cancel) =>
        database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                if (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition("select exists (select 1 from person where person_id = @person)", new { person }, transaction, cancellationToken: cancel)))
                    return Problem.NotFound("There is no such person.");
                await PersonLocks.TakeAsync(connection, transaction, [new PersonId(person)], cancel);
                await write(connection, transaction);
                await AuditTrail.AddAsync(connection, transaction, user.UserName(), action, $"person:{person}", detail, now, cancel);
                return Results.NoContent();
            },
            cancel);

    internal static Instant Now(TimeProvider clock) => Instant.FromDateTimeOffset(clock.GetUtcNow());
}
