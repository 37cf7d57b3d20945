using System.CommandLine;
using Dialer.Storage.Postgres;
using Dialer.Storage.Redis;
using Npgsql;

namespace Dialer.Host.Commands;

/// <summary><c>./dialer doctor</c>: is everything that the service needs there? <c>--health URL</c> only asks a running node (for container health checks).</summary>
internal static class DoctorCommand
{
    public static Command Build()
    {
        var health = new Option<string?>("--health") { Description = "Ask this node's readiness instead, such as http://127.0.0.1:8080." };
        var command = new Command("doctor", "Check that PostgreSQL, Redis and the configuration can be used.") { health };
        command.SetAction((parsed, cancel) => parsed.GetValue(health) is { } url ? AskAsync(url, cancel) : ExamineAsync(cancel));
        return command;
    }

    private static async Task<int> AskAsync(string url, CancellationToken cancel)
    {
        try
        {
            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(4) };
            using var answer = await http.GetAsync($"{url.TrimEnd('/')}/health/ready", cancel);
            await Console.Out.WriteLineAsync(await answer.Content.ReadAsStringAsync(cancel));
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException or UriFormatException or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return 1;
        }
    }

    private static async Task<int> ExamineAsync(CancellationToken cancel)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        var faults = 0;
        faults += await CheckAsync("PostgreSQL", async () =>
        {
            var text = configuration.GetConnectionString("Postgres") ?? throw new StartException("ConnectionStrings__Postgres is not set.");
            await using var source = NpgsqlDataSource.Create(text);
            await using var connection = await source.OpenConnectionAsync(cancel);
            if (connection.PostgreSqlVersion.Major < 15)
                throw new StartException($"It is version {connection.PostgreSqlVersion}; 15 or newer is needed.");
            await Migrator.RequireCurrentAsync(source, cancel);
            return $"version {connection.PostgreSqlVersion}, schema current";
        });
        faults += await CheckAsync("Redis", async () =>
        {
            var text = configuration.GetConnectionString("Redis") ?? throw new StartException("ConnectionStrings__Redis is not set.");
            using var redis = await RedisConnection.OpenAsync(text, "doctor");
            var took = await redis.Database.PingAsync();
            return $"answers in {took.TotalMilliseconds:0.0} ms";
        });
        foreach (var name in new[] { "Dialer:PublicUrl", "Dialer:TokenKey", "Twilio:AccountSid", "Twilio:AuthToken", "Twilio:ApiKeySid", "Twilio:ApiKeySecret", "Twilio:ApplicationSid" })
            faults += await CheckAsync(name.Replace(":", "__", StringComparison.Ordinal), () => configuration[name] is { Length: > 0 } ? Task.FromResult("set") : throw new StartException("It is not set."));
        return faults == 0 ? 0 : 1;
    }

    private static async Task<int> CheckAsync(string what, Func<Task<string>> check)
    {
        try
        {
            await Console.Out.WriteLineAsync($"ok    {what}: {await check()}");
            return 0;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            await Console.Out.WriteLineAsync($"fault {what}: {failure.Message}");
            return 1;
        }
    }
}
