using NodaTime;

namespace Dialer.Core.Ivr;

/// <summary>The times a caller may ask to be called at: whole hours that every state's calling hours allow, at least an hour ahead, in the caller's own zone.</summary>
public static class CallBackTimes
{
    private static readonly int[] Hours = [10, 13, 16, 19];

    /// <summary>The next three, today and then tomorrow.</summary>
    public static IReadOnlyList<LocalDateTime> Of(LocalDateTime now) =>
        [.. Enumerable.Range(0, 3).SelectMany(day => Hours.Select(hour => now.Date.PlusDays(day).At(new LocalTime(hour, 0)))).Where(time => time >= now.PlusHours(1)).Take(3)];
}
