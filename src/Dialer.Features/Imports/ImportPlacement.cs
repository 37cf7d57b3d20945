using Dapper;
using Dialer.Features.Imports.Reading;
using Dialer.Storage.Postgres;
using Microsoft.Extensions.Options;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Imports;

/// <summary>Takes a client's placement file in: stage, judge each row, then commit all good rows in one transaction and keep the bad ones as rejects.</summary>
/// <remarks>
/// Memory does not grow with the file. Nothing of a refused, failed or cancelled file is kept but its <c>import_batch</c> row.
/// One import a client at a time, by a session advisory lock that a dead process cannot hold.
/// </remarks>
public sealed class ImportPlacement(Database database, IOptions<ImportsOptions> options, TimeProvider time)
{
    /// <param name="stream">The file's bytes. A stream that can seek is read in place, several times; any other is spooled first.</param>
    /// <param name="request">What it is and how to read it.</param>
    /// <param name="rejects">Where the rejects are written as CSV, or null.</param>
    /// <param name="progress">Told about every few thousand rows, or null.</param>
    /// <param name="cancel">Stops the import; nothing of it is kept.</param>
    public async Task<ImportReport> RunAsync(Stream stream, ImportRequest request, TextWriter? rejects, IProgress<ImportProgress>? progress, CancellationToken cancel)
    {
        var now = Instant.FromDateTimeOffset(time.GetUtcNow());
        await using var connection = await database.OpenAsync(cancel);
        await PrepareSessionAsync(connection, cancel);
        if (await FindClientAsync(connection, request.ClientCode, cancel) is not { } clientId)
            return ImportReport.Refused(request, ImportRefusal.UnknownClient(request.ClientCode), now);
        var (file, refusal) = await SourceFile.OpenAsync(stream, request.Encoding, options.Value, cancel);
        if (file is null)
            return ImportReport.Refused(request, refusal!, now);
        await using (file)
        {
            if (!await TryLockAsync(connection, clientId, cancel))
                return ImportReport.Refused(request, ImportRefusal.Busy(request.ClientCode), now, file.Sha256);
            try
            {
                return await RunLockedAsync(new Run(connection, file, request, clientId, now, rejects, progress), cancel);
            }
            finally
            {
                await LeaveAsync(connection, clientId);
            }
        }
    }

