using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dapper;
using Dialer.Core;
using Dialer.Features.Access;
using Dialer.Features.Campaigns;
using Dialer.Features.Dialing;
using Dialer.Features.Tests.Compliance;
using Dialer.Host;
using Dialer.Storage.Redis;
using Dialer.Twilio.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Tests.Dialing;

/// <summary>The real Host on a port, database and Redis prefix of its own, with Twilio's REST API stubbed and Twilio's webhooks signed by the test.</summary>
public sealed class DialingWorld : IAsyncLifetime
{
    public const string Password = "a long password";
    internal const string PublicUrl = "https://calls.example.com";
    internal const string AuthToken = "0123456789abcdef0123456789abcdef";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static int _serial;

    private readonly TestDatabase _database = new();
    private readonly string _prefix = $"test-{Guid.NewGuid():N}";
    private ComplianceWorld? _people;
    private TwilioStub? _twilio;
    private (int Postgres, int Redis)? _through;
    private bool _processor;
    private WebApplication? _app;
    private HttpClient? _http;

    public TwilioStub Twilio => _twilio!;

    internal ComplianceWorld People => _people!;

    internal Dialer.Storage.Postgres.Database Database => _database.Database;

    /// <summary>Everything the Host has logged, whole lines.</summary>
    internal System.Collections.Concurrent.ConcurrentQueue<string> Log { get; } = [];

    public HttpClient Http => _http!;

    public IServiceProvider Services => _app!.Services;

    /// <summary>The Host reaches PostgreSQL and Redis through these ports of this machine, so that a test can cut them; say so before the world is made.</summary>
    internal void Through(int postgres, int redis) => _through = (postgres, redis);

    /// <summary>The Host knows a processor that keeps cards and charges them, at <see cref="TwilioStub.Processor"/>; say so before the world is made.</summary>
    internal void WithProcessor() => _processor = true;

