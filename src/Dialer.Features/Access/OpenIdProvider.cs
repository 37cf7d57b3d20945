using System.Net.Http.Json;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dialer.Twilio;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Dialer.Features.Access;

/// <summary>What a browser keeps between leaving for the provider and coming back: nobody else can finish what it began.</summary>
internal sealed record OpenIdPass(string State, string Nonce, string Verifier)
{
    /// <summary>RFC 7636: what the provider is told at first; the verifier itself only with the code.</summary>
    [JsonIgnore]
    public string Challenge => Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    public static OpenIdPass New() => new(Chance(), Chance(), Chance());

    internal static bool Same(string one, string other) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));

    private static string Chance() => Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(32));
}

/// <summary>Whom the provider has let in: our user name, and whether it asked for more than a password.</summary>
/// <param name="Token">The identity token, by which the provider knows the session again that is to end.</param>
internal sealed record OpenIdPerson(string Name, bool SecondFactor, string Token);

/// <summary>The identity provider as OpenID Connect Core 1.0 has it: discovery, the address to send people to, and a code redeemed for an identity token that is checked in full.</summary>
/// <remarks>Signature by the provider's published keys, issuer, audience, times and nonce. Times are real ones, whatever clock the service shows. Nothing of a token is logged.</remarks>
public sealed class OpenIdProvider(IOptions<AccessOptions> options, IOptions<PublicFaceOptions> face, IDataProtectionProvider protection, ILogger<OpenIdProvider> log) : IDisposable
{
    public const string CallbackPath = "/api/v1/access/openid/callback";

    /// <summary>So long somebody may take at the provider.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>What browsers keep of one cookie, less its name and attributes. A token that does not fit is not sent: the provider then asks whether to sign out.</summary>
    private const int LongestCookie = 3800;

    private static readonly TimeSpan KnownFor = TimeSpan.FromHours(12);
    private static readonly TimeSpan KeysAtLeast = TimeSpan.FromMinutes(1);

