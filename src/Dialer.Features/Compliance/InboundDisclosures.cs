using Dapper;
using Dialer.Core;
using Dialer.Core.Compliance;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Compliance;

/// <remarks>Who the caller is, is a guess by his number until he is verified; the words owed are those to that person about that debt. A caller whom nobody knows owes nothing that could be known.</remarks>
public sealed partial class InboundDisclosures(PolicyBook book)
{
    // The number is only for the place: the one that rings, if it is theirs.
    private const string Sql =
        """
        select t.person_id, t.account_id, h.phone_id
        from attempt t join account a on a.account_id = t.account_id and a.person_id = t.person_id
        cross join lateral (select phone_id from phone where person_id = t.person_id order by e164 = t.from_e164 desc, status = 'Active' desc, rank, phone_id limit 1) h
        where t.attempt_id = @attempt and t.direction = 'Inbound' and not exists (select 1 from inbound_owed o where o.attempt_id = t.attempt_id)
        """;

    /// <summary>Writes down, once for each call that came in, what its conversation owes (12 CFR 1006.18(e) speaks of every communication, whoever began it). For the transaction that gives the call to an agent.</summary>
    public async Task NoteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AttemptId attempt, Instant now, CancellationToken cancel)
    {
        if (await connection.QuerySingleOrDefaultAsync<Known>(new CommandDefinition(Sql, new { attempt = attempt.Value }, transaction, cancellationToken: cancel)) is not { } known)
            return;
        var request = new GateRequest(
            new PersonId(known.PersonId), new AccountId(known.AccountId), new PhoneId(known.PhoneId), null, ContactMode.Manual, ContactPurpose.InboundReturn, Director: CallDirector.Manual, Attempt: attempt);
        var loaded = await FactsLoader.LoadAsync(connection, transaction, [request], now, cancel);
        var policy = await book.ForAsync(connection, transaction, loaded.PolicyRevision, now.ToDateTimeUtc(), cancel);
        var contact = loaded.Contacts[0];
        var codes = ComplianceEngine.Owed(contact.Request, contact.Facts, policy, now).Select(condition => condition.Code).Distinct().ToArray();
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into inbound_owed (attempt_id, codes, pack_version, at) values (@attempt, @codes, @version, @now) on conflict do nothing",
            new { attempt = attempt.Value, codes, version = policy.Version, now }, transaction, cancellationToken: cancel));
    }

    private sealed record Known(long PersonId, long AccountId, long PhoneId);
}
