namespace Dialer.Features.Reports.Tables;

/// <summary>What became of calls.</summary>
internal static class CallReports
{
    private const string Asked = "Outbound calls handed to the carrier, those it refused among them";

    public static readonly Report Campaigns = new(
        "campaigns", "Campaigns", "Attempts, contacts and results of each campaign.",
        [
            new("campaign", "Campaign", CellKind.Text, "Calls by hand and other calls of no campaign stand in a row of their own"),
            new("attempts", "Attempts", CellKind.Integer, Asked),
            new("liveAnswers", "Live answers", CellKind.Integer, "Outbound calls that a person answered; machines and faxes are none"),
            new("contactRate", "Contact rate", CellKind.Share, "Live answers / attempts"),
            new("withAgent", "With an agent", CellKind.Integer, "Live answers that were joined to an agent"),
            new("abandoned", "Abandoned", CellKind.Integer, "Live answers that met nobody in time"),
            new("abandonmentRate", "Abandonment", CellKind.Share, "Abandoned / live answers"),
            new("machines", "Machines", CellKind.Integer, "Answered by a machine or a fax"),
            new("busy", "Busy", CellKind.Integer, "The carrier said busy"),
            new("noAnswer", "No answer", CellKind.Integer, "Rang out, or cancelled before an answer"),
            new("failed", "Failed", CellKind.Integer, "Handed to the carrier and refused or failed by it"),
            new("notPlaced", "Not placed", CellKind.Integer, "Allowed, and in no other figure: not sent yet, stopped before it was sent, or not to be found at the carrier"),
            new("rightParty", "Right party", CellKind.Integer, "Calls with the person owing: by the agent's disposition, or verified by the IVR"),
            new("rightPartyRate", "RPC rate", CellKind.Share, "Right party / live answers"),
            new("promises", "Promises", CellKind.Integer, "Promises to pay made on these calls, cancelled ones left out"),
            new("promiseRate", "PTP rate", CellKind.Share, "Promises / right party"),
            new("promised", "Promised", CellKind.Money, "Sum of these promises"),
            new("paid", "Paid", CellKind.Money, "Captured payments made on these calls"),
            new("talkSeconds", "Talk", CellKind.Seconds, "From joining the agent to the end of the call, summed"),
            new("wrapSeconds", "Wrap-up", CellKind.Seconds, "Of agents after these calls, in the span; idle time is no campaign's, see the agents' tables"),
            new("handlingTime", "AHT", CellKind.Seconds, "(Talk + wrap-up) / with an agent"),
        ],
        """
        select coalesce(c.name, '(no campaign)'), f.attempts, f.live, f.live::float8 / nullif(f.attempts, 0), f.with_agent, f.abandoned, f.abandoned::float8 / nullif(f.live, 0), f.machines, f.busy, f.no_answer, f.failed, f.not_placed,
            f.right_party, f.right_party::float8 / nullif(f.live, 0), coalesce(p.count, 0), p.count::float8 / nullif(f.right_party, 0), coalesce(p.amount, 0), coalesce(m.amount, 0), f.talk, coalesce(w.seconds, 0),
            (f.talk + coalesce(w.seconds, 0)) / nullif(f.with_agent, 0)
        from (
            select campaign_id, count(*) filter (where handed_over) as attempts, count(*) filter (where not handed_over) as not_placed, count(*) filter (where live) as live,
                count(*) filter (where live and with_agent) as with_agent, count(*) filter (where abandoned) as abandoned,
                count(*) filter (where machine) as machines, count(*) filter (where state = 'Busy') as busy, count(*) filter (where state in ('NoAnswer', 'Canceled')) as no_answer,
                count(*) filter (where handed_over and state in ('Failed', 'Refused')) as failed, count(*) filter (where right_party) as right_party, coalesce(sum(talk_seconds), 0)::float8 as talk
            from call_fact where direction = 'Outbound' and created_at >= @from and created_at < @to and (@campaign::bigint is null or campaign_id = @campaign) group by campaign_id) f
        left join campaign c using (campaign_id)
        left join (select a.campaign_id, count(*), sum(p.amount) as amount from promise p join attempt a using (attempt_id)
            where a.direction = 'Outbound' and a.created_at >= @from and a.created_at < @to and p.state <> 'Cancelled' group by 1) p on p.campaign_id is not distinct from f.campaign_id
        left join (select a.campaign_id, sum(p.amount) as amount from payment p join attempt a using (attempt_id)
            where a.direction = 'Outbound' and a.created_at >= @from and a.created_at < @to and p.state = 'Captured' group by 1) m on m.campaign_id is not distinct from f.campaign_id
        left join (select a.campaign_id, sum(extract(epoch from least(coalesce(l.to_at, @now), @to) - greatest(l.from_at, @from)))::float8 as seconds from agent_state_log l join attempt a using (attempt_id)
            where l.state = 'WrapUp' and a.direction = 'Outbound' and l.from_at < @to and coalesce(l.to_at, @now) > @from group by 1) w on w.campaign_id is not distinct from f.campaign_id
        order by c.name nulls last
        """);

