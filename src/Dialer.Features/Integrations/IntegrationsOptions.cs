using System.ComponentModel.DataAnnotations;

namespace Dialer.Features.Integrations;

/// <summary>Section <c>Dialer:Integrations</c>.</summary>
public sealed class IntegrationsOptions
{
    /// <summary>Lets webhooks go to plain http and to addresses of private networks. For tests, and for receivers beside this service. Default false.</summary>
    public bool AllowPrivateReceivers { get; set; }

    /// <summary>Tries after which a delivery is given up: with 12 about nine hours after the first. Default 12.</summary>
    [Range(1, 30)]
    public int WebhookTries { get; set; } = 12;

    /// <summary>Real seconds a receiver has for its answer. Default 10.</summary>
    [Range(1, 60)]
    public int WebhookSeconds { get; set; } = 10;
}
