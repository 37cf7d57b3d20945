using System.Net;
using System.Text;
using Dapper;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Dialer.Features.Compliance;

/// <summary>One person, one file: everything an examiner asks for, as JSON or as a page to read and print: <c>GET /api/v1/compliance/persons/{id}/pack?format=json|html</c>.</summary>
/// <remarks>Each section is the rows themselves, oldest first, so that nothing is summarised away. Taking a pack is itself an audited act.</remarks>
internal static class ExaminersPack
{
    private static readonly (string Name, string Sql)[] Sections =
    [
        ("person", "select p.person_id, p.client_person_no, p.first_name, p.last_name, p.language, p.address, p.city, p.state, p.zip, f.known_zone, f.known_state, f.employer_prohibits, f.inconvenient_places from person p left join person_contact_fact f using (person_id) where p.person_id = @id"),
        ("accounts", "select account_id, client_account_no, creditor, currency, balance, status, placed_on from account where person_id = @id order by account_id"),
        ("phones", "select phone_id, e164, line_type, place, source, status, created_at from phone where person_id = @id order by phone_id"),
        ("contacts", "select attempt_id, created_at, direction, mode, purpose, to_e164, from_e164, account_id, campaign_id, state, answered_at, answered_by, treatment, agent_id, counted, exclusion, artificial_voice, conversation_at, abandoned, duration_s, disposition, sid from attempt where person_id = @id order by created_at"),
        ("decisions", "select decision_id, at, last_at, repeats, account_id, phone_id, campaign_id, attempt_id, notice_id, channel, mode, purpose, verdict, reasons, policy_rows, conditions, citations, retry_at, pack_version, facts_hash from decision where person_id = @id order by at"),
        ("disclosures",
            """
            with contact as (select attempt_id, account_id, created_at, conversation_at from attempt where person_id = @id),
            owed as (select c.attempt_id, unnest(d.conditions) as code from contact c
                join decision d on d.account_id = c.account_id and d.attempt_id = c.attempt_id and d.at between c.created_at - interval '1 hour' and c.created_at + interval '1 hour'
                union all select i.attempt_id, unnest(i.codes) from inbound_owed i join contact c using (attempt_id)),
            given as (select g.attempt_id, g.code, g.at, g.given_by, g.evidence, w.at as withdrawn_at, w.withdrawn_by, w.reason from disclosure g join contact using (attempt_id) left join disclosure_withdrawal w using (disclosure_id))
            select attempt_id, code, o.code is not null as owed, g.at as given_at, g.given_by, g.evidence, g.withdrawn_at, g.withdrawn_by, g.reason as withdrawn_because,
                o.code is not null and not exists (select 1 from disclosure_in_force f where f.attempt_id = c.attempt_id and f.code = coalesce(o.code, g.code)) and c.conversation_at is not null
                    and code not in ('LIMITED_CONTENT_ONLY', 'WRITTEN_COPY_OF_PLAN', 'SETTLEMENT_LETTER_OWED', 'TIME_BARRED_NO_SUIT', 'LANGUAGE_ACCESS', 'NO_OVERSHADOWING') as missing
            from (select distinct attempt_id, code from owed) o full join given g using (attempt_id, code) join contact c using (attempt_id)
            order by c.created_at, code, g.at
            """),
        ("disclosureFindings", "select m.attempt_id, m.codes, m.found_at, 'agent/' || m.agent_id as agent, m.finding, m.words, m.reviewed_at, m.reviewed_by from disclosure_missing m join attempt t using (attempt_id) where t.person_id = @id order by m.found_at"),
        ("recordings",
            """
            select r.recording_sid, 'Call' as kind, r.attempt_id, r.state, 'agent/' || r.started_by as started_by, r.started_at, r.ended_at, r.seconds,
                (select min(f.at) from disclosure_in_force f where f.attempt_id = r.attempt_id and f.code = 'RECORDING_NOTICE_REQUIRED') as notice_given_at, t.created_at + interval '5 years' as kept_until,
                coalesce(m.state, 'NotFetched') as media, m.media_type, m.bytes, encode(m.sha256, 'hex') as sha256, m.stored_at, m.carrier_deleted_at, m.purged_at, m.purged_by, m.last_error,
                (select string_agg(p.from_at || '/' || coalesce(p.to_at::text, ''), ' ' order by p.from_at) from recording_pause p where p.attempt_id = r.attempt_id) as pauses
            from recording r join attempt t using (attempt_id) left join recording_media m using (recording_sid) where t.person_id = @id
            union all
            select v.recording_sid, 'Voicemail', v.attempt_id, 'Stopped', 'caller', v.at - v.seconds * interval '1 second', v.at, v.seconds, null, t.created_at + interval '5 years',
                coalesce(m.state, 'NotFetched'), m.media_type, m.bytes, encode(m.sha256, 'hex'), m.stored_at, m.carrier_deleted_at, m.purged_at, m.purged_by, m.last_error, null
            from voicemail v join attempt t using (attempt_id) left join recording_media m using (recording_sid) where t.person_id = @id
            order by started_at, recording_sid
            """),
        ("recordingsDeclined", "select n.attempt_id, n.at, 'agent/' || n.agent_id as heard_by, n.stopped_at from recording_declined n join attempt t using (attempt_id) where t.person_id = @id order by n.at"),
        ("notices", "select notice_id, kind, account_id, channel, purpose, language, state, written_by, queued_at, decision_id, cleared_at, sent_at, tries, last_error, fields::text as fields from customer_notice where person_id = @id order by queued_at, notice_id"),
        ("validationNotices",
            """
            select a.account_id, v.validation_notice_id, v.sent_on, v.way, v.sent_by, v.evidence, v.recorded_at, v.recorded_by, v.returned_on,
                least((select min(t.conversation_at) from attempt t where t.account_id = a.account_id), (select min(n.sent_at) from customer_notice n where n.account_id = a.account_id and n.state = 'Sent')) as first_communication_at
            from account a left join validation_notice v using (account_id) where a.person_id = @id order by a.account_id, v.sent_on
            """),
        ("noticesHandedOver",
            """
            select i.validation_batch_id, i.account_id, b.made_at, b.made_by, b.mail_on, b.state, b.sent_on, b.evidence, i.decision_id, i.letter
            from validation_batch_item i join validation_batch b using (validation_batch_id) join account a on a.account_id = i.account_id where a.person_id = @id order by i.validation_batch_id, i.account_id
            """),
        ("itemizations", "select i.account_id, i.itemization_date, i.date_kind, i.creditor_then, i.amount_then, i.interest, i.fees, i.payments, i.credits, i.recorded_at, i.recorded_by from debt_itemization i join account a on a.account_id = i.account_id where a.person_id = @id order by i.account_id"),
        ("listAnswers", "select l.list, l.e164, l.answer, l.detail, l.checked_at, l.expires_at, l.source from list_result l where l.person_id = @id or l.e164 in (select e164 from phone where person_id = @id) order by l.checked_at"),
        ("ivrSteps", "select s.attempt_id, s.n, s.step, s.input, s.at from ivr_step s join attempt t using (attempt_id) where t.person_id = @id order by s.at, s.n"),
        ("legalHolds", "select legal_hold_id, matter, placed_at, placed_by, released_at, released_by from legal_hold where person_id = @id order by placed_at"),
        ("consents", "select consent_event_id, at, e164, channel, kind, scope, account_id, valid_from, valid_until, source, evidence, recorded_by from consent_event where person_id = @id order by at"),
        ("holds", "select hold_id, kind, account_id, opened_at, opened_by, reason, written, effect, verification_sent_on, expires_at, closed_at, closed_by, close_reason from hold where person_id = @id order by opened_at"),
        ("inconvenientTimes", "select days, from_time, to_time, words, recorded_at, recorded_by, ended_at from inconvenient_time where person_id = @id order by recorded_at"),
        ("promises", "select promise_id, account_id, amount, currency, due_on, state, source, made_at, closed_at from promise where person_id = @id order by made_at"),
        ("payments", "select payment_id, account_id, attempt_id, amount, currency, method, source, state, confirmation_code, instrument_last4, return_code, returned_at, retries, payment_decision_id, created_at, updated_at from payment where person_id = @id order by created_at"),
        ("paymentDecisions", "select payment_decision_id, at, account_id, attempt_id, source, amount, currency, means, allowed, reasons, citations, notice_from, notice_until, facts::text as facts, pack_version from payment_decision where person_id = @id order by at"),
        ("refunds", "select r.refund_id, r.payment_id, r.kind, r.amount, r.state, r.reason, r.requested_by, r.requested_at, r.decided_by, r.decided_at, r.done_at from refund r join payment using (payment_id) where person_id = @id order by r.requested_at"),
        ("plans", "select g.payment_plan_id, g.account_id, g.attempt_id, g.state, g.made_at, g.authorized_at, g.authorized_by, g.evidence, g.authorization_ended_at, g.authorization_ended_why, i.number, i.due_on, i.amount from payment_plan g join plan_installment i using (payment_plan_id) where g.person_id = @id order by g.made_at, i.number"),
        ("audit", // of the person, and of everything that is theirs: modules name their subjects with a colon or a slash
            """
            select a.audit_id, a.at, a.actor, a.action, a.subject, a.detail::text as detail, encode(a.hash, 'hex') as hash from audit a
            where a.subject in (
                select 'person' || s || @id from (values (':'), ('/')) v (s)
                union all select 'account' || s || account_id from account cross join (values (':'), ('/')) v (s) where person_id = @id
                union all select 'attempt' || s || attempt_id from attempt cross join (values (':'), ('/')) v (s) where person_id = @id
                union all select 'phone/' || phone_id from phone where person_id = @id
                union all select 'payment/' || payment_id from payment where person_id = @id
                union all select 'plan/' || payment_plan_id from payment_plan where person_id = @id
                union all select 'recording:' || recording_sid from recording join attempt using (attempt_id) where person_id = @id)
            order by a.audit_id
            """),
    ];

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/compliance/persons/{id:long}/pack", HandleAsync).RequireAuthorization(Scopes.RecordsExamine);