    /// <summary>The rates that other products call "abandonment", side by side from the same calls, so that nobody has to guess which one a number is.</summary>
    public static readonly Report Abandonment = new(
        "abandonment", "Abandonment, five ways", "The same calls under the five definitions in use; the law's is the first.",
        [
            new("campaign", "Campaign", CellKind.Text, "Calls of no campaign stand in a row of their own"),
            new("liveAnswers", "Live answers", CellKind.Integer, "Outbound calls that a person answered"),
            new("abandoned", "Abandoned", CellKind.Integer, "Live answers that met nobody in time, message included"),
            new("live", "Live", CellKind.Share, "Live answers for an agent, not joined within 2 s of the answer / live answers (16 CFR 310.4(b)(4))"),
            new("connected", "Connected", CellKind.Share, "Abandoned / (abandoned + joined to an agent)"),
            new("all", "All calls", CellKind.Share, "Abandoned / all attempts; never a measure of compliance"),
            new("ofcom", "Detection-adjusted", CellKind.Share, "(Abandoned + machine verdicts x assumed share of people among them) / (that + joined to an agent); the share is Dialer__Reports__AmdFalsePositives"),
            new("true", "Hung up waiting", CellKind.Share, "Live answers that ended before any treatment / live answers"),
        ],
        """
        select case when f.total then 'Total' else coalesce(c.name, '(no campaign)') end, f.live, f.abandoned, f.late::float8 / nullif(f.live, 0), f.abandoned::float8 / nullif(f.abandoned + f.with_agent, 0), f.abandoned::float8 / nullif(f.attempts, 0),
            (f.abandoned + f.machines * @amd_false_positives) / nullif(f.abandoned + f.machines * @amd_false_positives + f.with_agent, 0), f.untreated::float8 / nullif(f.live, 0)
        from (
            select campaign_id, grouping(campaign_id) = 1 as total, count(*) filter (where handed_over) as attempts, count(*) filter (where live) as live, count(*) filter (where abandoned) as abandoned,
                count(*) filter (where live and with_agent) as with_agent, count(*) filter (where machine) as machines, count(*) filter (where live and treatment is null) as untreated,
                count(*) filter (where live and mode <> 'Agentless' and (abandoned or treatment = 'Agent') and not coalesce(first_wait_seconds <= 2, false)) as late
            from call_fact where direction = 'Outbound' and created_at >= @from and created_at < @to and (@campaign::bigint is null or campaign_id = @campaign)
            group by grouping sets ((campaign_id), ())) f
        left join campaign c using (campaign_id)
        order by f.total, c.name nulls last
        """);

