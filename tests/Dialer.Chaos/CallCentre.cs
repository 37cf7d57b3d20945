using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Dialer.Core.Numbers;
using Dialer.Features;
using Dialer.Features.Tests;
using Dialer.Host.Demo;
using Dialer.Simulator.Samples;
using Dialer.Twilio;
using Dialer.Twilio.Rest;
using Microsoft.Extensions.Options;
using NodaTime;
using Npgsql;
using StackExchange.Redis;

namespace Dialer.Chaos;

/// <summary>A small call centre in processes of its own, as production runs it: the service, and a simulated phone network with its people and agents.</summary>
internal sealed class CallCentre : IAsyncDisposable
{
    private const int CallsPerSecond = 5;
    private readonly TestDatabase _database = new();
    private readonly string _prefix = $"chaos-{Guid.NewGuid():N}";
    private readonly string _redis = Environment.GetEnvironmentVariable("ConnectionStrings__Redis") is { Length: > 0 } redis
        ? redis
        : throw new InvalidOperationException("These tests need a real Redis: set ConnectionStrings__Redis (for example \"127.0.0.1:6379\"), or run `./dialer test`.");
    private readonly DemoOptions _options;
    private readonly string _networkUrl;
    private DemoProcess? _network;
    private DemoProcess? _serve;
    private DemoApi? _api;
    private Relay? _postgresWire;
    private Relay? _redisWire;
    private string _application = "";
    private long _campaign;

    private readonly bool _launches;
    private readonly string? _faults;
    private readonly HttpClient _people = new();
    private readonly LedgerTail _ledger;

    private CallCentre(DemoOptions options, int networkPort, bool launches, string? faults) =>
        (_options, _networkUrl, _launches, _faults, _ledger) = (options, $"http://127.0.0.1:{networkPort}", launches, faults, new LedgerTail(options.In("ledger.jsonl"), "completed", "charge", "call-created", "fault"));

    /// <summary>A person of the sample, as the questions of the IVR want them.</summary>
    public sealed record Debtor(string E164, string Zip, string BirthDate);

    public Storage.Postgres.Database Database => _database.Database;

    /// <param name="launches">False: no campaign is made; calls come only from outside.</param>
    /// <param name="faults">The network's faults file.</param>
    public static async Task<CallCentre> OpenAsync(int accounts, int agents, double speed, CancellationToken cancel, bool launches = true, string? faults = null)
    {
        var folder = Directory.CreateTempSubdirectory("dialer-chaos-").FullName;
        var options = new DemoOptions(accounts, agents, speed, Instant.FromUtc(2026, 6, 2, 17, 0), null, Seed: 7, Headless: true, Json: false, DemoPorts.Free(), folder);
        var centre = new CallCentre(options, DemoPorts.Free(), launches, faults);
        try
        {
            await centre.StartAsync(cancel);
            return centre;
        }
        catch
        {
            await centre.DisposeAsync();
            throw;
        }
    }

    /// <summary>The service's wire to PostgreSQL.</summary>
    public Relay Postgres => _postgresWire!;

    /// <summary>The service's wire to Redis.</summary>
    public Relay Redis => _redisWire!;

    /// <summary>kill -9: no drain, no last words.</summary>
    public async Task KillServiceAsync(CancellationToken cancel)
    {
        using var process = Process.GetProcessById(_serve!.Id);
        process.Kill();
        await process.WaitForExitAsync(cancel);
        await _serve.DisposeAsync();
        _serve = null;
    }

    /// <summary>SIGTERM: the service drains. Its process goes on for a while.</summary>
    public void TerminateService() => _serve!.Terminate();

    /// <summary>Waits for the end of a service that was told to end; its exit code.</summary>
    public async Task<int> ServiceEndedAsync(CancellationToken cancel)
    {
        await UntilAsync("the service's process ends", () => Task.FromResult(_serve!.HasExited), cancel);
        var code = _serve!.ExitCode;
        await _serve.DisposeAsync();
        _serve = null;
        return code;
    }

