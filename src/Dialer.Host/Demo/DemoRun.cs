using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dialer.Core.Numbers;
using Dialer.Features;
using Dialer.Features.Reports;
using Dialer.Simulator.Samples;
using Dialer.Twilio;
using Dialer.Twilio.Rest;
using Microsoft.Extensions.Options;
using NodaTime;
using Spectre.Console;

namespace Dialer.Host.Demo;

/// <summary>
/// The demonstration: a sample placement file, the simulated phone network with its people and virtual agents, and the service itself, each a process of its own
/// as in production; two campaigns opened by their schedules; a summary and a check of the invariants at the end.
/// </summary>
internal sealed class DemoRun(DemoOptions options, string postgresServer, string redis, IAnsiConsole console)
{
    private const string RedisPrefix = "demo";
    private readonly int _networkPort = options.NetworkPort is var chosen and > 0 ? chosen : DemoPorts.Free();

    private string NetworkUrl => $"http://127.0.0.1:{_networkPort}";

    private string Ledger => options.In("ledger.jsonl");

    public async Task<int> RunAsync(CancellationToken cancel)
    {
        Directory.CreateDirectory(options.Folder);
        foreach (var old in new[] { "ledger.jsonl", "dump.jsonl", "serve.log", "network.log" })
            File.Delete(options.In(old));
        Say($"Sample placement of {options.Accounts:N0} accounts, seed {options.Seed}");
        WriteSample();
        var postgres = await DemoDatabase.CreateAsync(postgresServer, cancel);
        await DemoDatabase.ForgetRedisAsync(redis, RedisPrefix);
        var clock = ServiceClock.Simulated(options.At.ToDateTimeOffset(), options.Origin, options.Speed);
        var report = await DemoDatabase.FillAsync(postgres, options, clock, cancel);
        Say($"Imported: {report.RowsIn:N0} in = {report.Accepted:N0} accepted + {report.Updated:N0} updated + {report.Duplicate:N0} duplicate + {report.Rejected:N0} rejected ({options.In("rejects.csv")})");

        await using var network = StartNetwork();
        var application = await RegisterAsync(network, cancel);
        Say($"The simulated phone network answers at {NetworkUrl}");
        var serve = StartService(postgres, application);
        try
        {
            using var api = new DemoApi(options.Url);
            await api.WaitUntilReadyAsync(() => !serve.HasExited, cancel);
            await api.SignInAsync("supervisor", options.Password, cancel);
            Say($"The service answers at {options.Url}   sign in as supervisor (the floor) or desk (an agent's seat) with the password {options.Password}");
            await CreateCampaignsAsync(api, cancel);
            var restart = () =>
            {
                Say("The service's process is gone; it is started again, as a service manager would");
                serve = StartService(postgres, application);
            };
            await WatchAsync(api, () => serve.HasExited, restart, cancel);
            await CloseAsync(api, interrupted: cancel.IsCancellationRequested);
            var summary = await api.SummaryAsync(options.At, CancellationToken.None);
            var audit = await DemoAudit.CheckAsync(postgres, api, options, CancellationToken.None);
            await PrintAsync(summary, audit);
            return audit.Violated.Count == 0 ? 0 : 1;
        }
        finally
        {
            await serve.DisposeAsync();
        }
    }

