using Dapper;
using Dialer.Features.Audit;
using Dialer.Features.Imports.Reading;
using Dialer.Storage.Postgres;
using Microsoft.Extensions.Options;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Imports;

/// <summary>Takes a client's file in: stage, judge each row, then commit all good rows in one transaction and keep the bad ones as rejects.</summary>
/// <remarks>
/// Memory does not grow with the file. Nothing of a refused, failed or cancelled file is kept but its <c>import_batch</c> row.
/// One import a client at a time, by a session advisory lock that a dead process cannot hold.
/// </remarks>
public sealed class ImportFile(Database database, IOptions<ImportsOptions> options, TimeProvider time)
{
    /// <param name="stream">The file's bytes. A stream that can seek is read in place, several times; any other is spooled first.</param>
    /// <param name="request">What it is and how to read it.</param>
    /// <param name="rejects">Where the rejects are written as CSV, or null.</param>
    /// <param name="progress">Told about every few thousand rows, or null.</param>
    /// <param name="cancel">Stops the import; nothing of it is kept.</param>
    /// <param name="verdicts">Where the verdict on every row is written as CSV, or null.</param>
    public async Task<ImportReport> RunAsync(
        Stream stream, ImportRequest request, TextWriter? rejects, IProgress<ImportProgress>? progress, CancellationToken cancel, TextWriter? verdicts = null)
    {
        var now = Instant.FromDateTimeOffset(time.GetUtcNow());
        await using var connection = await database.OpenAsync(cancel);
        await PrepareSessionAsync(connection, cancel);
        if (await FindClientAsync(connection, request.ClientCode, cancel) is not { } clientId)
            return ImportReport.Refused(request, ImportRefusal.UnknownClient(request.ClientCode), now);
        var map = (request.Map ?? await ImportMap.FindAsync(connection, clientId, request.Kind, cancel))?.IgnoringCase();
        request = request with { DateFormat = request.DateFormat ?? map?.DateFormat, Encoding = request.Encoding ?? map?.Encoding, Map = map };
        var (file, refusal) = await OpenAsync(stream, request, map, cancel);
        if (file is null)
            return ImportReport.Refused(request, refusal!, now);
        await using (file)
        {
            if (request.Sha256 is { } sha && !sha.Equals(Convert.ToHexString(file.Sha256), StringComparison.OrdinalIgnoreCase))
                return ImportReport.Refused(request, ImportRefusal.OtherFile(), now, file.Sha256);
            if (!await TryLockAsync(connection, clientId, cancel))
                return ImportReport.Refused(request, ImportRefusal.Busy(request.ClientCode), now, file.Sha256);
            try
            {
                return await RunLockedAsync(new Run(connection, file, request, clientId, now, rejects, verdicts, progress), cancel);
            }
            finally
            {
                await LeaveAsync(connection, clientId);
            }
        }
    }

    private async Task<(SourceFile? File, ImportRefusal? Refusal)> OpenAsync(Stream stream, ImportRequest request, ImportMap? map, CancellationToken cancel)
    {
        var (file, refusal) = await SourceFile.OpenAsync(stream, request.Encoding, options.Value, cancel);
        if (file is null)
            return (null, refusal);
        var (cut, why) = await SourceFile.CutAsync(file, map, options.Value, cancel);
        if (cut is null)
            await file.DisposeAsync();
        return (cut, why);
    }

    private async Task<ImportReport> RunLockedAsync(Run run, CancellationToken cancel)
    {
        await ImportBatch.HealAsync(run.Connection, run.ClientId, cancel);
        if (await ImportBatch.FindCommittedAsync(run.Connection, run.ClientId, run.File.Sha256, cancel) is { } before)
            return await AlreadyAsync(before, cancel);
        var (layout, refusal) = FileLayout.Read(run.File, run.Request.Kind, run.Request.Map?.Columns, options.Value);
        if (layout is null)
            return ImportReport.Refused(run.Request, refusal!, run.Now, run.File.Sha256);
        var importId = run.Request.DryRun ? (long?)null : await ImportBatch.InsertAsync(
            run.Connection,
            new NewBatch(run.ClientId, run.Request.FileName, run.File.Sha256, run.Request.Kind.ToString(), run.Now, run.Request.By, layout.Header, layout.Delimiter.ToString(),
                run.File.Encoding.WebName, [.. layout.Columns.Ignored]),
            cancel);
        try
        {
            var report = await StageAndCommitAsync(run, layout, importId, cancel);
            if (report.Refusal is { } reason && importId is { } id)
                await ImportBatch.FailAsync(database, id, reason.Code, reason.Text);
            return report;
        }
        catch (Exception failure) when (importId is not null)
        {
            await RecordFailureAsync(importId.Value, failure);
            throw;
        }
    }

