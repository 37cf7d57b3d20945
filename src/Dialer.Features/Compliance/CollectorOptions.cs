namespace Dialer.Features.Compliance;

/// <summary>Who writes the notices of debts (12 CFR 1006.34(c)(2)(i)). Section <c>Dialer:Collector</c>; without both, no notice is handed to a print house.</summary>
public sealed class CollectorOptions
{
    public const string Section = "Dialer:Collector";

    /// <summary>The debt collector's name.</summary>
    public string? Name { get; set; }

    /// <summary>The mailing address at which disputes are taken, on one line: "100 Main St, Springfield, IL 62701".</summary>
    public string? Address { get; set; }
}
