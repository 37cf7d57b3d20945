using System.Security.Cryptography;
using System.Text;
using Dapper;
using Dialer.Core.Ivr;
using Dialer.Storage.Postgres;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Payments;

public enum Difference
{
    /// <summary>We say captured, their file has no such charge.</summary>
    MissingAtProcessor,

    /// <summary>They charged, we say declined or cancelled: a person must be told, or the money returned.</summary>
    ChargedDespiteUs,

    /// <summary>They charged, refunded or returned something we have no payment for.</summary>
    UnknownToUs,

    /// <summary>Both charged, but not the same amount.</summary>
    AmountDiffers,

    /// <summary>One of our sessions is in their file more than once as charged.</summary>
    ChargedTwice,

    /// <summary>They gave money back that nobody here approved.</summary>
    RefundedDespiteUs,
}

public sealed record ReconciliationLine(string Reference, Difference Difference, decimal? Ours, decimal? Theirs);

/// <param name="Matched">Captured in both with the same amount.</param>
/// <param name="Resolved">Open or unknown payments, approved refunds and returned debits that the file settled.</param>
/// <param name="OurTotal">Our captures that the file should know, after it was applied.</param>
public sealed record Reconciliation(int Matched, int Resolved, decimal OurTotal, decimal TheirTotal, IReadOnlyList<ReconciliationLine> Differences);

/// <summary>
/// Compares our payments with the processor's file. Payments whose end was open take the processor's word, approved refunds are done when the file has them, and money the
/// customer's bank took back is reversed; every other difference is reported and changes nothing.
/// </summary>
/// <remarks>The same file twice changes nothing the second time. Sessions younger than an hour at the file's end may be in the next file: they are left alone.</remarks>
public sealed class ReconcilePayments(Database database, TimeProvider time)
{
    private static readonly Duration Margin = Duration.FromHours(1);

    /// <summary>Runs over a file's text and keeps the report. Null: these very bytes were reconciled before.</summary>
    /// <exception cref="FormatException">The text is no processor's file.</exception>
    public async Task<(long Id, Reconciliation Report)?> RunFileAsync(string source, string text, string runBy, CancellationToken cancel)
    {
        var file = ProcessorFile.Parse(text);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        if (await database.FindAsync<bool?>("select true from reconciliation where sha256 = @hash", new { hash }, cancel) == true)
            return null;
        var report = await RunAsync(file, cancel);
        return (await database.InTransactionAsync((connection, transaction) => KeepAsync(connection, transaction, source, file, hash, runBy, report, cancel), cancel), report);
    }

    public async Task<Reconciliation> RunAsync(ProcessorFile file, CancellationToken cancel)
    {
        var now = Instant.FromDateTimeOffset(time.GetUtcNow());
        var ours = (await database.QueryAsync<PaymentRow>(
            """
            select payment_id, idempotency_key as key, reference, amount, state, created_at from payment
            where (created_at >= @From and created_at < @until) or reference = any (@references) order by payment_id
            """,
            new { file.From, until = file.Until - Margin, references = file.Lines.Select(line => line.Reference).Distinct().ToArray() }, cancel)).ToDictionary(row => row.Reference);
        var charges = file.Lines.Where(line => line.Kind == ProcessorLineKind.Charge).GroupBy(line => line.Reference).ToDictionary(group => group.Key, group => group.ToList());
        var run = new Run();
        foreach (var payment in ours.Values)
            await CompareAsync(payment, charges.GetValueOrDefault(payment.Reference), run, now, cancel);
        run.Differences.AddRange(charges.Where(pair => !ours.ContainsKey(pair.Key)).Select(pair => new ReconciliationLine(pair.Key, Difference.UnknownToUs, null, pair.Value[0].Amount)));
        foreach (var line in file.Lines.Where(line => line.Kind is ProcessorLineKind.Refund or ProcessorLineKind.Return))
            await TakeBackAsync(line, run, now, cancel);
        return new Reconciliation(run.Matched, run.Resolved, run.OurTotal, charges.Values.Sum(lines => lines.Sum(line => line.Amount)), run.Differences);
    }

    private async Task CompareAsync(PaymentRow payment, List<ProcessorLine>? theirs, Run run, Instant now, CancellationToken cancel)
    {
        var captured = payment.State is "Captured" or "Reversed" or "Refunded";
        if (payment.State is "Created" or "Pending" or "Unknown")
        {
            var outcome = theirs is null ? new PaymentOutcome(PaymentResult.Cancelled) : new PaymentOutcome(PaymentResult.Captured, theirs[0].ConfirmationCode);
            await database.InTransactionAsync((connection, transaction) => PaymentStore.CompleteAsync(connection, transaction, payment.Key, outcome, now, cancel), cancel);
            captured = theirs is not null;
            run.Resolved++;
        }
        else if (theirs is not null && captured && theirs[0].Amount == payment.Amount)
            run.Matched++;

        if (captured)
            run.OurTotal += payment.Amount;
        var found = (captured, theirs) switch
        {
            (true, null) => Difference.MissingAtProcessor,
            (true, [var line, ..]) when line.Amount != payment.Amount => Difference.AmountDiffers,
            (false, not null) => Difference.ChargedDespiteUs,
            _ => (Difference?)null,
        };
        if (found is { } difference)
            run.Differences.Add(new(payment.Reference, difference, payment.Amount, theirs?[0].Amount));
        if (theirs?.Count > 1)
            run.Differences.Add(new(payment.Reference, Difference.ChargedTwice, captured ? payment.Amount : null, theirs.Sum(line => line.Amount)));
    }