    private async Task<ImportReport> StageAndCommitAsync(Run run, FileLayout layout, long? importId, CancellationToken cancel)
    {
        var work = FileWork.Of(run.Request.Kind, layout.Columns, run.Request.DateFormat, run.Now.InUtc().Date);
        var (declared, refusal) = await StageAsync(run, layout, work, cancel);
        if (refusal is not null)
            return ImportReport.Refused(run.Request, refusal, run.Now, run.File.Sha256);
        run.Progress?.Report(new ImportProgress("judging", 0));
        var counts = await work.ReachAsync(run.Connection, run.ClientId, options.Value.StatementSeconds, cancel);
        if (ControlTotals(run.Request.Kind, run.Request.ExpectedRows, run.Request.ExpectedBalance, counts) is { } typed)
            return ImportReport.Refused(run.Request, typed, run.Now, run.File.Sha256);
        if (ControlTotals(run.Request.Kind, declared.Rows, declared.Total, counts) is { } mismatch)
            return ImportReport.Refused(run.Request, mismatch, run.Now, run.File.Sha256);
        using (var text = run.File.OpenText())
            await RejectsFile.StageLateAsync(run.Connection, layout.OpenRows(text), cancel);
        var byCode = (await run.Connection.QueryAsync<(string Code, long Count)>(new CommandDefinition(ByCodeSql, cancellationToken: cancel))).ToDictionary(row => row.Code, row => row.Count);
        if (importId is { } id)
        {
            run.Progress?.Report(new ImportProgress("committing", counts.In));
            var applied = new AppliedFile(id, run.ClientId, run.Request.By, run.Now, counts, options.Value.StatementSeconds, time);
            await work.BeforeCommitAsync(run.Connection, applied, cancel);
            await using var transaction = await run.Connection.BeginTransactionAsync(cancel);
            await work.ApplyAsync(run.Connection, transaction, applied, cancel);
            await ImportBatch.CommitAsync(run.Connection, transaction, id, counts, run.Now, cancel);
            await AuditTrail.AddAsync(
                run.Connection, transaction, run.Request.By, "import.commit", $"import:{id}",
                new { run.Request.Kind, counts.In, counts.Accepted, counts.Updated, counts.Duplicate, counts.Rejected, counts.Balance }, run.Now, cancel);
            await transaction.CommitAsync(cancel);
        }

        if (run.Rejects is not null)
            await RejectsFile.WriteStagedAsync(run.Connection, layout.Header, layout.Delimiter, run.Rejects, cancel);
        if (run.Verdicts is not null)
            await VerdictsFile.WriteAsync(run.Connection, work, run.Verdicts, cancel);
        var rows = run.Request.ListRows > 0 ? await VerdictsFile.FirstAsync(run.Connection, work, run.Request.ListRows, cancel) : null;
        return new ImportReport(
            run.Request.DryRun ? ImportOutcome.DryRun : ImportOutcome.Committed, importId, run.Request.ClientCode, run.Request.FileName, Convert.ToHexStringLower(run.File.Sha256),
            run.File.Encoding.WebName, counts.In, counts.Accepted, counts.Updated, counts.Duplicate, counts.Rejected, counts.Balance, byCode, layout.Columns.Ignored, run.Now,
            Kind: run.Request.Kind, Rows: rows);
    }

    /// <summary>Copies every row, good or bad, into the temporary table. A refusal stops the copy: the table then has no row.</summary>
    private async Task<((long? Rows, decimal? Total) Declared, ImportRefusal? Refusal)> StageAsync(Run run, FileLayout layout, FileWork work, CancellationToken cancel)
    {
        using var text = run.File.OpenText();
        var reader = layout.OpenRows(text);
        var faults = new RowFaults();
        var trailer = new Trailer(layout.IsRejects ? null : run.Request.Map?.Trailer);
        long rows = 0;
        await using var copy = await work.BeginAsync(run.Connection, cancel);
        while (reader.Read())
        {
            if (reader.Fault == RecordFault.TooLong)
                return (default, ImportRefusal.CellTooLong(reader.LineNumber, options.Value.MaxCellCharacters));
            if (reader.IsBlank || trailer.Takes(reader))
                continue;
            if (work.Read(reader, faults))
                work.Accept(copy, (int)reader.LineNumber);
            else
                work.Reject(copy, (int)reader.LineNumber, reader.Raw, faults);
            if (++rows % 5_000 == 0)
                run.Progress?.Report(new ImportProgress("reading", rows));
            await copy.FlushIfFullAsync(cancel);
        }

        if ((trailer.Refusal ?? (rows == 0 ? ImportRefusal.NoRows() : null)) is { } refusal)
            return (default, refusal);
        await copy.CompleteAsync(cancel);
        return (trailer.Declared, null);
    }

