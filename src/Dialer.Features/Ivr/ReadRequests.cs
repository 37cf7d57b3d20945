using System.Security.Claims;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Dialer.Features.Ivr;

/// <summary>What callers left for people to do: <c>GET /api/v1/call-backs</c>, <c>GET /api/v1/voicemails</c> (numbers by their last four digits), <c>POST /api/v1/voicemails/{id}/heard</c>.</summary>
internal static class ReadRequests
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/call-backs", async (Database database, CancellationToken cancel) => Results.Ok(await database.QueryAsync<CallBackView>(
            """
            select call_request_id as call_back_id, person_id, account_id, right(e164, 4) as last4, asked_at, due_at, until_at, state, tries, reason,
                   person_id is not null and account_id is not null and phone_id is not null as dials_itself, agent_id
            from call_request where state in ('Queued', 'Dialed', 'Missed') order by due_at desc limit 500
            """,
            null, cancel))).RequireAuthorization(Scopes.CallsTake);
        routes.MapGet("/api/v1/voicemails", async (Database database, CancellationToken cancel) => Results.Ok(await database.QueryAsync<VoicemailView>(
            """
            select v.voicemail_id, v.attempt_id, v.recording_sid, v.seconds, v.at, a.person_id, right(case a.direction when 'Inbound' then a.from_e164 else a.to_e164 end, 4) as last4, v.heard_at, v.heard_by,
                coalesce(m.state, 'Waiting') as state, s.verified_at is not null as verified,
                case when s.verified_at is not null then p.first_name || ' ' || p.last_name end as caller, case when s.verified_at is not null then c.account_id end as account_id,
                case when s.verified_at is not null then c.client_account_no end as client_account_no
            from voicemail v join attempt a on a.attempt_id = v.attempt_id
            left join ivr_session s on s.attempt_id = v.attempt_id left join person p on p.person_id = a.person_id left join account c on c.account_id = a.account_id
            left join recording_media m on m.recording_sid = v.recording_sid
            order by v.heard_at is not null, v.at desc limit 500
            """,
            null, cancel))).RequireAuthorization(Scopes.CallsTake);
        routes.MapPost("/api/v1/voicemails/{id:long}/heard", HeardAsync).RequireAuthorization(Scopes.CallsTake);
    }

    private static Task<IResult> HeardAsync(long id, ClaimsPrincipal user, Database database, TimeProvider time, CancellationToken cancel) => database.InTransactionAsync<IResult>(
        async (connection, transaction) =>
        {
            var now = Instant.FromDateTimeOffset(time.GetUtcNow());
            var changed = await connection.ExecuteAsync(new CommandDefinition(
                "update voicemail set heard_at = @now, heard_by = @by where voicemail_id = @id and heard_at is null", new { id, now, by = user.UserName() }, transaction, cancellationToken: cancel));
            if (changed == 0)
                return Problem.NotFound("There is no message of this number that nobody has heard.");
            await AuditTrail.AddAsync(connection, transaction, user.UserName(), "voicemail.heard", $"voicemail/{id}", new { id }, now, cancel);
            return Results.NoContent();
        },
        cancel);

    public sealed record CallBackView(
        long CallBackId, long? PersonId, long? AccountId, string Last4, Instant AskedAt, Instant DueAt, Instant UntilAt, string State, int Tries, string Reason, bool DialsItself, long? AgentId);

    /// <param name="State">Of the sound: Waiting, Stored, Missing or Purged. Listening is a link of its own, see Recordings.</param>
    /// <param name="Verified">They had proved who they are before they spoke: only then are <paramref name="Caller"/> and the account said.</param>
    public sealed record VoicemailView(long VoicemailId, long AttemptId, string RecordingSid, int Seconds, Instant At, long? PersonId, string Last4, Instant? HeardAt, string? HeardBy, string State, bool Verified, string? Caller, long? AccountId,
        string? ClientAccountNo);
}