    private static async Task<IResult> HandleAsync(long id, string? format, System.Security.Claims.ClaimsPrincipal user, Database database, TimeProvider clock, CancellationToken cancel)
    {
        var now = RecordStatements.Now(clock);
        var pack = new Dictionary<string, IReadOnlyList<IDictionary<string, object?>>>();
        await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                foreach (var (name, sql) in Sections)
                {
                    var rows = await connection.QueryAsync(new CommandDefinition(sql, new { id }, transaction, cancellationToken: cancel));
                    pack[name] = [.. rows.Cast<IDictionary<string, object?>>()];
                }

                if (pack["person"].Count > 0)
                    await AuditTrail.AddAsync(connection, transaction, user.UserName(), "person.pack", $"person:{id}", new { format = format ?? "json" }, now, cancel);
            },
            cancel);
        if (pack["person"].Count == 0)
            return Problem.NotFound("There is no such person.");
        return format == "html"
            ? Results.Content(Html(id, now, pack), "text/html; charset=utf-8")
            : Results.Json(new { personId = id, madeAt = now, sections = pack }, ApiJson.Options);
    }

    private static string Html(long id, Instant now, Dictionary<string, IReadOnlyList<IDictionary<string, object?>>> pack)
    {
        var page = new StringBuilder()
            .Append("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Record of contacts</title>")
            .Append("<style>body{font:14px/1.4 system-ui,sans-serif;margin:2rem}table{border-collapse:collapse;margin:0 0 2rem}td,th{border:1px solid #999;padding:.2rem .5rem;text-align:left;vertical-align:top}</style>")
            .Append($"<h1>Record of person {id}</h1><p>Made at {now}. Times are UTC.</p>");
        foreach (var (name, rows) in pack)
        {
            page.Append($"<h2 id=\"{Encode(name)}\">{Encode(Heading(name))} ({rows.Count})</h2>");
            if (rows.Count == 0)
                continue;
            page.Append("<table><thead><tr>").AppendJoin("", rows[0].Keys.Select(key => $"<th>{Encode(key)}</th>")).Append("</tr></thead><tbody>");
            foreach (var row in rows)
                page.Append("<tr>").AppendJoin("", row.Values.Select(value => $"<td>{Encode(Text(value))}</td>")).Append("</tr>");
            page.Append("</tbody></table>");
        }

        return page.Append("</html>").ToString();
    }

    /// <summary>"paymentDecisions" is headed "Payment decisions".</summary>
    private static string Heading(string name) =>
        char.ToUpperInvariant(name[0]) + string.Concat(name.Skip(1).Select(c => char.IsAsciiLetterUpper(c) ? $" {char.ToLowerInvariant(c)}" : $"{c}"));

    private static string Text(object? value) => value switch
    {
        null => "",
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss'Z'"),
        Array list => string.Join(", ", list.Cast<object>()),
        _ => value.ToString() ?? "",
    };

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
