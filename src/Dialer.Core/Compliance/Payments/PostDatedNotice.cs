using NodaTime;

namespace Dialer.Core.Compliance;

/// <summary>The written reminder of a payment accepted more than five days before its date: between ten and three business days before the deposit (15 USC 1692f(2); 12 CFR 1006.22(c)).</summary>
public readonly record struct PostDatedNotice(LocalDate AcceptedOn, LocalDate ScheduledOn)
{
    /// <summary>Dates up to so many days ahead need no reminder.</summary>
    public const int FreeDays = 5;

    public bool Needed => Period.DaysBetween(AcceptedOn, ScheduledOn) > FreeDays;

    /// <summary>The first day on which it may be sent.</summary>
    public LocalDate From => HolidayCalendar.UnitedStates.AddBusinessDays(ScheduledOn, -10);

    /// <summary>The last day on which it may be sent.</summary>
    public LocalDate Until => HolidayCalendar.UnitedStates.AddBusinessDays(ScheduledOn, -3);

    public bool SentInTime(LocalDate? sentOn) => sentOn is { } day && day >= From && day <= Until;
}
