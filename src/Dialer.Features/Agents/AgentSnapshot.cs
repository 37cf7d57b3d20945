using System.Globalization;
using System.Text.Json;
using Dialer.Core.Numbers;
using Dialer.Core.Routing;
using Dialer.Features.Agents.Calls;
using Dialer.Storage.Postgres;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Agents;

/// <summary>What the desk shows: the agent's state and, before the voice, whose call it is.</summary>
public sealed record AgentSnapshot(
    long Seq,
    Guid SessionId,
    string State,
    Instant Since,
    Instant? Until,
    string? Intent,
    string? Reason,
    bool SoftphoneConnected,
    bool CanExtend,
    CallView? Call,
    DeskClock Clock);

/// <summary>The service's clock, by which the desk counts; a simulation says so.</summary>
public sealed record DeskClock(Instant Now, double Speed, bool Simulated);

public sealed record CallView(
    long AttemptId,
    string? CallSid,
    string? Campaign,
    string Direction,
    Instant StartedAt,
    PersonView? Person,
    AccountView? Account,
    string[] Disclosures,
    string Phase,
    CallControls Controls,
    JsonElement? Routing,
    CallContext Context,
    OfferRequestView? OfferRequest);

/// <summary>What is done with the call now.</summary>
/// <param name="Recording">Off, Recording, Paused, Stopped, or Declined: the person objected, and nothing is recorded.</param>
/// <param name="Transferred">The call is another agent's now; this one writes up his part.</param>
public sealed record CallControls(Instant? HeldAt, string Recording, ConsultView? Consult, PaymentView? Payment, string? Monitored, bool Transferred);

/// <summary>What the agent has asked for beyond his authority, and the answer.</summary>
/// <param name="State">Open, Approved, Refused, Withdrawn or Expired.</param>
/// <param name="Granted">The amount that was approved: as asked, or a counter-offer.</param>
public sealed record OfferRequestView(long Id, string State, decimal Amount, LocalDate LastDay, decimal? Granted, string? AnsweredBy, string Words);

public sealed record ConsultView(string Agent, string State);

/// <param name="Required">Fields still to be asked for, in order.</param>
/// <param name="Masked">Entries as the carrier masks them, by field.</param>
public sealed record PaymentView(int Number, string State, decimal Amount, string[] Required, string? Capturing, JsonElement Masked, string? Error);

/// <summary>What must always be in sight: the person's own time and until when the law lets us talk, the calls left this week, consent for this number, why this call.</summary>
/// <param name="LocalTime">"14:05" by the ZIP code or else the state, several where they reach into several zones; null where neither is known.</param>
public sealed record CallContext(string? LocalTime, string? WindowUntil, int? AttemptsLeft, string Consent, string Why);

public sealed record PersonView(long Id, string FirstName, string LastName, string Language, string? State);

public sealed record AccountView(long Id, string Creditor, string ClientAccountNumber, decimal Balance, string Currency, decimal PastDue);

