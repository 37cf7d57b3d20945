using NodaTime;

namespace Dialer.Simulator.Serving;

/// <summary>A clock that shows <see cref="At"/> at the real instant <see cref="Origin"/> and runs at <see cref="Speed"/> from there.</summary>
public sealed record NetworkClock(Instant At, double Speed, Instant Origin, TimeProvider Real)
{
    public Instant RealNow => Instant.FromDateTimeOffset(Real.GetUtcNow());

    public Instant Now => At + ((RealNow - Origin) * Speed);

    /// <summary>How long in real time until the clock shows the instant; not negative.</summary>
    public TimeSpan Until(Instant instant)
    {
        var left = (instant - Now) / Speed;
        return left <= Duration.Zero ? TimeSpan.Zero : left.ToTimeSpan();
    }

    public static NetworkClock RealTime(TimeProvider real)
    {
        var now = Instant.FromDateTimeOffset(real.GetUtcNow());
        return new NetworkClock(now, 1, now, real);
    }
}
