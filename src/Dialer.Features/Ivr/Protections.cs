using Dapper;
using Dialer.Core.Ivr;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Ivr;

/// <summary>What a caller says that must hold from this second on: written in the step's transaction, before it is confirmed to them.</summary>
internal static class Protections
{
    /// <summary>Every automated call to the caller's number and, when they proved who they are, to each of their numbers (47 CFR 64.1200(a)(10)).</summary>
    public static Task RevokeAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, IvrCall call, bool verified, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into consent_event (at, person_id, e164, channel, kind, scope, source, evidence, recorded_by)
            select @now, @PersonId, n.e164, 'Voice', 'Revoked', 'All', 'ivr', 'pressed 9', 'ivr'
            from (select @CallerE164 as e164 where @CallerE164 ~ '^\+[1-9][0-9]{7,14}$' union select e164 from phone where person_id = @PersonId and @verified) n
            """,
            new { now, call.PersonId, call.CallerE164, verified }, transaction, cancellationToken: cancel));

    public static Task MarkWrongNumberAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long? personId, string e164, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            "update phone set status = 'WrongNumber', updated_at = @now where person_id = @personId and e164 = @e164", new { now, personId, e164 }, transaction, cancellationToken: cancel));

    public static Task OpenDisputeAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long personId, long accountId, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into hold (person_id, account_id, kind, opened_at, opened_by, reason)
            select @personId, @accountId, 'Dispute', @now, 'ivr', 'disputed by telephone'
            where not exists (select 1 from hold where person_id = @personId and account_id = @accountId and kind = 'Dispute' and closed_at is null)
            """,
            new { personId, accountId, now }, transaction, cancellationToken: cancel));

    /// <summary>Prior consent given directly to the collector, at most seven days (12 CFR 1006.14(b)(3)(i)).</summary>
    public static Task GrantCallBackAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long personId, IvrCall call, IvrEffect.RecordCallBackConsent consent, Instant now, CancellationToken cancel)
    {
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(call.Zone) ?? DateTimeZone.Utc;
        return connection.ExecuteAsync(new CommandDefinition(
            """
            insert into consent_event (at, person_id, e164, channel, kind, scope, account_id, valid_from, valid_until, source, evidence, recorded_by)
            select @now, @personId, n.e164, 'Voice', 'Granted', 'Direct', @AccountId, @now, @until, 'ivr', 'pressed 1 when asked', 'ivr'
            from (select @CallerE164 as e164 where @CallerE164 ~ '^\+[1-9][0-9]{7,14}$'
                  union select e164 from phone where person_id = @personId and status = 'Active' and @CallerE164 !~ '^\+[1-9][0-9]{7,14}$') n
            """,
            new { now, personId, call.CallerE164, consent.AccountId, until = consent.Until.AtStartOfDayInZone(zone).ToInstant() },
            transaction, cancellationToken: cancel));
    }
}
