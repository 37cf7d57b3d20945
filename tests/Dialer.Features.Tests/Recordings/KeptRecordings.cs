using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Dialer.Features.Access;
using Dialer.Features.Recordings;
using Dialer.Features.Tests.Compliance;
using Dialer.Features.Tests.Dialing;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Tests.Recordings;

/// <summary>What becomes of a recording: fetched, sealed, found, heard, held, destroyed.</summary>
public sealed class KeptRecordings(DialingWorld world) : IClassFixture<DialingWorld>
{
    [Fact]
    public async Task A_recording_whose_end_the_carrier_never_told_is_fetched_when_its_call_is_long_over()
    {
        var (sid, _) = await RecordedAsync(bytes: 1_000, ended: false);
        await world.ExecuteAsync("update attempt set ended_at = ended_at - interval '2 hours' where attempt_id = (select attempt_id from recording where recording_sid = @sid)", new { sid });

        await UntilStoredAsync(sid);

        (await world.OneAsync<string>("select state from recording where recording_sid = @sid", new { sid })).ShouldBe("Stopped");
    }

    [Fact]
    public async Task An_ended_recording_is_fetched_sealed_and_only_then_deleted_at_the_carrier()
    {
        var (sid, sound) = await RecordedAsync(bytes: (2 << 20) + 12_345);
        await UntilStoredAsync(sid);

        (await world.OneAsync<long>("select count(*) from recording_part where recording_sid = @sid", new { sid })).ShouldBe(3);
        var first = await world.OneAsync<byte[]>("select data from recording_part where recording_sid = @sid and n = 0", new { sid });
        first.AsSpan(0, 4).SequenceEqual("RIFF"u8).ShouldBeFalse("the sound is stored as noise");
        (await world.OneAsync<byte[]>("select sha256 from recording_media where recording_sid = @sid", new { sid })).ShouldBe(SHA256.HashData(sound));
        var wire = world.Twilio.Requests.Where(request => request.Path.Contains(sid, StringComparison.Ordinal)).Select(request => request.Method).ToList();
        wire.ShouldBe(["GET", "DELETE"]);
    }