    /// <summary>The status of an unsigned webhook: 403 while the service serves, 0 when nobody answers.</summary>
    public async Task<int> ForgedWebhookAsync()
    {
        using var http = new HttpClient();
        try
        {
            using var form = new FormUrlEncodedContent([]);
            using var answer = await http.PostAsync(new Uri($"{_options.Url}/twilio/voice/status"), form);
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    public async Task StartServiceAsync(CancellationToken cancel)
    {
        _serve = StartService();
        await _api!.WaitUntilReadyAsync(() => !_serve.HasExited, cancel);
    }

    /// <summary>Everything of this call centre in Redis is gone, as after a FLUSHALL or a restart of Redis.</summary>
    public Task ForgetRedisAsync() => DemoDatabase.ForgetRedisAsync(_redis, _prefix);

    /// <summary>What <c>/health/ready</c> says: HTTP status and word; (0, "") while nobody answers.</summary>
    public async Task<(int Status, string Word)> HealthAsync()
    {
        using var http = new HttpClient();
        try
        {
            using var answer = await http.GetAsync(new Uri($"{_options.Url}/health/ready"));
            return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["status"]!.GetValue<string>());
        }
        catch (HttpRequestException)
        {
            return (0, "");
        }
    }

    /// <summary>Waits until the network has been asked for so many more calls than by now.</summary>
    public async Task UntilMoreCallsAsync(int more, CancellationToken cancel)
    {
        var now = CallsMade().Count;
        await UntilAsync($"{more} more calls are made than {now}", () => Task.FromResult(CallsMade().Count >= now + more), cancel);
    }

    /// <summary>Closes the campaign, lets the calls in the air end, and compares the service's rows with the network's own account.</summary>
    public async Task ShouldHaveLostAndDoubledNothingAsync(CancellationToken cancel)
    {
        await _api!.PostAsync($"/api/v1/campaigns/{_campaign}/close", new { }, cancel);
        await UntilAsync(
            "no attempt is left between intent and answer",
            async () => await OneAsync<long>("select count(*) from attempt where direction = 'Outbound' and state in ('Intent', 'Submitting', 'Placed', 'Ringing')") == 0,
            cancel);
        var calls = CallsMade();
        await UntilAsync(
            "every call of the network belongs to an attempt",
            async () => await OneAsync<long>("select count(*) from attempt where sid = any (@sids)", new { sids = calls.Select(call => call.Sid).ToArray() }) == calls.Count,
            cancel);

        calls.GroupBy(call => call.Token).Where(group => group.Count() > 1).Select(group => group.Key).ShouldBeEmpty("an attempt was dialled twice");
        (await OneAsync<long>("select count(*) from alarm where code = 'DUPLICATE_CALL'")).ShouldBe(0);
        (await OneAsync<long>("select count(*) from attempt where state in ('Intent', 'Submitting')")).ShouldBe(0);
        (await OneAsync<long>("select count(*) from attempt where state = 'Unknown' and not counted")).ShouldBe(0);
        (await OneAsync<long>("select count(*) from attempt a where direction = 'Outbound' and not exists (select from decision d where d.attempt_id = a.attempt_id and d.verdict <> 'Deny')")).ShouldBe(0);
    }

    /// <summary>People whose number, ZIP code and birth date are known, each with one account that can be paid.</summary>
    public async Task<IReadOnlyList<Debtor>> DebtorsAsync(int most) => await _database.Database.QueryAsync<Debtor>(
        """
        select e164, zip, to_char(birth_date, 'MMDDYYYY') as birth_date from (
            select min(p.e164) as e164, r.zip, r.birth_date, r.person_id from person r join phone p using (person_id) join account a using (person_id)
            where r.zip is not null and r.birth_date is not null and r.language = 'en' and a.balance > 40 and p.status = 'Active'
              and (select count(*) from phone o where o.e164 = p.e164) = 1
            group by r.person_id having count(distinct a.account_id) = 1) x order by person_id limit @most
        """,
        new { most }, default);

    /// <summary>A person rings us and does exactly this.</summary>
    public async Task CallInAsync(string from, string script, CancellationToken cancel)
    {
        using var answer = await _people.PostAsJsonAsync($"{_networkUrl}/simulator/inbound", new { from, to = DemoOptions.CampaignNumber, script }, cancel);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync(cancel));
    }

    /// <summary>Inbound calls that are over, by the network's own account.</summary>
    public int Ended() => _ledger.Of("completed").Count;

