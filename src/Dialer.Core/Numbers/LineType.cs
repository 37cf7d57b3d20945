namespace Dialer.Core.Numbers;

/// <summary>What kind of line a number is. <see cref="Unknown"/> is treated as the strictest kind by every rule that asks.</summary>
public enum LineType
{
    Unknown = 0,
    Wireless,
    Landline,
    Voip,
    TollFree,
}