    [Fact]
    public async Task Whoever_may_listens_by_a_link_of_their_own_and_every_listening_is_written_down()
    {
        var (sid, sound) = await RecordedAsync(bytes: 70_000);
        await UntilStoredAsync(sid);
        var (boss, other) = (await UserAsync(Roles.Supervisor), await UserAsync(Roles.Supervisor));
        var agent = await UserAsync(Roles.Collector);

        var link = (await JsonAsync(boss, HttpMethod.Post, $"/api/v1/recordings/{sid}/link"))["url"]!.GetValue<string>();
        using (var played = await SendAsync(boss, HttpMethod.Get, link))
        {
            played.StatusCode.ShouldBe(HttpStatusCode.OK);
            played.Content.Headers.ContentType!.MediaType.ShouldBe("audio/x-wav");
            played.Headers.CacheControl!.NoStore.ShouldBeTrue();
            (await played.Content.ReadAsByteArrayAsync()).ShouldBe(sound);
        }

        (await StatusAsync(other, HttpMethod.Get, link)).ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync(agent, HttpMethod.Post, $"/api/v1/recordings/{sid}/link")).ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync(boss, HttpMethod.Get, link[..^4] + "AAAA")).ShouldBe(HttpStatusCode.Forbidden);
        (await world.OneAsync<string>("select string_agg(action, ' ' order by audit_id) from audit where subject = 'recording:' || @sid", new { sid })).ShouldBe("recording.link recording.listen");
    }

    [Fact]
    public async Task A_recording_is_found_by_account_agent_and_outcome()
    {
        var (sid, _) = await RecordedAsync(bytes: 5_000);
        await UntilStoredAsync(sid);
        var boss = await UserAsync(Roles.Supervisor);
        var account = await world.OneAsync<string>("select client_account_no from account join attempt using (account_id) join recording using (attempt_id) where recording_sid = @sid", new { sid });
        await world.ExecuteAsync("insert into recording_pause (attempt_id, from_at, to_at) select attempt_id, started_at, ended_at from recording where recording_sid = @sid", new { sid });

        var found = (await JsonAsync(boss, HttpMethod.Get, $"/api/v1/recordings?account={Uri.EscapeDataString(account)}&outcome=RPC-PTP"))["items"]!.AsArray();
        var missed = (await JsonAsync(boss, HttpMethod.Get, $"/api/v1/recordings?account={Uri.EscapeDataString(account)}&outcome=WN"))["items"]!.AsArray();

        var one = found.ShouldHaveSingleItem()!;
        (one["recordingSid"]!.GetValue<string>(), one["state"]!.GetValue<string>(), one["pauses"]!.GetValue<int>()).ShouldBe((sid, "Stored", 1));
        missed.ShouldBeEmpty();
        (await StatusAsync(boss, HttpMethod.Get, "/api/v1/recordings?from=yesterday")).ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task What_was_changed_in_the_store_does_not_open()
    {
        var (sid, _) = await RecordedAsync(bytes: 5_000);
        await UntilStoredAsync(sid);
        await world.ExecuteAsync("update recording_part set data = set_byte(data, 100, get_byte(data, 100) # 1) where recording_sid = @sid", new { sid });
        var boss = await UserAsync(Roles.Supervisor);
        var link = (await JsonAsync(boss, HttpMethod.Post, $"/api/v1/recordings/{sid}/link"))["url"]!.GetValue<string>();

        using var answer = await SendAsync(boss, HttpMethod.Get, link);

        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("does not open");
    }

    [Fact]
    public async Task A_recording_lives_as_long_as_the_clocks_and_a_legal_hold_say_and_leaves_nothing_but_its_row()
    {
        var (sid, _) = await RecordedAsync(bytes: 5_000);
        await UntilStoredAsync(sid);
        var officer = await UserAsync(Roles.Compliance);
        var young = await JsonAsync(officer, HttpMethod.Delete, $"/api/v1/recordings/{sid}");
        young["title"]!.GetValue<string>().ShouldBe("RETENTION_HOLD");
        young["detail"]!.GetValue<string>().ShouldContain("5 years since the call");

        await AgeAsync(sid);
        await world.ExecuteAsync("insert into legal_hold (person_id, matter, placed_at, placed_by) select person_id, 'a matter', now(), 'test' from attempt join recording using (attempt_id) where recording_sid = @sid", new { sid });
        (await JsonAsync(officer, HttpMethod.Delete, $"/api/v1/recordings/{sid}"))["detail"]!.GetValue<string>().ShouldBe("A legal hold is in force.");
        (await world.Services.GetRequiredService<PurgeRecordings>().RunAsync(default)).ShouldBe(0);

        await world.ExecuteAsync("update legal_hold set released_at = now(), released_by = 'test'");
        (await world.Services.GetRequiredService<PurgeRecordings>().RunAsync(default)).ShouldBe(1);

        (await world.OneAsync<bool>("select state = 'Purged' and wrapped_key is null and sha256 is null and purged_by = 'retention' from recording_media where recording_sid = @sid", new { sid })).ShouldBeTrue();
        (await world.OneAsync<long>("select count(*) from recording_part where recording_sid = @sid", new { sid })).ShouldBe(0);
        (await StatusAsync(officer, HttpMethod.Post, $"/api/v1/recordings/{sid}/link")).ShouldBe(HttpStatusCode.Gone);
    }

    [Fact]
    public void A_part_opens_only_at_its_own_place_in_its_own_recording()
    {
        using var aes = new AesGcm(RecordingCipher.NewKey(), RecordingCipher.TagBytes);
        var part = RecordingCipher.Seal(aes, "RE1", 0, last: false, "sound"u8);

        RecordingCipher.Open(aes, "RE1", 0, last: false, part).ShouldBe("sound"u8.ToArray());
        Should.Throw<CryptographicException>(() => RecordingCipher.Open(aes, "RE2", 0, last: false, part));
        Should.Throw<CryptographicException>(() => RecordingCipher.Open(aes, "RE1", 1, last: false, part));
        Should.Throw<CryptographicException>(() => RecordingCipher.Open(aes, "RE1", 0, last: true, part));
    }

    [Fact]
    public void A_key_opens_under_the_configured_key_and_under_no_other()
    {
        var key = RecordingCipher.NewKey();
        var wrapped = Cipher(1).Wrap(key, "RE1");

        Cipher(1).Unwrap(wrapped, "RE1").ShouldBe(key);
        Should.Throw<CryptographicException>(() => Cipher(2).Unwrap(wrapped, "RE1"));
        Should.Throw<CryptographicException>(() => Cipher(1).Unwrap(wrapped, "RE2"));
        Should.Throw<CryptographicException>(() => Cipher(0).Unwrap(wrapped, "RE1"));
    }

    private static RecordingCipher Cipher(byte key) => new(
        new EphemeralDataProtectionProvider(), Options.Create(new RecordingsOptions { Key = key == 0 ? "" : Convert.ToBase64String([.. Enumerable.Repeat(key, 32)]) }));

    private async Task<(string Sid, byte[] Sound)> RecordedAsync(int bytes, bool ended = true)
    {
        var sound = new byte[bytes];
        new Random(bytes).NextBytes(sound);
        "RIFF"u8.CopyTo(sound);
        var sid = $"RE{Guid.NewGuid():N}";
        world.Twilio.Media[sid] = sound;
        var call = await world.AttemptAsync(await world.CampaignAsync());
        await world.StatusAsync(call, "completed", 9);
        await world.ExecuteAsync("insert into disposition (attempt_id, code, source, at) values (@Id, 'RPC-PTP', 'Agent', now())", call);
        await world.ExecuteAsync(
            "insert into recording (recording_sid, attempt_id, state, started_by, started_at, ended_at, seconds) values (@sid, @Id, @state, 1, @now, @end, @seconds)",
            new { sid, call.Id, now = ComplianceWorld.Noon, state = ended ? "Stopped" : "Recording", end = ended ? ComplianceWorld.Noon : (Instant?)null, seconds = ended ? 60 : (int?)null });
        return (sid, sound);
    }

    private Task UntilStoredAsync(string sid) => DialingWorld.UntilAsync(async () =>
        await world.OneAsync<bool>("select exists (select 1 from recording_media where recording_sid = @sid and state = 'Stored' and carrier_deleted_at is not null)", new { sid }));

    /// <summary>As if all of it were ten years ago.</summary>
    private Task AgeAsync(string sid) => world.ExecuteAsync(
        """
        update account set updated_at = updated_at - interval '10 years' where account_id = (select account_id from attempt join recording using (attempt_id) where recording_sid = @sid);
        update attempt set created_at = created_at - interval '10 years', ended_at = ended_at - interval '10 years' where attempt_id = (select attempt_id from recording where recording_sid = @sid);
        update recording set started_at = started_at - interval '10 years' where recording_sid = @sid
        """,
        new { sid });

    private async Task<string> UserAsync(string role)
    {
        var name = $"u{Guid.NewGuid():N}"[..12];
        await world.Services.GetRequiredService<Users>().PutAsync(name, name, DialingWorld.Password, [role], [], ComplianceWorld.Noon, default);
        return await world.SignInAsync(name);
    }

    private async Task<HttpResponseMessage> SendAsync(string token, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (method != HttpMethod.Get)
            request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        return await world.Http.SendAsync(request);
    }

    private async Task<HttpStatusCode> StatusAsync(string token, HttpMethod method, string path)
    {
        using var answer = await SendAsync(token, method, path);
        return answer.StatusCode;
    }

    private async Task<JsonNode> JsonAsync(string token, HttpMethod method, string path)
    {
        using var answer = await SendAsync(token, method, path);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }
}
