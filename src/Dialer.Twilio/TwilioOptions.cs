using System.Buffers;
using Microsoft.Extensions.Options;

namespace Dialer.Twilio;

/// <summary>How to reach Twilio and prove who is speaking. Bound from the section <c>Twilio</c>; secrets come from the environment or files only.</summary>
public sealed class TwilioOptions
{
    public const string Section = "Twilio";

    /// <summary>"AC" and 32 hexadecimal digits.</summary>
    public string AccountSid { get; set; } = "";

    /// <summary>The primary auth token: signs every webhook, and REST calls when there is no API key.</summary>
    public string AuthToken { get; set; } = "";

    /// <summary>During rotation: the other token whose signatures are still, or already, good. Empty otherwise.</summary>
    public string SecondaryAuthToken { get; set; } = "";

    /// <summary>"SK" and 32 hexadecimal digits. With it REST calls survive a rotation of the auth token, and softphones get access tokens.</summary>
    public string ApiKeySid { get; set; } = "";

    public string ApiKeySecret { get; set; } = "";

    /// <summary>The TwiML application ("AP…") whose VoiceUrl answers softphones.</summary>
    public string ApplicationSid { get; set; } = "";

    /// <summary>Scheme and host of the REST API, without the version path.</summary>
    public string BaseUrl { get; set; } = "https://api.twilio.com";

    /// <summary>Twilio's edges that softphones connect to, the preferred first, such as "ashburn" or "dublin"; empty: the nearest (roaming). https://www.twilio.com/docs/global-infrastructure/edge-locations</summary>
    public string[] Edges { get; set; } = [];

    /// <summary>Seconds to wait for the whole answer to one REST request, 1-60. What takes longer is an unknown outcome.</summary>
    public double RequestTimeoutSeconds { get; set; } = 10;

    /// <summary>Seconds to wait for a connection, 0.1-30.</summary>
    public double ConnectTimeoutSeconds { get; set; } = 4;

    /// <summary>True when requests go to the real telephone network.</summary>
    public bool IsReal => Uri.TryCreate(BaseUrl, UriKind.Absolute, out var uri) && (uri.Host == "twilio.com" || uri.Host.EndsWith(".twilio.com", StringComparison.OrdinalIgnoreCase));

    public bool HasApiKey => ApiKeySid.Length > 0;
}

/// <summary>What the network outside sees of this installation, and the key of the tokens in the URLs it is given. Bound from the section <c>Dialer</c>.</summary>
public sealed class PublicFaceOptions
{
    public const string Section = "Dialer";

    /// <summary>
    /// What precedes this application's own paths in the URLs that carriers call and sign, "https://calls.example.com", without a trailing slash.
    /// Signatures are checked against it, never against the Host header.
    /// </summary>
    public string PublicUrl { get; set; } = "";

    /// <summary>At least 32 characters of secret; signs the attempt tokens in webhook URLs.</summary>
    public string TokenKey { get; set; } = "";
}

internal sealed class TwilioOptionsValidator : IValidateOptions<TwilioOptions>
{
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdefABCDEF");

    public ValidateOptionsResult Validate(string? name, TwilioOptions options)
    {
        var errors = new List<string>();
        if (!IsSid("AC", options.AccountSid))
            errors.Add("Twilio:AccountSid must be 'AC' and 32 hexadecimal digits (environment: Twilio__AccountSid).");
        if (options.AuthToken.Length == 0)
            errors.Add("Twilio:AuthToken is missing: webhooks cannot be verified without it (environment: Twilio__AuthToken).");
        if (options.ApiKeySid.Length > 0 != options.ApiKeySecret.Length > 0)
            errors.Add("Twilio:ApiKeySid and Twilio:ApiKeySecret go together: give both or neither.");
        if (options.ApiKeySid.Length > 0 && !IsSid("SK", options.ApiKeySid))
            errors.Add("Twilio:ApiKeySid must be 'SK' and 32 hexadecimal digits.");
        if (!Uri.TryCreate(options.BaseUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            errors.Add("Twilio:BaseUrl must be an absolute http or https URL, for example https://api.twilio.com.");
        else if (options.IsReal && url.Scheme != "https")
            errors.Add("Twilio:BaseUrl must be https when it names Twilio.");
        if (options.RequestTimeoutSeconds is < 1 or > 60)
            errors.Add("Twilio:RequestTimeoutSeconds must be from 1 to 60.");
        if (options.ConnectTimeoutSeconds is < 0.1 or > 30)
            errors.Add("Twilio:ConnectTimeoutSeconds must be from 0.1 to 30.");
        if (options.Edges.Any(edge => edge.Length == 0 || !edge.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')))
            errors.Add("Twilio:Edges must hold names of edges such as ashburn or dublin-ix.");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static bool IsSid(string prefix, string text) =>
        text.Length == 34 && text.StartsWith(prefix, StringComparison.Ordinal) && text.AsSpan(2).ContainsAnyExcept(Hexadecimal) is false;
}

internal sealed class PublicFaceOptionsValidator : IValidateOptions<PublicFaceOptions>
{
    public ValidateOptionsResult Validate(string? name, PublicFaceOptions options)
    {
        var errors = new List<string>();
        if (!Uri.TryCreate(options.PublicUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Query.Length > 0 || url.Fragment.Length > 0)
            errors.Add("Dialer:PublicUrl must be the absolute base URL that carriers call, without query or fragment (environment: Dialer__PublicUrl).");
        else if (options.PublicUrl.EndsWith('/'))
            errors.Add("Dialer:PublicUrl must not end with a slash.");
        if (options.TokenKey.Length < 32)
            errors.Add("Dialer:TokenKey must be a secret of at least 32 characters (environment: Dialer__TokenKey; make one with `openssl rand -base64 32`).");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