/// <summary>Reads the snapshot of a session with its call, in one round trip: the person on the line waits for it.</summary>
public sealed class AgentDesk(Database database, ServiceClock clock, IOptions<AgentsOptions> options)
{
    // Of a call that came in: what the IVR has not said, and the notice all the same, for the agent's own tick begins the recording.
    private const string Sql =
        """
        select s.epoch, s.session_id, s.state, s.since, s.until, s.intent, s.reason, s.softphone_up, s.extended, s.agent_id as desk_agent,
            t.attempt_id, t.sid, c.name as campaign, t.direction, coalesce(t.answered_at, t.created_at) as started_at, t.state as call_state, t.bridged_at,
            p.person_id, p.first_name, p.last_name, p.language, p.state as region, p.zip,
            a.account_id, a.creditor, a.client_account_no, a.balance, a.currency, a.balance - a.bucket_current as past_due,
            t.held_at, t.agent_id as call_agent, t.mode, t.routing::text as routing,
            coalesce((select 'Declined' from recording_declined n where n.attempt_id = t.attempt_id and not exists (select 1 from recording r where r.attempt_id = t.attempt_id and r.state <> 'Stopped')),
                (select r.state from recording r where r.attempt_id = t.attempt_id order by r.started_at desc limit 1), 'Off') as recording,
            (select u.display_name || '|' || c2.state from consult c2 join app_user u on u.user_id = c2.to_agent where c2.attempt_id = t.attempt_id and c2.ended_at is null) as consult,
            (select json_build_object('number', y.number, 'state', y.state, 'amount', y.amount, 'required', y.required, 'capturing', y.capturing, 'masked', y.masked, 'error', y.error)::text
                from assisted_payment y where y.attempt_id = t.attempt_id order by y.number desc limit 1) as payment,
            (select json_build_object('id', q.offer_request_id, 'state', case when q.state = 'Open' and q.until_at <= @now then 'Expired' else q.state end, 'amount', q.amount, 'lastDay', q.last_day,
                    'granted', q.granted, 'answeredBy', w.display_name, 'words', q.words)::text
                from offer_request q left join app_user w on w.user_id = q.answered_by where q.attempt_id = t.attempt_id and q.asked_by = s.agent_id order by q.offer_request_id desc limit 1) as offer_request,
            (select m.mode from monitor m where m.session_id = s.session_id and m.ended_at is null and m.call_sid is not null order by m.started_at desc limit 1) as monitored,
            (select e.kind from consent_event e where e.channel = 'Voice' and e.e164 = case t.direction when 'Inbound' then t.from_e164 else t.to_e164 end order by e.at desc, e.consent_event_id desc limit 1) as consent,
            (select count(*) from attempt w where w.account_id = t.account_id and w.counted and w.direction = 'Outbound' and w.created_at > @week)::int as week_calls,
            coalesce((select d.conditions from decision d where d.account_id = t.account_id and d.attempt_id = t.attempt_id and d.at >= t.created_at - interval '1 hour' order by d.at desc limit 1),
                (select array(select c.code from unnest(o.codes) as c (code) where c.code = 'RECORDING_NOTICE_REQUIRED'
                    or not exists (select 1 from disclosure_in_force f where f.attempt_id = t.attempt_id and f.code = c.code and f.given_by = 'ivr')) from inbound_owed o where o.attempt_id = t.attempt_id)) as disclosures
        from agent_session s
        left join attempt t on t.attempt_id = s.attempt_id
        left join campaign c using (campaign_id)
        left join person p on p.person_id = t.person_id
        left join account a on a.account_id = t.account_id
        """;

    /// <summary>Of the agent's open session; null when there is none.</summary>
    public async Task<AgentSnapshot?> ReadOpenAsync(long agentId, CancellationToken cancel) =>
        await database.FindAsync<DeskRow>(Sql + " where s.agent_id = @agentId and s.ended_at is null", new { agentId, now = clock.Now, week = clock.Now - Duration.FromDays(7) }, cancel) is { } row ? ViewOf(row) : null;

    /// <summary>Of this session, ended or not.</summary>
    public async Task<AgentSnapshot> ReadAsync(Guid session, CancellationToken cancel) =>
        ViewOf(await database.FindAsync<DeskRow>(Sql + " where s.session_id = @session", new { session, now = clock.Now, week = clock.Now - Duration.FromDays(7) }, cancel)
            ?? throw new InvalidOperationException("The session that was just changed is not there."));

    private AgentSnapshot ViewOf(DeskRow row) => new(
        row.Epoch,
        row.SessionId,
        row.State,
        row.Since,
        row.Until,
        row.Intent,
        row.Reason,
        row.SoftphoneUp,
        row is { State: nameof(AgentState.WrapUp), Extended: false },
        row.AttemptId is null ? null : CallOf(row),
        new DeskClock(clock.Now, clock.Speed, clock.IsSimulated));

