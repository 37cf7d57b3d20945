using Microsoft.Extensions.Options;

namespace Dialer.Features.Ivr;

/// <summary>Bound from the section <c>Dialer:Ivr</c>.</summary>
public sealed class IvrOptions
{
    public const string Section = "Dialer:Ivr";

    /// <summary>The natural person, or an alias that can be traced to one, whom messages ask to call back (12 CFR 1006.2(j)(1)(iii)).</summary>
    public string ContactName { get; set; } = "Jordan Reed";

    /// <summary>Said when no database can be asked who is calling. Must not reveal collections.</summary>
    public string FallbackBusinessName { get; set; } = "the customer service line";

    /// <summary>Languages in the order in which key 8 offers them, the default one first. Every further folder of templates is offered after them, to its speakers at once.</summary>
    public string[] Languages { get; set; } = ["en", "es"];

    /// <summary>When agents work, HH:mm in the campaign's zone (Eastern for calls without one), every day; from opening to closing, closing not included. "00:00" to "24:00" is always.</summary>
    public string Opens { get; set; } = "08:00";

    /// <summary>HH:mm, after <see cref="Opens"/>, at most "24:00".</summary>
    public string Closes { get; set; } = "21:00";

    /// <summary>Failed rounds of verification on one person in an hour, 1-50, after which nobody may try.</summary>
    public int MaxFailuresPerPersonHour { get; set; } = 5;

    /// <summary>Failed rounds from one number in an hour, 1-100.</summary>
    public int MaxFailuresPerNumberHour { get; set; } = 10;

    /// <summary>Different people one number may fail as in a day, 1-50.</summary>
    public int MaxPeoplePerNumberDay { get; set; } = 3;

    /// <summary>Failed rounds in an hour of all callers together who withhold their number, 10-100,000: nobody can tell them apart, so the limits of one number would let three of them lock out all.</summary>
    public int MaxWithheldFailuresPerHour { get; set; } = 60;

    /// <summary>Failed rounds in all in an hour, 10-1,000,000: beyond it verification stops for everybody and an alarm is raised.</summary>
    public int MaxFailuresPerHour { get; set; } = 1000;
}

internal sealed class IvrOptionsValidator : IValidateOptions<IvrOptions>
{
    public ValidateOptionsResult Validate(string? name, IvrOptions options)
    {
        var errors = new List<string>();
        if (string.IsNullOrWhiteSpace(options.ContactName))
            errors.Add("Dialer:Ivr:ContactName must name a natural person or a traceable alias.");
        if (options.Languages is not { Length: > 0 })
            errors.Add("Dialer:Ivr:Languages needs at least one language.");
        if (options.MaxFailuresPerPersonHour is < 1 or > 50)
            errors.Add("Dialer:Ivr:MaxFailuresPerPersonHour must be from 1 to 50.");
        if (options.MaxFailuresPerNumberHour is < 1 or > 100)
            errors.Add("Dialer:Ivr:MaxFailuresPerNumberHour must be from 1 to 100.");
        if (options.MaxPeoplePerNumberDay is < 1 or > 50)
            errors.Add("Dialer:Ivr:MaxPeoplePerNumberDay must be from 1 to 50.");
        if (options.MaxWithheldFailuresPerHour is < 10 or > 100_000)
            errors.Add("Dialer:Ivr:MaxWithheldFailuresPerHour must be from 10 to 100000.");
        if (options.MaxFailuresPerHour is < 10 or > 1_000_000)
            errors.Add("Dialer:Ivr:MaxFailuresPerHour must be from 10 to 1000000.");
        if (BusinessHours.Parse(options.Opens) is not { } opens || BusinessHours.Parse(options.Closes) is not { } closes || closes <= opens)
            errors.Add("Dialer:Ivr:Opens and Closes must be times HH:mm, Closes after Opens and at most 24:00.");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}

/// <summary>Minutes of the local day in which agents work.</summary>
internal static class BusinessHours
{
    public const int Day = 24 * 60;

    /// <summary>Minutes since midnight, 0-1440; null when the text is no time.</summary>
    public static int? Parse(string text) =>
        text.Split(':') is [var hours, var minutes] && int.TryParse(hours, System.Globalization.CultureInfo.InvariantCulture, out var h) && int.TryParse(minutes, System.Globalization.CultureInfo.InvariantCulture, out var m)
        && h is >= 0 and <= 24 && m is >= 0 and < 60 && (h * 60) + m <= Day ? (h * 60) + m : null;

    /// <summary>A time that was read, always as HH:mm; null stays null.</summary>
    public static string? Write(string? text) => text is null || Parse(text) is not { } minutes ? null : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{minutes / 60:00}:{minutes % 60:00}");

    public static bool Contains(string opens, string closes, NodaTime.LocalTime time) =>
        (time.Hour * 60) + time.Minute is var minute && minute >= Parse(opens) && minute < Parse(closes);
}
