using System.Globalization;
using System.Security.Cryptography;

namespace Dialer.Features.Access;

/// <summary>PBKDF2-HMAC-SHA512, 210,000 rounds (OWASP Password Storage Cheat Sheet), stored as <c>pbkdf2-sha512$rounds$salt$hash</c>.</summary>
public static class Passwords
{
    private const int Rounds = 210_000;
    private static readonly string Decoy = Hash("nobody's password");

    public static string Hash(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        return $"pbkdf2-sha512${Rounds}${Convert.ToBase64String(salt)}${Convert.ToBase64String(Derive(password, salt, Rounds))}";
    }

    /// <summary>Compares in constant time. A null <paramref name="stored"/> (no such user) costs as much as a wrong password.</summary>
    public static bool Verify(string password, string? stored)
    {
        var parts = (stored ?? Decoy).Split('$');
        var derived = Derive(password, Convert.FromBase64String(parts[2]), int.Parse(parts[1], CultureInfo.InvariantCulture));
        return CryptographicOperations.FixedTimeEquals(derived, Convert.FromBase64String(parts[3])) && stored is not null;
    }

    private static byte[] Derive(string password, byte[] salt, int rounds) =>
        Rfc2898DeriveBytes.Pbkdf2(password, salt, rounds, HashAlgorithmName.SHA512, 32);
}
