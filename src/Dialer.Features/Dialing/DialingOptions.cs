using System.ComponentModel.DataAnnotations;

namespace Dialer.Features.Dialing;

/// <summary>Section <c>Dialer:Dialing</c>.</summary>
public sealed class DialingOptions
{
    /// <summary>Calls we start in any second of the service's clock, at or below what the carrier account allows; the carrier would queue the rest. Default 1, Twilio's own default.</summary>
    [Range(1, 1000)]
    public int CallsPerSecond { get; set; } = 1;

    /// <summary>Lines open at once over all campaigns. Default 500.</summary>
    [Range(1, 100_000)]
    public int MaxLines { get; set; } = 500;

    /// <summary>Time between two decisions of a campaign, on the service's clock. Default 0.5 s; never less than 100 ms of real time.</summary>
    public TimeSpan Tick { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>False on nodes that only serve webhooks and screens. Default true.</summary>
    public bool Leads { get; set; } = true;
}
