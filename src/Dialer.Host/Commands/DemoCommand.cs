using System.CommandLine;
using System.Globalization;
using Dialer.Host.Demo;
using NodaTime;
using NodaTime.Text;
using Spectre.Console;

namespace Dialer.Host.Commands;

/// <summary><c>./dialer demo</c>: a whole collections campaign against the simulated phone network, on a clock of its own.</summary>
internal static class DemoCommand
{
    /// <summary>A Tuesday, 11:30 in New York and 8:30 in Los Angeles: inside the lawful window of the 48 states, outside Hawaii's.</summary>
    private const string DefaultAt = "2026-06-02T15:30:00Z";

    public static Command Build()
    {
        var accounts = new Option<int>("--accounts") { Description = "Accounts in the sample placement file.", DefaultValueFactory = _ => 5000 };
        var agents = new Option<int>("--agents") { Description = "Virtual agents.", DefaultValueFactory = _ => 20 };
        var speed = new Option<double>("--speed") { Description = "Times real time, 1 to 60.", DefaultValueFactory = _ => 10 };
        var at = new Option<string>("--at") { Description = "Where the demonstration's clock begins (ISO 8601 instant).", DefaultValueFactory = _ => DefaultAt };
        var length = new Option<int?>("--for") { Description = "Minutes of the demonstration's clock; headless runs end after 60 by default, others when the list is done or you press Ctrl-C." };
        var seed = new Option<int>("--seed") { Description = "The same seed makes the same people and accounts.", DefaultValueFactory = _ => 1 };
        var headless = new Option<bool>("--headless") { Description = "End by itself, with a summary and an exit code." };
        var json = new Option<bool>("--json") { Description = "One JSON object on standard output at the end; everything else on standard error." };
        var port = new Option<int?>("--port") { Description = "Port of the service; a free one by default." };
        var networkPort = new Option<int>("--network-port") { Description = "Port of the simulated phone network and its page; a free one by default.", DefaultValueFactory = _ => 0 };
        var bind = new Option<string>("--bind") { Description = "Address both listen on; any but this machine's own opens the demonstration to others.", DefaultValueFactory = _ => "127.0.0.1" };
        var folder = new Option<string>("--folder") { Description = "Where files and logs of the run are kept.", DefaultValueFactory = _ => Path.Combine(".data", "demo") };
        var command = new Command("demo", "Watch a collections campaign run against the simulated phone network.") { accounts, agents, speed, at, length, seed, headless, json, port, networkPort, bind, folder };
        command.SetAction(async (parsed, cancel) =>
        {
            var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(parsed.GetValue(json) ? Console.Error : Console.Out) });
            if (!console.Profile.Capabilities.Interactive)
                console.Profile.Width = 240; // a log line is a line
            var ends = parsed.GetValue(headless);
            if (Refusal(parsed.GetValue(accounts), parsed.GetValue(agents), parsed.GetValue(speed)) is { } refusal)
                return await FailAsync(refusal);
            if (!System.Net.IPAddress.TryParse(parsed.GetRequiredValue(bind), out _))
                return await FailAsync("--bind must be an IP address of this machine, such as 127.0.0.1 or 0.0.0.0.");
            if (InstantPattern.ExtendedIso.Parse(parsed.GetRequiredValue(at)) is not { Success: true } start)
                return await FailAsync($"--at must be an ISO 8601 instant such as {DefaultAt}.");
            var options = new DemoOptions(
                parsed.GetValue(accounts), parsed.GetValue(agents), parsed.GetValue(speed), start.Value,
                parsed.GetValue(length) is { } minutes ? Duration.FromMinutes(minutes) : ends ? Duration.FromMinutes(60) : null,
                parsed.GetValue(seed), ends, parsed.GetValue(json), parsed.GetValue(port) ?? DemoPorts.Free(), Path.GetFullPath(parsed.GetRequiredValue(folder)),
                parsed.GetRequiredValue(bind), parsed.GetValue(networkPort));
            return await RunAsync(options, console, cancel);
        });
        return command;
    }

    private static async Task<int> RunAsync(DemoOptions options, IAnsiConsole console, CancellationToken cancel)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        if (configuration.GetConnectionString("Postgres") is not { Length: > 0 } postgres || configuration.GetConnectionString("Redis") is not { Length: > 0 } redis)
            return await FailAsync("Set ConnectionStrings__Postgres and ConnectionStrings__Redis, or start with `./dialer demo`, which makes private ones.");
        if (configuration["Twilio:AccountSid"] is { Length: > 0 } || configuration["Twilio:AuthToken"] is { Length: > 0 } || configuration["Twilio:ApiKeySid"] is { Length: > 0 })
            return await FailAsync("There are Twilio credentials in the environment, and the demonstration never runs where real telephones could ring. Unset Twilio__AccountSid, Twilio__AuthToken and Twilio__ApiKeySid.");
        try
        {
            return await new DemoRun(options, postgres, redis, console).RunAsync(cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return 130;
        }
        catch (Exception failure) when (failure is StartException or Npgsql.NpgsqlException or StackExchange.Redis.RedisException or IOException)
        {
            return await FailAsync($"The demonstration could not run. {failure.Message}");
        }
    }

    private static string? Refusal(int accounts, int agents, double speed) => (accounts, agents, speed) switch
    {
        ( < 10 or > 1_000_000, _, _) => "--accounts must be between 10 and 1,000,000.",
        (_, < 1 or > 500, _) => "--agents must be between 1 and 500.",
        (_, _, < 1 or > 60) => string.Create(CultureInfo.InvariantCulture, $"--speed must be between 1 and 60: beyond that a real second is longer than a caller's patience."),
        _ => null,
    };

    private static async Task<int> FailAsync(string message)
    {
        await Console.Error.WriteLineAsync(message);
        return 2;
    }
}
