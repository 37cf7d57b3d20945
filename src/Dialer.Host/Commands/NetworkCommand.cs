using System.CommandLine;
using System.Net;
using Dialer.Simulator.Engine;
using Dialer.Simulator.Faults;
using Dialer.Simulator.People;
using Dialer.Simulator.Serving;
using NodaTime;
using NodaTime.Text;

namespace Dialer.Host.Commands;

/// <summary><c>./dialer network</c>: the simulated phone network alone, a Twilio-compatible server.</summary>
public static class NetworkCommand
{
    private static readonly Option<int> Port = new("--port") { Description = "Port to listen on (0 takes a free one).", DefaultValueFactory = _ => 4010 };
    private static readonly Option<string> Bind = new("--bind") { Description = "Address to listen on.", DefaultValueFactory = _ => "127.0.0.1" };
    private static readonly Option<string> Account = new("--account") { Description = "Account SID (AC and 32 hex digits).", Required = true };
    private static readonly Option<string> Token = new("--token") { Description = "Auth token; it also signs webhooks.", Required = true };
    private static readonly Option<string?> ApiKey = new("--api-key") { Description = "API key SID (SK...)." };
    private static readonly Option<string?> ApiSecret = new("--api-secret") { Description = "The API key's secret; it signs softphone tokens." };
    private static readonly Option<long> Seed = new("--seed") { Description = "Seed of everything that is drawn.", DefaultValueFactory = _ => 1 };
    private static readonly Option<double> Cps = new("--cps") { Description = "Calls started a second before they queue (Twilio's own default is 1).", DefaultValueFactory = _ => 30 };
    private static readonly Option<int?> Concurrency = new("--concurrency") { Description = "Live calls at once before 10004 (default: no limit)." };
    private static readonly Option<int?> RestConcurrency = new("--rest-concurrency") { Description = "REST requests under way at once before 429 (default: no limit)." };
    private static readonly Option<double> ReadLag = new("--read-lag") { Description = "Seconds by which reading a call lags behind what happened." };
    private static readonly Option<string[]> Verified = new("--verified") { Description = "A number verified as a caller id (E.164); may be repeated." };
    private static readonly Option<string?> TestAccount = new("--test-account") { Description = "A second account SID that plays the magic numbers of test credentials." };
    private static readonly Option<string?> TestToken = new("--test-token") { Description = "The test account's token." };
    private static readonly Option<string?> At = new("--at") { Description = "Instant that the clock shows at --origin (ISO 8601); without it the clock is real." };
    private static readonly Option<double> Speed = new("--speed") { Description = "How much faster than real time the clock runs.", DefaultValueFactory = _ => 1 };
    private static readonly Option<string?> Origin = new("--origin") { Description = "Real instant at which the clock shows --at (ISO 8601; default: now)." };
    private static readonly Option<FileInfo?> People = new("--people") { Description = "People file: one phone with its person a line (JSON)." };
    private static readonly Option<FileInfo?> Faults = new("--faults") { Description = "Faults file: a JSON array of fault rules." };
    private static readonly Option<FileInfo?> Ledger = new("--ledger") { Description = "Ledger file: the network's own account of what happens, JSON lines, appended." };
    private static readonly Option<string[]> Number = new("--number") { Description = "A number the account owns from the start (E.164); may be repeated." };
    private static readonly Option<bool> AnyCallerId = new("--any-caller-id") { Description = "Do not check From against owned and verified numbers." };
    private static readonly Option<bool> AllowHttpPay = new("--allow-http-pay") { Description = "Accept Pay actions over http (Twilio wants https)." };
    private static readonly Option<double> InboundPerHour = new("--inbound-per-hour") { Description = "Calls an hour that people make to the account's numbers." };
    private static readonly Option<double> CallBacks = new("--call-backs") { Description = "Chance (0 to 1) that a missed call is called back after some minutes." };
    private static readonly Option<int> Agents = new("--agents") { Description = "Virtual agents to seat." };
    private static readonly Option<string?> Dialer = new("--dialer") { Description = "Base URL of the product whose agents they are." };
    private static readonly Option<string> AgentUser = new("--agent-user") { Description = "Their user names; {0} is the number from 1.", DefaultValueFactory = _ => "agent{0:000}" };
    private static readonly Option<string> AgentPassword = new("--agent-password") { Description = "Their password.", DefaultValueFactory = _ => string.Empty };

