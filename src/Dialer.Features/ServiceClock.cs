using System.Globalization;
using Microsoft.Extensions.Configuration;
using NodaTime;

namespace Dialer.Features;

/// <summary>The service's time. Real time, or for demonstrations and training a clock of its own: <c>now = At + (realNow - Origin) * Speed</c>.</summary>
/// <remarks>Section <c>Dialer:Clock</c>: <c>At</c> (ISO 8601 instant), <c>Speed</c> (0.1 to 1000, default 1), <c>Origin</c> (the real instant at which the clock shows At; default: now).</remarks>
public sealed class ServiceClock : TimeProvider
{
    private readonly DateTimeOffset _at;
    private readonly DateTimeOffset _origin;

    private ServiceClock(DateTimeOffset at, DateTimeOffset origin, double speed, bool simulated) =>
        (_at, _origin, Speed, IsSimulated) = (at, origin, speed, simulated);

    public double Speed { get; }

    public bool IsSimulated { get; }

    public Instant Now => Instant.FromDateTimeOffset(GetUtcNow());

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public static ServiceClock Real() => new(default, default, 1, simulated: false);

    public static ServiceClock Simulated(DateTimeOffset at, DateTimeOffset origin, double speed) => new(at, origin, speed, simulated: true);

    public static ServiceClock From(IConfiguration configuration)
    {
        var section = configuration.GetSection("Dialer:Clock");
        if (section["At"] is not { Length: > 0 } at)
            return Real();
        var speed = double.Parse(section["Speed"] ?? "1", CultureInfo.InvariantCulture);
        if (speed is < 0.1 or > 1000)
            throw new InvalidOperationException("Dialer__Clock__Speed must be between 0.1 and 1000.");
        var origin = section["Origin"] is { Length: > 0 } text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) : System.GetUtcNow();
        return Simulated(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture).ToUniversalTime(), origin, speed);
    }

    /// <summary>The service's duration that passes in <paramref name="real"/> time: a deadline about a living process or connection on this clock.</summary>
    public Duration OfReal(TimeSpan real) => Duration.FromTimeSpan(real * Speed);

    public override DateTimeOffset GetUtcNow() => IsSimulated ? _at + ((System.GetUtcNow() - _origin) * Speed) : System.GetUtcNow();

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Scale(dueTime), Scale(period));

    private TimeSpan Scale(TimeSpan time) =>
        time == Timeout.InfiniteTimeSpan || time <= TimeSpan.Zero || !IsSimulated ? time : TimeSpan.FromMilliseconds(Math.Max(1, time.TotalMilliseconds / Speed));
}
