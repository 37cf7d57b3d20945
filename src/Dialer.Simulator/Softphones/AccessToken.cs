using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dialer.Simulator.Engine;
using NodaTime;

namespace Dialer.Simulator.Softphones;

/// <summary>What a voice access token allows.</summary>
public sealed record VoiceGrant(string Identity, string? ApplicationSid, bool Incoming, Instant Expires);

/// <summary>Twilio access tokens: a JWT signed with an API key's secret (HS256, HS384 or HS512).</summary>
/// <remarks>https://www.twilio.com/docs/iam/access-tokens</remarks>
public static class AccessToken
{
    private const long Day = 86400;

    /// <summary>Checks form, key, signature and times; the code is the Voice SDK's when it is refused.</summary>
    public static (VoiceGrant? Grant, int ErrorCode, string Error) Read(string token, NetworkOptions options, Instant now)
    {
        var parts = token.Split('.');
        if (parts.Length != 3)
            return (null, 31204, "The access token is not a JWT.");
        try
        {
            using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]));
            using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
            var claims = payload.RootElement;
            if (Text(claims, "iss") is not { } issuer || !options.ApiKeys.TryGetValue(issuer, out var secret))
                return (null, 31202, "The access token's API key is not of this account.");
            if (Text(claims, "sub") != options.AccountSid)
                return (null, 31204, "The access token is for another account.");
            if (!IsSigned(Text(header.RootElement, "alg"), secret, parts))
                return (null, 31202, "The access token's signature is wrong.");
            var expires = claims.GetProperty("exp").GetInt64();
            var issued = claims.TryGetProperty("iat", out var iat) ? iat.GetInt64() : expires - 3600;
            if (expires - issued > Day)
                return (null, 31207, "The access token lives longer than 24 hours.");
            if (expires <= now.ToUnixTimeSeconds())
                return (null, 31205, "The access token has expired.");
            var grants = claims.GetProperty("grants");
            if (Text(grants, "identity") is not { Length: > 0 } identity || !grants.TryGetProperty("voice", out var voice))
                return (null, 31204, "The access token has no voice grant.");
            var application = voice.TryGetProperty("outgoing", out var outgoing) ? Text(outgoing, "application_sid") : null;
            var incoming = voice.TryGetProperty("incoming", out var inbound) && inbound.TryGetProperty("allow", out var allow) && allow.ValueKind == JsonValueKind.True;
            return (new VoiceGrant(identity, application, incoming, Instant.FromUnixTimeSeconds(expires)), 0, string.Empty);
        }
        catch (Exception problem) when (problem is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            return (null, 31204, "The access token cannot be read.");
        }
    }

    private static bool IsSigned(string? algorithm, string secret, string[] parts)
    {
        var key = Encoding.UTF8.GetBytes(secret);
        var data = Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}");
        var expected = algorithm switch
        {
            "HS256" => HMACSHA256.HashData(key, data),
            "HS384" => HMACSHA384.HashData(key, data),
            "HS512" => HMACSHA512.HashData(key, data),
            _ => null,
        };
        return expected is not null && CryptographicOperations.FixedTimeEquals(expected, Base64Url.DecodeFromChars(parts[2]));
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
