using System.Diagnostics;

namespace Dialer.Benchmarks.Network;

/// <summary>Asks for calls, as fast as they are answered or at a given rate.</summary>
internal static class Dialling
{
    private static long _next;

    /// <summary>POST Calls from so many connections for so long; requests answered 201 a second.</summary>
    public static async Task<double> ClosedLoopAsync(HttpClient http, string product, int connections, TimeSpan length)
    {
        var made = 0L;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
        {
            while (clock.Elapsed < length)
            {
                await PostAsync(http, product, Number());
                Interlocked.Increment(ref made);
            }
        }));
        return made / clock.Elapsed.TotalSeconds;
    }

    /// <summary>POST Calls at a fixed rate whatever the answers do: no coordinated omission. Returns each request's milliseconds from the moment it was due; not a number when it was not answered.</summary>
    public static async Task<IReadOnlyList<double>> OpenLoopAsync(HttpClient http, string product, double perSecond, TimeSpan length, Func<string>? numbers = null)
    {
        var clock = Stopwatch.StartNew();
        var total = (int)(perSecond * length.TotalSeconds);
        var requests = new List<Task<double>>(total);
        for (var i = 0; i < total; i++)
        {
            var due = TimeSpan.FromSeconds(i / perSecond);
            if (due > clock.Elapsed + TimeSpan.FromMilliseconds(1))
                await Task.Delay(due - clock.Elapsed);
            requests.Add(OneAsync(due, numbers?.Invoke() ?? Number()));
        }

        return await Task.WhenAll(requests);

        async Task<double> OneAsync(TimeSpan due, string number)
        {
            try
            {
                await PostAsync(http, product, number);
                return (clock.Elapsed - due).TotalMilliseconds;
            }
            catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
            {
                return double.NaN;
            }
        }
    }

    public static double Percentile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted[(int)Math.Min(sorted.Count - 1, share * sorted.Count)];
    }

    private static string Number()
    {
        var n = Interlocked.Increment(ref _next);
        return $"+1{415 + (n % 3 * 101)}{556 + (n / 10_000 % 50)}{n % 10_000:0000}";
    }

    private static async Task PostAsync(HttpClient http, string product, string to)
    {
        using var content = new FormUrlEncodedContent(
        [
            new("To", to), new("From", "+12125550100"), new("Url", $"{product}/answer?t={to[1..]}"), new("StatusCallback", $"{product}/status?t={to[1..]}"), new("Timeout", "20"),
            new("StatusCallbackEvent", "initiated"), new("StatusCallbackEvent", "ringing"), new("StatusCallbackEvent", "answered"), new("StatusCallbackEvent", "completed"),
        ]);
        using var answer = await http.PostAsync($"/2010-04-01/Accounts/{NetworkProcess.Account}/Calls.json", content);
        if (!answer.IsSuccessStatusCode)
            throw new HttpRequestException($"{(int)answer.StatusCode} for {to}: {await answer.Content.ReadAsStringAsync()}");
    }
}
