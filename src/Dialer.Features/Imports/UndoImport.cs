using System.Security.Claims;
using System.Text.Json;
using Dapper;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Features.Payments;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Imports;

/// <param name="Recalled">Accounts that the import brought: no longer dialled, kept for the record.</param>
/// <param name="Restored">Accounts and persons put back to what they were before it.</param>
/// <param name="Kept">Accounts and persons that somebody changed since; they were left alone.</param>
/// <param name="ConsentsWithdrawn">Consents that it granted.</param>
/// <param name="PaymentsReversed">Payments that it posted: mirror entries in the ledger, and the debt rises again.</param>
public sealed record UndoneImport(long Recalled, long Restored, long Kept, long ConsentsWithdrawn, long PaymentsReversed = 0);

/// <summary>
/// <c>POST /api/v1/imports/{id}/undo</c>: takes a committed import back. 404 unknown, 409 when it is not committed, or an import for the client is running.
/// A cease file is never undone: a person's request to be left alone is not the sender's to take back (15 USC 1692c(c)); a hold that was a clerical mistake is closed one by one, with a reason.
/// Rows are never deleted: calls may have been made. What has changed since the import (a payment, a later file) stays. The same file may be imported again afterwards.
/// </summary>
public sealed class UndoImport(Database database, TimeProvider time)
{
    private const string FindSql =
        """
        select b.client_id, b.kind, b.status, b.created_at, pg_try_advisory_xact_lock(hashtextextended('import', b.client_id)) as locked
        from import_batch b where b.import_batch_id = @importId for update
        """;

    private const string RecallSql =
        """
        update account a set status = 'Recalled', status_reason = 'Its import ' || @importId || ' was undone.', updated_at = @now
        where a.import_batch_id = @importId and a.status = 'Open'
          and not exists (select 1 from import_change c where c.import_batch_id = @importId and c.subject = 'Account' and c.subject_id = a.account_id)
        """;

    private const string RestoreAccountsSql =
        """
        update account a
        set creditor = b.creditor, product = b.product, currency = b.currency, balance = b.balance, bucket_current = b.bucket_current, bucket_30 = b.bucket_30, bucket_60 = b.bucket_60,
            bucket_90 = b.bucket_90, bucket_120 = b.bucket_120, bucket_older = b.bucket_older, minimum_payment = b.minimum_payment, oldest_due_on = b.oldest_due_on, status = b.status, status_reason = b.status_reason,
            placed_on = b.placed_on, import_batch_id = b.import_batch_id, updated_at = @now
        from import_change c cross join lateral jsonb_populate_record(null::account, c.before) b
        where c.import_batch_id = @importId and c.subject = 'Account' and a.account_id = c.subject_id and a.updated_at = @importedAt
        """;

    private const string RestorePersonsSql =
        """
        update person p
        set first_name = b.first_name, last_name = b.last_name, birth_date = b.birth_date, ssn_last4 = b.ssn_last4, email = b.email, language = b.language, address = b.address,
            city = b.city, state = b.state, zip = b.zip, updated_at = @now
        from import_change c cross join lateral jsonb_populate_record(null::person, c.before) b
        where c.import_batch_id = @importId and c.subject = 'Person' and p.person_id = c.subject_id and p.updated_at = @importedAt
        """;

    /// <summary>What a recall file closed and nobody else has touched since is open again; its leads are where they were.</summary>
    private const string ReopenSql =
        """
        update account a set status = b.status, status_reason = b.status_reason, updated_at = @now
        from import_change c cross join lateral jsonb_populate_record(null::account, c.before) b
        where c.import_batch_id = @importId and c.subject = 'Account' and a.account_id = c.subject_id and a.status = 'Recalled'
          and starts_with(a.status_reason, 'Recalled by the client, import ' || @importId || '.')
        """;

    /// <summary>Of the rows with a kept image, those that were changed again after the import.</summary>
    private const string KeptSql =
        """
        select count(*) from import_change c
        where c.import_batch_id = @importId
          and (c.subject = 'Account' and exists (select 1 from account a where a.account_id = c.subject_id and a.updated_at > @importedAt)
               or c.subject = 'Person' and exists (select 1 from person p where p.person_id = c.subject_id and p.updated_at > @importedAt))
        """;

