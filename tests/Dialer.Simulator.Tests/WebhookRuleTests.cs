using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Dialer.Simulator.Serving;
using Dialer.Simulator.Webhooks;
using Dialer.Simulator.Wire;
using NodaTime;

namespace Dialer.Simulator.Tests;

/// <summary>The network as an HTTP client: cookies, conditional requests, headers, overrides, and what can go wrong below HTTP.</summary>
public class WebhookRuleTests
{
    private static readonly Instant Now = Instant.FromUtc(2026, 3, 3, 15, 0);

    [Theory]
    [InlineData("id=7", "https://a.example/x/z", "id=7")]
    [InlineData("id=7", "https://a.example/other", "")]
    [InlineData("id=7; Path=/", "https://a.example/other", "id=7")]
    [InlineData("id=7; Path=/x", "https://a.example/xyz", "")]
    [InlineData("id=7; Path=/", "https://b.example/", "")]
    [InlineData("id=7; Path=/; Domain=a.example", "https://www.a.example/", "id=7")]
    [InlineData("id=7; Path=/", "https://www.a.example/", "")]
    [InlineData("id=7; Path=/; Domain=b.example", "https://b.example/", "")]
    [InlineData("id=7; Path=/; Domain=example", "https://b.example/", "")]
    [InlineData("id=7; Path=/; Secure", "http://a.example/", "")]
    [InlineData("id=7; Path=/; Secure; HttpOnly", "https://a.example/", "id=7")]
    [InlineData("id=7; Path=/; Max-Age=0", "https://a.example/", "")]
    [InlineData("id=7; Path=/; Expires=Tue, 03 Mar 2026 14:00:00 GMT", "https://a.example/", "")]
    [InlineData("=7", "https://a.example/", "")]
    public void A_cookie_goes_back_where_a_browser_would_send_it(string set, string url, string sent)
    {
        var jar = new CookieJar();
        jar.Store("https://a.example/x/y", [set], Now);
        jar.For(url, Now).ShouldBe(sent);
    }

