using NodaTime;

namespace Dialer.Core.Routing;

/// <summary>How long a caller will wait, said only when it is known.</summary>
public static class WaitEstimate
{
    public const int LeastServed = 5;

    /// <summary>
    /// <paramref name="position"/> (1 is next) divided by the rate at which the queue was served over <paramref name="span"/>, in whole minutes rounded up.
    /// Null with fewer than five served, when no rate is honest.
    /// </summary>
    public static int? Minutes(int position, int served, Duration span) =>
        served < LeastServed ? null : Math.Max(1, (int)Math.Ceiling(position * span.TotalMinutes / served));
}
