using System.Security.Cryptography;
using NodaTime;

namespace Dialer.Host.Demo;

/// <summary>What the demonstration shows. Everything secret in it is made anew for each run and opens nothing else. <c>NetworkPort</c> 0 takes a free one.</summary>
internal sealed record DemoOptions(int Accounts, int Agents, double Speed, Instant At, Duration? For, int Seed, bool Headless, bool Json, int Port, string Folder, string Bind = "127.0.0.1", int NetworkPort = 0)
{
    public const string ClientCode = "NORTHFIELD";
    public const string CampaignNumber = "+12125550100";
    public const string IvrNumber = "+12125550101";
    public const int CallsPerSecond = 10;

    public string Password { get; } = "demo-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));

    public string AccountSid { get; } = "AC" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public string AuthToken { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public string ApiKeySid { get; } = "SK" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public string ApiKeySecret { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public string TokenKey { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public DateTimeOffset Origin { get; } = TimeProvider.System.GetUtcNow();

    public string Url => $"http://127.0.0.1:{Port}";

    public string In(string file) => Path.Combine(Folder, file);

    /// <summary>The demonstration's time now.</summary>
    public Instant Now => At + Duration.FromTimeSpan((TimeProvider.System.GetUtcNow() - Origin) * Speed);
}
