using System.Security.Claims;
using Dapper;
using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Features.Compliance;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Recordings;

/// <summary>
/// Destroys the sound of recordings whose clocks have run (<see cref="RetentionClock.Recording"/>), each night by itself and one by one on request:
/// <c>DELETE /api/v1/recordings/{sid}</c>. Otherwise 409 RETENTION_HOLD with the reason and, where time alone will do, from when. <c>GET /api/v1/recordings/{sid}/retention</c> asks only.
/// The row stays and says that there was a recording and who destroyed it.
/// </summary>
public sealed class PurgeRecordings(Database database, IOptions<RecordingsOptions> options, ServiceClock clock)
{
    private const string Nightly = "retention";

    private const string ReadSql =
        """
        select m.recording_sid, m.attempt_id, m.state, m.next_at is not null as busy, t.person_id, coalesce(r.started_at, t.created_at) as recorded_at, coalesce(last_activity_of(t.person_id), t.created_at) as last_activity,
               exists (select 1 from legal_hold h where h.person_id = t.person_id and h.released_at is null) as held
        from recording_media m join attempt t using (attempt_id) left join recording r using (recording_sid)
        where m.recording_sid = @sid
        """;

    private const string DueSql =
        """
        select m.recording_sid from recording_media m join attempt t using (attempt_id)
        where m.state = 'Stored' and m.next_at is null and t.created_at < @before and m.recording_sid > @after
          and not exists (select 1 from legal_hold h where h.person_id = t.person_id and h.released_at is null)
        order by m.recording_sid limit 200
        """;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/recordings/{sid}/retention", async (string sid, PurgeRecordings purge, CancellationToken cancel) =>
            await purge.AskAsync(sid, cancel) is { } check ? Results.Ok(check) : Problem.NotFound("There is no such recording in the store.")).RequireAuthorization(Scopes.RecordingsListen).RequireOwnTeam("sid", ListenRecording.AgentSql);
        routes.MapDelete("/api/v1/recordings/{sid}", async (string sid, ClaimsPrincipal caller, PurgeRecordings purge, CancellationToken cancel) =>
            await purge.OneAsync(sid, caller.UserName(), cancel) switch
            {
                null => Problem.NotFound("There is no such recording in the store."),
                { Allowed: true } => Results.NoContent(),
                { } check => Results.Problem(check.Why, statusCode: 409, title: check.Code, extensions: new Dictionary<string, object?> { ["code"] = check.Code, ["notBefore"] = check.NotBefore?.ToString() }),
            }).RequireAuthorization(Scopes.RecordsKeep);
    }

    /// <summary>Every recording whose time has run; returns how many were destroyed.</summary>
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var before = clock.Now - Duration.FromDays(365 * options.Value.Years);
        var (destroyed, after) = (0, "");
        while (await database.QueryAsync<string>(DueSql, new { before, after }, cancel) is { Count: > 0 } due)
        {
            foreach (var sid in due)
                destroyed += await OneAsync(sid, Nightly, cancel) is { Allowed: true } ? 1 : 0;
            after = due[^1];
        }

        return destroyed;
    }

    public async Task<RetentionCheck?> AskAsync(string sid, CancellationToken cancel) =>
        await database.FindAsync<Row>(ReadSql, new { sid }, cancel) is { } row ? Check(row) : null;

    /// <summary>Destroys one recording if it may be. A refusal to a person is written down too. Null: none of this id.</summary>
    public Task<RetentionCheck?> OneAsync(string sid, string by, CancellationToken cancel) => database.InTransactionAsync(
        async (connection, transaction) =>
        {
            if (await FindAsync(connection, transaction, sid, cancel) is not { } row)
                return null;
            if (row.PersonId is { } person)
            {
                await PersonLocks.TakeAsync(connection, transaction, [new PersonId(person)], cancel); // a hold that is being placed is seen
                row = (await FindAsync(connection, transaction, sid, cancel))!;
            }

            var check = Check(row);
            if (!check.Allowed && by == Nightly)
                return check;
            await AuditTrail.AddAsync(connection, transaction, by, check.Allowed ? "recording.purge" : "recording.purge-refused", $"recording:{sid}", new { row.AttemptId, check.Code, check.Why }, clock.Now, cancel);
            if (check.Allowed)
                await connection.ExecuteAsync(new CommandDefinition(
                    """
                    delete from recording_part where recording_sid = @sid;
                    update recording_media set state = 'Purged', wrapped_key = null, sha256 = null, purged_at = @now, purged_by = @by where recording_sid = @sid
                    """,
                    new { sid, now = clock.Now, by }, transaction, cancellationToken: cancel));
            return check;
        },
        cancel);

    private RetentionCheck Check(Row row) =>
        row.State != "Stored" ? new RetentionCheck(false, "NOT_STORED", $"The recording is {row.State.ToLowerInvariant()}: there is no sound to destroy.", null)
        : row.Busy ? new RetentionCheck(false, "NOT_STORED", "The recording is still at the carrier too. Try again when it was deleted there.", null)
        : RetentionClock.Recording(row.RecordedAt, row.LastActivity, row.Held, clock.Now, options.Value.Years);

    private static Task<Row?> FindAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string sid, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(ReadSql, new { sid }, transaction, cancellationToken: cancel));

    private sealed record Row(string RecordingSid, long AttemptId, string State, bool Busy, long? PersonId, Instant RecordedAt, Instant LastActivity, bool Held);
}
