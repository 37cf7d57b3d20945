using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Twilio.Webhooks;

/// <summary>Access tokens for Twilio's Voice SDK: a JWT, HS256 by the API key's secret, that may call the configured TwiML application.</summary>
/// <remarks>Source: Twilio, "Access Tokens". Lifetime at most 24 hours (error 20104 beyond).</remarks>
public sealed class AccessTokens(IOptions<TwilioOptions> options)
{
    public static readonly Duration LongestLife = Duration.FromHours(24);

    /// <summary>A token for one identity (letters, digits and underscores), good from <paramref name="now"/> for <paramref name="life"/>.</summary>
    public string Issue(string identity, Instant now, Duration life) => Issue(identity, options.Value.ApplicationSid, now, life);

    public string Issue(string identity, string applicationSid, Instant now, Duration life)
    {
        var twilio = options.Value;
        if (!twilio.HasApiKey)
            throw new InvalidOperationException("Softphones need an API key: set Twilio:ApiKeySid and Twilio:ApiKeySecret.");
        if (identity.Length is 0 or > 121 || !identity.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            throw new ArgumentException("An identity has letters, digits and underscores only, at most 121.", nameof(identity));
        if (life <= Duration.Zero || life > LongestLife)
            throw new ArgumentOutOfRangeException(nameof(life), "A token lives at most 24 hours.");
        var issued = now.ToUnixTimeSeconds();
        var header = Part(writer =>
        {
            writer.WriteString("alg", "HS256");
            writer.WriteString("typ", "JWT");
            writer.WriteString("cty", "twilio-fpa;v=1");
        });
        var payload = Part(writer =>
        {
            writer.WriteString("jti", $"{twilio.ApiKeySid}-{issued}");
            writer.WriteString("iss", twilio.ApiKeySid);
            writer.WriteString("sub", twilio.AccountSid);
            writer.WriteNumber("iat", issued);
            writer.WriteNumber("exp", issued + (long)life.TotalSeconds);
            writer.WriteStartObject("grants");
            writer.WriteString("identity", identity);
            writer.WriteStartObject("voice");
            writer.WriteStartObject("outgoing");
            writer.WriteString("application_sid", applicationSid);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        });
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(twilio.ApiKeySecret), Encoding.ASCII.GetBytes($"{header}.{payload}"));
        return $"{header}.{payload}.{Base64Url.EncodeToString(mac)}";
    }

    private static string Part(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return Base64Url.EncodeToString(stream.ToArray());
    }
}
