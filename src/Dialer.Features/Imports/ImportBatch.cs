using System.Data;
using Dapper;
using Dialer.Storage.Postgres;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Imports;

/// <summary>One file's row in <c>import_batch</c>: Staged while it runs, then Committed or Failed. A Staged row without a running import is healed to Failed by the next import.</summary>
internal static class ImportBatch
{
    private const string Columns =
        """
        b.import_batch_id as "ImportId", c.code as "Client", b.file_name as "FileName", encode(b.file_sha256, 'hex') as "Sha256", b.kind as "Kind", b.status as "Status",
        b.rows_in as "RowsIn", b.rows_accepted as "Accepted", b.rows_updated as "Updated", b.rows_duplicate as "Duplicate", b.rows_rejected as "Rejected",
        coalesce(b.control_total, 0) as "Balance", b.error_code as "ErrorCode", b.error as "Error", b.created_at as "CreatedAt", b.created_by as "CreatedBy",
        b.committed_at as "CommittedAt", b.header as "Header", b.delimiter as "Delimiter", b.encoding as "Encoding", b.ignored_columns as "IgnoredColumns"
        """;

    private const string InsertSql =
        """
        insert into import_batch (client_id, file_name, file_sha256, kind, status, created_at, created_by, header, delimiter, encoding, ignored_columns)
        values (@ClientId, @FileName, @Sha256, @Kind, 'Staged', @Now, @By, @Header, @Delimiter, @Encoding, @Ignored)
        returning import_batch_id
        """;

    private const string CommitSql =
        """
        update import_batch
        set status = 'Committed', rows_in = @In, rows_accepted = @Accepted, rows_updated = @Updated, rows_duplicate = @Duplicate, rows_rejected = @Rejected,
            control_total = @Balance, committed_at = @Now
        where import_batch_id = @ImportId
        """;

    private const string FailSql =
        "update import_batch set status = 'Failed', error_code = @Code, error = @Text where import_batch_id = @ImportId and status = 'Staged'";

    private const string HealSql =
        """
        update import_batch set status = 'Failed', error_code = 'INTERRUPTED', error = case kind when 'Cease' then 'The import was interrupted. The stops it had opened stay in force; send the file again for the rest.'
                else 'The import was interrupted before it was committed. Nothing of it was kept; send the file again.' end
        where client_id = @ClientId and status = 'Staged'
        """;

    private const string CommittedSql =
        $"""
        select {Columns} from import_batch b join client c using (client_id)
        where b.client_id = @ClientId and b.file_sha256 = @Sha256 and b.status = 'Committed'
        """;

    private const string OneSql = $"select {Columns} from import_batch b join client c using (client_id) where b.import_batch_id = @ImportId";

    private const string PageSql =
        $"""
        select {Columns} from import_batch b join client c using (client_id)
        where b.import_batch_id < @Before and (@Client::text is null or c.code = @Client)
        order by b.import_batch_id desc limit @Limit
        """;

    private const string RejectedByCodeSql =
        "select error_code, count(*) from import_reject where import_batch_id = @ImportId group by error_code order by count(*) desc, error_code";

    public static Task<long> InsertAsync(NpgsqlConnection connection, NewBatch batch, CancellationToken cancel) =>
        connection.ExecuteScalarAsync<long>(new CommandDefinition(InsertSql, batch, cancellationToken: cancel));

    public static Task CommitAsync(NpgsqlConnection connection, IDbTransaction transaction, long importId, VerdictCounts counts, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            CommitSql, new { ImportId = importId, counts.In, counts.Accepted, counts.Updated, counts.Duplicate, counts.Rejected, counts.Balance, Now = now }, transaction, cancellationToken: cancel));

    public static Task FailAsync(Database database, long importId, string code, string text) =>
        database.ExecuteAsync(FailSql, new { ImportId = importId, Code = code, Text = text }, CancellationToken.None);

    public static Task HealAsync(NpgsqlConnection connection, long clientId, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(HealSql, new { ClientId = clientId }, cancellationToken: cancel));

    public static async Task<StoredImport?> FindCommittedAsync(NpgsqlConnection connection, long clientId, byte[] sha256, CancellationToken cancel) =>
        await connection.QuerySingleOrDefaultAsync<StoredImport>(new CommandDefinition(CommittedSql, new { ClientId = clientId, Sha256 = sha256 }, cancellationToken: cancel));

    public static Task<StoredImport?> FindAsync(Database database, long importId, CancellationToken cancel) =>
        database.FindAsync<StoredImport>(OneSql, new { ImportId = importId }, cancel);

    public static Task<IReadOnlyList<StoredImport>> PageAsync(Database database, string? client, long before, int limit, CancellationToken cancel) =>
        database.QueryAsync<StoredImport>(PageSql, new { Client = client, Before = before, Limit = limit }, cancel);

    public static async Task<IReadOnlyDictionary<string, long>> RejectedByCodeAsync(Database database, long importId, CancellationToken cancel) =>
        (await database.QueryAsync<(string Code, long Count)>(RejectedByCodeSql, new { ImportId = importId }, cancel)).ToDictionary(row => row.Code, row => row.Count);
}

internal sealed record NewBatch(
    long ClientId, string FileName, byte[] Sha256, string Kind, Instant Now, string By, string Header, string Delimiter, string Encoding, string[] Ignored);

/// <summary>An import as the list and the page of one import show it.</summary>
public sealed class StoredImport
{
    public long ImportId { get; init; }

    public string Client { get; init; } = "";

    public string FileName { get; init; } = "";

    public string Sha256 { get; init; } = "";

    public string Kind { get; init; } = "";

    /// <summary>Staged (running), Committed, Failed or Undone.</summary>
    public string Status { get; init; } = "";

    public long RowsIn { get; init; }

    public long Accepted { get; init; }

    public long Updated { get; init; }

    public long Duplicate { get; init; }

    public long Rejected { get; init; }

    public decimal Balance { get; init; }

    public string? ErrorCode { get; init; }

    public string? Error { get; init; }

    public Instant CreatedAt { get; init; }

    public string CreatedBy { get; init; } = "";

    public Instant? CommittedAt { get; init; }

    public string Header { get; init; } = "";

    public string Delimiter { get; init; } = "";

    public string Encoding { get; init; } = "";

    public string[] IgnoredColumns { get; init; } = [];
}
