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

    /// <summary>Languages offered, the default one first; each needs its folder of templates.</summary>
    public string[] Languages { get; set; } = ["en", "es"];

    /// <summary>Failed rounds of verification on one person in an hour, 1-50, after which nobody may try.</summary>
    public int MaxFailuresPerPersonHour { get; set; } = 5;

    /// <summary>Failed rounds from one number in an hour, 1-100.</summary>
    public int MaxFailuresPerNumberHour { get; set; } = 10;

    /// <summary>Different people one number may fail as in a day, 1-50.</summary>
    public int MaxPeoplePerNumberDay { get; set; } = 3;

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
        if (options.MaxFailuresPerHour is < 10 or > 1_000_000)
            errors.Add("Dialer:Ivr:MaxFailuresPerHour must be from 10 to 1000000.");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
