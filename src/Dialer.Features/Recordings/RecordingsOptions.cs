using System.ComponentModel.DataAnnotations;
using Dialer.Core.Compliance;

namespace Dialer.Features.Recordings;

/// <summary>How recordings are kept. Section <c>Dialer:Recordings</c>.</summary>
public sealed class RecordingsOptions
{
    /// <summary>Fetch recordings into our own store. Off: they stay at the carrier and cannot be listened to here.</summary>
    public bool Keep { get; set; } = true;

    /// <summary>Delete a recording at the carrier once the copy was read back whole.</summary>
    public bool DeleteAtCarrier { get; set; } = true;

    /// <summary>A key of 32 bytes in base64 that protects the recordings' own keys; empty: the installation's data-protection keys do.</summary>
    public string Key { get; set; } = "";

    /// <summary>Years after the call before a recording may be destroyed; the law's three are the least. Default 5.</summary>
    [Range(RetentionClock.LegalMinimumYears, 30)]
    public int Years { get; set; } = RetentionClock.RecordingYears;

    /// <summary>How long a link to listen is good for, in seconds. Default 120.</summary>
    [Range(10, 3600)]
    public int LinkSeconds { get; set; } = 120;

    /// <summary>Longest recording that is fetched, in bytes. Default 512 MB: four hours of two channels.</summary>
    [Range(1 << 20, 8L << 30)]
    public long MaxBytes { get; set; } = 512L << 20;

    internal bool KeyIsUsable => Key.Length == 0 || Convert.TryFromBase64String(Key, new byte[Key.Length], out var length) && length == 32;
}
