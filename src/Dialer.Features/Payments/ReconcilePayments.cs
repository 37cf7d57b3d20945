using Dialer.Core.Ivr;
using Dialer.Storage.Postgres;
using NodaTime;

namespace Dialer.Features.Payments;

/// <summary>One line of the processor's file. <paramref name="Reference"/> is the description we gave the session (<see cref="PaymentStore.ReferenceOf"/>).</summary>
public sealed record ProcessorLine(string Reference, string? ConfirmationCode, decimal Amount, bool Captured);

/// <summary>The processor's whole file for the sessions begun in [<paramref name="From"/>, <paramref name="Until"/>).</summary>
public sealed record ReconcilePaymentsArgs(IReadOnlyList<ProcessorLine> Lines, Instant From, Instant Until);

public enum Difference
{
    /// <summary>We say captured, their file has no such charge.</summary>
    MissingAtProcessor,

    /// <summary>They charged, we say declined or cancelled: a person must be told, or the money returned.</summary>
    ChargedDespiteUs,

    /// <summary>They charged something we have no payment for.</summary>
    UnknownToUs,

    /// <summary>Both charged, but not the same amount.</summary>
    AmountDiffers,

    /// <summary>One of our sessions is in their file more than once as charged.</summary>
    ChargedTwice,
}

public sealed record ReconciliationLine(string Reference, Difference Difference, decimal? Ours, decimal? Theirs);

/// <param name="Matched">Captured in both with the same amount.</param>
/// <param name="Resolved">Open or unknown payments that the file settled.</param>
public sealed record Reconciliation(int Matched, int Resolved, IReadOnlyList<ReconciliationLine> Differences);

/// <summary>Compares our payments with the processor's file. Payments whose end was open take the processor's word; every other difference is reported and changes nothing.</summary>
public sealed class ReconcilePayments(Database database, TimeProvider time)
{
    public async Task<Reconciliation> RunAsync(ReconcilePaymentsArgs args, CancellationToken cancel)
    {
        var now = Instant.FromDateTimeOffset(time.GetUtcNow());
        var ours = await database.QueryAsync<PaymentRow>(
            "select idempotency_key as key, amount, state from payment where created_at >= @From and created_at < @Until order by payment_id", new { args.From, args.Until }, cancel);
        var charged = args.Lines.Where(line => line.Captured).GroupBy(line => line.Reference).ToDictionary(group => group.Key, group => group.ToList());
        var differences = charged.Where(pair => pair.Value.Count > 1)
            .Select(pair => new ReconciliationLine(pair.Key, Difference.ChargedTwice, null, pair.Value.Sum(line => line.Amount))).ToList();
        var (matched, resolved) = (0, 0);
        foreach (var payment in ours)
        {
            var theirs = charged.Remove(payment.Key[..16], out var lines) ? lines[0] : null;
            if (payment.State is "Created" or "Pending" or "Unknown")
            {
                await SettleAsync(payment, theirs, now, cancel);
                resolved++;
            }
            else if (Compare(payment, theirs) is { } difference)
                differences.Add(new(payment.Key[..16], difference, payment.Amount, theirs?.Amount));
            else if (theirs is not null)
                matched++;
        }

        differences.AddRange(charged.Values.Select(lines => new ReconciliationLine(lines[0].Reference, Difference.UnknownToUs, null, lines[0].Amount)));
        return new Reconciliation(matched, resolved, differences);
    }

    private Task SettleAsync(PaymentRow payment, ProcessorLine? theirs, Instant now, CancellationToken cancel)
    {
        var outcome = theirs is null ? new PaymentOutcome(PaymentResult.Cancelled) : new PaymentOutcome(PaymentResult.Captured, theirs.ConfirmationCode);
        return database.InTransactionAsync((connection, transaction) => PaymentStore.CompleteAsync(connection, transaction, payment.Key, outcome, now, cancel), cancel);
    }

    private static Difference? Compare(PaymentRow ours, ProcessorLine? theirs) => (ours.State, theirs) switch
    {
        ("Captured", null) => Difference.MissingAtProcessor,
        ("Captured", { } line) when line.Amount != ours.Amount => Difference.AmountDiffers,
        ("Declined" or "Cancelled", not null) => Difference.ChargedDespiteUs,
        _ => null,
    };

    private sealed record PaymentRow(string Key, decimal Amount, string State);
}
