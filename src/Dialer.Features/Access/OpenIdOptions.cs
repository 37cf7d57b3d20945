namespace Dialer.Features.Access;

/// <summary>Section <c>Dialer:Access:OpenId</c>: an identity provider at which people may sign in instead of with a password of ours. Off while there is no <see cref="Authority"/>.</summary>
public sealed class OpenIdOptions
{
    /// <summary>The provider's issuer, as it stands in its tokens, such as https://login.example.com/tenant/v2.0. Its discovery document is found below it.</summary>
    public string Authority { get; set; } = "";

    public string ClientId { get; set; } = "";

    /// <summary>From the environment (<c>Dialer__Access__OpenId__ClientSecret</c>), never from a committed file. Empty: a public client, for which PKCE alone stands.</summary>
    public string ClientSecret { get; set; } = "";

    /// <summary>What is asked for, words parted by blanks.</summary>
    public string Scope { get; set; } = "openid profile";

    /// <summary>The claim that holds the user name of ours. One that people cannot change themselves; <c>email</c> counts only where the provider has verified it.</summary>
    public string Claim { get; set; } = "preferred_username";

    /// <summary>What the sign-in page calls it.</summary>
    public string Name { get; set; } = "";

    /// <summary>The provider asks a second factor of everybody it lets in. Else its token has to say so (<c>amr</c>) for whoever needs one.</summary>
    public bool AsksSecondFactor { get; set; }

    internal bool IsOn => Authority.Length > 0;

    internal IEnumerable<string> Faults()
    {
        if (!IsOn)
            yield break;
        if (!IsSafe(Authority))
            yield return "Dialer:Access:OpenId:Authority must be an https address.";
        if (ClientId.Length == 0)
            yield return "Dialer:Access:OpenId:ClientId is missing.";
        if (Claim.Length == 0 || !Scope.Split(' ').Contains("openid", StringComparer.Ordinal))
            yield return "Dialer:Access:OpenId needs a Claim, and a Scope with the word openid.";
    }

    /// <summary>Plain http is for a provider on this machine only.</summary>
    internal static bool IsSafe(string address) => Uri.TryCreate(address, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || url is { Scheme: "http", IsLoopback: true });
}
