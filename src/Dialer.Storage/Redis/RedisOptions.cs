using System.ComponentModel.DataAnnotations;

namespace Dialer.Storage.Redis;

/// <summary>Section <c>Dialer:Redis</c>.</summary>
public sealed class RedisOptions
{
    /// <summary>Begins every key and channel, so that several installations can share one server. Default "dialer".</summary>
    [Required]
    [RegularExpression("^[a-z0-9-]{1,40}$")]
    public string Prefix { get; set; } = "dialer";
}
