using NodaTime;

namespace Dialer.Features.Dialing;

/// <summary>The account's calls a second, over all nodes, campaigns and agents.</summary>
internal static class CallPace
{
    /// <summary>Names the starts that everybody shares.</summary>
    public const string Bucket = "calls";

    public static long UnixMicroseconds(this Instant instant) => instant.ToUnixTimeTicks() / 10;
}
