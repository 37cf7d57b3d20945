using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapper;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Integrations;

/// <summary>
/// Sends the feed's events to those who asked for them. First one row a receiver and event, with the receiver's place in the feed, in one transaction; then each row is tried until it is answered
/// with 2xx, after 5 s, 15 s, 45 s ... up to an hour. At least once: a receiver knows a second copy by the event's id. Order is the rule, not a promise.
/// </summary>
public sealed class SendWebhooks(
    Database database, Leases leases, EventFeed feed, IDataProtectionProvider protection, IOptions<IntegrationsOptions> options, ILogger<SendWebhooks> log)
    : PeriodicWork(Round, log)
{
    public const string Purpose = "webhook-secret";
    private const int AtOnce = 8;
    private const int Batch = 64;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, // a receiver that was checked must not send us elsewhere
        UseCookies = false,
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectCallback = (context, cancel) => ConnectAsync(context, options.Value.AllowPrivateReceivers, cancel),
    })
    { Timeout = TimeSpan.FromSeconds(options.Value.WebhookSeconds) };

    private readonly IDataProtector _secrets = protection.CreateProtector(Purpose);

    /// <summary>A secret as it is kept.</summary>
    public string Protect(string secret) => _secrets.Protect(secret);

    public override void Dispose()
    {
        _http.Dispose();
        base.Dispose();
    }

    protected override string Trouble => "Webhooks could not be sent";

    protected override async Task RoundAsync(CancellationToken cancel)
    {
        if (await leases.TryHoldAsync("webhooks", TimeSpan.FromSeconds(30), cancel) is null)
            return;
        await QueueAsync(cancel);
        while (await SendDueAsync(cancel) == Batch)
            await QueueAsync(cancel);
    }

    /// <summary>Makes deliveries of what is new in the feed. Returns how many.</summary>
    internal async Task<int> QueueAsync(CancellationToken cancel)
    {
        var queued = 0;
        foreach (var endpoint in await database.QueryAsync<Receiver>("select webhook_endpoint_id as id, types, feed_xid::text as feed_xid, feed_id from webhook_endpoint where enabled", null, cancel))
        {
            // Every type is read, so that the place in the feed moves on also where nothing is wanted.
            var events = await feed.ReadAsync(endpoint.Cursor, null, ["*"], EventFeed.MostAtOnce, cancel);
            if (events.Count == 0)
                continue;
            var wanted = events.Where(happened => WebhookTypes.Match(endpoint.Types, happened.Type)).Select(happened => happened.Id).ToArray();
            var last = FeedCursor.Parse(events[^1].Cursor);
            queued += await database.InTransactionAsync(
                async (connection, transaction) =>
                {
                    // Only from where this node believed the receiver to stand: two nodes at once queue nothing twice.
                    var moved = await connection.ExecuteAsync(new CommandDefinition(
                        """
                        update webhook_endpoint set feed_xid = cast(@xid as xid8), feed_id = @EventId
                        where webhook_endpoint_id = @Id and feed_xid = cast(@FeedXid as xid8) and feed_id = @FeedId
                        """,
                        new { xid = last.Xid.ToString(System.Globalization.CultureInfo.InvariantCulture), last.EventId, endpoint.Id, endpoint.FeedXid, endpoint.FeedId }, transaction, cancellationToken: cancel));
                    return moved == 0 ? 0 : await connection.ExecuteAsync(new CommandDefinition(
                        "insert into webhook_delivery (webhook_endpoint_id, event_id, next_at) select @Id, e, clock_timestamp() from unnest(@wanted) e on conflict do nothing",
                        new { endpoint.Id, wanted }, transaction, cancellationToken: cancel));
                },
                cancel);
        }

        return queued;
    }

    /// <summary>Tries what is due, the oldest first. A try is counted before it is made, so that a crash in mid-send is a try too and not a loop.</summary>
    internal async Task<int> SendDueAsync(CancellationToken cancel)
    {
        var due = await database.QueryAsync<Delivery>(
            """
            with due as (
                select d.webhook_delivery_id from webhook_delivery d join webhook_endpoint e using (webhook_endpoint_id)
                where d.state = 'Queued' and d.next_at <= clock_timestamp() and e.enabled order by d.next_at, d.event_id limit @Batch for update of d skip locked),
            taken as (
                update webhook_delivery d set tries = tries + 1, next_at = clock_timestamp() + least(3600, 5 * 3 ^ least(d.tries, 10)) * interval '1 second'
                from due where d.webhook_delivery_id = due.webhook_delivery_id returning d.*)
            select t.webhook_delivery_id as id, t.tries, e.url, e.secret, case when e.previous_until > clock_timestamp() then e.previous_secret end as previous_secret,
                f.event_id, f.xid::text as xid, f.at, f.type, f.data::text as data
            from taken t join webhook_endpoint e using (webhook_endpoint_id) join event_feed f using (event_id) order by f.xid, f.event_id
            """,
            new { Batch }, cancel);
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel }, async (delivery, each) => await SendAsync(delivery, each));
        return due.Count;
    }

    private async Task SendAsync(Delivery delivery, CancellationToken cancel)
    {
        var body = JsonSerializer.Serialize(delivery.Event, ApiJson.Options);
        int? status = null;
        var error = "";
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, delivery.Url) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            var secrets = new[] { delivery.Secret, delivery.PreviousSecret }.OfType<string>().Select(_secrets.Unprotect);
            request.Headers.TryAddWithoutValidation(WebhookSignature.Header, WebhookSignature.Of(secrets, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), body));
            request.Headers.TryAddWithoutValidation("Dialer-Event", delivery.Type);
            request.Headers.TryAddWithoutValidation("Dialer-Event-Id", delivery.EventId.ToString(System.Globalization.CultureInfo.InvariantCulture));
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            status = (int)answer.StatusCode;
            error = answer.IsSuccessStatusCode ? "" : $"HTTP {status}";
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException or CryptographicException && !cancel.IsCancellationRequested)
        {
            error = failure is HttpRequestException { InnerException: ReceiverRefusedException refused } ? refused.Message : failure.GetType().Name;
        }

        await database.ExecuteAsync(
            """
            update webhook_delivery set last_status = @status, last_error = nullif(@error, ''), sent_at = case when @error = '' then clock_timestamp() end,
                state = case when @error = '' then 'Sent' when tries >= @most then 'Failed' else 'Queued' end
            where webhook_delivery_id = @Id
            """,
            new { status, error, most = options.Value.WebhookTries, delivery.Id }, CancellationToken.None);
    }

    /// <summary>Connects only to public addresses, decided after the name was resolved, so that no name can lead into our own network (server-side request forgery).</summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, bool allowPrivate, CancellationToken cancel)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancel);
        var open = addresses.Where(address => allowPrivate || PublicAddress.Is(address)).ToArray();
        if (open.Length == 0)
            throw new ReceiverRefusedException("The receiver's name leads to no public address.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(open, context.DnsEndPoint.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class ReceiverRefusedException(string message) : IOException(message);

    private sealed class Receiver
    {
        public long Id { get; init; }

        public string[] Types { get; init; } = [];

        public string FeedXid { get; init; } = "0";

        public long FeedId { get; init; }

        public FeedCursor Cursor => new(ulong.Parse(FeedXid, System.Globalization.CultureInfo.InvariantCulture), FeedId);
    }

    private sealed class Delivery
    {
        public long Id { get; init; }

        public int Tries { get; init; }

        public string Url { get; init; } = "";

        public string Secret { get; init; } = "";

        public string? PreviousSecret { get; init; }

        public long EventId { get; init; }

        public string Xid { get; init; } = "";

        public Instant At { get; init; }

        public string Type { get; init; } = "";

        public string Data { get; init; } = "";

        public FeedEvent Event => new EventFeed.Row { EventId = EventId, Xid = Xid, At = At, Type = Type, Data = Data }.Event;
    }
}

/// <summary>Which events a receiver wants.</summary>
internal static class WebhookTypes
{
    public static bool Match(IEnumerable<string> wanted, string type) =>
        wanted.Any(one => one == "*" || one == type || (one.EndsWith(".*", StringComparison.Ordinal) && type.StartsWith(one[..^1], StringComparison.Ordinal)));
}

/// <summary>Addresses that lie outside every private, local and reserved network.</summary>
internal static class PublicAddress
{
    private static readonly IPNetwork[] Closed = [.. new[]
    {
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "fec0::/10", "100::/64", "2001:db8::/32", "fc00::/7", "fe80::/10", "ff00::/8",
    }.Select(text => IPNetwork.Parse(text))];

    public static bool Is(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return !Closed.Any(network => network.BaseAddress.AddressFamily == plain.AddressFamily && network.Contains(plain));
    }
}