    /// <summary>RFC 8176: words for more than something one knows.</summary>
    private static readonly string[] Strong = ["mfa", "otp", "hwk", "swk", "sc", "fpt", "face", "iris"];

    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("dialer.openid").ToTimeLimitedDataProtector();
    private readonly ITimeLimitedDataProtector _endings = protection.CreateProtector("dialer.openid.end").ToTimeLimitedDataProtector();
    private readonly JsonWebTokenHandler _tokens = new() { MapInboundClaims = false };
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = TimeSpan.FromSeconds(10),
        MaxResponseContentBufferSize = 1 << 20,
    };

    private volatile Known? _known;

    private OpenIdOptions Settings => options.Value.OpenId;

    private string Callback => face.Value.PublicUrl + CallbackPath;

    public void Dispose() => _http.Dispose();

    /// <summary>The pass as the browser keeps it: readable to this installation alone, and for a while.</summary>
    internal string Seal(OpenIdPass pass) => _protector.Protect(JsonSerializer.Serialize(pass), Patience);

    /// <summary>Null for what is too old, or not of our making.</summary>
    internal OpenIdPass? Open(string? cookie)
    {
        if (string.IsNullOrEmpty(cookie))
            return null;
        try
        {
            return JsonSerializer.Deserialize<OpenIdPass>(_protector.Unprotect(cookie));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>What the browser keeps so that its session at the provider can end with ours.</summary>
    internal string SealEnding(OpenIdPerson person, TimeSpan lifetime)
    {
        var whole = _endings.Protect(person.Token, lifetime);
        return whole.Length <= LongestCookie ? whole : _endings.Protect("", lifetime);
    }

    /// <summary>
    /// Where the browser is sent to end its session at the provider as well (OpenID Connect RP-Initiated Logout 1.0), and from there back to us. Null when this session did not begin there,
    /// when the provider offers no such place, and when it cannot be asked: our own session has ended in any case.
    /// </summary>
    internal async Task<string?> EndingAsync(string? cookie, CancellationToken cancel)
    {
        if (!Settings.IsOn || string.IsNullOrEmpty(cookie))
            return null;
        try
        {
            var token = _endings.Unprotect(cookie);
            if ((await KnownAsync(cancel)).EndSession is not { } ending)
                return null;
            (string Name, string Value)[] query = [("client_id", Settings.ClientId), ("post_logout_redirect_uri", face.Value.PublicUrl + "/"), ("id_token_hint", token)];
            return Address(ending, query.Where(part => part.Value.Length > 0));
        }
        catch (CryptographicException)
        {
            return null; // too old, or not of our making
        }
        catch (Exception failure) when (IsTheirs(failure, cancel))
        {
            log.LogWarning(failure, "The identity provider could not be asked where people sign out");
            return null;
        }
    }

    /// <summary>Where the browser is sent to sign in; null when the provider cannot be asked.</summary>
    internal async Task<string?> AddressAsync(OpenIdPass pass, CancellationToken cancel)
    {
        try
        {
            var known = await KnownAsync(cancel);
            (string Name, string Value)[] query =
            [
                ("response_type", "code"), ("client_id", Settings.ClientId), ("redirect_uri", Callback), ("scope", Settings.Scope), ("state", pass.State), ("nonce", pass.Nonce),
                ("code_challenge", pass.Challenge), ("code_challenge_method", "S256"),
            ];
            return Address(known.Authorization, query);
        }
        catch (Exception failure) when (IsTheirs(failure, cancel))
        {
            log.LogWarning(failure, "The identity provider could not be asked where people sign in");
            return null;
        }
    }

    /// <summary>Who comes back with this code; null when the provider or its token does not hold up, and the log says why.</summary>
    internal async Task<OpenIdPerson?> RedeemAsync(string code, OpenIdPass pass, CancellationToken cancel)
    {
        try
        {
            var known = await KnownAsync(cancel);
            var form = new Dictionary<string, string> { ["grant_type"] = "authorization_code", ["code"] = code, ["redirect_uri"] = Callback, ["client_id"] = Settings.ClientId, ["code_verifier"] = pass.Verifier };
            if (Settings.ClientSecret.Length > 0)
                form["client_secret"] = Settings.ClientSecret;
            using var content = new FormUrlEncodedContent(form);
            using var answer = await _http.PostAsync(known.Token, content, cancel);
            if (!answer.IsSuccessStatusCode)
            {
                log.LogWarning("The identity provider did not redeem a code: {Status}", (int)answer.StatusCode);
                return null;
            }

            return await answer.Content.ReadFromJsonAsync<TokenAnswer>(cancel) is { IdToken: { Length: > 0 } token } ? await CheckAsync(token, pass, known, cancel) : null;
        }
        catch (Exception failure) when (IsTheirs(failure, cancel))
        {
            log.LogWarning(failure, "The identity provider could not be asked to redeem a code");
            return null;
        }
    }

    private async Task<OpenIdPerson?> CheckAsync(string token, OpenIdPass pass, Known known, CancellationToken cancel)
    {
        var result = await _tokens.ValidateTokenAsync(token, Rules(known));
        // A key that is new to us is asked for, but not by everybody who sends nonsense.
        if (result is { IsValid: false, Exception: SecurityTokenSignatureKeyNotFoundException } && TimeProvider.System.GetElapsedTime(known.At) > KeysAtLeast)
            result = await _tokens.ValidateTokenAsync(token, Rules(await ReadAsync(cancel)));
        if (!result.IsValid)
        {
            log.LogWarning("An identity token was refused: {Why}", result.Exception?.GetType().Name);
            return null;
        }

        var claims = result.ClaimsIdentity;
        string One(string name) => claims.FindFirst(name)?.Value ?? "";
        var audiences = claims.FindAll("aud").Count();
        if (!OpenIdPass.Same(One("nonce"), pass.Nonce) || (audiences > 1 && One("azp") != Settings.ClientId))
        {
            log.LogWarning("An identity token was refused: it is of another sign-in");
            return null;
        }

        var name = Settings.Claim == "email" && !One("email_verified").Equals("true", StringComparison.OrdinalIgnoreCase) ? "" : One(Settings.Claim);
        return new OpenIdPerson(name, Settings.AsksSecondFactor || claims.FindAll("amr").Any(each => Strong.Contains(each.Value, StringComparer.Ordinal)), token);
    }

    private static string Address(string place, IEnumerable<(string Name, string Value)> query) =>
        place + (place.Contains('?', StringComparison.Ordinal) ? "&" : "?") + string.Join('&', query.Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value)}"));

    private TokenValidationParameters Rules(Known known) => new()
    {
        ValidIssuer = known.Issuer,
        ValidAudience = Settings.ClientId,
        IssuerSigningKeys = known.Keys,
        ValidAlgorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"],
        ClockSkew = TimeSpan.FromMinutes(2),
    };

    private async Task<Known> KnownAsync(CancellationToken cancel) =>
        _known is { } known && known.Authority == Settings.Authority && TimeProvider.System.GetElapsedTime(known.At) < KnownFor ? known : await ReadAsync(cancel);

    private async Task<Known> ReadAsync(CancellationToken cancel)
    {
        var authority = Settings.Authority;
        var document = await _http.GetFromJsonAsync<Discovery>(authority.TrimEnd('/') + "/.well-known/openid-configuration", cancel);
        if (document is not { Issuer: { } issuer, Authorization: { } authorization, Token: { } token, Keys: { } keys } || issuer.TrimEnd('/') != authority.TrimEnd('/'))
            throw new JsonException("The identity provider's discovery document is not of this authority, or lacks an address.");
        if (!OpenIdOptions.IsSafe(authorization) || !OpenIdOptions.IsSafe(token) || !OpenIdOptions.IsSafe(keys))
            throw new JsonException("The identity provider names an address that is not https.");
        if (document.EndSession is { } ending && !OpenIdOptions.IsSafe(ending))
            throw new JsonException("The identity provider names an address that is not https.");
        var set = new JsonWebKeySet(await _http.GetStringAsync(keys, cancel));
        var known = new Known(authority, issuer, authorization, token, document.EndSession, [.. set.GetSigningKeys()], TimeProvider.System.GetTimestamp());
        _known = known;
        return known;
    }

    /// <summary>Their fault, not ours: told in the log, and the person is asked to try again.</summary>
    private static bool IsTheirs(Exception failure, CancellationToken cancel) =>
        !cancel.IsCancellationRequested && failure is HttpRequestException or OperationCanceledException or JsonException or ArgumentException or NotSupportedException;

    /// <param name="EndSession">Where people sign out; not every provider has it.</param>
    private sealed record Known(string Authority, string Issuer, string Authorization, string Token, string? EndSession, IReadOnlyList<SecurityKey> Keys, long At);

    private sealed record Discovery
    {
        [JsonPropertyName("issuer")]
        public string? Issuer { get; init; }

        [JsonPropertyName("authorization_endpoint")]
        public string? Authorization { get; init; }

        [JsonPropertyName("token_endpoint")]
        public string? Token { get; init; }

        [JsonPropertyName("jwks_uri")]
        public string? Keys { get; init; }

        [JsonPropertyName("end_session_endpoint")]
        public string? EndSession { get; init; }
    }

    private sealed record TokenAnswer
    {
        [JsonPropertyName("id_token")]
        public string? IdToken { get; init; }
    }
}
