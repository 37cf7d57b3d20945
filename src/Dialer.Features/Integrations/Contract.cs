namespace Dialer.Features.Integrations;

/// <summary>The authentication scheme of tokens that begin with <see cref="Prefix"/>.</summary>
public static class TokenScheme
{
    public const string Name = "ApiToken";
    public const string Prefix = "dlr_";

    /// <summary>Whether an Authorization header carries such a token.</summary>
    public static bool Takes(string? header) => header?.StartsWith($"Bearer {Prefix}", StringComparison.Ordinal) == true;
}