    private static ImportRefusal? ControlTotals(FileKind kind, long? expectedRows, decimal? expectedSum, VerdictCounts counts) =>
        expectedRows is { } rows && rows != counts.In ? ImportRefusal.ControlTotal("number of rows", rows.ToString(), counts.In.ToString())
        : expectedSum is { } sum && sum != counts.Balance ? ImportRefusal.ControlTotal(kind == FileKind.Payment ? "sum of amounts" : "sum of balances", $"{sum:0.00}", $"{counts.Balance:0.00}")
        : null;

    /// <summary>The file's trailer, when its sender writes one: met once, last, and readable.</summary>
    private sealed class Trailer(FileTrailer? wanted)
    {
        private bool _met;
        private ImportRefusal? _fault;

        public (long? Rows, decimal? Total) Declared { get; private set; }

        public ImportRefusal? Refusal => _fault ?? (wanted is not null && !_met ? ImportRefusal.NoTrailer(wanted.Mark) : null);

        /// <summary>True when the record is the trailer, or comes after it and so spoils the file.</summary>
        public bool Takes(DelimitedReader record)
        {
            if (_met)
                _fault ??= ImportRefusal.RowsAfterTrailer(record.LineNumber);
            if (_met || wanted is null || !wanted.Is(record))
                return _met;
            _met = true;
            var (rows, total, refusal) = wanted.Read(record);
            (Declared, _fault) = ((rows, total), refusal);
            return true;
        }
    }

    private async Task<ImportReport> AlreadyAsync(StoredImport import, CancellationToken cancel) =>
        new(ImportOutcome.AlreadyImported, import.ImportId, import.Client, import.FileName, import.Sha256, import.Encoding, import.RowsIn, import.Accepted, import.Updated,
            import.Duplicate, import.Rejected, import.Balance, await ImportBatch.RejectedByCodeAsync(database, import.ImportId, cancel), import.IgnoredColumns, import.CreatedAt,
            Kind: Enum.Parse<FileKind>(import.Kind));

    private async Task RecordFailureAsync(long importId, Exception failure)
    {
        try
        {
            await ImportBatch.FailAsync(database, importId, "INTERRUPTED", failure is OperationCanceledException ? "The import was cancelled." : "The import failed; the log says why.");
        }
        catch (NpgsqlException)
        {
            // The database is out of reach. The row stays Staged and the next import for this client heals it.
        }
    }

    private const string ByCodeSql =
        """
        select code, count(*) from (
            select error_code as code from import_stage where error_code is not null
            union all select code from late_verdict where code is not null) r
        group by code order by count(*) desc, code
        """;

    /// <summary>A copy of a large file is one long statement, and judging it sorts and hashes more than the dialler's queries do. The pool resets the session afterwards.</summary>
    private Task PrepareSessionAsync(NpgsqlConnection connection, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            select set_config('statement_timeout', @limit, false), set_config('idle_in_transaction_session_timeout', @limit, false), set_config('work_mem', '64MB', false),
                   set_config('jit', 'off', false)
            """,
            new { limit = $"{options.Value.StatementSeconds}s" },
            cancellationToken: cancel));

    private static Task<long?> FindClientAsync(NpgsqlConnection connection, string code, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<long?>(new CommandDefinition("select client_id from client where code = @code", new { code }, cancellationToken: cancel));

    private static Task<bool> TryLockAsync(NpgsqlConnection connection, long clientId, CancellationToken cancel) =>
        connection.ExecuteScalarAsync<bool>(new CommandDefinition("select pg_try_advisory_lock(hashtextextended('import', @clientId))", new { clientId }, cancellationToken: cancel));

    private static async Task LeaveAsync(NpgsqlConnection connection, long clientId)
    {
        if (connection.State != System.Data.ConnectionState.Open)
            return; // the session is gone, and its lock and temporary tables with it
        await connection.ExecuteAsync(ImportStage.DropSql);
        await connection.ExecuteAsync("select pg_advisory_unlock(hashtextextended('import', @clientId))", new { clientId });
    }

    private sealed record Run(
        NpgsqlConnection Connection, SourceFile File, ImportRequest Request, long ClientId, Instant Now, TextWriter? Rejects, TextWriter? Verdicts, IProgress<ImportProgress>? Progress);
}
