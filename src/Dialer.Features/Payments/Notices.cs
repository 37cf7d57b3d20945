using System.Text.Json;
using Dapper;
using Dialer.Core.Compliance;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Payments;

/// <summary>What a customer is told in writing. Each kind has its words in every language's <c>notices.json</c>.</summary>
public enum NoticeKind
{
    /// <summary>A payment was received.</summary>
    Receipt,

    /// <summary>A payment whose end was open turned out never to have been charged.</summary>
    NotCharged,

    /// <summary>Money went back.</summary>
    Refunded,

    /// <summary>The customer's bank sent a debit back: the payment does not count.</summary>
    PaymentReturned,

    /// <summary>What a person authorised by telephone: one debit of a bank account, in writing before it settles (Nacha Operating Rules, TEL entries).</summary>
    DebitAuthorization,

    /// <summary>The terms of a payment plan, to be signed and returned: recurring debits need a signed authorisation (12 CFR 1005.10(b)).</summary>
    PlanAuthorization,

    /// <summary>What is owed to whom; a person at the desk sends it.</summary>
    BalanceStatement,

    /// <summary>What was promised, in writing; a person at the desk sends it.</summary>
    PromiseConfirmation,

    /// <summary>That the dispute was heard and what follows; a person at the desk sends it.</summary>
    DisputeReceived,
}

/// <summary>The customers' own outbox: queued in the transaction of what happened, sent afterwards, at least once.</summary>
public static class Notices
{
    /// <summary>Why it is written, as the rules of contact see it.</summary>
    public static ContactPurpose PurposeOf(NoticeKind kind) => kind switch
    {
        NoticeKind.BalanceStatement => ContactPurpose.Collect,
        NoticeKind.DisputeReceived => ContactPurpose.LegalNotice,
        _ => ContactPurpose.Servicing,
    };

    /// <summary>
    /// Queues the notice about a payment, once for each payment and kind. By e-mail only to those who have agreed to e-mail and not withdrawn it since (12 CFR 1006.6(d), (e));
    /// to everybody else by letter. An e-mail is asked of the gate before it leaves (<see cref="ClearNotices"/>).
    /// </summary>
    public static Task QueueForPaymentAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, NoticeKind kind, long paymentId, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into customer_notice (notice_key, kind, person_id, account_id, channel, purpose, language, fields, next_at, queued_at)
            select lower(@kind) || ':payment:' || y.payment_id, @kind, y.person_id, y.account_id,
                   case when wants_email(y.person_id) then 'Email' else 'Letter' end, @purpose, p.language,
                   jsonb_build_object('amount', y.amount::text, 'currency', y.currency, 'reference', y.reference, 'confirmation', coalesce(y.confirmation_code, ''), 'last4', coalesce(y.instrument_last4, ''),
                                      'method', y.method, 'creditor', a.creditor, 'balance', a.balance::text, 'paidOn', to_char(@now at time zone 'America/New_York', 'YYYY-MM-DD')),
                   @now, @now
            from payment y join person p on p.person_id = y.person_id join account a on a.account_id = y.account_id
            where y.payment_id = @paymentId
            on conflict (notice_key) do nothing
            """,
            new { kind = kind.ToString(), purpose = PurposeOf(kind).ToString(), paymentId, now }, transaction, cancellationToken: cancel));

    /// <summary>Queues a notice with fields of its own. The key names the event, so that it is told once.</summary>
    public static Task QueueAsync<T>(
        NpgsqlConnection connection, NpgsqlTransaction transaction, NoticeKind kind, string key, long accountId, T fields, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into customer_notice (notice_key, kind, person_id, account_id, channel, purpose, language, fields, next_at, queued_at)
            select @key, @kind, p.person_id, a.account_id, case when wants_email(p.person_id) then 'Email' else 'Letter' end, @purpose, p.language,
                   jsonb_build_object('creditor', a.creditor, 'balance', a.balance::text, 'currency', a.currency) || cast(@fields as jsonb), @now, @now
            from account a join person p on p.person_id = a.person_id where a.account_id = @accountId
            on conflict (notice_key) do nothing
            """,
            new { kind = kind.ToString(), purpose = PurposeOf(kind).ToString(), key, accountId, fields = JsonSerializer.Serialize(fields, ApiJson.Options), now }, transaction, cancellationToken: cancel));
}