    [Theory]
    [InlineData("id=7", 4 * 3600)]
    [InlineData("id=7; Max-Age=90", 90)]
    [InlineData("id=7; Max-Age=90000", 4 * 3600)]
    [InlineData("id=7; Expires=Tue, 03 Mar 2026 15:10:00 GMT", 600)]
    [InlineData("id=7; Expires=Tue, 03 Mar 2026 15:10:00 GMT; Max-Age=60", 60)]
    public void A_cookie_lives_as_long_as_it_says_but_no_more_than_four_hours(string set, int seconds)
    {
        var jar = new CookieJar();
        jar.Store("https://a.example/", [set], Now);
        jar.For("https://a.example/", Now + Duration.FromSeconds(seconds - 1)).ShouldBe("id=7");
        jar.For("https://a.example/", Now + Duration.FromSeconds(seconds)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Cookies_are_one_calls_own()
    {
        using var world = new World().Document("/answer", form => WebhookReply.Xml("<Response><Redirect>/next</Redirect></Response>") with { SetCookies = [$"call={form["CallSid"]}"] }).Document("/next", "<Response/>");
        for (var i = 0; i < 2; i++)
            world.Call(world.Phone("answers after 1 s, waits 60 s"));
        await world.Run(30);
        world.At("/next").Count.ShouldBe(2);
        world.At("/next").ShouldAllBe(w => w.Request.Headers.Single(h => h.Key == "Cookie").Value == "call=" + w["CallSid"]);
    }

    [Theory]
    [InlineData("GET", 1)]
    [InlineData("POST", 0)]
    public async Task What_was_had_by_GET_is_asked_for_conditionally_and_still_holds_when_its_server_says_so(string method, int conditional)
    {
        var asked = new List<bool>();
        using var world = new World();
        world.Document("/answer", "<Response><Redirect method=\"" + method + "\">/menu</Redirect></Response>");
        world.Document("/menu", _ =>
        {
            var held = world.Webhooks[^1].Request.Headers.Any(h => h.Key == "If-None-Match" && h.Value == "\"v1\"") && world.Webhooks[^1].Request.Headers.Any(h => h.Key == "If-Modified-Since");
            asked.Add(held);
            return held ? new WebhookReply(304) : WebhookReply.Xml("<Response><Say>Menu.</Say><Redirect method=\"" + method + "\">/menu</Redirect></Response>") with { ETag = "\"v1\"", LastModified = "Tue, 03 Mar 2026 10:00:00 GMT" };
        });
        var sid = world.Call(world.Phone("answers after 1 s, hangs up after 6 s"));
        await world.Run(30);
        asked.Count.ShouldBeGreaterThan(3);
        asked[0].ShouldBeFalse();
        asked.Skip(1).ShouldAllBe(held => held == (conditional == 1));
        world.Heard(sid).Count.ShouldBeInRange(asked.Count - 1, asked.Count, "each time the whole document runs");
    }

    [Fact]
    public async Task Every_request_says_who_asks()
    {
        using var world = new World().Document("/answer", "<Response/>");
        world.Call(world.Phone("answers after 1 s, waits 60 s"), ("StatusCallback", World.Base + "/status"));
        await world.Run(30);
        foreach (var request in world.At("/answer").Concat(world.At("/status")).Select(w => w.Request.Headers))
        {
            foreach (var (name, value) in new[] { ("User-Agent", "TwilioProxy/1.1"), ("Accept", "*/*"), ("Cache-Control", "max-age=259200") })
                request.ShouldContain(h => h.Key == name && h.Value == value);
        }
    }

    [Theory]
    [InlineData("https://a.example/x", 5000, 15_000, 15_000, 1, "ct")]
    [InlineData("https://a.example/x#ct=100&rt=10000&tt=12000&rc=5&rp=4xx,5xx,ct,rt", 100, 10_000, 12_000, 5, "4xx,5xx,ct,rt")]
    [InlineData("https://a.example/x#ct=99&rt=15001&tt=99&rc=6&rp=never", 5000, 15_000, 15_000, 1, "")]
    [InlineData("https://a.example/x#e=ashburn&rc=0&rp=all&sni=n", 5000, 15_000, 15_000, 0, "all")]
    public void A_fragment_says_how_a_request_is_tried_within_limits(string url, int connect, int read, int total, int retries, string policy)
    {
        var (bare, overrides) = ConnectionOverrides.Split(url);
        bare.ShouldBe("https://a.example/x");
        (overrides.ConnectMs, overrides.ReadMs, overrides.TotalMs, overrides.Retries).ShouldBe((connect, read, total, retries));
        overrides.Policy.Order(StringComparer.Ordinal).ShouldBe(policy.Split(',', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData(WebhookFailure.Connect, 2, "11205")]
    [InlineData(WebhookFailure.Tls, 2, "11220")]
    [InlineData(WebhookFailure.CertificateName, 2, "11235")]
    [InlineData(WebhookFailure.CertificateChain, 2, "11237")]
    [InlineData(WebhookFailure.Protocol, 1, "11206")]
    [InlineData(WebhookFailure.BadUrl, 1, "11210")]
    [InlineData(WebhookFailure.ReadTimeout, 1, "11200")]
    [InlineData(WebhookFailure.TooLarge, 1, "11750")]
    [InlineData(WebhookFailure.EmptyChunked, 1, "11770")]
    public async Task What_goes_wrong_below_HTTP_has_its_code_and_only_a_failed_connection_is_tried_again(WebhookFailure failure, int tries, string code)
    {
        using var world = new World().Document("/answer", _ => WebhookReply.Failed(failure)).Document("/fallback", "<Response/>");
        world.Call(world.Phone("answers after 1 s, waits 60 s"), ("FallbackUrl", World.Base + "/fallback"));
        await world.Run(30);
        world.At("/answer").Count.ShouldBe(tries);
        world.At("/fallback").ShouldHaveSingleItem()["ErrorCode"].ShouldBe(code);
    }

    [Fact]
    public async Task A_callback_that_was_held_back_arrives_after_the_one_that_left_later()
    {
        using var world = new World().Document("/answer", "<Response><Pause length=\"20\"/></Response>");
        world.Network.Faults.Add(Dialer.Simulator.Faults.FaultRule.Read("""{"on":"status","action":"reorder","event":"ringing","seconds":30}""")[0]);
        world.Call(world.Phone("answers after 9 s, hangs up after 5 s"), ("StatusCallback", World.Base + "/status"), ("StatusCallbackEvent", "initiated ringing answered completed"));
        await world.Run(60);
        world.At("/status").Select(s => (s["CallStatus"], s["SequenceNumber"])).ShouldBe([("initiated", "0"), ("in-progress", "2"), ("ringing", "1"), ("completed", "3")]);
    }

    [Fact]
    public async Task A_last_callback_that_was_held_back_arrives_when_its_time_is_up()
    {
        using var world = new World();
        world.Network.Faults.Add(Dialer.Simulator.Faults.FaultRule.Read("""{"on":"status","action":"reorder","event":"completed","seconds":12}""")[0]);
        var sid = world.Call(world.Phone("is busy"), ("StatusCallback", World.Base + "/status"));
        await world.Run(60);
        (world.At("/status").ShouldHaveSingleItem().At - (world.Leg(sid).EndedAt!.Value - world.Options.Start).TotalSeconds).ShouldBe(12, 0.5);
    }

    // ---- over real sockets

    /// <summary>Answers one connection with these bytes, over TLS when there is a certificate.</summary>
    private static async Task<WebhookReply> AskAsync(string scheme, string host, X509Certificate2? certificate, string answer, WebhookPurpose purpose = WebhookPurpose.Twiml)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var http = new HttpWebhooks();
        var url = $"{scheme}://{host}:{((IPEndPoint)listener.LocalEndpoint).Port}/answer";
        var asking = http.ExchangeAsync(new WebhookRequest(1, purpose, "POST", url, new Form().Add("a", "b"), [], 10_000, 15_000, 15_000), CancellationToken.None);
        using var client = await listener.AcceptTcpClientAsync();
        Stream stream = client.GetStream();
        try
        {
            if (certificate is not null)
            {
                var secure = new SslStream(stream);
                await secure.AuthenticateAsServerAsync(certificate);
                stream = secure;
            }

            _ = await stream.ReadAtLeastAsync(new byte[4096], 1, throwOnEndOfStream: false);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
            await stream.FlushAsync();
        }
        catch (Exception gone) when (gone is IOException or System.Security.Authentication.AuthenticationException)
        {
            // The client did not like what it was shown.
        }

        client.Close();
        return await asking;
    }

    private static X509Certificate2 SelfSigned(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    [Theory]
    [InlineData("localhost", WebhookFailure.CertificateChain)]
    [InlineData("other.example", WebhookFailure.CertificateName)]
    public async Task A_certificate_that_nobody_vouches_for_or_of_another_host_is_not_trusted(string name, WebhookFailure failure)
    {
        using var certificate = SelfSigned(name);
        (await AskAsync("https", "localhost", certificate, "HTTP/1.1 204 No Content\r\n\r\n")).Failure.ShouldBe(failure);
    }

    [Fact]
    public async Task A_server_that_does_not_speak_TLS_fails_the_handshake() =>
        (await AskAsync("https", "localhost", null, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")).Failure.ShouldBe(WebhookFailure.Tls);

    [Theory]
    [InlineData(WebhookPurpose.Twiml, WebhookFailure.EmptyChunked)]
    [InlineData(WebhookPurpose.Status, WebhookFailure.None)]
    public async Task A_document_without_a_chunk_is_an_error_and_a_callback_needs_none(WebhookPurpose purpose, WebhookFailure failure) =>
        (await AskAsync("http", "127.0.0.1", null, "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", purpose)).Failure.ShouldBe(failure);

    [Fact]
    public async Task What_a_server_says_of_an_answers_age_is_kept()
    {
        var reply = await AskAsync("http", "127.0.0.1", null, "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 11\r\nETag: \"v1\"\r\nLast-Modified: Tue, 03 Mar 2026 10:00:00 GMT\r\n\r\n<Response/>");
        (reply.Status, reply.Body, reply.ETag, reply.LastModified).ShouldBe((200, "<Response/>", "\"v1\"", "Tue, 03 Mar 2026 10:00:00 GMT"));
    }
}
