namespace Dialer.Simulator.Audit;

/// <summary>Money.</summary>
internal static class MoneyInvariants
{
    /// <summary>I11: the product's payments are the processor's charges, one by one and to the cent; every entry of its double-entry ledger sums to zero, and each payment taken has one.</summary>
    /// <remarks>A charge whose outcome the product never heard is held open on the same call until it is settled: that is no violation, and is given as a figure.</remarks>
    public static IEnumerable<Violation> ChargesMatch(Evidence evidence)
    {
        var payments = evidence.Dump.Of("payment");
        var taken = payments.Where(p => p.Text("status") is null or "succeeded").ToList();
        var ours = taken.ToLookup(p => p.Text("reference") ?? string.Empty, StringComparer.Ordinal);
        var open = payments.Where(p => p.Text("status") == "open").ToLookup(p => p.Text("sid") ?? string.Empty, StringComparer.Ordinal);
        var theirs = evidence.Ledger.Of("charge").ToLookup(c => c.Text("reference")!, StringComparer.Ordinal);
        var held = 0;
        foreach (var charge in theirs)
        {
            var (line, rows) = (charge.First(), ours[charge.Key].ToList());
            if (rows.Count == 0 && open[line.Text("call")!].Any(p => p.Money("amount") == line.Money("amount")))
                held++;
            else if (rows.Count != 1)
                yield return new Violation("I11", charge.Key, $"{rows.Count} payment rows for one charge");
            else if (rows[0].Money("amount") != line.Money("amount"))
                yield return new Violation("I11", charge.Key, $"charged {line.Money("amount")}, booked {rows[0].Money("amount")}");
        }

        evidence.Figures["chargesHeldOpen"] = held;
        foreach (var row in ours.Where(g => !theirs.Contains(g.Key)))
            yield return new Violation("I11", row.Key, "booked, but never charged");
        foreach (var broken in Entries(evidence, taken))
            yield return broken;
    }

    private static IEnumerable<Violation> Entries(Evidence evidence, IReadOnlyList<Line> taken)
    {
        var entries = evidence.Dump.Of("entry").ToLookup(e => e.Text("key")!, StringComparer.Ordinal);
        foreach (var entry in entries.Where(e => e.Sum(line => line.Money("amount") ?? 0) != 0))
            yield return new Violation("I11", entry.Key, $"the lines of this entry sum to {entry.Sum(line => line.Money("amount") ?? 0)}");
        // A returned debit that was presented again is booked again, under the retry's own key.
        var captures = evidence.Dump.Of("entry").Where(e => e.Text("side") == "Processor" && e.Money("amount") > 0 && e.Text("key")?.Contains(":retry:", StringComparison.Ordinal) != true).ToLookup(e => e.Text("paymentId") ?? string.Empty, StringComparer.Ordinal);
        foreach (var payment in taken.Where(p => p.Text("id") is not null))
        {
            var booked = captures[payment.Text("id")!].ToList();
            if (booked.Count != 1 || booked[0].Money("amount") != payment.Money("amount"))
                yield return new Violation("I11", $"payment {payment.Text("id")}", $"{booked.Count} ledger entries, of {booked.Sum(e => e.Money("amount") ?? 0)} for {payment.Money("amount")}");
        }
    }
}