    public static readonly Report Hours = new(
        "hours", "Hours of the day", "When people answer, and what comes of it.",
        [
            new("hour", "Hour", CellKind.Integer, "Hour of the day in the report's zone, when the call was made"),
            new("attempts", "Attempts", CellKind.Integer, Asked),
            new("liveAnswers", "Live answers", CellKind.Integer, "Outbound calls that a person answered"),
            new("contactRate", "Contact rate", CellKind.Share, "Live answers / attempts"),
            new("rightParty", "Right party", CellKind.Integer, "Calls of the hour with the person owing, inbound ones too"),
            new("promises", "With a promise", CellKind.Integer, "Calls of the hour on which a promise was made that still holds, inbound ones too"),
            new("abandoned", "Abandoned", CellKind.Integer, "Live answers that met nobody in time"),
            new("inbound", "Inbound", CellKind.Integer, "Calls that came in during the hour"),
        ],
        """
        select extract(hour from f.created_at at time zone @zone)::bigint, count(*) filter (where handed_over), count(*) filter (where live),
            count(*) filter (where live)::float8 / nullif(count(*) filter (where handed_over), 0), count(*) filter (where right_party),
            count(*) filter (where exists (select from promise p where p.attempt_id = f.attempt_id and p.state <> 'Cancelled')), count(*) filter (where abandoned), count(*) filter (where direction = 'Inbound')
        from call_fact f
        where created_at >= @from and created_at < @to and (@campaign::bigint is null or campaign_id = @campaign)
        group by 1 order by 1
        """);

    public static readonly Report Clients = new(
        "clients", "Clients", "Attempts, contacts and results of each client's accounts.",
        [
            new("client", "Client", CellKind.Text, "Callers who are matched to nobody stand in a row of their own"),
            new("attempts", "Attempts", CellKind.Integer, Asked),
            new("liveAnswers", "Live answers", CellKind.Integer, "Outbound calls that a person answered"),
            new("contactRate", "Contact rate", CellKind.Share, "Live answers / attempts"),
            new("rightParty", "Right party", CellKind.Integer, "Outbound calls with the person owing"),
            new("rightPartyRate", "RPC rate", CellKind.Share, "Right party / live answers"),
            new("inbound", "Inbound", CellKind.Integer, "Calls that came in"),
            new("promises", "Promises", CellKind.Integer, "Promises to pay made in the span, cancelled ones left out"),
            new("promised", "Promised", CellKind.Money, "Sum of these promises"),
            new("paid", "Paid", CellKind.Money, "Payments captured here that were begun in the span"),
            new("talkSeconds", "Talk", CellKind.Seconds, "From joining the agent to the end of the call, summed"),
            new("wrapSeconds", "Wrap-up", CellKind.Seconds, "Of agents after calls about the client's accounts, in the span"),
            new("handlingTime", "AHT", CellKind.Seconds, "(Talk + wrap-up) / calls with an agent, inbound ones too"),
        ],
        """
        select coalesce(cl.code, '(no client)'), f.attempts, f.live, f.live::float8 / nullif(f.attempts, 0), f.right_party, f.right_party::float8 / nullif(f.live, 0), f.inbound,
            coalesce(p.promises, 0), coalesce(p.amount, 0), coalesce(m.amount, 0), f.talk, coalesce(w.seconds, 0), (f.talk + coalesce(w.seconds, 0)) / nullif(f.with_agent, 0)
        from (
            select client_id, count(*) filter (where handed_over) as attempts, count(*) filter (where live) as live, count(*) filter (where right_party and direction = 'Outbound') as right_party,
                count(*) filter (where direction = 'Inbound') as inbound, count(*) filter (where with_agent) as with_agent, coalesce(sum(talk_seconds), 0)::float8 as talk
            from call_fact where created_at >= @from and created_at < @to and (@campaign::bigint is null or campaign_id = @campaign) group by client_id) f
        left join client cl using (client_id)
        left join (select a.client_id, count(*) as promises, sum(p.amount) as amount from promise p join account a using (account_id) left join attempt t on t.attempt_id = p.attempt_id
            where p.made_at >= @from and p.made_at < @to and p.state <> 'Cancelled' and (@campaign::bigint is null or t.campaign_id = @campaign) group by 1) p using (client_id)
        left join (select a.client_id, sum(y.amount) as amount from payment y join account a using (account_id) left join attempt t on t.attempt_id = y.attempt_id
            where y.created_at >= @from and y.created_at < @to and y.state = 'Captured' and (@campaign::bigint is null or t.campaign_id = @campaign) group by 1) m using (client_id)
        left join (select f.client_id, sum(extract(epoch from least(coalesce(l.to_at, @now), @to) - greatest(l.from_at, @from)))::float8 as seconds from agent_state_log l join call_fact f using (attempt_id)
            where l.state = 'WrapUp' and l.from_at < @to and coalesce(l.to_at, @now) > @from and (@campaign::bigint is null or f.campaign_id = @campaign) group by 1) w on w.client_id is not distinct from f.client_id
        order by cl.code nulls last
        """);

