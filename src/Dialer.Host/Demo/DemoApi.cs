using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dialer.Features.Reports;
using NodaTime;

namespace Dialer.Host.Demo;

/// <summary>The demonstration is a client like any other: it drives the service through its public API.</summary>
internal sealed class DemoApi(string url) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(30) };

    public async Task WaitUntilReadyAsync(Func<bool> alive, CancellationToken cancel)
    {
        for (var i = 0; i < 600; i++)
        {
            if (!alive())
                throw new StartException("The service stopped while it was starting; its log says why.");
            try
            {
                using var answer = await _http.GetAsync("/health/ready", cancel);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // not listening yet
            }

            await Task.Delay(100, cancel);
        }

        throw new StartException("The service was not ready within a minute; its log says why.");
    }

    public async Task SignInAsync(string user, string password, CancellationToken cancel)
    {
        using var answer = await _http.PostAsJsonAsync("/api/v1/access/login", new { userName = user, password }, cancel);
        var token = (await ReadAsync(answer, cancel))["token"]!.GetValue<string>();
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public async Task<JsonNode> PostAsync(string path, object body, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        using var answer = await _http.SendAsync(request, cancel);
        return await ReadAsync(answer, cancel);
    }

    public async Task<JsonNode> GetAsync(string path, CancellationToken cancel)
    {
        using var answer = await _http.GetAsync(path, cancel);
        return await ReadAsync(answer, cancel);
    }

    public async Task<FloorView?> FloorAsync(CancellationToken cancel) => await _http.GetFromJsonAsync<FloorView>("/api/v1/live", Features.ApiJson.Options, cancel);

    public async Task<ShiftSummary> SummaryAsync(Instant since, CancellationToken cancel) =>
        await _http.GetFromJsonAsync<ShiftSummary>($"/api/v1/reports/summary?since={Uri.EscapeDataString(since.ToString())}", Features.ApiJson.Options, cancel) ?? throw new StartException("The summary is empty.");

    public void Dispose() => _http.Dispose();

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        var text = await answer.Content.ReadAsStringAsync(cancel);
        if (!answer.IsSuccessStatusCode)
            throw new StartException($"{answer.RequestMessage!.Method} {answer.RequestMessage.RequestUri!.AbsolutePath} answered {(int)answer.StatusCode}: {text}");
        return JsonNode.Parse(text.Length == 0 ? "{}" : text)!;
    }
}
