using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Dialer.Simulator.Webhooks;
using NodaTime;

namespace Dialer.Simulator.Serving;

/// <summary>Webhooks over HTTP. Connect and read timeouts are real seconds, whatever the clock's speed.</summary>
public sealed class HttpWebhooks : IWebhookTransport, IDisposable
{
    private const int MaxBody = (64 * 1024) + 1;
    private static readonly HttpRequestOptionsKey<int> ConnectMs = new("connect-ms");
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        MaxConnectionsPerServer = 512,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20),
        ConnectCallback = ConnectAsync,
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    public async Task<WebhookReply> ExchangeAsync(WebhookRequest request, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        var reply = await TryAsync(request, cancel);
        return reply with { Took = Duration.FromTimeSpan(Stopwatch.GetElapsedTime(started)) };
    }

    private async Task<WebhookReply> TryAsync(WebhookRequest request, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Math.Min(request.ConnectMs + request.ReadMs, request.TotalMs));
        try
        {
            using var message = Compose(request);
            using var response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return await ReadAsync(request, response, limit.Token);
        }
        catch (OperationCanceledException)
        {
            return WebhookReply.Failed(WebhookFailure.ReadTimeout);
        }
        catch (HttpRequestException problem)
        {
            return WebhookReply.Failed(problem.HttpRequestError switch
            {
                HttpRequestError.NameResolutionError => WebhookFailure.BadUrl,
                HttpRequestError.ConnectionError => WebhookFailure.Connect,
                HttpRequestError.SecureConnectionError => Tls(problem),
                _ => problem.InnerException is SocketException or TimeoutException ? WebhookFailure.Connect : WebhookFailure.Protocol,
            });
        }
        catch (Exception problem) when (problem is IOException or UriFormatException or InvalidOperationException or FormatException)
        {
            return WebhookReply.Failed(problem is IOException ? WebhookFailure.Protocol : WebhookFailure.BadUrl);
        }
    }

    public void Dispose() => _client.Dispose();

    private static HttpRequestMessage Compose(WebhookRequest request)
    {
        // The URL is signed byte for byte, so it must go out byte for byte.
        var uri = new Uri(request.Url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var message = new HttpRequestMessage(request.Method == "GET" ? HttpMethod.Get : HttpMethod.Post, uri);
        message.Options.Set(ConnectMs, request.ConnectMs);
        if (request.Method != "GET")
        {
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(request.Fields.Encode()));
            message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/x-www-form-urlencoded; charset=UTF-8");
        }

        foreach (var (name, value) in request.Headers)
            message.Headers.TryAddWithoutValidation(name, value);
        return message;
    }

    private static async Task<WebhookReply> ReadAsync(WebhookRequest request, HttpResponseMessage response, CancellationToken cancel)
    {
        var type = response.Content.Headers.ContentType?.ToString();
        var cookies = response.Headers.TryGetValues("Set-Cookie", out var set) ? set.ToList() : null;
        var location = response.Headers.TryGetValues("Location", out var where) ? where.FirstOrDefault() : null;
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        var buffer = new byte[MaxBody];
        var length = 0;
        int read;
        while (length < MaxBody && (read = await stream.ReadAsync(buffer.AsMemory(length), cancel)) > 0)
            length += read;
        var media = request.Purpose == WebhookPurpose.Media;
        if (length == MaxBody && !media)
            return WebhookReply.Failed(WebhookFailure.TooLarge);
        if (length == 0 && request.Purpose == WebhookPurpose.Twiml && response.StatusCode == HttpStatusCode.OK && response.Headers.TransferEncodingChunked == true)
            return WebhookReply.Failed(WebhookFailure.EmptyChunked);
        return new WebhookReply((int)response.StatusCode, type, media ? string.Empty : Encoding.UTF8.GetString(buffer, 0, length), Location: location, SetCookies: cookies,
            MediaSeconds: media ? WavSeconds(buffer.AsSpan(0, length), response.Content.Headers.ContentLength) : null,
            ETag: response.Headers.ETag?.ToString(), LastModified: response.Content.Headers.TryGetValues("Last-Modified", out var modified) ? modified.FirstOrDefault() : null);
    }

    /// <summary>Which of Twilio's errors a refused certificate or a failed handshake is: the policy errors' names stand in the inner exception's message.</summary>
    private static WebhookFailure Tls(HttpRequestException problem)
    {
        var why = problem.InnerException?.Message ?? string.Empty;
        return why.Contains(nameof(SslPolicyErrors.RemoteCertificateNameMismatch), StringComparison.Ordinal) ? WebhookFailure.CertificateName
            : why.Contains("certificate", StringComparison.OrdinalIgnoreCase) ? WebhookFailure.CertificateChain
            : WebhookFailure.Tls;
    }

    /// <summary>The length a WAV header states, or an estimate for other audio (64 kbit/s).</summary>
    private static double? WavSeconds(ReadOnlySpan<byte> head, long? length)
    {
        if (head.Length >= 32 && head[..4].SequenceEqual("RIFF"u8) && BinaryPrimitives.ReadInt32LittleEndian(head[28..]) is > 0 and var rate)
            return (length ?? head.Length) / (double)rate;
        return length / 8000.0;
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(context.InitialRequestMessage.Options.TryGetValue(ConnectMs, out var milliseconds) ? milliseconds : 5000);
        try
        {
            await socket.ConnectAsync(new DnsEndPoint(context.DnsEndPoint.Host, context.DnsEndPoint.Port), limit.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            socket.Dispose();
            throw new HttpRequestException(HttpRequestError.ConnectionError, "The connection was not made in time.");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
