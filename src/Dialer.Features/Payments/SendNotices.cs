using System.Globalization;
using System.Text.Json;
using Dapper;
using Dialer.Core.Payments;
using Dialer.Features.Compliance;
using Dialer.Storage.Postgres;
using Microsoft.Extensions.Logging;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Payments;

/// <summary>Sends what is queued for customers and the gate lets go (<see cref="ClearNotices"/>). Each notice is sent in a transaction that holds its row: another node skips it, a crash leaves it queued.</summary>
/// <remarks>A failed one comes again after 1, 2, 4 ... minutes; after ten tries it is Failed and an alarm is raised.</remarks>
public sealed class SendNotices(Database database, ContactGate gate, NoticeWords words, IEnumerable<INoticeSender> senders, TimeProvider time, ILogger<SendNotices> log)
{
    private const int MostTries = 10;
    private const int MostAtOnce = 200;

    /// <summary>Returns how many left. Those that no sender takes wait.</summary>
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var channels = new[] { "Sms", "Email", "Letter" }.Where(channel => senders.Any(sender => sender.Takes(channel))).ToArray();
        var sent = 0;
        if (channels.Length == 0)
            return sent;
        var now = Instant.FromDateTimeOffset(time.GetUtcNow());
        for (var i = 0; i < MostAtOnce; i++)
        {
            if (!await database.InTransactionAsync((connection, transaction) => ClearNotices.NextAsync(connection, transaction, gate, channels, now, cancel), cancel))
                break;
        }

        for (var i = 0; i < MostAtOnce; i++)
        {
            var outcome = await database.InTransactionAsync((connection, transaction) => SendNextAsync(connection, transaction, channels, cancel), cancel);
            if (outcome is null)
                break;
            sent += outcome.Value ? 1 : 0;
        }

        return sent;
    }

    /// <summary>True: one was sent; false: one failed; null: none is due.</summary>
    private async Task<bool?> SendNextAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string[] channels, CancellationToken cancel)
    {
        var now = Instant.FromDateTimeOffset(time.GetUtcNow());
        var row = await connection.QuerySingleOrDefaultAsync<NoticeRow>(new CommandDefinition(
            """
            select n.notice_id, n.kind, n.channel, n.language, n.fields::text as fields, substring(n.notice_key from ':payment:([0-9]+)$')::bigint as payment_id, n.tries, p.first_name, p.last_name, p.email, p.address, p.city, p.state, p.zip, c.name as client, c.callback_e164
            from customer_notice n join person p on p.person_id = n.person_id join client c on c.client_id = p.client_id
            where n.state = 'Queued' and n.next_at <= @now and n.channel = any (@channels) and (n.cleared_at > @stale or (n.channel = 'Letter' and n.written_by is null)) order by n.next_at limit 1 for update of n skip locked
            """,
            new { now, channels, stale = now - ClearNotices.Fresh }, transaction, cancellationToken: cancel));
        if (row is null)
            return null;
        try
        {
            await senders.First(sender => sender.Takes(row.Channel)).SendAsync(Write(row), cancel);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            log.LogWarning("Notice {NoticeId} could not be sent ({Failure}); it will be tried again", row.NoticeId, failure.GetType().Name);
            await FailAsync(connection, transaction, row, failure.GetType().Name, now, cancel);
            return false;
        }

        await connection.ExecuteAsync(new CommandDefinition(
            "update customer_notice set state = 'Sent', sent_at = @now, tries = tries + 1, last_error = null where notice_id = @NoticeId", new { now, row.NoticeId }, transaction, cancellationToken: cancel));
        return true;
    }

    private static Task FailAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, NoticeRow row, string error, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            update customer_notice set tries = tries + 1, last_error = @error, next_at = @next, state = case when tries + 1 >= @MostTries then 'Failed' else state end where notice_id = @NoticeId;
            insert into alarm (code, subject, raised_at, text)
            select 'NOTICE_FAILED', 'notice/' || @NoticeId, @now, 'A written notice to a customer could not be sent in ten tries.' where @Tries + 1 >= @MostTries
            """,
            new { row.NoticeId, row.Tries, error, now, MostTries, next = now + Duration.FromMinutes(1L << Math.Min(row.Tries, 9)) }, transaction, cancellationToken: cancel));

    private OutgoingNotice Write(NoticeRow row)
    {
        var fields = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(row.Fields)!.ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        if (row.PaymentId is { } payment)
            fields["receipt"] = ReceiptNumber.Of(payment).ToString();
        fields["name"] = $"{row.FirstName} {row.LastName}";
        fields["client"] = row.Client;
        fields["callback"] = row.CallbackE164;
        var (subject, body) = words.Write(row.Language, row.Kind, fields);
        string[] address = [row.Address ?? "", string.Create(CultureInfo.InvariantCulture, $"{row.City} {row.State} {row.Zip}").Trim()];
        return new OutgoingNotice(row.NoticeId, row.Channel, fields["name"], row.Channel == "Email" ? row.Email : null, row.Channel == "Letter" ? address : [], subject, body);
    }

    private sealed record NoticeRow(
        long NoticeId, string Kind, string Channel, string Language, string Fields, long? PaymentId, int Tries, string FirstName, string LastName, string? Email, string? Address, string? City, string? State, string? Zip,
        string Client, string CallbackE164);
}
