using Dapper;
using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Features.Audit;
using Dialer.Features.Compliance;
using Dialer.Storage.Postgres;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Payments;

/// <summary>
/// Asks the gate about what is about to leave: every text and e-mail, and every letter that a person wrote, on fresh facts and under the person's lock, as for a call.
/// From then on it is counted; the answer stands in the decision ledger.
/// </summary>
/// <remarks>
/// What may go soon waits for its hour. Of what may not: a receipt or another notice that an event caused goes by letter instead; what somebody at the desk wrote is withheld.
/// The lock is given back before anything is sent: a slow mail server must not hold up the calls to the person.
/// </remarks>
internal static class ClearNotices
{
    /// <summary>How old the gate's word may be when the notice leaves.</summary>
    public static readonly Duration Fresh = Duration.FromMinutes(10);

    /// <summary>A notice waits so long for its hour; what would have to wait longer goes another way, or not at all.</summary>
    private static readonly Duration Patience = Duration.FromHours(24);

    // A letter that an event caused goes by right: nobody's wish sends it, and it disturbs at no hour.
    private const string NextSql =
        """
        select n.notice_id, n.person_id, n.account_id, n.channel, n.purpose, n.written_by,
            (select h.phone_id from phone h where h.person_id = n.person_id order by h.status = 'Active' desc, h.rank, h.phone_id limit 1) as phone_id
        from customer_notice n
        where n.state = 'Queued' and n.next_at <= @now and n.channel = any (@channels) and (n.cleared_at is null or n.cleared_at <= @stale) and not (n.channel = 'Letter' and n.written_by is null)
        order by n.next_at limit 1 for update of n skip locked
        """;

    /// <summary>False: none waits for the gate's word.</summary>
    public static async Task<bool> NextAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, ContactGate gate, string[] channels, Instant now, CancellationToken cancel)
    {
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(NextSql, new { now, channels, stale = now - Fresh }, transaction, cancellationToken: cancel));
        if (row is null)
            return false;
        if (row.PhoneId is not { } phone)
        {
            await RefuseAsync(connection, transaction, row, null, ["DATA_MISSING_PHONE"], now, cancel);
            return true;
        }

        await PersonLocks.TakeAsync(connection, transaction, [new PersonId(row.PersonId)], cancel);
        var request = new GateRequest(
            new PersonId(row.PersonId), new AccountId(row.AccountId), new PhoneId(phone), null, ContactMode.Manual, Enum.Parse<ContactPurpose>(row.Purpose),
            Channel: Enum.Parse<Channel>(row.Channel), Notice: row.NoticeId);
        var result = (await gate.DecideAsync(connection, transaction, [request], now, cancel))[0];
        var codes = result.Decision.Reasons.Where(reason => reason.Severity != Severity.Warn).Select(reason => reason.Code).Distinct().ToArray();
        if (result.Allowed)
            await connection.ExecuteAsync(new CommandDefinition(
                "update customer_notice set cleared_at = @now, decision_id = @DecisionId where notice_id = @NoticeId", new { now, result.DecisionId, row.NoticeId }, transaction, cancellationToken: cancel));
        else if (result.Decision.RetryAt is { } opens && opens - now <= Patience)
            await connection.ExecuteAsync(new CommandDefinition(
                "update customer_notice set next_at = @opens, decision_id = @DecisionId, last_error = @why where notice_id = @NoticeId",
                new { opens, result.DecisionId, why = Joined(codes), row.NoticeId }, transaction, cancellationToken: cancel));
        else
            await RefuseAsync(connection, transaction, row, result.DecisionId, codes, now, cancel);
        return true;
    }

    private static async Task RefuseAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Row row, long? decision, string[] codes, Instant now, CancellationToken cancel)
    {
        var byLetter = row.WrittenBy is null;
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update customer_notice set channel = case when @byLetter then 'Letter' else channel end, state = case when @byLetter then state else 'Withheld' end,
                decision_id = @decision, last_error = @why where notice_id = @NoticeId
            """,
            new { byLetter, decision, why = Joined(codes), row.NoticeId }, transaction, cancellationToken: cancel));
        await AuditTrail.AddAsync(
            connection, transaction, "system", byLetter ? "notice.by-letter" : "notice.withheld", $"account/{row.AccountId}", new { row.NoticeId, row.Channel, reasons = codes }, now, cancel);
    }

    private static string Joined(string[] codes) => string.Join(' ', codes);

    private sealed record Row(long NoticeId, long PersonId, long AccountId, string Channel, string Purpose, string? WrittenBy, long? PhoneId);
}