    /// <summary>What was lost, doubled, delayed or cut on purpose so far, by the network's own account: "pay Drop 12, twiml Duplicate 9".</summary>
    public string Faults() => string.Join(", ", _ledger.Of("fault").Where(fact => fact["event"]!.GetValue<string>() == "struck").CountBy(fact => fact["on"]!.GetValue<string>() + " " + fact["action"]!.GetValue<string>()).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {pair.Value}"));

    /// <summary>The processor's own book: what each charge was described as, its number and its amount.</summary>
    public IReadOnlyList<(string Reference, string Code, decimal Amount)> Charges() =>
        [.. _ledger.Of("charge").Select(fact => (fact["description"]!.GetValue<string>(), fact["reference"]!.GetValue<string>(), fact["amount"]!.GetValue<decimal>()))];

    /// <summary>Outbound calls that the network made for the service, by its own account: call SID and the attempt token it was given.</summary>
    public IReadOnlyList<(string Sid, string Token)> CallsMade()
    {
        var calls = new List<(string, string)>();
        foreach (var fact in _ledger.Of("call-created"))
        {
            if (fact["t"]?.GetValue<string>() is { } token && fact["direction"]?.GetValue<string>() == "outbound-api")
                calls.Add((fact["call"]!.GetValue<string>(), token));
        }

        return calls;
    }

    public async Task<T> OneAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await _database.Database.OpenAsync(default);
        return (await connection.ExecuteScalarAsync<T>(sql, parameters))!;
    }

    /// <summary>Waits for what the call centre does by itself; says what it waited for when it does not.</summary>
    public async Task UntilAsync(string what, Func<Task<bool>> holds, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        try
        {
            while (!await holds())
                await timer.WaitForNextTickAsync(cancel);
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException($"Waited too long until {what}. The logs are in {_options.Folder}.", late);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _api?.Dispose();
        _people.Dispose();
        if (_serve is not null)
            await _serve.DisposeAsync();
        if (_network is not null)
            await _network.DisposeAsync();
        _postgresWire?.Dispose();
        _redisWire?.Dispose();
        await ForgetRedisAsync();
        await _database.DisposeAsync();
    }

    private async Task StartAsync(CancellationToken cancel)
    {
        await _database.InitializeAsync();
        LayWires();
        WriteSample();
        await DemoDatabase.FillAsync(_database.ConnectionString, _options, ServiceClock.Simulated(_options.At.ToDateTimeOffset(), _options.Origin, _options.Speed), cancel);
        if (_faults is not null)
            await File.WriteAllTextAsync(_options.In("faults.json"), _faults, cancel);
        _network = StartNetwork();
        _application = await RegisterAsync(cancel);
        _api = new DemoApi(_options.Url);
        await StartServiceAsync(cancel);
        await _api.SignInAsync("supervisor", _options.Password, cancel);
        if (!_launches)
            return;
        _campaign = (await _api.PostAsync(
            "/api/v1/campaigns",
            new { name = "Chaos", client = DemoOptions.ClientCode, mode = "Progressive", from = DemoOptions.CampaignNumber, noAgentTreatment = "HangUp", opensCron = "0 0 8 ? * *", closesCron = "0 0 21 ? * *" },
            cancel))["id"]!.GetValue<long>();
        await _api.PostAsync($"/api/v1/campaigns/{_campaign}/launch", new { }, cancel);
    }

    private void LayWires()
    {
        var postgres = new NpgsqlConnectionStringBuilder(_database.ConnectionString);
        _postgresWire = new Relay(postgres.Host!, postgres.Port);
        _redisWire = ConfigurationOptions.Parse(_redis).EndPoints[0] switch
        {
            IPEndPoint ip => new Relay(ip.Address.ToString(), ip.Port),
            DnsEndPoint name => new Relay(name.Host, name.Port),
            var other => throw new InvalidOperationException($"Redis at {other} cannot be reached over TCP."),
        };
    }

    private string RedisOverTheWire()
    {
        var options = ConfigurationOptions.Parse(_redis);
        options.EndPoints.Clear();
        options.EndPoints.Add(Redis.Host, Redis.Port);
        return options.ToString(includePassword: true);
    }

    private void WriteSample()
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        using var placement = new StreamWriter(_options.In("placement.csv"), false, utf8) { NewLine = "\n" };
        using var people = new StreamWriter(_options.In("people.jsonl"), false, utf8) { NewLine = "\n" };
        SamplePlacement.Write(_options.Seed, _options.Accounts, _options.At.InUtc().Date.PlusDays(-1), placement, people);
    }

