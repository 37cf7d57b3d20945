using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Dialer.Features.Integrations;

/// <summary>
/// The header <c>Dialer-Signature: t=1781000000,v1=hex[,v1=hex]</c>: HMAC-SHA-256 of "t.body" under the endpoint's secret, lower case. While a secret is being replaced both sign.
/// A receiver computes the same over the bytes it got, compares in constant time, and refuses a <c>t</c> that is more than some minutes off: then a copied request is of no use later.
/// </summary>
public static class WebhookSignature
{
    public const string Header = "Dialer-Signature";

    public static string Of(IEnumerable<string> secrets, long unixSeconds, string body) =>
        string.Create(CultureInfo.InvariantCulture, $"t={unixSeconds}") + string.Concat(secrets.Select(secret => ",v1=" + Digest(secret, unixSeconds, body)));

    /// <summary>What a receiver does.</summary>
    public static bool Holds(string header, string secret, string body, long nowUnixSeconds, int toleranceSeconds = 300)
    {
        var parts = header.Split(',').Select(part => part.Split('=', 2)).Where(part => part.Length == 2).ToList();
        var time = parts.FirstOrDefault(part => part[0] == "t");
        if (time is null || !long.TryParse(time[1], NumberStyles.None, CultureInfo.InvariantCulture, out var at) || Math.Abs(nowUnixSeconds - at) > toleranceSeconds)
            return false;
        var expected = Encoding.ASCII.GetBytes(Digest(secret, at, body));
        return parts.Where(part => part[0] == "v1").Any(part => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(part[1]), expected));
    }

    private static string Digest(string secret, long at, string body) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{at}.{body}"))));
}
