using Dialer.Simulator.Wire;
using NodaTime;

namespace Dialer.Simulator.Webhooks;

/// <summary>What a webhook is for; it decides what happens to its answer and which faults apply.</summary>
public enum WebhookPurpose
{
    Twiml,
    Status,
    Amd,
    Conference,
    Recording,
    Pay,
    Payments,
    Message,
    Partial,
    Media,
    Transcription,
    Stream,
}

/// <summary>How an exchange failed below HTTP.</summary>
public enum WebhookFailure
{
    None,
    Connect,
    ReadTimeout,
    Protocol,
    TooLarge,
    BadUrl,

    /// <summary>The TLS handshake failed.</summary>
    Tls,

    /// <summary>The certificate is another host's.</summary>
    CertificateName,

    /// <summary>The certificate is signed by nobody that is trusted.</summary>
    CertificateChain,

    /// <summary>A chunked answer without a single chunk, where a document was asked for.</summary>
    EmptyChunked,
}

/// <summary>One HTTP exchange to make: the engine's effect, carried out by a transport. Headers hold the signature and the idempotency token.</summary>
public sealed record WebhookRequest(
    long Id,
    WebhookPurpose Purpose,
    string Method,
    string Url,
    Form Fields,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    int ConnectMs,
    int ReadMs,
    int TotalMs);

/// <summary>What came back. <see cref="Took"/> is how long it needed: by a handler's claim on a virtual clock, else in real time.</summary>
public sealed record WebhookReply(
    int Status,
    string? ContentType = null,
    string Body = "",
    WebhookFailure Failure = WebhookFailure.None,
    string? Location = null,
    IReadOnlyList<string>? SetCookies = null,
    Duration Took = default,
    double? MediaSeconds = null,
    string? ETag = null,
    string? LastModified = null)
{
    public static WebhookReply Failed(WebhookFailure failure) => new(0, Failure: failure);

    public static WebhookReply Xml(string body) => new(200, "text/xml", body);

    public static readonly WebhookReply Empty = new(204);
}

/// <summary>Carries out one webhook exchange. The two real ones speak HTTP and call a function in this process.</summary>
public interface IWebhookTransport
{
    /// <summary>Never throws for what the other side does: failures are values.</summary>
    Task<WebhookReply> ExchangeAsync(WebhookRequest request, CancellationToken cancel);
}
