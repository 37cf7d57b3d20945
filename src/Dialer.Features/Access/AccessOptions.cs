using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Dialer.Features.Access;

/// <summary>Section <c>Dialer:Access</c>.</summary>
public sealed class AccessOptions
{
    /// <summary>Sign-ins from one address in a minute, as many at once. Default 120: a floor behind one address comes to work together.</summary>
    [Range(5, 100_000)]
    public int SignInsPerMinute { get; set; } = 120;

    /// <summary>Wrong passwords or codes in a row after which a user is locked. Default 5.</summary>
    [Range(3, 100)]
    public int TriesBeforeLock { get; set; } = 5;

    /// <summary>How long a lock lasts, in real minutes. Default 15.</summary>
    [Range(1, 1440)]
    public int LockMinutes { get; set; } = 15;

    /// <summary>Networks from which one may sign in, such as 10.0.0.0/8; empty: from everywhere.</summary>
    public string[] Networks { get; set; } = [];

    /// <summary>Whether supervisors and above must have a second factor. Null, the default: where real telephones can ring.</summary>
    public bool? SecondFactorRequired { get; set; }

    /// <summary>An identity provider beside our own passwords.</summary>
    public OpenIdOptions OpenId { get; set; } = new();

    internal bool Admits(IPAddress? address)
    {
        if (Networks.Length == 0)
            return true;
        if (address is null)
            return false;
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Networks.Any(network => IPNetwork.Parse(network).Contains(plain));
    }

    internal IEnumerable<string> Faults() => Networks.Where(network => !IPNetwork.TryParse(network, out _)).Select(network => $"Dialer:Access:Networks has '{network}', which is not a network such as 10.0.0.0/8.");
}