    /// <summary>As <c>GET /api/v1/queues</c> counts them, for any days.</summary>
    public static readonly Report Queues = new(
        "queues", "Queues", "Callers who asked for an agent: how many were served, how soon, and who gave up.",
        [
            new("queue", "Queue", CellKind.Text, "The campaign whose number was called, or \"inbound\""), new("entered", "Entered", CellKind.Integer, "Callers who asked the IVR for an agent, and calls handed on while nobody was free; those served at once are in it"),
            new("answered", "Answered", CellKind.Integer, "Joined to an agent"), new("inTime", "In time", CellKind.Integer, "Answered within the target: Dialer__Routing__TargetSeconds, 20 s unless set"),
            new("serviceLevel", "Service level", CellKind.Share, "In time / (answered + abandoned)"), new("abandoned", "Abandoned", CellKind.Integer, "Hung up after more than 5 s in the line"),
            new("shortAbandoned", "Hung up at once", CellKind.Integer, "Hung up within 5 s; in no rate"), new("abandonmentRate", "Abandonment", CellKind.Share, "Abandoned / (answered + abandoned)"),
            new("callBacks", "Call-backs", CellKind.Integer, "Kept their place and were, or are to be, called back"), new("left", "Sent away", CellKind.Integer, "Waited too long, or the line was closed"),
            new("asa", "ASA", CellKind.Seconds, "Sum of waits of the answered / answered; who was served at once waited for nothing"), new("longest", "Longest wait", CellKind.Seconds, "Of the answered"),
        ],
        """
        select queue, count(*), count(*) filter (where answered), count(*) filter (where answered and wait <= @target_seconds),
            count(*) filter (where answered and wait <= @target_seconds)::float8 / nullif(count(*) filter (where answered or gave_up and wait > 5), 0),
            count(*) filter (where gave_up and wait > 5), count(*) filter (where gave_up and wait <= 5),
            count(*) filter (where gave_up and wait > 5)::float8 / nullif(count(*) filter (where answered or gave_up and wait > 5), 0),
            count(*) filter (where state in ('CallBack', 'Dialled')), count(*) filter (where state = 'Left'), avg(wait) filter (where answered), max(wait) filter (where answered)
        from (
            select q.queue, q.state, q.state = 'Offered' and q.joined_at is not null as answered, q.state = 'Abandoned' as gave_up,
                greatest(extract(epoch from case when q.state = 'Offered' then q.joined_at else q.ended_at end - q.entered_at), 0)::float8 as wait
            from queue_entry q join attempt t using (attempt_id)
            where q.entered_at >= @from and q.entered_at < @to and (@campaign::bigint is null or t.campaign_id = @campaign or q.queue = (select name from campaign where campaign_id = @campaign))) waited
        group by queue order by queue
        """);

    public static readonly Report Dispositions = new(
        "dispositions", "Dispositions", "How calls were closed, and by whom.",
        [
            new("disposition", "Code", CellKind.Text), new("source", "By", CellKind.Text, "Agent, IVR or the system"), new("calls", "Calls", CellKind.Integer, "Calls made or come in during the span that were closed with this code by this source"),
            new("share", "Share", CellKind.Share, "Calls / all calls with a disposition"),
        ],
        """
        select disposition, disposition_source, count(*), count(*)::float8 / sum(count(*)) over ()
        from call_fact where disposition is not null and created_at >= @from and created_at < @to and (@campaign::bigint is null or campaign_id = @campaign)
        group by 1, 2 order by 3 desc, 1
        """);

