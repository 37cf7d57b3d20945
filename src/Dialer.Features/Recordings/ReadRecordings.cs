using System.Globalization;
using System.Security.Claims;
using Dialer.Features.Access;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using NodaTime.Text;

namespace Dialer.Features.Recordings;

/// <summary>
/// <c>GET /api/v1/recordings?account=&amp;agent=&amp;campaign=&amp;from=&amp;to=&amp;outcome=&amp;before=&amp;limit=</c>: recordings, newest first. <c>account</c> is the client's account number, <c>agent</c> a user name,
/// <c>from</c> and <c>to</c> are instants (half-open), <c>outcome</c> a disposition's code. Numbers show their last four digits only. Team leads see those of their own team's agents.
/// </summary>
internal static class ReadRecordings
{
    private const int MaxPage = 200;

    private const string Sql =
        """
        select r.recording_sid, r.attempt_id, r.started_at, r.ended_at, r.seconds, r.state as carrier_state, coalesce(m.state, 'Waiting') as state, m.bytes, m.stored_at, m.carrier_deleted_at, m.purged_at, m.last_error,
               t.account_id, t.person_id, t.campaign_id, t.direction, a.client_account_no, cl.code as client, c.name as campaign, u.user_name as agent, u.display_name as agent_name, coalesce(d.code, t.disposition) as outcome,
               right(case t.direction when 'Inbound' then t.from_e164 else t.to_e164 end, 4) as last4,
               (select count(*) from recording_pause p where p.attempt_id = r.attempt_id)::int as pauses,
               exists (select 1 from legal_hold h where h.person_id = t.person_id and h.released_at is null) as held
        from recording r
        join attempt t using (attempt_id)
        left join recording_media m using (recording_sid)
        left join account a on a.account_id = t.account_id
        left join client cl on cl.client_id = a.client_id
        left join campaign c on c.campaign_id = t.campaign_id
        left join app_user u on u.user_id = coalesce(t.agent_id, r.started_by)
        left join agent g on g.agent_id = u.user_id
        left join disposition d on d.attempt_id = t.attempt_id
        where (@team::text is null or g.team = @team and @team <> '') and (@account::text is null or a.client_account_no = @account) and (@agent::text is null or u.user_name = lower(@agent)) and (@campaign::bigint is null or t.campaign_id = @campaign)
          and (@outcome::text is null or coalesce(d.code, t.disposition) = @outcome) and (@attempt::bigint is null or r.attempt_id = @attempt)
          and r.started_at >= @from and r.started_at < @to and (r.started_at, r.recording_sid) < (@beforeAt, @beforeSid)
        order by r.started_at desc, r.recording_sid desc limit @limit
        """;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/recordings", ListAsync).RequireAuthorization(Scopes.RecordingsListen).WithMetadata(new BoundToTeam());

    private static async Task<IResult> ListAsync(
        ClaimsPrincipal caller, OwnTeam own, Database database, CancellationToken cancel, string? account = null, string? agent = null, long? campaign = null, string? from = null, string? to = null, string? outcome = null,
        long? attempt = null, string? before = null, int limit = 50)
    {
        if (!TryInstant(from, Instant.FromUtc(1970, 1, 1, 0, 0), out var since) || !TryInstant(to, Instant.FromUtc(9000, 1, 1, 0, 0), out var until) || !TryCursor(before, out var beforeAt, out var beforeSid))
            return Problem.Invalid("from, to and before are instants such as 2026-06-02T15:30:00Z.");
        limit = Math.Clamp(limit, 1, MaxPage);
        var items = await database.QueryAsync<RecordingView>(
            Sql, new { account = Blank(account), agent = Blank(agent), campaign, outcome = Blank(outcome), attempt, from = since, to = until, beforeAt, beforeSid, limit, team = await own.SeenByAsync(caller, cancel) }, cancel);
        var next = items.Count == limit ? string.Create(CultureInfo.InvariantCulture, $"{InstantPattern.ExtendedIso.Format(items[^1].StartedAt)}_{items[^1].RecordingSid}") : null;
        return Results.Ok(new { items, next });
    }

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static bool TryInstant(string? text, Instant missing, out Instant instant)
    {
        instant = missing;
        return string.IsNullOrWhiteSpace(text) || InstantPattern.ExtendedIso.Parse(text).TryGetValue(missing, out instant);
    }

    private static bool TryCursor(string? before, out Instant at, out string sid)
    {
        var cut = before?.IndexOf('_') ?? -1;
        sid = cut < 0 ? "" : before![(cut + 1)..];
        at = Instant.FromUtc(9000, 1, 1, 0, 0);
        return string.IsNullOrEmpty(before) || cut > 0 && TryInstant(before[..cut], at, out at);
    }
}

/// <summary>A recording as the list shows it.</summary>
public sealed class RecordingView
{
    public string RecordingSid { get; init; } = "";

    public long AttemptId { get; init; }

    public Instant StartedAt { get; init; }

    public Instant? EndedAt { get; init; }

    public int? Seconds { get; init; }

    /// <summary>Recording, Paused or Stopped.</summary>
    public string CarrierState { get; init; } = "";

    /// <summary>Waiting (to be fetched), Stored, Missing or Purged.</summary>
    public string State { get; init; } = "";

    public long? Bytes { get; init; }

    public Instant? StoredAt { get; init; }

    public Instant? CarrierDeletedAt { get; init; }

    public Instant? PurgedAt { get; init; }

    public string? LastError { get; init; }

    public long? AccountId { get; init; }

    public long? PersonId { get; init; }

    public long? CampaignId { get; init; }

    public string Direction { get; init; } = "";

    public string? ClientAccountNo { get; init; }

    public string? Client { get; init; }

    public string? Campaign { get; init; }

    public string? Agent { get; init; }

    public string? AgentName { get; init; }

    public string? Outcome { get; init; }

    public string Last4 { get; init; } = "";

    public int Pauses { get; init; }

    /// <summary>A legal hold is in force: it may not be destroyed.</summary>
    public bool Held { get; init; }
}