    private static string RealRedis => Environment.GetEnvironmentVariable("ConnectionStrings__Redis") is { Length: > 0 } redis
        ? redis
        : throw new InvalidOperationException("These tests need a real Redis: set ConnectionStrings__Redis (for example \"127.0.0.1:6379\"), or run `./dialer test`.");

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        _people = new ComplianceWorld(_database.Source);
        await PartitionKeeper.EnsureAsync(_database.Database, ComplianceWorld.Noon.InUtc().Date, default);
        _twilio = await TwilioStub.StartAsync();
        var settings = new Dictionary<string, string?>
        {
            ["ConnectionStrings:Postgres"] = _through is { Postgres: var port }
                ? new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Host = "127.0.0.1", Port = port, Timeout = 2 }.ConnectionString : _database.ConnectionString,
            ["ConnectionStrings:Redis"] = _through is { Redis: var other } ? string.Join(',', RealRedis.Split(',').Skip(1).Prepend($"127.0.0.1:{other}")) : RealRedis, // what follows the address is the password
            ["Dialer:PublicUrl"] = PublicUrl,
            ["Dialer:TokenKey"] = new string('k', 40),
            ["Dialer:Redis:Prefix"] = _prefix,
            ["Dialer:Scheduler"] = "false",
            ["Dialer:Dialing:Leads"] = "false",
            ["Dialer:Dialing:CallsPerSecond"] = "500",
            ["Dialer:Access:SignInsPerMinute"] = "60000",
            ["Dialer:Clock:At"] = ComplianceWorld.Noon.ToString(),
            ["Dialer:Payments:LetterFolder"] = Path.Combine(Path.GetTempPath(), $"dialer-letters-{_prefix}"), // a bank debit by telephone needs its letter
            ["Twilio:BaseUrl"] = _twilio.Url,
            ["Twilio:AccountSid"] = "AC" + new string('1', 32),
            ["Twilio:AuthToken"] = AuthToken,
            ["Twilio:ApiKeySid"] = "SK" + new string('2', 32),
            ["Twilio:ApiKeySecret"] = new string('3', 32),
            ["Twilio:ApplicationSid"] = "AP" + new string('4', 32),
        };
        if (_processor)
        {
            settings["Dialer:Payments:ProcessorUrl"] = _twilio.Url;
            settings["Dialer:Payments:ProcessorKey"] = AuthToken;
        }

        _app = await DialerHost.BuildAsync([], builder =>
        {
            builder.Configuration.AddInMemoryCollection(settings);
            builder.Services.AddSingleton(new Passwords(rounds: 1000)); // hundreds of people sign in here
            builder.WebHost.UseUrls("http://127.0.0.1:0");
        });
        Services.GetRequiredService<ILoggerFactory>().AddProvider(new KeptLog(Log));
        await _app.StartAsync();
        _http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(_app.Urls.First()) };
        await UntilAsync(() => Services.GetRequiredService<AgentIndex>().IsWholeAsync());
    }

    public async Task DisposeAsync()
    {
        _http?.Dispose();
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
            using var redis = await RedisConnection.OpenAsync(RealRedis, _prefix); // not the Host's own connection: a test may have cut it
            await redis.Database.ScriptEvaluateAsync("for _, k in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', k) end", [], [(string)redis.Key("*")!]);
        }

        if (_twilio is not null)
            await _twilio.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>A skill nobody else in this world has: what keeps one test's agents from another's calls.</summary>
    public static string NewSkill() => $"skill{Interlocked.Increment(ref _serial)}";

    public async Task<Campaign> CampaignAsync(string skill = "", string mode = "Predictive", string noAgent = "HangUp")
    {
        var id = await _people!.CampaignAsync(mode, noAgent);
        await ExecuteAsync("update campaign set skills = @skills where campaign_id = @id", new { id, skills = skill.Length == 0 ? Array.Empty<string>() : [skill] });
        return (await _database.Database.FindAsync<Campaign>($"select {Campaign.Columns} from campaign where campaign_id = @id", new { id }, default))!;
    }

    /// <summary>An attempt of a campaign, as the dialler has left it.</summary>
    public async Task<Placed> AttemptAsync(Campaign campaign, string state = "Ringing")
    {
        var debtor = await _people!.DebtorAsync(line: "Landline");
        var sid = state == "Intent" ? null : $"CA{Guid.NewGuid():N}";
        var now = Services.GetRequiredService<ServiceClock>().Now;
        var id = await OneAsync<long>(
            """
            insert into attempt (campaign_id, account_id, person_id, phone_id, mode, to_e164, from_e164, state, sid, created_at, ringing_at)
            values (@CampaignId, @account, @person, @phone, @mode, @E164, @FromE164, @state, @sid, @now, @ringing) returning attempt_id
            """,
            new
            {
                campaign.CampaignId, account = debtor.Account.Value, person = debtor.Person.Value, phone = debtor.Phone.Value, mode = campaign.Mode.ToString(), debtor.E164,
                campaign.FromE164, state, sid, now, ringing = state == "Ringing" ? now : (Instant?)null,
            });
        await ExecuteAsync(
            "insert into ready_lead (campaign_id, account_id, person_id, not_before, attempts) values (@CampaignId, @account, @person, @now, 1)",
            new { campaign.CampaignId, account = debtor.Account.Value, person = debtor.Person.Value, now });
        return new Placed(id, sid ?? "", debtor.E164, Services.GetRequiredService<AttemptTokens>().Issue(new AttemptId(id), now), new DialBatch.Intent(id, debtor.E164, now));
    }

    /// <summary>A signed-in agent whose softphone is in his conference.</summary>
    public async Task<Desk> AgentAsync(string skill)
    {
        var name = $"agent{Interlocked.Increment(ref _serial)}";
        var id = await Services.GetRequiredService<Users>().PutAsync(name, name, Password, [Roles.Collector], [skill], ComplianceWorld.Noon, default);
        var token = await SignInAsync(name);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/agent/session") { Content = JsonContent.Create(new { }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        using var answer = await Http.SendAsync(request);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        var session = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["sessionId"]!.GetValue<Guid>();
        var desk = new Desk(id, session, $"agent-{session:N}", $"CA{Guid.NewGuid():N}", token);
        (await ParkAsync(desk.SoftphoneSid, $"client:agent_{id}", session)).ShouldContain(desk.Conference);
        await JoinAsync(desk, desk.SoftphoneSid, 1);
        return desk;
    }

    public Task<string> ParkAsync(string callSid, string from, Guid session) =>
        BodyAsync("/twilio/voice/agent", ("CallSid", callSid), ("From", from), ("CallStatus", "ringing"), ("session", session.ToString("N")));

    public Task JoinAsync(Desk desk, string callSid, int sequence) => BodyAsync(
        $"/twilio/conference?s={desk.Session:N}",
        ("ConferenceSid", "CF" + desk.Session.ToString("N")), ("FriendlyName", desk.Conference), ("StatusCallbackEvent", "participant-join"), ("SequenceNumber", sequence.ToString(CultureInfo.InvariantCulture)), ("CallSid", callSid));

    public Task<string> AnswerAsync(Placed call, string? answeredBy = null) => BodyAsync(
        $"/twilio/voice/answer?t={call.Token}",
        answeredBy is null ? [("CallSid", call.Sid), ("CallStatus", "in-progress")] : [("CallSid", call.Sid), ("CallStatus", "in-progress"), ("AnsweredBy", answeredBy)]);

    public Task StatusAsync(Placed call, string status, int sequence) => BodyAsync(
        $"/twilio/voice/status?t={call.Token}", ("CallSid", call.Sid), ("CallStatus", status), ("SequenceNumber", sequence.ToString(CultureInfo.InvariantCulture)));

    public Task DetectAsync(Placed call, string answeredBy) => BodyAsync($"/twilio/voice/amd?t={call.Token}", ("CallSid", call.Sid), ("AnsweredBy", answeredBy));

    public Task<string> AgentStateAsync(Desk desk) => OneAsync<string>("select state from agent_session where session_id = @Session", desk);

    public async Task<string> BodyAsync(string path, params (string Name, string Value)[] form)
    {
        using var answer = await PostAsync(path, form);
        answer.IsSuccessStatusCode.ShouldBeTrue($"{path}: {(int)answer.StatusCode}");
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>A webhook as Twilio sends it; signed with <paramref name="authToken"/>, ours by default, not at all when it is empty.</summary>
    public async Task<HttpResponseMessage> PostAsync(string path, (string Name, string Value)[] form, string authToken = AuthToken)
    {
        var fields = form.Select(field => KeyValuePair.Create(field.Name, field.Value)).ToList();
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields) };
        if (authToken.Length > 0)
            request.Headers.Add("X-Twilio-Signature", TwilioSignature.Compute(authToken, PublicUrl + path, fields));
        return await Http.SendAsync(request);
    }

    public async Task<string> SignInAsync(string user, string password = Password)
    {
        using var answer = await Http.PostAsJsonAsync("/api/v1/access/login", new { userName = user, password });
        answer.IsSuccessStatusCode.ShouldBeTrue();
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["token"]!.GetValue<string>();
    }

    public async Task<T> OneAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await _database.Database.OpenAsync(default);
        return (await connection.ExecuteScalarAsync<T>(sql, parameters))!;
    }

    public Task ExecuteAsync(string sql, object? parameters = null) => _database.Database.ExecuteAsync(sql, parameters, default);

    /// <summary>Waits for what the service does by itself, soon.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        while (!await holds())
            await timer.WaitForNextTickAsync(patience.Token);
    }

    public sealed record Placed(long Id, string Sid, string E164, string Token, DialBatch.Intent Intent);

    public sealed record Desk(long AgentId, Guid Session, string Conference, string SoftphoneSid, string Token);
}

/// <summary>Keeps what is logged, at every level the product logs at, for tests that look into it.</summary>
internal sealed class KeptLog(System.Collections.Concurrent.ConcurrentQueue<string> lines) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Writer(categoryName, lines);

    public void Dispose()
    {
    }

    private sealed class Writer(string category, System.Collections.Concurrent.ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{category} {formatter(state, exception)} {exception}");
    }
}