    public static readonly Report Refusals = new(
        "refusals", "Not dialled, and why", "Every refusal of the gate by reason; one refusal may have several.",
        [
            new("reason", "Reason", CellKind.Text), new("refusals", "Refusals", CellKind.Integer, "Evaluations that ended in a denial and named this reason; a warning that stood beside the denial is named too"),
            new("accounts", "Accounts", CellKind.Integer, "Different accounts among them"),
        ],
        """
        select reason, sum(repeats)::bigint, count(distinct account_id)
        from decision cross join lateral unnest(reasons) as reason
        where verdict = 'Deny' and at >= @from and at < @to and (@campaign::bigint is null or campaign_id = @campaign)
        group by 1 order by 2 desc, 1
        """);

    public static readonly Report Calls = new(
        "calls", "Calls", "One row a call, telephone numbers by their last four digits.",
        [
            new("attempt", "Attempt", CellKind.Integer, "The call's own number"), new("at", "Made", CellKind.Instant), new("campaign", "Campaign", CellKind.Text), new("direction", "Direction", CellKind.Text),
            new("client", "Client", CellKind.Text), new("account", "Client's account", CellKind.Text), new("phone", "Phone", CellKind.Text), new("state", "End", CellKind.Text),
            new("treatment", "Met", CellKind.Text, "What the answered party met"), new("agent", "Agent", CellKind.Text), new("disposition", "Disposition", CellKind.Text),
            new("rightParty", "Right party", CellKind.Text), new("waitSeconds", "Wait", CellKind.Seconds, "From the answer to joining an agent"),
            new("talkSeconds", "Talk", CellKind.Seconds, "From joining the agent to the end of the call"), new("sid", "Call SID", CellKind.Text),
        ],
        """
        select f.attempt_id, f.created_at, c.name, f.direction, cl.code, a.client_account_no, '…' || right(f.to_e164, 4), f.state, f.treatment, u.user_name, f.disposition,
            case when f.right_party then 'yes' else '' end, f.wait_seconds, f.talk_seconds, f.sid
        from call_fact f left join campaign c using (campaign_id) left join account a on a.account_id = f.account_id left join client cl on cl.client_id = f.client_id
        left join app_user u on u.user_id = f.agent_id
        where f.created_at >= @from and f.created_at < @to and (@campaign::bigint is null or f.campaign_id = @campaign)
        order by f.created_at, f.attempt_id
        """);

    /// <summary>What a client's system of record takes back: every outbound call with its result, numbers in full.</summary>
    public static readonly Report Results = new(
        "results", "Dialler results", "One row an outbound call that was handed to the carrier, for the client's system of record. Holds whole telephone numbers: handle it as the placement file.",
        [
            new("fileNo", "Client's account", CellKind.Text), new("client", "Client", CellKind.Text), new("phone", "Phone", CellKind.Text), new("startedUtc", "Started (UTC)", CellKind.Text, "ISO 8601"),
            new("started", "Started", CellKind.Instant, "In the report's zone"), new("ended", "Ended", CellKind.Instant), new("campaign", "Campaign", CellKind.Text), new("callerId", "Caller ID", CellKind.Text),
            new("network", "Network outcome", CellKind.Text, "What the carrier reported"), new("result", "Result code", CellKind.Text, "The agent's, the IVR's or the system's disposition"), new("agent", "Agent", CellKind.Text),
            new("rightParty", "Right party", CellKind.Text), new("promised", "Promised", CellKind.Money, "What was promised on the call"), new("promiseDue", "Promise due", CellKind.Date), new("recording", "Recording", CellKind.Text),
        ],
        """
        select a.client_account_no, cl.code, f.to_e164, to_char(f.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), f.created_at, f.ended_at, c.name, t.from_e164, f.state, f.disposition, u.user_name,
            case when f.right_party then 'yes' else 'no' end, p.amount, p.due_on,
            (select r.recording_sid from recording r where r.attempt_id = f.attempt_id order by r.started_at limit 1)
        from call_fact f join attempt t on t.attempt_id = f.attempt_id left join campaign c on c.campaign_id = f.campaign_id left join account a on a.account_id = f.account_id
        left join client cl on cl.client_id = f.client_id left join app_user u on u.user_id = f.agent_id left join promise p on p.attempt_id = f.attempt_id and p.state <> 'Cancelled'
        where f.handed_over and f.created_at >= @from and f.created_at < @to and (@campaign::bigint is null or f.campaign_id = @campaign)
        order by f.created_at, f.attempt_id
        """);
}
