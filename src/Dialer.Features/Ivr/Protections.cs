using Dapper;
using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Core.Ivr;
using Dialer.Features.Compliance;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Ivr;

/// <summary>What a caller says that must hold from this second on: written in the step's transaction, before it is confirmed to them.</summary>
internal static class Protections
{
    /// <summary>Every automated call to the caller's number and, when they proved who they are, to each of their numbers (47 CFR 64.1200(a)(10)).</summary>
    public static async Task RevokeAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, IvrCall call, bool verified, Instant now, CancellationToken cancel)
    {
        var numbers = await connection.QueryAsync<string>(new CommandDefinition(
            """
            select @CallerE164 as e164 where @CallerE164 ~ '^\+[1-9][0-9]{7,14}$' union select e164 from phone where person_id = @PersonId and @verified
            """,
            new { call.PersonId, call.CallerE164, verified }, transaction, cancellationToken: cancel));
        foreach (var number in numbers)
            await ConsentRegister.RecordAsync(
                connection, transaction, new ConsentStatement(Person(call.PersonId), number, Channel.Voice, ConsentKind.Revoked, ConsentScope.All, "ivr", "pressed 9"), "ivr", now, cancel);
    }

    public static Task MarkWrongNumberAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long? personId, string e164, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            "update phone set status = 'WrongNumber', updated_at = @now where person_id = @personId and e164 = @e164", new { now, personId, e164 }, transaction, cancellationToken: cancel));

    public static Task OpenDisputeAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long personId, long accountId, Instant now, CancellationToken cancel) =>
        HoldRegister.OpenAsync(connection, transaction, new PersonId(personId), new AccountId(accountId), HoldKind.Dispute, "disputed by telephone", null, "ivr", now, cancel);

    /// <summary>They cannot pay at present: a month without collection calls about this debt, and a person looks at it.</summary>
    public static Task OpenHardshipAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long personId, long accountId, Instant now, CancellationToken cancel) =>
        HoldRegister.OpenAsync(connection, transaction, new PersonId(personId), new AccountId(accountId), HoldKind.Hardship, "said by telephone", now + Duration.FromDays(30), "ivr", now, cancel);

    /// <summary>Prior consent given directly to the collector, at most seven days (12 CFR 1006.14(b)(3)(i)).</summary>
    public static async Task GrantCallBackAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long personId, IvrCall call, IvrEffect.RecordCallBackConsent consent, Instant now, CancellationToken cancel)
    {
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(call.Zone) ?? DateTimeZone.Utc;
        var numbers = await connection.QueryAsync<string>(new CommandDefinition(
            """
            select @CallerE164 as e164 where @CallerE164 ~ '^\+[1-9][0-9]{7,14}$'
            union select e164 from phone where person_id = @personId and status = 'Active' and @CallerE164 !~ '^\+[1-9][0-9]{7,14}$'
            """,
            new { personId, call.CallerE164 }, transaction, cancellationToken: cancel));
        foreach (var number in numbers)
            await ConsentRegister.RecordAsync(
                connection, transaction,
                new ConsentStatement(
                    new PersonId(personId), number, Channel.Voice, ConsentKind.Granted, ConsentScope.Direct, "ivr", "pressed 1 when asked", Account(consent.AccountId), now,
                    consent.Until.AtStartOfDayInZone(zone).ToInstant()),
                "ivr", now, cancel);
    }

    private static PersonId? Person(long? id) => id is { } person ? new PersonId(person) : null;

    private static AccountId? Account(long? id) => id is { } account ? new AccountId(account) : null;
}
