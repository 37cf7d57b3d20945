using NodaTime;

namespace Dialer.Simulator.Samples;

/// <summary>One fictional debt. <see cref="Buckets"/> (not due, 1-30, 31-60, 61-90, 91-120, more days past due) always sum to <see cref="Balance"/>.</summary>
internal sealed record SampleAccount(
    string Number, string Creditor, string Product, decimal Balance, decimal[] Buckets, decimal MinimumPayment, LocalDate OldestDueOn, LocalDate PlacedOn)
{
    public static SampleAccount Make(Random random, int row, LocalDate asOf, (string Creditor, string Product) creditor)
    {
        var oldest = random.Next(1, 6);
        var buckets = new decimal[6];
        var size = Math.Exp(5.6 + 0.9 * Normal(random)); // a median balance of some 270 in each bucket that holds any
        for (var i = 0; i <= oldest; i++)
            buckets[i] = i == oldest || random.NextDouble() < 0.6 ? decimal.Round((decimal)Math.Clamp(size * (0.3 + random.NextDouble()) / (oldest + 1), 5, 9_000), 2) : 0;
        var balance = buckets.Sum();
        var daysPastDue = oldest < 5 ? random.Next(30 * (oldest - 1) + 1, 30 * oldest + 1) : random.Next(121, 700);
        return new SampleAccount(
            $"{row:000000}-{random.Next(100, 1000)}", creditor.Creditor, creditor.Product, balance, buckets,
            Math.Min(balance, Math.Max(25, decimal.Round(balance * 0.05m, 2))), asOf.PlusDays(-daysPastDue), asOf.PlusDays(-random.Next(0, 15)));
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
