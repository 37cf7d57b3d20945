using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dialer.Simulator.Agents;

namespace Dialer.Simulator.Serving;

/// <summary>The product's public API over HTTP.</summary>
public sealed class HttpProductApi(Uri product, NetworkLoop loop) : IProductApi, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseCookies = false, UseProxy = false, MaxConnectionsPerServer = 4096, ConnectTimeout = TimeSpan.FromSeconds(5) })
    {
        BaseAddress = product,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public void Send(ApiCall call, Action<ApiReply> done) => loop.Spawn(async () =>
    {
        var reply = await ExchangeAsync(call);
        loop.Post(() => done(reply));
    });

    public Action OpenEvents(string token, Action<string, JsonNode> onEvent, Action onClosed)
    {
        var closing = CancellationTokenSource.CreateLinkedTokenSource(loop.Stopping);
        var open = true;
        loop.Spawn(async () =>
        {
            await ListenAsync(token, (name, data) => loop.Post(() =>
            {
                if (open)
                    onEvent(name, data);
            }), closing.Token);
            loop.Post(() =>
            {
                closing.Dispose();
                if (open)
                    onClosed();
            });
        });
        return () =>
        {
            if (!open)
                return;
            open = false;
            try
            {
                closing.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The stream ended by itself a moment ago.
            }
        };
    }

    public void Dispose() => _client.Dispose();

    private async Task<ApiReply> ExchangeAsync(ApiCall call)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(loop.Stopping);
        limit.CancelAfter(Patience);
        try
        {
            using var request = new HttpRequestMessage(new HttpMethod(call.Method), call.Path);
            if (call.Token is not null)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", call.Token);
            if (call.IdempotencyKey is not null)
                request.Headers.TryAddWithoutValidation("Idempotency-Key", call.IdempotencyKey);
            if (call.Body is not null)
                request.Content = new StringContent(call.Body.ToJsonString(), Encoding.UTF8, "application/json");
            using var response = await _client.SendAsync(request, limit.Token);
            var text = await response.Content.ReadAsStringAsync(limit.Token);
            return new ApiReply((int)response.StatusCode, Parse(text));
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException or OperationCanceledException)
        {
            return ApiReply.Nothing;
        }
    }

    private async Task ListenAsync(string token, Action<string, JsonNode> onEvent, CancellationToken cancel)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/agent/events");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            request.Headers.Accept.ParseAdd("text/event-stream");
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            if (!response.IsSuccessStatusCode)
                return;
            await using var stream = await response.Content.ReadAsStreamAsync(cancel);
            await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancel))
            {
                if (Parse(item.Data) is { } data)
                    onEvent(item.EventType, data);
            }
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException or OperationCanceledException)
        {
            // The caller reconnects.
        }
    }

    private static JsonNode? Parse(string text)
    {
        try
        {
            return text.Length == 0 ? null : JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
