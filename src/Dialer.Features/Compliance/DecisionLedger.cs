using Dialer.Core.Compliance;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Compliance;

/// <summary>Writes what was decided. The same denial of the same contact, repeated on one UTC day, is one row that counts.</summary>
internal static class DecisionLedger
{
    private const char Separator = '\u001f';

    private const string Asked =
        """
        with asked as (
            select * from unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
                $12::timestamptz[], $13::text[], $14::text[], $18::text[], $19::text[], $20::bigint[], $21::text[])
                as q(place, attempt_id, campaign_id, person_id, account_id, phone_id, mode, verdict, reasons, conditions, citations, retry_at, pack_version, facts_hash, channel, purpose, notice_id, policy_rows)),

        """;

    private const string Inserted =
        """
            insert into decision (at, attempt_id, campaign_id, person_id, account_id, phone_id, mode, verdict, reasons, conditions, citations, retry_at, pack_version, facts_hash, last_at, channel, purpose, notice_id, policy_rows)
            select $15, a.attempt_id, a.campaign_id, a.person_id, a.account_id, a.phone_id, a.mode, a.verdict, string_to_array(a.reasons, $17), string_to_array(a.conditions, $17),
                   string_to_array(a.citations, $17), a.retry_at, a.pack_version, a.facts_hash, $15, a.channel, a.purpose, a.notice_id,
                   string_to_array(a.policy_rows, $17)
            from asked a

        """;

    private const string Placed = "select a.place, f.decision_id from fresh f join asked a on a.account_id = f.account_id and a.phone_id = f.phone_id";

    // A batch without a denial has nothing to fold. It is the dialler's daily bread, and an update of a partitioned table opens every partition before it knows which.
    private const string InsertSql = Asked
        + "fresh as (\n" + Inserted + "where $16::timestamptz is not null returning decision_id, account_id, phone_id)\n" + Placed;

    // One statement a batch: folds into the newest row of the same contact today (account, phone, campaign, channel, mode, purpose) when it denied by the same rows, else inserts.
    // Two numbers or two campaigns that are denied in turns so keep one row each.
    private const string FoldSql = Asked
        + """
        same as (
            select a.place, d.at, d.decision_id from asked a
            cross join lateral (
                select d.at, d.decision_id, d.verdict, d.reasons, d.policy_rows, d.pack_version from decision d
                where d.account_id = a.account_id and d.at >= $16 and d.at <= $15 and d.phone_id is not distinct from a.phone_id and d.campaign_id is not distinct from a.campaign_id
                  and d.mode = a.mode and d.channel = a.channel and d.purpose = a.purpose order by d.at desc limit 1) d
            where a.verdict = 'Deny' and d.verdict = 'Deny' and d.pack_version = a.pack_version and d.reasons = string_to_array(a.reasons, $17) and d.policy_rows = string_to_array(a.policy_rows, $17)),
        folded as (
            update decision d set repeats = d.repeats + 1, last_at = $15, retry_at = a.retry_at, facts_hash = a.facts_hash
            from same s join asked a using (place) where d.at = s.at and d.decision_id = s.decision_id
            returning s.place, d.decision_id),
        fresh as (

        """
        + Inserted
        + "where not exists (select 1 from same s where s.place = a.place) returning decision_id, account_id, phone_id)\n"
        + "select place, decision_id from folded union all\n" + Placed;

    /// <returns>The ledger row of each decision, in order.</returns>
    public static async Task<long[]> WriteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<(LoadedContact Contact, ContactDecision Decision)> decided, Instant now, CancellationToken cancel)
    {
        await using var command = decided.Any(d => d.Decision.Verdict == Verdict.Deny) ? new NpgsqlCommand(FoldSql, connection, transaction) : new NpgsqlCommand(InsertSql, connection, transaction);
        void Add<T>(T value) => command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        Add(decided.Select((_, i) => i).ToArray());
        Add(decided.Select(d => d.Contact.Asked.Attempt?.Value).ToArray());
        Add(decided.Select(d => d.Contact.Asked.Campaign?.Value).ToArray());
        Add(decided.Select(d => d.Contact.Asked.Person.Value).ToArray());
        Add(decided.Select(d => d.Contact.Asked.Account.Value).ToArray());
        Add(decided.Select(d => d.Contact.Asked.Phone.Value).ToArray());
        Add(decided.Select(d => d.Contact.Asked.Mode.ToString()).ToArray());
        Add(decided.Select(d => d.Decision.Verdict.ToString()).ToArray());
        Add(decided.Select(d => string.Join(Separator, d.Decision.Reasons.Select(r => r.Code))).ToArray());
        Add(decided.Select(d => string.Join(Separator, d.Decision.Conditions.Select(c => c.Code))).ToArray());
        Add(decided.Select(d => string.Join(Separator, d.Decision.Reasons.Select(r => r.Citation).Concat(d.Decision.Conditions.Select(c => c.Citation)).Distinct())).ToArray());
        Add(decided.Select(d => d.Decision.RetryAt?.ToDateTimeOffset()).ToArray());
        Add(decided.Select(d => d.Decision.PackVersion).ToArray());
        Add(decided.Select(d => d.Decision.FactsHash).ToArray());
        Add(now.ToDateTimeUtc());
        Add(now.ToDateTimeUtc().Date);
        Add(Separator.ToString());
        Add(decided.Select(d => d.Contact.Asked.Channel.ToString()).ToArray());
        Add(decided.Select(d => d.Contact.Asked.Purpose.ToString()).ToArray());
        Add(decided.Select(d => d.Contact.Asked.Notice).ToArray());
        Add(decided.Select(d => string.Join(Separator, d.Decision.Reasons.Select(r => r.PolicyRow))).ToArray());
        var ids = new long[decided.Count];
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            ids[reader.GetInt32(0)] = reader.GetInt64(1);
        return ids;
    }
}
