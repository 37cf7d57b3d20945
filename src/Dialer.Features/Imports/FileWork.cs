using Dapper;
using Dialer.Features.Imports.Reading;
using Dialer.Storage.Postgres;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Imports;

/// <summary>A committed file, as the steps that apply its rows see it.</summary>
internal sealed record AppliedFile(long ImportId, long ClientId, string By, Instant Now, VerdictCounts Counts, int TimeoutSeconds, TimeProvider Time);

/// <summary>What differs between the kinds of files: how a row is read, staged, judged beside others, and applied. Each stages into the session's <c>import_stage</c>.</summary>
internal abstract class FileWork
{
    public static FileWork Of(FileKind kind, ColumnSet columns, string? dateFormat, LocalDate today) =>
        kind is FileKind.Placement or FileKind.Update
            ? new PlacementWork(new PlacementRules((PlacementColumns)columns, dateFormat, today, kind == FileKind.Update), kind == FileKind.Update)
            : new AccountWork(kind, new AccountRules(kind, (AccountColumns)columns, dateFormat, today));

    /// <summary>Every row with its verdict, in the file's order: line, verdict, code, text.</summary>
    public abstract string VerdictsSql { get; }

    /// <summary>Rejected rows first, then duplicates and updates, at most <c>@limit</c>; rows that are simply accepted are not listed.</summary>
    public abstract string FirstVerdictsSql { get; }

    public abstract Task<CopyStream> BeginAsync(NpgsqlConnection connection, CancellationToken cancel);

    /// <summary>Judges one record by itself; false with the faults when it is to be rejected.</summary>
    public abstract bool Read(DelimitedReader record, RowFaults faults);

    public abstract void Accept(CopyStream copy, int line);

    public abstract void Reject(CopyStream copy, int line, ReadOnlySpan<char> raw, RowFaults faults);

    /// <summary>Judges the rows beside others and beside what is stored. Writes temporary tables only.</summary>
    public abstract Task<VerdictCounts> ReachAsync(NpgsqlConnection connection, long clientId, int timeoutSeconds, CancellationToken cancel);

    /// <summary>What must take effect even if the rest fails, in transactions of its own; repeating it is harmless.</summary>
    public virtual Task BeforeCommitAsync(NpgsqlConnection connection, AppliedFile file, CancellationToken cancel) => Task.CompletedTask;

    /// <summary>Applies the good rows in the caller's transaction.</summary>
    public abstract Task ApplyAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AppliedFile file, CancellationToken cancel);
}

/// <summary>Placements and updates.</summary>
internal sealed class PlacementWork(PlacementRules rules, bool update) : FileWork
{
    private readonly PlacementRow _row = new();

    public override string VerdictsSql => PlacementVerdicts.InOrderSql;

    public override string FirstVerdictsSql => PlacementVerdicts.FirstSql;

    public override Task<CopyStream> BeginAsync(NpgsqlConnection connection, CancellationToken cancel) => PlacementStage.Table.BeginAsync(connection, cancel);

    public override bool Read(DelimitedReader record, RowFaults faults) => rules.Read(record, _row, faults);

    public override void Accept(CopyStream copy, int line)
    {
        if (update)
            PlacementStage.AcceptUpdate(copy, line, _row);
        else
            PlacementStage.Accept(copy, line, _row);
    }

    public override void Reject(CopyStream copy, int line, ReadOnlySpan<char> raw, RowFaults faults) => PlacementStage.Table.Reject(copy, line, raw, faults, _row.Balance);

    public override Task<VerdictCounts> ReachAsync(NpgsqlConnection connection, long clientId, int timeoutSeconds, CancellationToken cancel) =>
        PlacementVerdicts.ReachAsync(connection, clientId, update, timeoutSeconds, cancel);

    public override Task ApplyAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AppliedFile file, CancellationToken cancel) =>
        PlacementCommit.ApplyAsync(connection, transaction, file.ImportId, file.ClientId, file.By, file.Counts, file.Now, file.TimeoutSeconds, cancel);
}
