using Dapper;
using Dialer.Core.Numbers;
using Dialer.Features.Ivr;
using Dialer.Storage.Postgres;
using Dialer.Twilio.Twiml;
using Dialer.Twilio.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Dialing;

/// <summary>A customer rings us. The caller's number only suggests who it may be; the IVR verifies before it says anything.</summary>
public static class InboundCalls
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/twilio/voice/inbound", HandleAsync).AllowAnonymous().RequireTwilioSignature();

    private static async Task<IResult> HandleAsync(TwilioForm form, Database database, IvrFlow ivr, FallbackTwiml fallback, ServiceClock clock, CancellationToken cancel)
    {
        if (InboundCall.Read(form) is not { } call)
            return TwimlResult.Of(fallback.For(form));
        var now = clock.Now;
        var twiml = await database.InTransactionAsync(
            async (connection, transaction) => await ivr.StartAsync(connection, transaction, await RecordAsync(connection, transaction, call, now, cancel), "inbound", now, cancel),
            cancel);
        return TwimlResult.Of(twiml);
    }

    /// <summary>The attempt row of this call; the same one when Twilio asks again.</summary>
    private static async Task<long> RecordAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, InboundCall call, Instant now, CancellationToken cancel)
    {
        var from = PhoneNumber.TryParse(call.From, out var number) ? number.E164 : "anonymous";
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            """
            insert into attempt (account_id, person_id, phone_id, direction, mode, to_e164, from_e164, state, sid, created_at, placed_at, answered_at, treatment, counted, exclusion, deadline)
            select m.account_id, m.person_id, m.phone_id, 'Inbound', 'Manual', @To, @from, 'Answered', @CallSid, @now, @now, @now, 'Ivr', false, 'Inbound', @deadline
            from (select 1) as one
            left join lateral (
                select person_id, phone_id, account_id from (
                    select p.person_id, min(p.phone_id) as phone_id, min(a.account_id) as account_id, count(*) over () as people
                    from phone p join account a on a.person_id = p.person_id and a.status = 'Open'
                    where p.e164 = @from and p.status = 'Active'
                    group by p.person_id) as matches
                where people = 1) m on true
            on conflict (sid) do update set sid = excluded.sid
            returning attempt_id
            """,
            new { call.To, from, call.CallSid, now, deadline = now + Duration.FromMinutes(5) },
            transaction,
            cancellationToken: cancel));
    }
}
