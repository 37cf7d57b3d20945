using System.ComponentModel.DataAnnotations;
using Dialer.Core.Routing;
using NodaTime;

namespace Dialer.Features.Routing;

/// <summary>Section <c>Dialer:Routing</c>.</summary>
public sealed class RoutingOptions
{
    /// <summary>Callers who may wait at once; one more is asked to call later. Default 100.</summary>
    [Range(0, 10_000)]
    public int MostWaiting { get; set; } = 100;

    /// <summary>Minutes after which a waiting caller is asked to call later rather than kept. Default 30.</summary>
    [Range(1, 240)]
    public int LongestWaitMinutes { get; set; } = 30;

    /// <summary>Seconds within which a caller should be with an agent: the service level's. Default 20.</summary>
    [Range(1, 600)]
    public int TargetSeconds { get; set; } = 20;

    /// <summary>First hour in which people wait for agents, in <see cref="Zone"/>. Default 8.</summary>
    [Range(0, 23)]
    public int OpensAtHour { get; set; } = 8;

    /// <summary>First hour in which they do not any more. Default 21.</summary>
    [Range(1, 24)]
    public int ClosesAtHour { get; set; } = 21;

    /// <summary>IANA time zone of the hours. Default America/New_York.</summary>
    [Required]
    public string Zone { get; set; } = "America/New_York";

    /// <summary>Balance from which Level 3 (skill "tier:3") is tried first. Default 5000.</summary>
    [Range(0, 1e9)]
    public decimal HighValue { get; set; } = 5000;

    /// <summary>Seconds after which a call passed on to Level 3 is offered to Level 2 as well. Default 60.</summary>
    [Range(1, 1800)]
    public int LevelAfterSeconds { get; set; } = 60;

    /// <summary>States in which only agents with the skill "licence-xx" may collect. Default none.</summary>
    public string[] LicensedStates { get; set; } = [];

    /// <summary>Language that every agent speaks. Default en.</summary>
    [Required]
    public string HouseLanguage { get; set; } = "en";

    internal NeedsPolicy Needs => NeedsPolicy.Default with { HouseLanguage = HouseLanguage, HighValue = HighValue, LicensedStates = LicensedStates, LevelAfter = Duration.FromSeconds(LevelAfterSeconds) };

    internal bool IsOpen(Instant now)
    {
        var local = now.InZone(DateTimeZoneProviders.Tzdb.GetZoneOrNull(Zone) ?? DateTimeZone.Utc);
        return local.DayOfWeek != IsoDayOfWeek.Sunday && local.Hour >= OpensAtHour && local.Hour < ClosesAtHour;
    }
}