    private const string WithdrawSql =
        """
        insert into consent_event (at, person_id, e164, channel, kind, scope, source, evidence, recorded_by)
        select @now, e.person_id, e.e164, e.channel, 'Revoked', e.scope, 'placement', 'undo of import ' || @importId, @by
        from consent_event e
        where e.source = 'placement' and e.evidence = 'import ' || @importId and e.kind = 'Granted' and e.at = @importedAt
          and not exists (select 1 from consent_event n where n.e164 = e.e164 and n.person_id = e.person_id and n.channel = e.channel and n.consent_event_id > e.consent_event_id)
        """;

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/v1/imports/{id:long}/undo", async (long id, ClaimsPrincipal caller, UndoImport undo, CancellationToken cancel) =>
        {
            var (undone, refusal, status) = await undo.RunAsync(id, caller.Identity?.Name ?? "", cancel);
            return undone is null ? Results.Problem(refusal, statusCode: status, title: "Not undone") : Results.Ok(undone);
        }).RequireAuthorization(Scopes.ImportsRun);

    public Task<(UndoneImport? Undone, string? Refusal, int Status)> RunAsync(long importId, string by, CancellationToken cancel) =>
        database.InTransactionAsync((connection, transaction) => RunAsync(connection, transaction, importId, by, cancel), cancel);

    private async Task<(UndoneImport? Undone, string? Refusal, int Status)> RunAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long importId, string by, CancellationToken cancel)
    {
        var now = Instant.FromDateTimeOffset(time.GetUtcNow());
        if (await connection.QuerySingleOrDefaultAsync<Batch>(new CommandDefinition(FindSql, new { importId }, transaction, cancellationToken: cancel)) is not { } batch)
            return (null, $"There is no import {importId}.", StatusCodes.Status404NotFound);
        if (batch.Status != "Committed")
            return (null, $"Import {importId} is {batch.Status}; only a committed import can be undone.", StatusCodes.Status409Conflict);
        if (batch.Kind == nameof(FileKind.Cease))
            return (null, "A cease file cannot be undone: a request to be left alone is the person's own to withdraw. A hold that was a mistake is closed on the account, with a reason.", StatusCodes.Status409Conflict);
        if (!batch.Locked)
            return (null, "Another import for this client is running. Try again when it has ended.", StatusCodes.Status409Conflict);

        var parameters = new { importId, now, by, importedAt = batch.CreatedAt };
        Task<int> Run(string sql) => connection.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, commandTimeout: 600, cancellationToken: cancel));
        var undone = batch.Kind switch
        {
            nameof(FileKind.Payment) => new UndoneImport(0, 0, 0, 0, await ClientPayments.ReverseAsync(connection, transaction, importId, now, cancel)),
            nameof(FileKind.Recall) => await ReopenAsync(),
            _ => await UndoRowsAsync(),
        };
        await Run("update import_batch set status = 'Undone' where import_batch_id = @importId");
        await AuditTrail.AddAsync(connection, transaction, by, "UndoImport", $"import:{importId}", JsonSerializer.SerializeToElement(undone), now, cancel);
        return (undone, null, StatusCodes.Status200OK);

        Task<long> CountAsync(string sql) => connection.ExecuteScalarAsync<long>(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancel));

        async Task<UndoneImport> ReopenAsync()
        {
            var reopened = await Run(ReopenSql);
            return new UndoneImport(0, reopened, await CountAsync("select count(*) from import_change where import_batch_id = @importId") - reopened, 0);
        }

        async Task<UndoneImport> UndoRowsAsync()
        {
            var kept = await CountAsync(KeptSql);
            return new UndoneImport(await Run(RecallSql), await Run(RestoreAccountsSql) + await Run(RestorePersonsSql), kept, await Run(WithdrawSql));
        }
    }

    private sealed record Batch
    {
        public string Kind { get; init; } = "";

        public string Status { get; init; } = "";

        public Instant CreatedAt { get; init; }

        public bool Locked { get; init; }
    }
}