    private async Task<ImportReport> RunLockedAsync(Run run, CancellationToken cancel)
    {
        await ImportBatch.HealAsync(run.Connection, run.ClientId, cancel);
        if (await ImportBatch.FindCommittedAsync(run.Connection, run.ClientId, run.File.Sha256, cancel) is { } before)
            return await AlreadyAsync(before, cancel);
        var map = await ImportMap.FindAsync(run.Connection, run.ClientId, cancel);
        run = run with { Request = run.Request with { DateFormat = run.Request.DateFormat ?? map?.DateFormat } };
        var (layout, refusal) = PlacementLayout.Read(run.File, map?.Columns, options.Value);
        if (layout is null)
            return ImportReport.Refused(run.Request, refusal!, run.Now, run.File.Sha256);
        var importId = run.Request.DryRun ? (long?)null : await ImportBatch.InsertAsync(
            run.Connection,
            new NewBatch(run.ClientId, run.Request.FileName, run.File.Sha256, "Placement", run.Now, run.Request.By, layout.Header, layout.Delimiter.ToString(),
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

    private async Task<ImportReport> StageAndCommitAsync(Run run, PlacementLayout layout, long? importId, CancellationToken cancel)
    {
        if (await StageAsync(run, layout, cancel) is { } refusal)
            return ImportReport.Refused(run.Request, refusal, run.Now, run.File.Sha256);
        run.Progress?.Report(new ImportProgress("judging", 0));
        var counts = await PlacementVerdicts.ReachAsync(run.Connection, run.ClientId, options.Value.StatementSeconds, cancel);
        if (ControlTotals(run.Request, counts) is { } mismatch)
            return ImportReport.Refused(run.Request, mismatch, run.Now, run.File.Sha256);
        using (var text = run.File.OpenText())
            await RejectsFile.StageLateAsync(run.Connection, layout.OpenRows(text), cancel);
        var byCode = (await run.Connection.QueryAsync<(string Code, long Count)>(new CommandDefinition(ByCodeSql, cancellationToken: cancel))).ToDictionary(row => row.Code, row => row.Count);
        if (importId is { } id)
        {
            run.Progress?.Report(new ImportProgress("committing", counts.In));
            await using var transaction = await run.Connection.BeginTransactionAsync(cancel);
            await PlacementCommit.ApplyAsync(run.Connection, transaction, id, run.ClientId, run.Request.By, counts, run.Now, options.Value.StatementSeconds, cancel);
            await ImportBatch.CommitAsync(run.Connection, transaction, id, counts, run.Now, cancel);
            await transaction.CommitAsync(cancel);
        }

        if (run.Rejects is not null)
            await RejectsFile.WriteStagedAsync(run.Connection, layout.Header, layout.Delimiter, run.Rejects, cancel);
        return new ImportReport(
            run.Request.DryRun ? ImportOutcome.DryRun : ImportOutcome.Committed, importId, run.Request.ClientCode, run.Request.FileName, Convert.ToHexStringLower(run.File.Sha256),
            run.File.Encoding.WebName, counts.In, counts.Accepted, counts.Updated, counts.Duplicate, counts.Rejected, counts.Balance, byCode, layout.Columns.Ignored, run.Now);
    }

    /// <summary>Copies every row, good or bad, into the temporary table. A refusal stops the copy: the table then has no row.</summary>
    private async Task<ImportRefusal?> StageAsync(Run run, PlacementLayout layout, CancellationToken cancel)
    {
        using var text = run.File.OpenText();
        var reader = layout.OpenRows(text);
        var rules = new PlacementRules(layout.Columns, run.Request.DateFormat, run.Now.InUtc().Date);
        var row = new PlacementRow();
        var faults = new RowFaults();
        long rows = 0;
        await using var copy = await PlacementStage.BeginAsync(run.Connection, cancel);
        while (reader.Read())
        {
            if (reader.Fault == RecordFault.TooLong)
                return ImportRefusal.CellTooLong(reader.LineNumber, options.Value.MaxCellCharacters);
            if (reader.IsBlank)
                continue;
            if (rules.Read(reader, row, faults))
                PlacementStage.Accept(copy, (int)reader.LineNumber, row);
            else
                PlacementStage.Reject(copy, (int)reader.LineNumber, reader.Raw, faults);
            if (++rows % 5_000 == 0)
                run.Progress?.Report(new ImportProgress("reading", rows));
            await copy.FlushIfFullAsync(cancel);
        }

        if (rows == 0)
            return ImportRefusal.NoRows();
        await copy.CompleteAsync(cancel);
        return null;
    }

    private static ImportRefusal? ControlTotals(ImportRequest request, VerdictCounts counts) =>
        request.ExpectedRows is { } rows && rows != counts.In ? ImportRefusal.ControlTotal("number of rows", rows.ToString(), counts.In.ToString())
        : request.ExpectedBalance is { } balance && balance != counts.Balance ? ImportRefusal.ControlTotal("sum of balances", $"{balance:0.00}", $"{counts.Balance:0.00}")
        : null;

    private async Task<ImportReport> AlreadyAsync(StoredImport import, CancellationToken cancel) =>
        new(ImportOutcome.AlreadyImported, import.ImportId, import.Client, import.FileName, import.Sha256, import.Encoding, import.RowsIn, import.Accepted, import.Updated,
            import.Duplicate, import.Rejected, import.Balance, await ImportBatch.RejectedByCodeAsync(database, import.ImportId, cancel), import.IgnoredColumns, import.CreatedAt);

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
            select error_code as code from placement_stage where error_code is not null
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
        await connection.ExecuteAsync(PlacementStage.DropSql);
        await connection.ExecuteAsync("select pg_advisory_unlock(hashtextextended('import', @clientId))", new { clientId });
    }

    private sealed record Run(
        NpgsqlConnection Connection, SourceFile File, ImportRequest Request, long ClientId, Instant Now, TextWriter? Rejects, IProgress<ImportProgress>? Progress);
}
