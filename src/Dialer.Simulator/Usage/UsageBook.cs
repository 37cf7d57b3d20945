using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using NodaTime;

namespace Dialer.Simulator.Usage;

/// <summary>How often, how much (minutes, seconds, messages) and for how many dollars.</summary>
public readonly record struct UsageSum(long Count, decimal Amount, decimal Price)
{
    public static UsageSum operator +(UsageSum a, UsageSum b) => new(a.Count + b.Count, a.Amount + b.Amount, a.Price + b.Price);
}

/// <summary>What the account has used, by UTC day and category; it outlasts the calls themselves.</summary>
/// <remarks>https://www.twilio.com/docs/usage/api/usage-record</remarks>
public sealed class UsageBook(PhoneNetwork network)
{
    public const decimal OpeningBalance = 100.00m;

    /// <summary>Categories with the units of their count and their usage.</summary>
    public static readonly IReadOnlyList<(string Category, string CountUnit, string UsageUnit)> Categories =
    [
        ("calls", "calls", "minutes"), ("calls-outbound", "calls", "minutes"), ("calls-inbound", "calls", "minutes"), ("calls-inbound-tollfree", "calls", "minutes"),
        ("calls-client", "calls", "minutes"), ("calls-sip", "calls", "minutes"), ("recordings", "recordings", "minutes"), ("answering-machine-detection", "calls", "calls"),
        ("calls-pay-verb-transactions", "transactions", "transactions"), ("sms-outbound", "messages", "segments"), ("phonenumbers", "numbers", "numbers"), ("totalprice", "usd", "usd"),
    ];

    private static readonly string[] Legs = ["calls-outbound", "calls-inbound", "calls-inbound-tollfree", "calls-client", "calls-sip"];
    private readonly Dictionary<(LocalDate Day, string Category), UsageSum> _days = [];
    private decimal _spent;

    public decimal Balance => OpeningBalance - _spent;

    /// <summary>A leg is over: it is billed when somebody answered it.</summary>
    public void Over(Call call)
    {
        if (call is not { AnsweredAt: not null, DurationSeconds: > 0 })
            return;
        var minutes = Rates.Minutes(call.DurationSeconds);
        Add(Rates.Category(call), minutes, Rates.Minute(call) * minutes);
        if (call.Amd is not null && call.AnsweredBy is not null)
            Add("answering-machine-detection", 1, Rates.MachineDetection);
        foreach (var recording in call.Recordings)
            Add("recordings", Rates.Minutes(recording.WholeSeconds), Rates.RecordedMinute * Rates.Minutes(recording.WholeSeconds));
    }

    public void Add(string category, decimal amount, decimal price)
    {
        var key = (network.Timeline.Now.InUtc().Date, category);
        _days[key] = _days.GetValueOrDefault(key) + new UsageSum(1, amount, price);
        _spent += price;
    }

    /// <summary>The sum of a category over days, both included.</summary>
    public UsageSum Sum(string category, LocalDate from, LocalDate to)
    {
        var sum = default(UsageSum);
        foreach (var ((day, of), used) in _days)
        {
            if (day >= from && day <= to && (of == category || category == "totalprice" || (category == "calls" && Legs.Contains(of, StringComparer.Ordinal))))
                sum += used;
        }

        return category == "totalprice" ? new UsageSum(0, sum.Price, sum.Price) : sum;
    }
}