    private void WriteSample()
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        using var placement = new StreamWriter(options.In("placement.csv"), false, utf8) { NewLine = "\n" };
        using var people = new StreamWriter(options.In("people.jsonl"), false, utf8) { NewLine = "\n" };
        SamplePlacement.Write(options.Seed, options.Accounts, options.At.InUtc().Date.PlusDays(-1), placement, people);
    }

    private string[] ClockArguments() =>
    [
        "--at", options.At.ToString(), "--speed", options.Speed.ToString(CultureInfo.InvariantCulture), "--origin", options.Origin.ToString("O", CultureInfo.InvariantCulture),
    ];

    private DemoProcess StartNetwork() => DemoProcess.Start(
        "network",
        [
            "network", "--bind", options.Bind, "--port", _networkPort.ToString(CultureInfo.InvariantCulture), "--account", options.AccountSid, "--token", options.AuthToken, "--api-key", options.ApiKeySid,
            "--api-secret", options.ApiKeySecret, "--seed", options.Seed.ToString(CultureInfo.InvariantCulture), "--people", options.In("people.jsonl"), "--ledger", Ledger,
            "--agents", options.Agents.ToString(CultureInfo.InvariantCulture), "--dialer", options.Url, "--agent-user", "agent{0:000}", "--agent-password", options.Password,
            "--cps", DemoOptions.CallsPerSecond.ToString(CultureInfo.InvariantCulture), "--inbound-per-hour", "40", "--allow-http-pay", .. ClockArguments(),
        ],
        new Dictionary<string, string>(),
        options.In("network.log"));

    private DemoProcess StartService(string postgres, string application) => DemoProcess.Start(
        "serve",
        ["serve", "--urls", $"http://{options.Bind}:{options.Port}"],
        new Dictionary<string, string>
        {
            ["ConnectionStrings__Postgres"] = postgres,
            ["ConnectionStrings__Redis"] = redis,
            ["Dialer__PublicUrl"] = options.Url,
            ["Dialer__TokenKey"] = options.TokenKey,
            ["Dialer__Redis__Prefix"] = RedisPrefix,
            ["Dialer__Dialing__CallsPerSecond"] = DemoOptions.CallsPerSecond.ToString(CultureInfo.InvariantCulture),
            ["Dialer__Clock__At"] = options.At.ToString(),
            ["Dialer__Clock__Speed"] = options.Speed.ToString(CultureInfo.InvariantCulture),
            ["Dialer__Clock__Origin"] = options.Origin.ToString("O", CultureInfo.InvariantCulture),
            ["Dialer__Drain__Seconds"] = "0",
            ["Dialer__Payments__LetterFolder"] = options.In("letters"), // a bank debit by telephone is confirmed in writing, or not taken
            ["Dialer__Payments__ProcessorUrl"] = NetworkUrl, // the simulated processor keeps cards and bank accounts, and charges them
            ["Dialer__Payments__ProcessorKey"] = options.AuthToken,
            ["Dialer__Access__SignInsPerMinute"] = "6000", // every virtual agent comes from this machine
            ["Twilio__BaseUrl"] = NetworkUrl,
            ["Twilio__AccountSid"] = options.AccountSid,
            ["Twilio__AuthToken"] = options.AuthToken,
            ["Twilio__ApiKeySid"] = options.ApiKeySid,
            ["Twilio__ApiKeySecret"] = options.ApiKeySecret,
            ["Twilio__ApplicationSid"] = application,
        },
        options.In("serve.log"));

    /// <summary>Our numbers and the softphones' application, registered as an installation registers them with Twilio.</summary>
    private async Task<string> RegisterAsync(DemoProcess network, CancellationToken cancel)
    {
        var twilio = Options.Create(new TwilioOptions
        {
            BaseUrl = NetworkUrl, AccountSid = options.AccountSid, AuthToken = options.AuthToken, ApiKeySid = options.ApiKeySid, ApiKeySecret = options.ApiKeySecret,
        });
        using var http = new HttpClient(TwilioModule.Transport(twilio.Value));
        var client = new TwilioClient(http, twilio, TimeProvider.System);
        for (var i = 0; i < 300 && !network.HasExited; i++)
        {
            var application = await client.CreateApplicationAsync("Dialer", new VoiceUrls($"{options.Url}/twilio/voice/agent", $"{options.Url}/twilio/voice/fallback", $"{options.Url}/twilio/voice/status"), cancel);
            if (!application.Succeeded(out var made))
            {
                await Task.Delay(100, cancel);
                continue;
            }

            foreach (var number in new[] { DemoOptions.CampaignNumber, DemoOptions.IvrNumber })
            {
                var answer = await client.CreateIncomingPhoneNumberAsync(
                    number, new VoiceUrls($"{options.Url}/twilio/voice/inbound", $"{options.Url}/twilio/voice/fallback", $"{options.Url}/twilio/voice/status"), cancel);
                if (answer.Error is { } error)
                    throw new StartException($"The simulated network did not take our number: {error.Message}");
            }

            return made.Sid;
        }

        throw new StartException($"The simulated phone network did not start; {options.In("network.log")} says why.");
    }

    private async Task CreateCampaignsAsync(DemoApi api, CancellationToken cancel)
    {
        var opens = (options.Now + Duration.FromMinutes(1) + Duration.FromTimeSpan(TimeSpan.FromSeconds(1) * options.Speed)).InZone(DateTimeZoneProviders.Tzdb["America/New_York"]).LocalDateTime;
        var opensCron = $"{opens.Second} {opens.Minute} {opens.Hour} ? * *";
        const string ClosesCron = "0 0 21 ? * *";
        await CreateAsync(api, new { name = "Spring outbound", client = DemoOptions.ClientCode, mode = "Predictive", from = DemoOptions.CampaignNumber, machineDetection = "Async", machineTreatment = "HangUp", noAgentTreatment = "Message", opensCron, closesCron = ClosesCron, filter = new { minBalance = 150 } }, cancel);
        await CreateAsync(api, new { name = "Self-service by IVR", client = DemoOptions.ClientCode, mode = "Agentless", from = DemoOptions.IvrNumber, machineDetection = "Sync", machineTreatment = "LimitedContentMessage", maxLines = 15, opensCron, closesCron = ClosesCron, filter = new { maxBalance = 150 } }, cancel);
        Say($"Two campaigns wait for their schedule to open them at {opens.ToString("HH:mm:ss", null)} New York time");
    }

    private static async Task CreateAsync(DemoApi api, object campaign, CancellationToken cancel)
    {
        var id = (await api.PostAsync("/api/v1/campaigns", campaign, cancel))["id"]!.GetValue<long>();
        await api.PostAsync($"/api/v1/campaigns/{id}/launch", new { }, cancel);
    }

    private async Task WatchAsync(DemoApi api, Func<bool> gone, Action restart, CancellationToken cancel)
    {
        var end = options.For is { } length ? options.Now + length + Duration.FromMinutes(2) : Instant.MaxValue;
        async Task LoopAsync(Action<FloorView> show)
        {
            var quiet = 0;
            while (!cancel.IsCancellationRequested && options.Now < end && quiet < 30)
            {
                if (gone())
                    restart();
                if (await ReadAsync(api, cancel) is { } floor)
                {
                    show(floor);
                    var over = floor.Campaigns.Count > 0 && floor.Totals.Attempts > 0 && floor.Campaigns.All(c => c.Ready == 0) && floor.Lines is { InFlight: 0, Talking: 0, Ivr: 0 };
                    quiet = over ? quiet + 1 : 0;
                }

                try
                {
                    await Task.Delay(500, cancel);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }

        if (!options.Headless && console.Profile.Capabilities.Interactive)
        {
            await console.Live(new Markup("…")).AutoClear(false).StartAsync(context => LoopAsync(floor =>
            {
                context.UpdateTarget(DemoView.Render(floor, options));
                context.Refresh();
            }));
            return;
        }

        var said = 0L;
        await LoopAsync(floor =>
        {
            var minute = floor.At.ToUnixTimeSeconds() / 300;
            if (minute == said)
                return;
            said = minute;
            Say($"{floor.At:HH:mm} UTC   attempts {floor.Totals.Attempts:N0}   live answers {floor.Totals.AnsweredLive:N0}   bridged {floor.Totals.Bridged:N0}   abandoned {floor.Totals.Abandoned:N0}   promises {floor.Totals.Promises.Count:N0}   payments {floor.Totals.Payments.Count:N0}   talking {floor.Lines.Talking}");
        });
    }

    private static async Task<FloorView?> ReadAsync(DemoApi api, CancellationToken cancel)
    {
        try
        {
            return await api.FloorAsync(cancel);
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    /// <summary>No new dials, of the demonstration's campaigns or of those that somebody made besides; the calls in the air are let finish, for a while: who pressed Ctrl-C waits less long.</summary>
    private async Task CloseAsync(DemoApi api, bool interrupted)
    {
        Say("Closing: no new calls, the ones in the air are let finish");
        var campaigns = (await api.GetAsync("/api/v1/campaigns", CancellationToken.None)).AsArray();
        foreach (var campaign in campaigns.Where(each => each!["state"]!.GetValue<string>() != "Closed"))
            await api.PostAsync($"/api/v1/campaigns/{campaign!["campaignId"]!.GetValue<long>()}/close", new { }, CancellationToken.None);
        await StopCallersAsync();
        if (await IsQuietWithinAsync(api, TimeSpan.FromSeconds(interrupted ? 20 : Math.Clamp(1200 / options.Speed, 20, 240))))
            return;
        Say("Some are still talking: their phones are hung up");
        await HangUpPhonesAsync();
        await IsQuietWithinAsync(api, TimeSpan.FromSeconds(20));
    }

    /// <summary>Nobody calls in any more: figures that are read one after the other would else be of different moments.</summary>
    private async Task StopCallersAsync()
    {
        using var http = Network();
        using var answer = await http.DeleteAsync(new Uri("/simulator/inbound", UriKind.Relative));
        answer.EnsureSuccessStatusCode();
    }

    private async Task<bool> IsQuietWithinAsync(DemoApi api, TimeSpan patience)
    {
        using var http = Network();
        for (var until = TimeProvider.System.GetUtcNow() + patience; TimeProvider.System.GetUtcNow() < until;)
        {
            var silent = !(await PhonesAsync(http)).Any(); // callers who are still with the machine are no campaign's
            if (silent && await ReadAsync(api, CancellationToken.None) is { Lines: { InFlight: 0, Talking: 0, Ivr: 0 } } floor && floor.Agents.All(agent => agent.State is not ("OnCall" or "Reserved" or "WrapUp")))
                return true;
            await Task.Delay(300);
        }

        return false;
    }

    /// <summary>The people's end of every call still up, not the agents' softphones: what a customer who puts the receiver down does.</summary>
    private async Task HangUpPhonesAsync()
    {
        using var http = Network();
        foreach (var call in await PhonesAsync(http))
        {
            using var answer = await http.PostAsync($"/simulator/calls/{call["sid"]}/hangup", JsonContent.Create(new { })); // one that has ended meanwhile needs nothing
        }
    }

    private HttpClient Network() => new() { BaseAddress = new Uri(NetworkUrl), Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>Calls still up, agents' softphones left out.</summary>
    private static async Task<IReadOnlyList<JsonNode>> PhonesAsync(HttpClient http)
    {
        return [.. JsonNode.Parse(await http.GetStringAsync("/simulator/calls"))!.AsArray().Select(call => call!).Where(call => !IsSoftphone(call, "from") && !IsSoftphone(call, "to"))];

        static bool IsSoftphone(JsonNode call, string end) => call[end]?.ToString().StartsWith("client:", StringComparison.Ordinal) == true;
    }

    private async Task PrintAsync(ShiftSummary summary, DemoAudit.Result audit)
    {
        if (options.Json)
        {
            var json = JsonSerializer.SerializeToNode(summary, ApiJson.Options)!.AsObject();
            json["invariants"] = JsonSerializer.SerializeToNode(new { @checked = audit.Checked, violated = audit.Violated, figures = audit.Figures }, ApiJson.Options);
            json["clock"] = JsonSerializer.SerializeToNode(new { at = options.At, speed = options.Speed, simulated = true }, ApiJson.Options);
            await Console.Out.WriteLineAsync(json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
            return;
        }

        console.MarkupLine($"\n[bold]Attempts {summary.Attempts:N0}[/], live answers {summary.AnsweredLive:N0}, bridged {summary.Bridged:N0}, abandoned {summary.Abandoned:N0} ({summary.AbandonmentRate:P2}), machines {summary.Machine:N0}");
        console.MarkupLine($"Promises {summary.Ivr.Promises.Count + summary.Agents.Promises.Count:N0}, payments {summary.Ivr.Payments.Count:N0} ({summary.Ivr.Payments.Amount:N2} USD), agents' utilisation {summary.Agents.Utilisation:P1}");
        console.MarkupLine(audit.Violated.Count == 0 ? $"[green]{audit.Checked.Count} invariants hold.[/]" : $"[red]{audit.Violated.Count} invariants are violated:[/] {Markup.Escape(string.Join("; ", audit.Violated))}");
    }

    private void Say(string text) => console.MarkupLineInterpolated($"[dim]{text}[/]");
}
