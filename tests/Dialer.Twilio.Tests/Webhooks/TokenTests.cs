using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dialer.Core;
using Dialer.Twilio.Webhooks;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Twilio.Tests.Webhooks;

public sealed class TokenTests
{
    private static readonly AttemptTokens Tokens = new(Options.Create(new PublicFaceOptions { TokenKey = "a key of at least thirty-two characters" }));

    [Theory]
    [InlineData(1)]
    [InlineData(long.MaxValue)]
    public void An_attempt_token_says_its_attempt_and_day(long id)
    {
        var text = Tokens.Issue(new AttemptId(id), Instant.FromUtc(2026, 11, 22, 23, 59));
        text.Length.ShouldBe(38);
        text.ShouldBe(Uri.EscapeDataString(text));
        Tokens.TryRead(text, out var token).ShouldBeTrue();
        token.ShouldBe(new AttemptToken(new AttemptId(id), new LocalDate(2026, 11, 22)));
    }

    [Fact]
    public void A_token_with_any_character_changed_is_refused()
    {
        var text = Tokens.Issue(new AttemptId(42), Instant.FromUtc(2026, 1, 2, 3, 4));
        for (var i = 0; i < text.Length; i++)
        {
            foreach (var c in "AZaz09-_")
            {
                if (text[i] != c)
                    Tokens.TryRead(text[..i] + c + text[(i + 1)..], out _).ShouldBeFalse($"{i} {c}");
            }
        }
    }

    [Fact]
    public void A_digest_knows_its_text_again_and_is_another_under_another_key()
    {
        var digest = Tokens.DigestOf("123456789");
        digest.ShouldMatch("^[0-9a-f]{16}$");
        Tokens.DigestOf("123456789").ShouldBe(digest);
        Tokens.DigestOf("123456788").ShouldNotBe(digest);
        new AttemptTokens(Options.Create(new PublicFaceOptions { TokenKey = "another key of at least thirty-two characters" })).DigestOf("123456789").ShouldNotBe(digest);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!")]
    public void What_is_no_token_is_refused(string? text) => Tokens.TryRead(text, out _).ShouldBeFalse();

    [Fact]
    public void Another_installation_s_token_is_refused()
    {
        var others = new AttemptTokens(Options.Create(new PublicFaceOptions { TokenKey = "another key of at least 32 characters" }));
        Tokens.TryRead(others.Issue(new AttemptId(1), Instant.FromUtc(2026, 1, 1, 0, 0)), out _).ShouldBeFalse();
    }

    [Fact]
    public void An_access_token_is_a_voice_grant_signed_by_the_api_key()
    {
        var options = new TwilioOptions { AccountSid = "AC" + new string('a', 32), ApiKeySid = "SK" + new string('b', 32), ApiKeySecret = "secret", ApplicationSid = "AP" + new string('c', 32) };
        var now = Instant.FromUtc(2026, 1, 2, 3, 4);
        var parts = new AccessTokens(Options.Create(options)).Issue("agent_42", now, Duration.FromHours(1)).Split('.');
        parts[2].ShouldBe(Base64Url.EncodeToString(HMACSHA256.HashData("secret"u8, Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"))));
        Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[0])).ShouldBe("{\"alg\":\"HS256\",\"typ\":\"JWT\",\"cty\":\"twilio-fpa;v=1\"}");
        using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
        var root = payload.RootElement;
        root.GetProperty("iss").GetString().ShouldBe(options.ApiKeySid);
        root.GetProperty("sub").GetString().ShouldBe(options.AccountSid);
        root.GetProperty("exp").GetInt64().ShouldBe(now.ToUnixTimeSeconds() + 3600);
        root.GetProperty("grants").GetProperty("identity").GetString().ShouldBe("agent_42");
        root.GetProperty("grants").GetProperty("voice").GetProperty("outgoing").GetProperty("application_sid").GetString().ShouldBe(options.ApplicationSid);
    }

    [Fact]
    public void An_access_token_lives_at_most_a_day_and_names_a_plain_identity()
    {
        var tokens = new AccessTokens(Options.Create(new TwilioOptions { ApiKeySid = "SK", ApiKeySecret = "s" }));
        Should.Throw<ArgumentOutOfRangeException>(() => tokens.Issue("a", Instant.MinValue, Duration.FromHours(25)));
        Should.Throw<ArgumentException>(() => tokens.Issue("a b", Instant.MinValue, Duration.FromHours(1)));
    }
}
