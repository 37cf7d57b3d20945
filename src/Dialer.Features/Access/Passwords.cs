using System.Globalization;
using System.Security.Cryptography;

namespace Dialer.Features.Access;

/// <summary>PBKDF2-HMAC-SHA512, stored as <c>pbkdf2-sha512$rounds$salt$hash</c>.</summary>
/// <param name="rounds">210,000 as OWASP's Password Storage Cheat Sheet asks; only a test, whose passwords guard nothing, makes do with fewer.</param>
public sealed class Passwords(int rounds = 210_000)
{
    private readonly string _decoy = Hash("nobody's password", rounds);

    public string Hash(string password) => Hash(password, rounds);

    /// <summary>Compares in constant time. A null <paramref name="stored"/> (no such user) costs as much as a wrong password.</summary>
    public bool Verify(string password, string? stored)
    {
        var parts = (stored ?? _decoy).Split('$');
        var derived = Derive(password, Convert.FromBase64String(parts[2]), int.Parse(parts[1], CultureInfo.InvariantCulture));
        return CryptographicOperations.FixedTimeEquals(derived, Convert.FromBase64String(parts[3])) && stored is not null;
    }

    private static string Hash(string password, int rounds)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        return $"pbkdf2-sha512${rounds}${Convert.ToBase64String(salt)}${Convert.ToBase64String(Derive(password, salt, rounds))}";
    }

    private static byte[] Derive(string password, byte[] salt, int rounds) =>
        Rfc2898DeriveBytes.Pbkdf2(password, salt, rounds, HashAlgorithmName.SHA512, 32);
}
