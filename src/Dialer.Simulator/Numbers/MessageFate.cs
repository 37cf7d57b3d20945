using System.Globalization;
using Dialer.Simulator.People;

namespace Dialer.Simulator.Numbers;

/// <summary>How a text message to a phone ends: delivered, undelivered (sent, and refused further on) or failed (never sent), with the error that says why.</summary>
/// <remarks>https://www.twilio.com/docs/messaging/guides/debugging-tools#error-codes</remarks>
public readonly record struct MessageFate(string Status, int? ErrorCode)
{
    private static readonly Dictionary<int, string> Words = new()
    {
        [30001] = "Queue overflow", [30002] = "Account suspended", [30003] = "Unreachable destination handset", [30004] = "Message blocked", [30005] = "Unknown destination handset",
        [30006] = "Landline or unreachable carrier", [30007] = "Message filtered", [30008] = "Unknown error", [30034] = "Message from an unregistered number", [30410] = "Provider timeout",
    };

    public static string? Describe(int? code) => code is { } known ? Words.GetValueOrDefault(known, $"Error {known}") : null;

    /// <summary>Reads "delivered", "undelivered 30003" or "failed 30008"; without a code the usual one of the status. Null for anything else.</summary>
    public static MessageFate? Parse(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
    {
        ["delivered"] => new("delivered", null),
        ["undelivered"] => new("undelivered", 30003),
        ["failed"] => new("failed", 30008),
        [("undelivered" or "failed") and var status, var code] when int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => new(status, number),
        _ => null,
    };

    internal static MessageFate Of(Subscribers directory, string number) =>
        directory.Phone(number).Persona?.Message is { } script && Parse(script) is { } fate ? fate
        : directory.LineType(number) == "landline" ? new("undelivered", 30006)
        : new("delivered", null);
}
