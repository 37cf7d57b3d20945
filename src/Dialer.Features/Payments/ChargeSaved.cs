using Dialer.Core.Ivr;
using Dialer.Storage.Postgres;
using NodaTime;

namespace Dialer.Features.Payments;

/// <remarks>
/// That the processor is asked is committed before it is asked, so that it is asked once: by one webhook of one node. Whoever comes second waits for the first one's news, and for a while only:
/// a node may have died over the question. Then nobody here knows, which is what the caller is told; the sweeper, a late answer or the processor's file finds out.
/// </remarks>
public sealed partial class ChargeSaved(Database database, ProcessorApi processor)
{
    /// <summary>Longer than the processor is waited for, so that the one who asks has always stored its answer, or died.</summary>
    private static readonly Duration Patience = Duration.FromSeconds(ProcessorApi.PatienceSeconds + 10);

    /// <summary>The installation knows a processor to ask; else nothing is kept, and nothing kept is offered.</summary>
    public bool IsOn => processor.IsConfigured;

    /// <summary>The end of the <paramref name="number"/>th payment of a call, which its caller has agreed to; null while another webhook is asking the processor.</summary>
    internal async Task<PaymentOutcome?> RunAsync(long attemptId, int number, string callSid, Instant now, CancellationToken cancel)
    {
        var key = PaymentStore.KeyOf(attemptId, number);
        var charge = await database.FindAsync<ChargeRow>(
            """
            update payment p set charge_sent_at = @now, processing_at = @now, state = 'Pending', updated_at = @now from saved_method m
            where p.idempotency_key = @key and p.state in ('Created', 'Pending') and p.charge_sent_at is null and m.saved_method_id = p.saved_method_id and m.removed_at is null
            returning p.idempotency_key as key, p.reference, p.amount, p.currency, m.method, m.token, m.profile, m.brand, m.last_digits
            """,
            new { key, now }, cancel);
        if (charge is null)
            return await KnownAsync(key, now, cancel);
        var outcome = await processor.ChargeAsync(new SavedCharge(charge.Key, charge.Reference, charge.Amount, charge.Currency, charge.Method == nameof(PaymentMethod.AchDebit), charge.Token, charge.Profile, callSid));
        return outcome with { Last4 = charge.LastDigits.Length == 4 ? charge.LastDigits : null, Brand = charge.Brand };
    }

    private async Task<PaymentOutcome?> KnownAsync(string key, Instant now, CancellationToken cancel)
    {
        var known = await database.FindAsync<KnownRow>(
            "select state, confirmation_code, charge_sent_at from payment where idempotency_key = @key", new { key }, cancel);
        return known switch
        {
            { State: "Captured" or "Refunded" or "Reversed" } => new PaymentOutcome(PaymentResult.Captured, known.ConfirmationCode),
            { State: "Declined" } => new PaymentOutcome(PaymentResult.Declined),
            { State: "Unknown" } => new PaymentOutcome(PaymentResult.Unknown),
            { State: "Created" or "Pending", ChargeSentAt: { } sent } => now - sent < Patience ? null : new PaymentOutcome(PaymentResult.Unknown),
            _ => new PaymentOutcome(PaymentResult.Cancelled), // never asked for: swept, or what was saved is removed
        };
    }

    private sealed record ChargeRow(string Key, string Reference, decimal Amount, string Currency, string Method, string Token, string? Profile, string? Brand, string LastDigits);

    private sealed record KnownRow(string State, string? ConfirmationCode, Instant? ChargeSentAt);
}
