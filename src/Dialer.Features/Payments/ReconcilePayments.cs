using System.Security.Cryptography;
using System.Text;
using Dapper;
using Dialer.Core;
using Dialer.Core.Ivr;
using Dialer.Core.Payments;
using Dialer.Features.Compliance;
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

    /// <summary>They presented a returned debit again that may not be, or not that often: the money may have to go back.</summary>
    RetriedDespiteUs,
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
/// <remarks>
/// The same file twice changes nothing the second time. Sessions younger than an hour at the file's end may be in the next file: they are left alone, and those still open then end with that one,
/// if the file between was reconciled too.
/// </remarks>
public sealed class ReconcilePayments(Database database, PaymentGate gate, TimeProvider time)
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
            $"""
            select {PaymentRow.Columns} from payment y
            where (created_at >= @From and created_at < @until) or reference = any (@references)
               or (state in ('Created', 'Pending', 'Unknown') and created_at >= @late and created_at < @From
                   and exists (select 1 from reconciliation r where r.from_at <= y.created_at and r.until_at >= @From))
            order by payment_id
            """,
            new { file.From, until = file.Until - Margin, late = file.From - Margin, references = file.Lines.Select(line => line.Reference).Distinct().ToArray() }, cancel)).ToDictionary(row => row.Reference);
        var charges = file.Lines.Where(line => line.Kind == ProcessorLineKind.Charge).GroupBy(line => line.Reference).ToDictionary(group => group.Key, group => group.ToList());
        var run = new Run();
        // A return or a retry names a payment of an earlier file: its charge is not missing in this one.
        var others = file.Lines.Where(line => line.Kind is not (ProcessorLineKind.Charge or ProcessorLineKind.Declined)).Select(line => line.Reference).ToHashSet();
        foreach (var payment in ours.Values.Where(payment => charges.ContainsKey(payment.Reference) || IsDue(payment, file, others)))
            await CompareAsync(payment, charges.GetValueOrDefault(payment.Reference), run, now, cancel);
        run.Differences.AddRange(charges.Where(pair => !ours.ContainsKey(pair.Key)).Select(pair => new ReconciliationLine(pair.Key, Difference.UnknownToUs, null, pair.Value[0].Amount)));
        // In the file's order: a debit may come back, be presented again and come back once more.
        foreach (var line in file.Lines.Where(line => line.Kind is ProcessorLineKind.Refund or ProcessorLineKind.Return or ProcessorLineKind.Retry))
            await (line.Kind == ProcessorLineKind.Retry ? PaidAfterAllAsync(line, run, now, cancel) : TakeBackAsync(line, run, now, cancel));
        await ReturnedDebits.WatchRatesAsync(database, now, cancel);
        return new Reconciliation(run.Matched, run.Resolved, run.OurTotal, charges.Values.Sum(lines => lines.Sum(line => line.Amount)), run.Differences);
    }

    /// <summary>A charge of this session would stand in this file, or has stood in the one before.</summary>
    private static bool IsDue(PaymentRow payment, ProcessorFile file, HashSet<string> others) =>
        payment.CreatedAt >= file.From ? payment.CreatedAt < file.Until - Margin
        : payment.CreatedAt >= file.From - Margin && payment.State is "Created" or "Pending" or "Unknown" && !others.Contains(payment.Reference);

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
            if (ReturnedDebits.NeedsPersonLock(line.ReturnCode))
                await PersonLocks.TakeAsync(
                    connection, transaction, (await connection.QueryAsync<long>(new CommandDefinition("select person_id from payment where reference = @Reference", line, transaction, cancellationToken: cancel)))
                        .Select(person => new PersonId(person)), cancel);
            var payment = await LockAsync(connection, transaction, line.Reference, cancel);
            if (payment is null)
            {
                run.Differences.Add(new(line.Reference, Difference.UnknownToUs, null, -line.Amount));
                return;
            }

            var kind = line.Kind == ProcessorLineKind.Return ? "Reversal" : "Refund";
            if (await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
                // A debit that was presented again and came back again has one return more than retries; a return of the same confirmation is the same return.
                """
                select case when @kind = 'Refund' then coalesce(bool_or(processor_reference is null or processor_reference = @code), false)
                            else coalesce(bool_or(processor_reference = @code), false) or count(*) > @Retries end
                from refund where payment_id = @PaymentId and kind = @kind and amount = @Amount and state = 'Done'
                """,
                new { payment.PaymentId, payment.Retries, kind, line.Amount, code = line.ConfirmationCode }, transaction, cancellationToken: cancel)))
                return;
            var id = await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
                "select refund_id from refund where payment_id = @PaymentId and kind = @kind and amount = @Amount and state = 'Approved'", new { payment.PaymentId, kind, line.Amount }, transaction, cancellationToken: cancel));
            if (id is null && kind == "Reversal" && payment.State == "Captured" && line.Amount == payment.Amount)
                id = await ReverseAsync(connection, transaction, payment, line.ReturnCode, now, cancel);
            if (id is { } refund && await RefundPayment.RefundAsync(connection, transaction, refund, cancel) is { } row)
            {
                await RefundPayment.FinishAsync(connection, transaction, row, line.ConfirmationCode, now, cancel);
                if (line.ReturnCode is { } code)
                    await ReturnedDebits.ApplyAsync(connection, transaction, payment.PaymentId, code, now, cancel);
                run.Resolved++;
            }
            else
                run.Differences.Add(new(line.Reference, Difference.RefundedDespiteUs, null, -line.Amount));
        },
        cancel);

    /// <summary>The bank took the money back: nobody here asked, so nobody here is asked.</summary>
    private static Task<long?> ReverseAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, PaymentRow payment, string? code, Instant now, CancellationToken cancel) =>
        connection.ExecuteScalarAsync<long?>(new CommandDefinition(
            """
            insert into refund (payment_id, kind, amount, reason, state, requested_by, requested_at, decided_by, decided_at)
            select @PaymentId, 'Reversal', @Amount, @reason, 'Approved', 'processor', @now, 'processor''s file', @now
            where not exists (select 1 from refund where payment_id = @PaymentId and state in ('Requested', 'Approved')) returning refund_id
            """,
            new { payment.PaymentId, payment.Amount, reason = code is null ? "returned by the customer's bank" : $"returned by the customer's bank ({code}, {AchReturn.Of(code).Meaning})", now },
            transaction, cancellationToken: cancel));

    /// <summary>A returned debit was presented again and paid: the money is in, whether it should have been or not. What should not have been is a difference and an alarm.</summary>
    private Task PaidAfterAllAsync(ProcessorLine line, Run run, Instant now, CancellationToken cancel) => database.InTransactionAsync(
        async (connection, transaction) =>
        {
            var payment = await LockAsync(connection, transaction, line.Reference, cancel);
            if (payment is not null && await Ledger.HasRetryAsync(connection, transaction, payment.PaymentId, line.ConfirmationCode!, cancel))
                return;
            if (payment is not { State: "Reversed" } || payment.Amount != line.Amount)
            {
                run.Differences.Add(new(line.Reference, payment is null ? Difference.UnknownToUs : Difference.RetriedDespiteUs, payment?.Amount, line.Amount));
                return;
            }

            var objections = await gate.RetryObjectionsAsync(connection, transaction, payment.ReturnCode ?? AchReturn.NotSaid, payment.Retries, now, cancel);
            if (objections.Count == 0 && now - payment.CreatedAt > Duration.FromDays(AchReturn.RetryDays))
                objections = ["ACH_RETRY_LIMIT"];
            await Ledger.PostRetryAsync(
                connection, transaction, payment.PaymentId, line.ConfirmationCode!, payment.AccountId, new Money(payment.Amount, payment.Currency), payment.Settles, now, cancel);
            await connection.ExecuteAsync(new CommandDefinition(
                "update payment set state = 'Captured', retries = retries + 1, updated_at = @now where payment_id = @PaymentId", new { now, payment.PaymentId }, transaction, cancellationToken: cancel));
            run.Resolved++;
            if (objections.Count == 0)
                return;
            run.Differences.Add(new(line.Reference, Difference.RetriedDespiteUs, payment.Amount, line.Amount));
            await connection.ExecuteAsync(new CommandDefinition(
                "insert into alarm (code, subject, raised_at, text) values (@alarm, 'payment/' || @PaymentId, @now, 'The processor presented a returned debit again that may not be presented again. See whether the money must go back.')",
                new { alarm = objections[0], payment.PaymentId, now }, transaction, cancellationToken: cancel));
        },
        cancel);

    private static Task<PaymentRow?> LockAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string reference, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<PaymentRow>(new CommandDefinition(
            $"select {PaymentRow.Columns} from payment y where reference = @reference for update", new { reference }, transaction, cancellationToken: cancel));

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

    /// <param name="Settles">It fulfils a settlement that was accepted: the rest of the balance is forgiven again.</param>
    private sealed record PaymentRow(
        long PaymentId, string Key, string Reference, long AccountId, decimal Amount, string Currency, string State, Instant CreatedAt, string? ReturnCode, int Retries, bool Settles)
    {
        public const string Columns =
            """
            payment_id, idempotency_key as key, reference, account_id, amount, currency, state, created_at, return_code, retries,
            exists (select 1 from settlement_offer o where o.settlement_offer_id = y.settlement_offer_id and o.state = 'Accepted' and y.amount >= o.amount) as settles
            """;
    }
}
