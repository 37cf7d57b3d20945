using Dapper;
using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Features.Compliance;
using Dialer.Features.Dialing;
using Dialer.Features.Imports.Reading;
using Dialer.Features.Payments;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Imports;

/// <summary>Payments, recalls and stops: rows about accounts that are placed already.</summary>
/// <remarks>
/// A stop (recall, cease) holds before the next dial: the sender of calls looks at the account and at holds newer than the attempt in the statement that commits a call to be sent,
/// calls that ring are ended, and a call that is answered in between is asked about again before anybody is connected.
/// </remarks>
internal sealed class AccountWork(FileKind kind, AccountRules rules) : FileWork
{
    private const int PersonsAtOnce = 500;
    private readonly AccountRow _row = new();

    public override string VerdictsSql => AccountVerdicts.InOrderSql;

    public override string FirstVerdictsSql => AccountVerdicts.FirstSql;

    public override Task<CopyStream> BeginAsync(NpgsqlConnection connection, CancellationToken cancel) => AccountStage.Table.BeginAsync(connection, cancel);

    public override bool Read(DelimitedReader record, RowFaults faults) => rules.Read(record, _row, faults);

    public override void Accept(CopyStream copy, int line) => AccountStage.Accept(copy, line, _row);

    public override void Reject(CopyStream copy, int line, ReadOnlySpan<char> raw, RowFaults faults) => AccountStage.Table.Reject(copy, line, raw, faults, _row.Amount);

    public override Task<VerdictCounts> ReachAsync(NpgsqlConnection connection, long clientId, int timeoutSeconds, CancellationToken cancel) =>
        AccountVerdicts.ReachAsync(connection, kind, clientId, timeoutSeconds, cancel);

    /// <summary>Stops on persons, a few hundred at a time under their locks: whoever decides about one of them does so before or after, never in between.</summary>
    public override async Task BeforeCommitAsync(NpgsqlConnection connection, AppliedFile file, CancellationToken cancel)
    {
        if (kind != FileKind.Cease)
            return;
        var stops = (await connection.QueryAsync<Stop>(new CommandDefinition(AccountVerdicts.StopsSql, new { file.ClientId }, cancellationToken: cancel))).AsList();
        foreach (var chunk in stops.Chunk(PersonsAtOnce))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            await PersonLocks.TakeAsync(connection, transaction, chunk.Select(stop => new PersonId(stop.PersonId)), cancel);
            var now = Instant.FromDateTimeOffset(file.Time.GetUtcNow());
            foreach (var stop in chunk)
                await HoldRegister.OpenAsync(
                    connection, transaction, new PersonId(stop.PersonId), stop.WholePerson ? null : new AccountId(stop.AccountId), Enum.Parse<HoldKind>(stop.Kind),
                    $"import {file.ImportId}{(stop.Reason is { } reason ? ": " + reason : "")}", stop.ExpiresAt, file.By, now, cancel);
            await StopDialing.RingingAsync(
                connection, transaction, [.. chunk.Where(stop => stop.WholePerson).Select(stop => stop.PersonId)], [.. chunk.Where(stop => !stop.WholePerson).Select(stop => stop.AccountId)], now, cancel);
            await transaction.CommitAsync(cancel);
        }
    }

    public override async Task ApplyAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AppliedFile file, CancellationToken cancel)
    {
        switch (kind)
        {
            case FileKind.Payment:
                var payments = await connection.QueryAsync<ClientPayment>(new CommandDefinition(AccountVerdicts.PaymentsSql, new { file.ClientId }, transaction, cancellationToken: cancel));
                await ClientPayments.PostAsync(connection, transaction, file.ImportId, file.ClientId, payments.AsList(), file.Now, cancel);
                break;
            case FileKind.Recall:
                var accounts = (await connection.QueryAsync<long>(new CommandDefinition(
                    AccountVerdicts.RecallSql, new { file.ClientId, file.ImportId, file.Now }, transaction, commandTimeout: file.TimeoutSeconds, cancellationToken: cancel))).ToArray();
                await StopDialing.RingingAsync(connection, transaction, [], accounts, file.Now, cancel);
                break;
            default:
                break; // stops are in force already
        }

        await connection.ExecuteAsync(new CommandDefinition(PlacementCommit.InsertRejectsSql, new { file.ImportId }, transaction, commandTimeout: file.TimeoutSeconds, cancellationToken: cancel));
    }

    private sealed record Stop(long PersonId, long AccountId, bool WholePerson, string Kind, string? Reason, Instant? ExpiresAt);
}
