using NodaTime;

namespace Dialer.Core.Compliance;

public enum DisputeEffect
{
    /// <summary>Stop collecting the disputed part until verification has been sent (12 CFR 1006.38(d)(2)).</summary>
    CeaseUntilVerified,

    /// <summary>Report and show the debt as disputed (15 USC 1692e(8)); the house holds it anyway.</summary>
    MarkDisputed,
}

/// <summary>The notice of a debt and the time a consumer has to dispute it (12 CFR 1006.34).</summary>
/// <param name="SentOn">The day it was mailed or sent.</param>
public readonly record struct ValidationNotice(LocalDate SentOn)
{
    /// <summary>Five days after sending, Saturdays, Sundays and legal public holidays not counted (1006.34(b)(5)).</summary>
    public LocalDate AssumedReceipt => HolidayCalendar.UnitedStates.AddBusinessDays(SentOn, 5);

    /// <summary>The last day of the period: the thirtieth after assumed receipt.</summary>
    public LocalDate PeriodEnds => AssumedReceipt.PlusDays(30);

    /// <summary>What a dispute does. While no notice is known to have been sent, the period has not begun to run out.</summary>
    public static DisputeEffect OnDispute(ValidationNotice? notice, LocalDate receivedOn, bool written, bool newYorkCity) =>
        notice is { } sent ? sent.OnDispute(receivedOn, written, newYorkCity) : written || newYorkCity ? DisputeEffect.CeaseUntilVerified : DisputeEffect.MarkDisputed;

    public DisputeEffect OnDispute(LocalDate receivedOn, bool written, bool newYorkCity) =>
        newYorkCity || (written && receivedOn <= PeriodEnds) ? DisputeEffect.CeaseUntilVerified : DisputeEffect.MarkDisputed;

    /// <summary>The day by which the notice must be out: five days after the first communication (1006.34(a)(1)(i)(B)).</summary>
    public static LocalDate DueAfter(LocalDate firstCommunication) => firstCommunication.PlusDays(5);
}