    public static Command Build()
    {
        var command = new Command("network", "Serve the simulated phone network: Twilio's REST API, TwiML, signed webhooks, people and agents.")
        {
            Port, Bind, Account, Token, ApiKey, ApiSecret, Seed, Cps, Concurrency, RestConcurrency, ReadLag, Verified, TestAccount, TestToken, At, Speed, Origin, People, Faults, Ledger, Number, AnyCallerId, AllowHttpPay,
            InboundPerHour, CallBacks, Agents, Dialer, AgentUser, AgentPassword,
        };
        command.SetAction((parsed, cancel) => RunAsync(parsed, cancel));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        try
        {
            await using var server = await NetworkServer.StartAsync(Network(parsed), Serving(parsed), Clock(parsed), ReadPeople(parsed), cancel);
            await Console.Out.WriteLineAsync($"Simulated phone network at {server.Address} (account {parsed.GetValue(Account)}, clock {server.Loop.Clock.Now}, speed {server.Loop.Clock.Speed}).");
            await Console.Out.FlushAsync(cancel);
            try
            {
                await Task.Delay(Timeout.Infinite, cancel);
            }
            catch (OperationCanceledException)
            {
                // Asked to stop.
            }

            return 0;
        }
        catch (Exception problem) when (problem is FormatException or IOException or ArgumentException)
        {
            await Console.Error.WriteLineAsync($"network: {problem.Message}");
            return 2;
        }
    }

    private static NetworkOptions Network(ParseResult parsed)
    {
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        if (parsed.GetValue(ApiKey) is { Length: > 0 } key)
            keys[key] = parsed.GetValue(ApiSecret) ?? throw new FormatException("--api-key needs --api-secret.");
        if (!Sids.Is(parsed.GetValue(Account), "AC"))
            throw new FormatException("--account must be AC and 32 lower-case hex digits.");
        if (parsed.GetValue(Cps) <= 0)
            throw new FormatException("--cps must be above 0.");
        if (parsed.GetValue(CallBacks) is not (>= 0 and <= 1))
            throw new FormatException("--call-backs must be between 0 and 1.");
        if (parsed.GetValue(TestAccount) is { } test && (!Sids.Is(test, "AC") || parsed.GetValue(TestToken) is null))
            throw new FormatException("--test-account must be AC and 32 lower-case hex digits, and needs --test-token.");
        return new NetworkOptions
        {
            AccountSid = parsed.GetValue(Account)!,
            AuthToken = parsed.GetValue(Token)!,
            ApiKeys = keys,
            Seed = parsed.GetValue(Seed),
            CallsPerSecond = parsed.GetValue(Cps),
            Concurrency = parsed.GetValue(Concurrency),
            RestConcurrency = parsed.GetValue(RestConcurrency),
            ReadLagSeconds = parsed.GetValue(ReadLag),
            TestAccountSid = parsed.GetValue(TestAccount),
            TestAuthToken = parsed.GetValue(TestToken),
            OwnedNumbers = Numbers(parsed, Number),
            VerifiedNumbers = Numbers(parsed, Verified),
            CheckCallerId = !parsed.GetValue(AnyCallerId),
            AllowHttpPay = parsed.GetValue(AllowHttpPay),
            InboundPerHour = parsed.GetValue(InboundPerHour),
            CallBackProbability = parsed.GetValue(CallBacks),
        };
    }

    private static List<string> Numbers(ParseResult parsed, Option<string[]> option) => [.. (parsed.GetValue(option) ?? []).Select(n => Core.Numbers.PhoneNumber.Parse(n).E164)];

    private static ServerOptions Serving(ParseResult parsed)
    {
        var agents = parsed.GetValue(Agents);
        if (agents > 0 && parsed.GetValue(Dialer) is null)
            throw new FormatException("--agents needs --dialer, the product's base URL.");
        return new ServerOptions
        {
            Bind = IPAddress.Parse(parsed.GetValue(Bind)!),
            Port = parsed.GetValue(Port),
            LedgerFile = parsed.GetValue(Ledger)?.FullName,
            Faults = parsed.GetValue(Faults) is { } file ? FaultRule.Read(File.ReadAllText(file.FullName)) : [],
            Agents = agents,
            Product = parsed.GetValue(Dialer) is { } product ? new Uri(product) : null,
            AgentUser = parsed.GetValue(AgentUser)!,
            AgentPassword = parsed.GetValue(AgentPassword)!,
        };
    }

    private static NetworkClock Clock(ParseResult parsed)
    {
        if (parsed.GetValue(Speed) <= 0)
            throw new FormatException("--speed must be above 0.");
        var real = NetworkClock.RealTime(TimeProvider.System);
        if (parsed.GetValue(At) is not { } at)
            return parsed.GetValue(Speed) == 1 ? real : throw new FormatException("--speed needs --at.");
        return new NetworkClock(Instant(at), parsed.GetValue(Speed), parsed.GetValue(Origin) is { } origin ? Instant(origin) : real.Origin, TimeProvider.System);
    }

    private static Instant Instant(string text)
    {
        var parsed = OffsetDateTimePattern.ExtendedIso.Parse(text);
        return parsed.Success ? parsed.Value.ToInstant() : throw new FormatException($"\"{text}\" is not an ISO 8601 instant such as 2026-03-03T15:00:00Z.");
    }

    private static PhoneBook ReadPeople(ParseResult parsed)
    {
        if (parsed.GetValue(People) is not { } file)
            return PhoneBook.Empty;
        using var reader = file.OpenText();
        return PhoneBook.Read(reader);
    }
}
