using Dialer.Simulator.Calls;

namespace Dialer.Simulator.Usage;

/// <summary>What things cost on this network, in US dollars: list prices rounded to what a demonstration needs. A leg is billed by the minute begun.</summary>
public static class Rates
{
    public const decimal MachineDetection = 0.0075m;
    public const decimal RecordedMinute = 0.0025m;
    public const decimal Payment = 0.10m;
    public const decimal Segment = 0.0083m;
    public const decimal Number = 1.15m;
    private static readonly string[] TollFree = ["800", "833", "844", "855", "866", "877", "888"];

    /// <summary>One minute of this leg.</summary>
    public static decimal Minute(Call call) => Category(call) switch
    {
        "calls-client" or "calls-sip" => 0.004m,
        "calls-inbound-tollfree" => 0.022m,
        "calls-inbound" => 0.0085m,
        _ => 0.014m,
    };

    /// <summary>Connectivity only, as the call resource's price has it.</summary>
    public static decimal Price(Call call) => Minute(call) * Minutes(call.DurationSeconds);

    public static int Minutes(int seconds) => (seconds + 59) / 60;

    /// <summary>The usage category of this leg (https://www.twilio.com/docs/usage/api/usage-record#usage-categories).</summary>
    public static string Category(Call call) =>
        IsClient(call.From) || IsClient(call.To) ? "calls-client"
        : IsSip(call.From) || IsSip(call.To) ? "calls-sip"
        : call.Direction != "inbound" ? "calls-outbound"
        : IsTollFree(call.To) ? "calls-inbound-tollfree"
        : "calls-inbound";

    public static bool IsTollFree(string number) => number.Length == 12 && number.StartsWith("+1", StringComparison.Ordinal) && TollFree.Contains(number[2..5], StringComparer.Ordinal);

    private static bool IsClient(string address) => address.StartsWith("client:", StringComparison.Ordinal);

    private static bool IsSip(string address) => address.StartsWith("sip:", StringComparison.Ordinal);
}
