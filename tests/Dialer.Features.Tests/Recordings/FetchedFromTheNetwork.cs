using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Dialer.Features.Recordings;
using Dialer.Features.Tests.Compliance;
using Dialer.Features.Tests.Dialing;
using Dialer.Simulator.Engine;
using Dialer.Simulator.People;
using Dialer.Simulator.Serving;
using Dialer.Twilio;
using Dialer.Twilio.Rest;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Tests.Recordings;

/// <summary>A call recorded by the simulated network, and its sound fetched over HTTP as from the carrier: its own media endpoint, with its own credentials, redirects and lateness.</summary>
public sealed class FetchedFromTheNetwork(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Account = "AC00000000000000000000000000000001";
    private const string Token = "token";
    private const string Called = "+14155550123";

    [Fact]
    public async Task The_sound_of_a_real_call_is_fetched_whole_kept_sealed_and_then_gone_at_the_carrier()
    {
        var people = new PhoneBook();
        people.Add(new Phone(Called, "wireless", [new Contact("Maria", "Lopez", "94110", null, null, "en", null)], new PersonaOverride(Script: "answers after 1 s, waits 3000 s")));
        var now = SystemClock.Instance.GetCurrentInstant();
        await using var network = await NetworkServer.StartAsync(
            new NetworkOptions { AccountSid = Account, AuthToken = Token, OwnedNumbers = ["+12125550100"], CallBackProbability = 0 }, new ServerOptions(), new NetworkClock(now, 20, now, TimeProvider.System), people, default);
        using var http = new HttpClient { BaseAddress = network.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Account}:{Token}")));
        var options = Options.Create(new TwilioOptions { BaseUrl = network.Address.GetLeftPart(UriPartial.Authority), AccountSid = Account, AuthToken = Token });
        using var carrier = new HttpClient(TwilioModule.Transport(options.Value));
        var twilio = new TwilioClient(carrier, options, TimeProvider.System);
        var recording = await RecordedAsync(http, twilio);

        var sound = await UntilThereAsync(http, recording);
        await RememberedAsync(recording);
        var clock = ServiceClock.Simulated(ComplianceWorld.Noon.ToDateTimeOffset(), TimeProvider.System.GetUtcNow(), 1);
        var store = new RecordingStore(database.Database, new RecordingCipher(new EphemeralDataProtectionProvider(), Options.Create(new RecordingsOptions())));
        using var fetch = new FetchRecordings(database.Database, twilio, store, Options.Create(new RecordingsOptions()), clock, NullLogger<FetchRecordings>.Instance);
        (await fetch.OneAsync(default)).ShouldBeTrue();

        var (state, media, key) = (await database.Database.QueryAsync<(string State, string Media, byte[] Key)>(
            "select state, media_type, wrapped_key from recording_media where recording_sid = @recording", new { recording }, default)).ShouldHaveSingleItem();
        (state, media).ShouldBe(("Stored", "audio/x-wav"));
        using var kept = new MemoryStream();
        await store.CopyToAsync(recording, key, kept, default);
        kept.ToArray().ShouldBe(sound, "what is kept is the carrier's file, byte by byte");
        sound.AsSpan(0, 4).SequenceEqual("RIFF"u8).ShouldBeTrue();
        SHA256.HashData(sound).ShouldBe(await database.Database.FindAsync<byte[]>("select sha256 from recording_media where recording_sid = @recording", new { recording }, default));

        (await fetch.OneAsync(default)).ShouldBeTrue("the second step deletes it at the carrier");
        using (var gone = await http.GetAsync(Media(recording)))
            gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var (none, error) = await twilio.OpenRecordingAsync(recording, default);
        none.ShouldBeNull();
        error!.Message.ShouldNotBeEmpty();
        (await fetch.OneAsync(default)).ShouldBeFalse();
    }

    private static string Media(string recording) => $"/2010-04-01/Accounts/{Account}/Recordings/{recording}.wav?RequestedChannels=2";

    /// <summary>A call of some seconds, recorded by the product's own client, paused for a while, and ended.</summary>
    private static async Task<string> RecordedAsync(HttpClient http, TwilioClient twilio)
    {
        using var made = await http.PostAsync(
            $"/2010-04-01/Accounts/{Account}/Calls.json",
            new FormUrlEncodedContent([new("To", Called), new("From", "+12125550100"), new("Twiml", "<Response><Say>Hello there.</Say><Pause length=\"120\"/></Response>")]));
        var answer = await made.Content.ReadAsStringAsync();
        made.StatusCode.ShouldBe(HttpStatusCode.Created, answer);
        var call = JsonNode.Parse(answer)!["sid"]!.GetValue<string>();
        await DialingWorld.UntilAsync(async () => (await twilio.GetCallAsync(call, default)).Succeeded(out var now) && now.Status == "in-progress");
        (await twilio.StartRecordingAsync(call, "http://127.0.0.1:9/nobody", default)).Succeeded(out var recording).ShouldBeTrue();
        (await twilio.PauseRecordingAsync(call, default)).Succeeded(out _).ShouldBeTrue();
        (await twilio.ResumeRecordingAsync(call, default)).Succeeded(out _).ShouldBeTrue();
        await DialingWorld.UntilAsync(() => HeardAsync(http, call));
        (await twilio.CompleteCallAsync(call, default)).Succeeded(out _).ShouldBeTrue();
        return recording!.Sid;
    }

    /// <summary>The person has heard the greeting, so that there is something to hear.</summary>
    private static async Task<bool> HeardAsync(HttpClient http, string call) =>
        (await http.GetStringAsync("/simulator/ledger?after=0")).Contains($"\"kind\":\"heard\",\"call\":\"{call}\"", StringComparison.Ordinal);

    /// <summary>The carrier has a recording's file only some time after its end.</summary>
    private static async Task<byte[]> UntilThereAsync(HttpClient http, string recording)
    {
        byte[] sound = [];
        await DialingWorld.UntilAsync(async () =>
        {
            using var answer = await http.GetAsync(Media(recording));
            sound = answer.IsSuccessStatusCode ? await answer.Content.ReadAsByteArrayAsync() : [];
            return sound.Length > 0;
        });
        return sound;
    }

    private Task<int> RememberedAsync(string recording) => database.Database.ExecuteAsync(
        """
        insert into attempt (mode, to_e164, from_e164, state, created_at, ended_at) values ('Manual', @Called, '+12125550100', 'Completed', @now, @now);
        insert into app_user (user_name, display_name, password_hash, roles, created_at) values ('ann', 'Ann', '-', '{Collector}', @now);
        insert into agent (agent_id, team) select user_id, 'North' from app_user;
        insert into recording (recording_sid, attempt_id, state, started_by, started_at, ended_at, seconds) select @recording, attempt_id, 'Stopped', (select agent_id from agent), @now, @now, 60 from attempt
        """,
        new { recording, Called, now = ComplianceWorld.Noon }, default);
}
