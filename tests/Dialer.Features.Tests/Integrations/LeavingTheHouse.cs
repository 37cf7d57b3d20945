using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using Dapper;
using Dialer.Features.Access;
using Dialer.Features.Integrations;
using Dialer.Features.Tests.Campaigns;
using Dialer.Features.Tests.Dialing;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Tests.Integrations;

/// <summary>The feed and the webhooks on a database of their own, with a receiver that answers as it is told.</summary>
public sealed class LeavingTheHouse : IAsyncLifetime
{
    private const string Secret = "whs_test";
    private static readonly Instant Noon = Instant.FromUtc(2026, 6, 2, 16, 0);
    private readonly TestDatabase _database = new();
    private readonly ConcurrentQueue<(string Signature, string EventId, string Body)> _received = new();
    private readonly EphemeralDataProtectionProvider _protection = new();
    private WebApplication _receiver = null!;
    private int _status = 200;

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        await _database.Database.ExecuteAsync(
            """
            insert into client (code, name, spoken_name, callback_e164, collector_role, debt_class, created_at) values ('C', 'C', 'C', '+12125550100', 'ThirdParty', 'Consumer', @Noon);
            insert into campaign (name, client_id, mode, state, from_e164, opens_cron, closes_cron, created_at, updated_at)
            select 'K' || n, 1, 'Predictive', 'Draft', '+12125550100', '0 0 8 ? * *', '0 0 20 ? * *', @Noon, @Noon from generate_series(1, 3) n;
            """,
            new { Noon }, default);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _receiver = builder.Build();
        _receiver.MapPost("/hook", async (HttpRequest request) =>
        {
            using var text = new StreamReader(request.Body);
            _received.Enqueue((request.Headers[WebhookSignature.Header].ToString(), request.Headers["Dialer-Event-Id"].ToString(), await text.ReadToEndAsync()));
            return Results.StatusCode(_status);
        });
        await _receiver.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _receiver.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_reader_never_passes_an_event_whose_change_commits_late()
    {
        var feed = new EventFeed(_database.Database);
        await using var slow = await _database.Database.OpenAsync(default);
        await using var transaction = await slow.BeginTransactionAsync();
        await slow.ExecuteAsync("update campaign set state = 'Open' where campaign_id = 1", null, transaction);
        await OpenAsync(2);

        (await feed.ReadAsync(default, null, ["*"], 10, default)).ShouldBeEmpty(); // the younger one is committed, the older is not

        await transaction.CommitAsync();
        await SettledAsync(2);
        var read = await feed.ReadAsync(default, null, ["*"], 10, default);
        read.Select(happened => happened.Data.GetProperty("campaignId").GetInt64()).ShouldBe([1, 2]);
        (await feed.ReadAsync(FeedCursor.Parse(read[0].Cursor), null, ["campaign.*"], 10, default)).ShouldHaveSingleItem().Data.GetProperty("campaignId").GetInt64().ShouldBe(2);
        (await feed.ReadAsync(default, null, ["payment.*"], 10, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_event_is_sent_signed_tried_again_after_a_failure_and_once_more_by_a_replay()
    {
        using var webhooks = await WithReceiverAsync($"{_receiver.Urls.First()}/hook", "campaign.*");
        _status = 503;
        await OpenAsync(1);
        await SettledAsync(1);

        (await webhooks.QueueAsync(default)).ShouldBe(1);
        (await webhooks.QueueAsync(default)).ShouldBe(0); // once is once
        (await webhooks.SendDueAsync(default)).ShouldBe(1);
        (await webhooks.SendDueAsync(default)).ShouldBe(0); // not before its time
        (await DeliveryAsync()).ShouldBe(("Queued", 1, 503));
        (await _database.Database.FindAsync<bool>("select next_at between clock_timestamp() + interval '2 seconds' and clock_timestamp() + interval '6 seconds' from webhook_delivery", null, default)).ShouldBeTrue();

        _status = 200;
        await DueAsync();
        await webhooks.SendDueAsync(default);
        (await DeliveryAsync()).ShouldBe(("Sent", 2, 200));
        await _database.Database.ExecuteAsync("update webhook_delivery set state = 'Queued', tries = 0, next_at = clock_timestamp()", null, default); // what a replay does
        await webhooks.SendDueAsync(default);

        _received.Count.ShouldBe(3);
        _received.Select(each => each.EventId).Distinct().ShouldHaveSingleItem();
        var (signature, _, body) = _received.Last();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        WebhookSignature.Holds(signature, Secret, body, now).ShouldBeTrue();
        WebhookSignature.Holds(signature, Secret, body + " ", now).ShouldBeFalse();
        WebhookSignature.Holds(signature, "whs_other", body, now).ShouldBeFalse();
        WebhookSignature.Holds(signature, Secret, body, now + 3600).ShouldBeFalse(); // a copy is of no use an hour later
        body.ShouldContain("\"type\":\"campaign.state\"");
    }

    [Fact]
    public async Task A_receiver_that_never_answers_is_given_up_and_one_inside_our_network_is_not_called()
    {
        using var webhooks = await WithReceiverAsync($"{_receiver.Urls.First()}/hook", "*", allowPrivate: false);
        await OpenAsync(1);
        await SettledAsync(1);
        await webhooks.QueueAsync(default);
        for (var i = 0; i < 3; i++)
        {
            await DueAsync();
            await webhooks.SendDueAsync(default);
        }

        _received.ShouldBeEmpty();
        (await _database.Database.FindAsync<string>("select state || ': ' || last_error from webhook_delivery", null, default)).ShouldBe("Failed: The receiver's name leads to no public address.");
    }

    [Fact]
    public async Task A_receiver_whose_secret_can_no_longer_be_read_is_given_up_and_keeps_no_other_waiting()
    {
        using var webhooks = await WithReceiverAsync($"{_receiver.Urls.First()}/hook", "campaign.*");
        await _database.Database.ExecuteAsync(
            """
            insert into webhook_endpoint (name, url, types, secret, feed_xid, feed_id, created_at, created_by)
            select 'broken', url, types, 'of other keys', feed_xid, feed_id, created_at, created_by from webhook_endpoint
            """,
            null, default);
        await OpenAsync(1);
        await SettledAsync(1);
        await webhooks.QueueAsync(default);
        for (var i = 0; i < 3; i++)
        {
            await DueAsync();
            await webhooks.SendDueAsync(default);
        }

        (await _database.Database.QueryAsync<string>("select e.name || ' ' || d.state from webhook_delivery d join webhook_endpoint e using (webhook_endpoint_id) order by 1", null, default)).ShouldBe(["broken Failed", "r Sent"]);
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("10.1.2.3", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("2002:a9fe:a9fe::1", false)] // 169.254.169.254 by 6to4
    [InlineData("64:ff9b:1::a01:203", false)] // 10.1.2.3 by a translator of the house
    [InlineData("::127.0.0.1", false)]
    public void Only_public_addresses_are_called(string address, bool may) => PublicAddress.Is(IPAddress.Parse(address)).ShouldBe(may);

    /// <summary>Transactions of other databases of the same server hold the feed back too: tests run side by side.</summary>
    private Task SettledAsync(int events) => DialingWorld.UntilAsync(async () => (await new EventFeed(_database.Database).ReadAsync(default, null, ["*"], 10, default)).Count >= events);

    private Task<int> OpenAsync(long campaign) => _database.Database.ExecuteAsync("update campaign set state = 'Open' where campaign_id = @campaign", new { campaign }, default);

    private Task<int> DueAsync() => _database.Database.ExecuteAsync("update webhook_delivery set next_at = clock_timestamp()", null, default);

    private async Task<(string, int, int)> DeliveryAsync()
    {
        var row = await _database.Database.FindAsync<(string State, int Tries, int Status)>("select state, tries, last_status from webhook_delivery", null, default);
        return (row.State, row.Tries, row.Status);
    }

    private async Task<SendWebhooks> WithReceiverAsync(string url, string types, bool allowPrivate = true)
    {
        await _database.Database.ExecuteAsync(
            """
            insert into webhook_endpoint (name, url, types, secret, feed_xid, feed_id, created_at, created_by)
            values ('r', @url, @types, @secret, pg_snapshot_xmin(pg_current_snapshot()), 0, @Noon, 'test')
            """,
            new { url, types = new[] { types }, secret = _protection.CreateProtector(SendWebhooks.Purpose).Protect(Secret), Noon }, default);
        var options = Options.Create(new IntegrationsOptions { AllowPrivateReceivers = allowPrivate, WebhookTries = 3 });
        return new SendWebhooks(_database.Database, new Leases(_database.Database, new NodeIdentity("test")), new EventFeed(_database.Database), _protection, options, NullLogger<SendWebhooks>.Instance);
    }
}

/// <summary>Tokens of other programs, on the whole service.</summary>
public sealed class TokensOfPrograms(DialingWorld world) : IClassFixture<DialingWorld>
{
    [Fact]
    public async Task A_token_opens_what_its_scopes_name_until_it_is_revoked()
    {
        var admin = await Supervisor.SignInAsync(world, "root", Roles.Admin);
        var made = await admin.SendAsync(HttpMethod.Post, "/api/v1/tokens", new { name = "warehouse", scopes = new[] { "events:read" }, days = 30 });
        made.Status.ShouldBe(HttpStatusCode.Created, made.Body?.ToJsonString());
        var token = made.Body!["token"]!.GetValue<string>();
        await world.CampaignAsync();

        (await StatusAsync("/api/v1/events?types=campaign.*&limit=5", token)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync("/api/v1/reports", token)).ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync("/api/v1/live", token)).ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync("/api/v1/access/users", token)).ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync("/api/v1/events", token[..^2] + "xx")).ShouldBe(HttpStatusCode.Unauthorized);
        (await world.OneAsync<bool>("select bool_and(length(hash) = 32 and position(convert_to(@secret, 'UTF8') in hash) = 0) from api_token", new { secret = token.Split('_')[2] })).ShouldBeTrue();

        await admin.SendAsync(HttpMethod.Post, $"/api/v1/tokens/{made.Body["id"]}/revoke", new { });
        (await StatusAsync("/api/v1/events", token)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Reports_are_read_with_a_token_and_tokens_are_made_by_administrators_only()
    {
        var admin = await Supervisor.SignInAsync(world, "root", Roles.Admin);
        var boss = await Supervisor.SignInAsync(world);
        var token = (await admin.SendAsync(HttpMethod.Post, "/api/v1/tokens", new { name = "bi", scopes = new[] { "reports:read" }, days = 30 })).Body!["token"]!.GetValue<string>();

        (await StatusAsync("/api/v1/reports/campaigns", token)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync("/api/v1/reports/results.csv", token)).ShouldBe(HttpStatusCode.OK);
        (await boss.SendAsync(HttpMethod.Post, "/api/v1/tokens", new { name = "x", scopes = new[] { "reports:read" } })).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await admin.SendAsync(HttpMethod.Post, "/api/v1/tokens", new { name = "x", scopes = new[] { "everything" } })).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await admin.SendAsync(HttpMethod.Post, "/api/v1/webhooks", new { name = "x", url = "http://example.org/hook", types = new[] { "*" } })).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    private async Task<HttpStatusCode> StatusAsync(string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await world.Http.SendAsync(request);
        return answer.StatusCode;
    }
}
