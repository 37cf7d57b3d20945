using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Polly;

namespace Dialer.Twilio.Rest;

/// <summary>Twilio's REST API 2010-04-01, as far as this product needs it; parameter names are Twilio's.</summary>
/// <remarks>
/// <see cref="CreateCallAsync"/> is sent at most once, always. Reads are repeated on 429, 5xx and lost connections. Updates that name an end state
/// (completed, muted, paused) are repeated as reads are; updates that start something are repeated only when they certainly did not arrive.
/// Nothing here logs or puts personal data into messages.
/// </remarks>
public sealed partial class TwilioClient
{
    private readonly HttpClient _http;
    private readonly string _root;
    private readonly AuthenticationHeaderValue _authorization;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly RetryPipelines _retry;

    public TwilioClient(HttpClient http, IOptions<TwilioOptions> options, TimeProvider time)
    {
        var value = options.Value;
        _http = http;
        _time = time;
        _retry = new RetryPipelines(time);
        _timeout = TimeSpan.FromSeconds(value.RequestTimeoutSeconds);
        _root = $"{value.BaseUrl.TrimEnd('/')}/2010-04-01/Accounts/{value.AccountSid}";
        var credentials = value.HasApiKey ? $"{value.ApiKeySid}:{value.ApiKeySecret}" : $"{value.AccountSid}:{value.AuthToken}";
        _authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
    }

    /// <summary>Asks Twilio for one call, once. Cancelling after the request began gives <see cref="CallPlacement.Unknown"/>, not an exception.</summary>
    public async Task<CallPlacement> CreateCallAsync(CreateCall call, CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(_timeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{_root}/Calls.json");
        var content = new OnceContent(call.Form());
        request.Content = content;
        Prepare(request);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, both.Token);
            return await ReadPlacementAsync(response);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException or InvalidOperationException)
        {
            if (content.Forbid())
                return new CallPlacement.Refused(0, null, $"No connection to Twilio was made ({Name(e)}).", Retryable: true);
            return new CallPlacement.Unknown(deadline.IsCancellationRequested ? $"No answer within {_timeout.TotalSeconds:0.#} s." : $"The connection was lost after sending began ({Name(e)}).");
        }
    }

    private static async Task<CallPlacement> ReadPlacementAsync(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        var text = await response.Content.ReadAsStringAsync(CancellationToken.None);
        switch (status)
        {
            case >= 200 and < 300:
                var sid = TryParse(text) is { } body ? ResourceJson.Text(body, "sid") : null;
                if (sid is null)
                    return new CallPlacement.Unknown($"HTTP {status} without a readable call SID.");
                return new CallPlacement.Placed(sid, TimeSpan.FromMilliseconds(ResourceJson.Number(TryParse(text)!.Value, "queue_time") ?? 0));
            case 408:
                return new CallPlacement.Unknown("HTTP 408: somebody between us and the network gave up waiting.");
            case >= 400 and < 500:
                var error = ErrorOf(status, text);
                return new CallPlacement.Refused(status, error.Code, error.Message, Retryable: status == 429);
            default:
                return new CallPlacement.Unknown($"HTTP {status}.");
        }
    }

    private async Task<TwilioAnswer<T>> SendAsync<T>(
        HttpMethod method, string pathOrUrl, IReadOnlyCollection<KeyValuePair<string, string>>? form, Repeat repeat, Func<JsonElement, T> read, CancellationToken cancel)
        where T : class
    {
        var url = pathOrUrl.StartsWith("http", StringComparison.Ordinal) ? pathOrUrl : $"{_root}{pathOrUrl}";
        var exchange = await _retry.For(repeat).ExecuteAsync(
            async (state, token) => await state.Client.ExchangeAsync(state.Method, state.Url, state.Form, token),
            (Client: this, Method: method, Url: url, Form: form),
            cancel);
        if (exchange.Status is < 200 or >= 300)
            return new TwilioAnswer<T>(null, exchange.Error ?? ErrorOf(exchange.Status, exchange.Body));
        try
        {
            return new TwilioAnswer<T>(read(exchange.Body.Length == 0 ? default : JsonDocument.Parse(exchange.Body).RootElement), null);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new TwilioAnswer<T>(null, new TwilioError(exchange.Status, null, "The answer could not be read."));
        }
    }

    /// <summary>One request and its whole answer; a transport failure is a status of 0, so that the retry rule is one rule.</summary>
    private async Task<Exchange> ExchangeAsync(HttpMethod method, string url, IReadOnlyCollection<KeyValuePair<string, string>>? form, CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(_timeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        using var request = new HttpRequestMessage(method, url);
        var content = form is null ? null : new OnceContent(form);
        request.Content = content;
        Prepare(request);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, both.Token);
            return new Exchange((int)response.StatusCode, await response.Content.ReadAsStringAsync(CancellationToken.None), Sent: true, null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return new Exchange(0, "", Sent: content is null || !content.Forbid(), new TwilioError(0, null, $"Twilio could not be reached ({Name(e)})."));
        }
    }

    private void Prepare(HttpRequestMessage request)
    {
        request.Headers.Authorization = _authorization;
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.AcceptCharset.ParseAdd("utf-8");
        request.Headers.UserAgent.ParseAdd("dialer/0.1 (.NET)");
    }

    private static TwilioError ErrorOf(int status, string body)
    {
        if (TryParse(body) is not { } json)
            return new TwilioError(status, null, $"HTTP {status}.");
        var code = ResourceJson.Number(json, "code");
        // Twilio repeats the number it refused in its message; only the code is safe to keep.
        return new TwilioError(status, code, code is null ? $"HTTP {status}." : $"HTTP {status}, Twilio error {code}.");
    }

    private static JsonElement? TryParse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Name(Exception e) =>
        e is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } http ? http.HttpRequestError.ToString() : e.GetType().Name;

    /// <param name="Sent">False when the request certainly did not arrive.</param>
    internal sealed record Exchange(int Status, string Body, bool Sent, TwilioError? Error);
}

/// <summary>When a request may be sent again.</summary>
internal enum Repeat
{
    /// <summary>It changes nothing, or names an end state: on 429, 5xx and every lost connection.</summary>
    Always,

    /// <summary>It starts something: only on 429 and when no byte of the body was sent.</summary>
    WhenNotArrived,
}