    /// <summary>A refund that was approved here is done; a return reverses the payment; what is done already is met again in silence.</summary>
    private Task TakeBackAsync(ProcessorLine line, Run run, Instant now, CancellationToken cancel) => database.InTransactionAsync(
        async (connection, transaction) =>
        {
            var payment = await connection.QuerySingleOrDefaultAsync<PaymentRow>(new CommandDefinition(
                "select payment_id, idempotency_key as key, reference, amount, state, created_at from payment where reference = @Reference for update", new { line.Reference }, transaction, cancellationToken: cancel));
            if (payment is null)
            {
                run.Differences.Add(new(line.Reference, Difference.UnknownToUs, null, -line.Amount));
                return;
            }

            var kind = line.Kind == ProcessorLineKind.Return ? "Reversal" : "Refund";
            if (await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
                "select exists (select 1 from refund where payment_id = @PaymentId and kind = @kind and amount = @Amount and state = 'Done' and (processor_reference is null or processor_reference = @code))",
                new { payment.PaymentId, kind, line.Amount, code = line.ConfirmationCode }, transaction, cancellationToken: cancel)))
                return;
            var id = await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
                "select refund_id from refund where payment_id = @PaymentId and kind = @kind and amount = @Amount and state = 'Approved'", new { payment.PaymentId, kind, line.Amount }, transaction, cancellationToken: cancel));
            if (id is null && kind == "Reversal" && payment.State == "Captured" && line.Amount == payment.Amount)
                id = await ReverseAsync(connection, transaction, payment, now, cancel);
            if (id is { } refund && await RefundPayment.RefundAsync(connection, transaction, refund, cancel) is { } row)
            {
                await RefundPayment.FinishAsync(connection, transaction, row, line.ConfirmationCode, now, cancel);
                run.Resolved++;
            }
            else
                run.Differences.Add(new(line.Reference, Difference.RefundedDespiteUs, null, -line.Amount));
        },
        cancel);

    /// <summary>The bank took the money back: nobody here asked, so nobody here is asked.</summary>
    private static Task<long?> ReverseAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, PaymentRow payment, Instant now, CancellationToken cancel) =>
        connection.ExecuteScalarAsync<long?>(new CommandDefinition(
            """
            insert into refund (payment_id, kind, amount, reason, state, requested_by, requested_at, decided_by, decided_at)
            select @PaymentId, 'Reversal', @Amount, 'returned by the customer''s bank', 'Approved', 'processor', @now, 'processor''s file', @now
            where not exists (select 1 from refund where payment_id = @PaymentId and state in ('Requested', 'Approved')) returning refund_id
            """,
            new { payment.PaymentId, payment.Amount, now }, transaction, cancellationToken: cancel));

    private async Task<long> KeepAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string source, ProcessorFile file, byte[] hash, string runBy, Reconciliation report, CancellationToken cancel)
    {
        var now = Instant.FromDateTimeOffset(time.GetUtcNow());
        var id = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            """
            insert into reconciliation (source, sha256, from_at, until_at, run_at, run_by, lines, matched, resolved, our_total, their_total)
            values (@source, @hash, @From, @Until, @now, @runBy, @lines, @Matched, @Resolved, @OurTotal, @TheirTotal) returning reconciliation_id
            """,
            new { source, hash, file.From, file.Until, now, runBy, lines = file.Lines.Count, report.Matched, report.Resolved, report.OurTotal, report.TheirTotal }, transaction, cancellationToken: cancel));
        var differences = report.Differences.DistinctBy(line => (line.Reference, line.Difference)).ToList();
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into reconciliation_difference (reconciliation_id, reference, difference, ours, theirs) values (@id, @Reference, @name, @Ours, @Theirs)",
            differences.Select(line => new { id, line.Reference, name = line.Difference.ToString(), line.Ours, line.Theirs }), transaction, cancellationToken: cancel));
        if (differences.Count > 0)
            await connection.ExecuteAsync(new CommandDefinition(
                "insert into alarm (code, subject, raised_at, text) values ('PAYMENTS_DIFFER', 'reconciliation/' || @id, @now, 'Our payments and the processor''s file differ: see the reconciliation, line by line.')",
                new { id, now }, transaction, cancellationToken: cancel));
        await Audit.AuditTrail.AddAsync(
            connection, transaction, runBy, "payments.reconcile", $"reconciliation/{id}", new { source, report.Matched, report.Resolved, differences = differences.Count }, now, cancel);
        return id;
    }

    private sealed class Run
    {
        public int Matched { get; set; }

        public int Resolved { get; set; }

        public decimal OurTotal { get; set; }

        public List<ReconciliationLine> Differences { get; } = [];
    }

    private sealed record PaymentRow(long PaymentId, string Key, string Reference, decimal Amount, string State, Instant CreatedAt);
}