    private DemoProcess StartNetwork() => DemoProcess.Start(
        "network",
        [
            "network", "--port", new Uri(_networkUrl).Port.ToString(CultureInfo.InvariantCulture), "--account", _options.AccountSid, "--token", _options.AuthToken,
            "--api-key", _options.ApiKeySid, "--api-secret", _options.ApiKeySecret, "--seed", _options.Seed.ToString(CultureInfo.InvariantCulture),
            "--people", _options.In("people.jsonl"), "--ledger", _options.In("ledger.jsonl"), "--agents", _options.Agents.ToString(CultureInfo.InvariantCulture),
            "--dialer", _options.Url, "--agent-user", "agent{0:000}", "--agent-password", _options.Password, "--cps", CallsPerSecond.ToString(CultureInfo.InvariantCulture),
            "--at", _options.At.ToString(), "--speed", _options.Speed.ToString(CultureInfo.InvariantCulture), "--origin", _options.Origin.ToString("O", CultureInfo.InvariantCulture),
            "--allow-http-pay", .. _faults is null ? Array.Empty<string>() : ["--faults", _options.In("faults.json")],
        ],
        new Dictionary<string, string>(),
        _options.In("network.log"));

    private DemoProcess StartService() => DemoProcess.Start(
        "serve",
        ["serve", "--urls", _options.Url],
        new Dictionary<string, string>
        {
            ["ConnectionStrings__Postgres"] = new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Host = Postgres.Host, Port = Postgres.Port }.ConnectionString,
            ["ConnectionStrings__Redis"] = RedisOverTheWire(),
            ["Dialer__PublicUrl"] = _options.Url,
            ["Dialer__TokenKey"] = _options.TokenKey,
            ["Dialer__Redis__Prefix"] = _prefix,
            ["Dialer__Dialing__CallsPerSecond"] = CallsPerSecond.ToString(CultureInfo.InvariantCulture),
            ["Dialer__Clock__At"] = _options.At.ToString(),
            ["Dialer__Clock__Speed"] = _options.Speed.ToString(CultureInfo.InvariantCulture),
            ["Dialer__Clock__Origin"] = _options.Origin.ToString("O", CultureInfo.InvariantCulture),
            ["Dialer__Drain__Seconds"] = "6",
            ["Dialer__Payments__ProcessorUrl"] = _networkUrl,
            ["Dialer__Payments__ProcessorKey"] = _options.AuthToken,
            ["Twilio__BaseUrl"] = _networkUrl,
            ["Twilio__AccountSid"] = _options.AccountSid,
            ["Twilio__AuthToken"] = _options.AuthToken,
            ["Twilio__ApiKeySid"] = _options.ApiKeySid,
            ["Twilio__ApiKeySecret"] = _options.ApiKeySecret,
            ["Twilio__ApplicationSid"] = _application,
        },
        _options.In("serve.log"));

    /// <summary>Our number and the softphones' application; returns the application's SID.</summary>
    private async Task<string> RegisterAsync(CancellationToken cancel)
    {
        var twilio = Options.Create(new TwilioOptions
        {
            BaseUrl = _networkUrl, AccountSid = _options.AccountSid, AuthToken = _options.AuthToken, ApiKeySid = _options.ApiKeySid, ApiKeySecret = _options.ApiKeySecret,
        });
        using var http = new HttpClient(TwilioModule.Transport(twilio.Value));
        var client = new TwilioClient(http, twilio, TimeProvider.System);
        var sid = "";
        await UntilAsync(
            "the simulated network answers",
            async () =>
            {
                var application = await client.CreateApplicationAsync("Dialer", Urls("agent"), cancel);
                sid = application.Succeeded(out var made) ? made.Sid : "";
                return sid.Length > 0;
            },
            cancel);
        (await client.CreateIncomingPhoneNumberAsync(DemoOptions.CampaignNumber, Urls("inbound"), cancel)).Error.ShouldBeNull();
        return sid;
    }

    private VoiceUrls Urls(string voice) => new($"{_options.Url}/twilio/voice/{voice}", $"{_options.Url}/twilio/voice/fallback", $"{_options.Url}/twilio/voice/status");
}