    private CallView CallOf(DeskRow row)
    {
        var writingUp = row.State == nameof(AgentState.WrapUp);
        var phase = row.CallState switch
        {
            "Answered" when writingUp => "ended", // handed over to a colleague, and goes on without this agent
            "Answered" => row.BridgedAt is null ? "connecting" : "talking",
            "Intent" or "Submitting" or "Placed" or "Ringing" or "Unknown" => "dialling",
            _ => "ended",
        };
        return new CallView(
            row.AttemptId!.Value,
            row.Sid,
            row.Campaign,
            row.Direction.ToLower(CultureInfo.InvariantCulture),
            row.StartedAt,
            row.PersonId is { } person ? new PersonView(person, row.FirstName!, row.LastName!, row.Language!, row.Region) : null,
            row.AccountId is { } account ? new AccountView(account, row.Creditor!, row.ClientAccountNo!, row.Balance, row.Currency!, row.PastDue) : null,
            row.Disclosures ?? [],
            phase,
            new CallControls(
                row.HeldAt,
                row.Recording,
                row.Consult?.Split('|') is [var name, var state] ? new ConsultView(name, state) : null,
                row.Payment is { } payment ? JsonSerializer.Deserialize<PaymentView>(payment, ApiJson.Options) : null,
                row.Monitored == nameof(MonitorAgent.Mode.Listen) && !options.Value.ShowsListening ? null : row.Monitored,
                row.CallAgent != row.DeskAgent && writingUp),
            row.Routing is { } routing ? JsonSerializer.Deserialize<JsonElement>(routing) : null,
            ContextOf(row),
            row.OfferRequest is { } asked ? JsonSerializer.Deserialize<OfferRequestView>(asked, ApiJson.Options) : null);
    }

    internal const int MostCallsAWeek = 7;

    /// <summary>Reg F's presumptive cap (12 CFR 1006.14(b)(2)(i)(A)) for the count, and the federal window (12 CFR 1006.6(b)(1)(i)) for the time; the gate asks all the rules.</summary>
    private CallContext ContextOf(DeskRow row)
    {
        var local = LocalTime(row.Zip, row.Region, clock.Now);
        return new CallContext(
            local,
            local is null ? null : "21:00",
            row.AccountId is null ? null : Math.Max(0, MostCallsAWeek - row.WeekCalls),
            row.Consent ?? "None",
            row is { Mode: "Manual" or "Preview", Direction: "Outbound" } ? row.Mode : row.Direction);
    }

    /// <summary>"14:05" by the ZIP code or else the state; several, joined, where they reach into several zones; null where neither is known.</summary>
    internal static string? LocalTime(string? zip, string? region, Instant now)
    {
        var zones = zip is not null && NumberingPlan.FindZip(zip) is { Zones.Length: > 0 } area ? area.Zones : NumberingPlan.ZonesOf(region ?? "");
        var times = zones.Select(zone => now.InZone(zone).ToString("HH:mm", CultureInfo.InvariantCulture)).Distinct().Order(StringComparer.Ordinal).ToList();
        return times.Count == 0 ? null : string.Join('–', times);
    }

    /// <summary>A session; from <see cref="AttemptId"/> on what is null without a call.</summary>
    private sealed class DeskRow
    {
        public long Epoch { get; init; }

        public Guid SessionId { get; init; }

        public string State { get; init; } = "";

        public Instant Since { get; init; }

        public Instant? Until { get; init; }

        public string? Intent { get; init; }

        public string? Reason { get; init; }

        public bool SoftphoneUp { get; init; }

        public bool Extended { get; init; }

        public long DeskAgent { get; init; }

        public long? AttemptId { get; init; }

        public Instant? HeldAt { get; init; }

        public long? CallAgent { get; init; }

        public string Mode { get; init; } = "";

        public string? Routing { get; init; }

        public string Recording { get; init; } = "Off";

        public string? Consult { get; init; }

        public string? Payment { get; init; }

        public string? OfferRequest { get; init; }

        public string? Monitored { get; init; }

        public string? Consent { get; init; }

        public int WeekCalls { get; init; }

        public string? Sid { get; init; }

        public string? Campaign { get; init; }

        public string Direction { get; init; } = "";

        public Instant StartedAt { get; init; }

        public string CallState { get; init; } = "";

        public Instant? BridgedAt { get; init; }

        public long? PersonId { get; init; }

        public string? FirstName { get; init; }

        public string? LastName { get; init; }

        public string? Language { get; init; }

        public string? Region { get; init; }

        public string? Zip { get; init; }

        public long? AccountId { get; init; }

        public string? Creditor { get; init; }

        public string? ClientAccountNo { get; init; }

        public decimal Balance { get; init; }

        public string? Currency { get; init; }

        public decimal PastDue { get; init; }

        public string[]? Disclosures { get; init; }
    }
}
