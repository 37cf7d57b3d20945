using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using Dialer.Simulator.Faults;
using Dialer.Simulator.Wire;
using NodaTime;

namespace Dialer.Simulator.Webhooks;

/// <summary>How an exchange ended after redirects and retries. <see cref="ErrorCode"/> is null when it is usable (2xx).</summary>
public sealed record WebhookResult(int Status, string? ContentType, string Body, int? ErrorCode, string Url, double? MediaSeconds)
{
    public bool Ok => ErrorCode is null;
}

/// <summary>Sends the network's webhooks: signs, follows redirects, keeps cookies, retries as the URL's fragment asks, and applies faults.</summary>
/// <remarks>Effects leave through <see cref="Outgoing"/> and answers return through <see cref="Complete"/>, both on the engine's thread.</remarks>
public sealed class WebhookDesk(PhoneNetwork network)
{
    private const int MaxRedirects = 10;

    /// <summary>Seconds by which a callback that a fault held back leaves after the one that overtakes it: longer than any difference of their ways.</summary>
    private const double Behind = 1;

    private readonly Dictionary<long, Exchange> _underWay = [];
    private readonly Dictionary<string, Exchange> _held = new(StringComparer.Ordinal);
    private readonly AnswerCache _answers = new();
    private long _lastId;
    private long _lastToken;

    /// <summary>The driver's hook: it must carry out the request and call <see cref="Complete"/> with the reply, once.</summary>
    public Action<WebhookRequest>? Outgoing { get; set; }

    public int UnderWay => _underWay.Count;

    /// <summary>Sends one webhook and calls back with the result; a null call means it belongs to no call.</summary>
    public void Send(Call? call, WebhookPurpose purpose, string method, string url, Form fields, Action<WebhookResult>? done = null, string? label = null)
    {
        var (bare, overrides) = ConnectionOverrides.Split(url);
        var exchange = new Exchange(call, purpose, method == "GET" ? "GET" : "POST", bare, overrides, fields, done, label, network.Timeline.Now, Token());
        var fault = network.Faults.ForWebhook(call, purpose, label, bare);
        switch (fault?.Action)
        {
            case FaultAction.Drop:
                Note(exchange, "dropped by fault");
                if (purpose == WebhookPurpose.Twiml)
                    network.Timeline.After(15, () => Finish(exchange, Failure(exchange, 11205)));
                return;
            case FaultAction.Delay:
                network.Timeline.After(fault.Seconds, () => Release(exchange));
                return;
            case FaultAction.Duplicate:
                Release(exchange);
                var again = exchange with { Done = null, Duplicate = true };
                network.Timeline.After(fault.Seconds, () => Release(again));
                return;
            case FaultAction.Reorder when call is not null:
                Hold(call.Sid, exchange, fault.Seconds);
                return;
            case FaultAction.Status:
                Finish(exchange, Failure(exchange, 11200) with { Status = fault.Status });
                return;
            default:
                Release(exchange);
                return;
        }
    }

    /// <summary>The driver returns an exchange's reply here.</summary>
    public void Complete(long id, WebhookReply reply)
    {
        if (!_underWay.Remove(id, out var exchange))
            return;
        exchange = exchange with { SpentMs = exchange.SpentMs + (int)reply.Took.TotalMilliseconds };
        if (reply.SetCookies is { Count: > 0 } cookies)
            network.Cookies(exchange.Call).Store(exchange.Url, cookies, network.Timeline.Now);
        if (reply.Status == 304 && _answers.Find(exchange.Method, Sent(exchange)) is { } kept)
            reply = kept with { Took = reply.Took };
        else
            _answers.Store(exchange.Method, Sent(exchange), reply);
        if (reply.Status is 301 or 302 or 303 or 307 or 308 && reply.Location is { Length: > 0 } location)
        {
            Follow(exchange, location, reply.Status);
            return;
        }

        var ok = reply.Failure == WebhookFailure.None && reply.Status is >= 200 and < 300;
        if (!ok && exchange.Tries <= exchange.Overrides.Retries && exchange.Overrides.RetriesOn(reply.Failure, reply.Status)
            && exchange.SpentMs < exchange.Overrides.TotalMs)
        {
            Note(exchange, $"retry after {Word(reply)}");
            Dispatch(exchange with { Tries = exchange.Tries + 1 });
            return;
        }

        Finish(exchange, ok
            ? new WebhookResult(reply.Status, reply.ContentType, reply.Body, null, exchange.Url, reply.MediaSeconds)
            : Failure(exchange, Code(reply)) with { Status = reply.Status });
    }

    private void Release(Exchange exchange)
    {
        Dispatch(exchange);
        if (exchange.Call is { } call && exchange.Purpose != WebhookPurpose.Twiml && _held.Remove(call.Sid, out var held))
            network.Timeline.After(Behind, () => Dispatch(held));
    }

