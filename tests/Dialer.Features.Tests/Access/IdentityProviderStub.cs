using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Dialer.Features.Tests.Access;

/// <summary>An identity provider on a port of its own: discovery, its key, and a code that is redeemed once, by whoever has its verifier.</summary>
public sealed class IdentityProviderStub : IAsyncDisposable
{
    private static readonly RSA Key = RSA.Create(2048); // making one takes longer than the test that uses it

    private readonly WebApplication _app;
    private readonly Dictionary<string, (string Challenge, string Token)> _codes = [];

    private IdentityProviderStub(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    /// <summary>What discovery says of itself; null: the truth.</summary>
    public string? Issuer { get; set; }

    /// <summary>Where it says that people sign out; null: it has no such place.</summary>
    public string? Ending { get; set; }

    public static async Task<IdentityProviderStub> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var stub = new IdentityProviderStub(app);
        app.MapGet("/.well-known/openid-configuration", () => Results.Ok(new Dictionary<string, string?>
        {
            ["issuer"] = stub.Issuer ?? stub.Url, ["authorization_endpoint"] = stub.Url + "/authorize", ["token_endpoint"] = stub.Url + "/token", ["jwks_uri"] = stub.Url + "/keys",
            ["end_session_endpoint"] = stub.Ending,
        }));
        app.MapGet("/keys", () => Results.Ok(new { keys = new[] { PublicKey() } }));
        app.MapPost("/token", (Delegate)stub.RedeemAsync);
        await app.StartAsync();
        return stub;
    }

    /// <summary>The person has signed in there: the code that the browser brings back.</summary>
    /// <param name="asked">The query with which the browser came.</param>
    public string SignsIn(IReadOnlyDictionary<string, string> asked, Dictionary<string, object> claims, string? audience = null, string? nonce = null, int minutes = 5, RSA? forgedWith = null)
    {
        claims["nonce"] = nonce ?? asked["nonce"];
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var token = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Url,
            Audience = audience ?? asked["client_id"],
            Claims = claims,
            IssuedAt = now.AddMinutes(Math.Min(0, minutes - 1)),
            NotBefore = now.AddMinutes(Math.Min(0, minutes - 1)),
            Expires = now.AddMinutes(minutes),
            SigningCredentials = new SigningCredentials(new RsaSecurityKey(forgedWith ?? Key) { KeyId = "k1" }, SecurityAlgorithms.RsaSha256),
        });
        var code = Guid.NewGuid().ToString("N");
        _codes[code] = (asked["code_challenge"], token);
        return code;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IResult> RedeemAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        if (form["client_secret"] != "a secret of the provider" || !_codes.Remove(form["code"].ToString(), out var issued)
            || Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) != issued.Challenge)
            return Results.BadRequest(new { error = "invalid_grant" });
        return Results.Ok(new Dictionary<string, string> { ["id_token"] = issued.Token, ["token_type"] = "Bearer", ["access_token"] = "-" });
    }

    private static Dictionary<string, string> PublicKey()
    {
        var parameters = Key.ExportParameters(false);
        return new Dictionary<string, string>
        {
            ["kty"] = "RSA", ["use"] = "sig", ["alg"] = "RS256", ["kid"] = "k1", ["n"] = Base64UrlEncoder.Encode(parameters.Modulus), ["e"] = Base64UrlEncoder.Encode(parameters.Exponent),
        };
    }
}