    private void Hold(string key, Exchange exchange, double seconds)
    {
        if (_held.Remove(key, out var earlier))
            Dispatch(earlier);
        _held[key] = exchange;
        network.Timeline.After(seconds > 0 ? seconds : 5, () =>
        {
            if (_held.TryGetValue(key, out var still) && ReferenceEquals(still, exchange) && _held.Remove(key))
                Dispatch(exchange);
        });
    }

    private void Dispatch(Exchange exchange)
    {
        if (!Uri.TryCreate(exchange.Url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            Finish(exchange, Failure(exchange, 11100));
            return;
        }

        var url = Sent(exchange);
        var id = ++_lastId;
        _underWay[id] = exchange;
        var left = Math.Max(100, exchange.Overrides.TotalMs - exchange.SpentMs);
        Outgoing?.Invoke(new WebhookRequest(id, exchange.Purpose, exchange.Method, url, exchange.Method == "GET" ? new Form() : exchange.Fields,
            Headers(exchange, url), Math.Min(exchange.Overrides.ConnectMs, left), Math.Min(exchange.Overrides.ReadMs, left), left));
    }

    /// <summary>The address as it goes out: a GET carries its fields in the query.</summary>
    private static string Sent(Exchange exchange) => exchange.Method == "GET" && exchange.Fields.Count > 0
        ? exchange.Url + (exchange.Url.Contains('?', StringComparison.Ordinal) ? "&" : "?") + exchange.Fields.Encode()
        : exchange.Url;

    private List<KeyValuePair<string, string>> Headers(Exchange exchange, string url)
    {
        var headers = new List<KeyValuePair<string, string>>
        {
            new("X-Twilio-Signature", Signature.Of(network.Options.AuthToken, exchange.Method, url, exchange.Fields)),
            new("I-Twilio-Idempotency-Token", exchange.Token),
            new("User-Agent", "TwilioProxy/1.1"),
            new("Accept", "*/*"),
            new("Cache-Control", "max-age=259200"),
        };
        if (network.Cookies(exchange.Call).For(exchange.Url, network.Timeline.Now) is { Length: > 0 } cookies)
            headers.Add(new("Cookie", cookies));
        _answers.AddTo(headers, exchange.Method, url);
        return headers;
    }

    private void Follow(Exchange exchange, string location, int status)
    {
        if (exchange.Redirects >= MaxRedirects || !Uri.TryCreate(new Uri(exchange.Url), location, out var next))
        {
            Finish(exchange, Failure(exchange, 11215));
            return;
        }

        var method = status is 307 or 308 ? exchange.Method : "GET";
        Dispatch(exchange with { Url = next.AbsoluteUri, Redirects = exchange.Redirects + 1, Method = method, Fields = method == exchange.Method ? exchange.Fields : new Form() });
    }

    private void Finish(Exchange exchange, WebhookResult result)
    {
        Note(exchange, result.Ok ? "delivered" : "failed", result);
        if (!result.Ok && exchange.Call is { } call)
            network.Debugger.Report(call, result.ErrorCode!.Value, exchange.Url, exchange.Purpose == WebhookPurpose.Twiml);
        exchange.Done?.Invoke(result);
    }

    private void Note(Exchange exchange, string outcome, WebhookResult? result = null) => network.Ledger.Write("callback", exchange.Call,
        ("purpose", exchange.Purpose.ToString().ToLowerInvariant()), ("event", exchange.Label), ("method", exchange.Method), ("url", exchange.Url),
        ("seq", exchange.Fields["SequenceNumber"]), ("outcome", outcome), ("status", result?.Status), ("error", result?.ErrorCode),
        ("took", network.Timeline.Now - exchange.Started), ("duplicate", exchange.Duplicate ? true : null), ("tries", exchange.Tries > 1 ? exchange.Tries : null));

    private string Token() => $"{Chance.Hash(network.Options.Seed, "idempotency", (++_lastToken).ToString()):x16}-{_lastToken:x8}";

    private static WebhookResult Failure(Exchange exchange, int code) => new(0, null, string.Empty, code, exchange.Url, null);

    private static string Word(WebhookReply reply) => reply.Failure == WebhookFailure.None ? $"HTTP {reply.Status}" : reply.Failure.ToString();

    private static int Code(WebhookReply reply) => reply.Failure switch
    {
        WebhookFailure.Connect => 11205,
        WebhookFailure.Protocol => 11206,
        WebhookFailure.TooLarge => 11750,
        WebhookFailure.BadUrl => 11210,
        WebhookFailure.Tls => 11220,
        WebhookFailure.CertificateName => 11235,
        WebhookFailure.CertificateChain => 11237,
        WebhookFailure.EmptyChunked => 11770,
        _ => 11200,
    };

    private sealed record Exchange(Call? Call, WebhookPurpose Purpose, string Method, string Url, ConnectionOverrides Overrides, Form Fields,
        Action<WebhookResult>? Done, string? Label, Instant Started, string Token)
    {
        public int Tries { get; init; } = 1;

        public int Redirects { get; init; }

        /// <summary>Milliseconds that its tries and redirects have taken. All of them together may take the total.</summary>
        public int SpentMs { get; init; }

        public bool Duplicate { get; init; }
    }
}
