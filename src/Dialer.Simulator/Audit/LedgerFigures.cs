using System.Globalization;

namespace Dialer.Simulator.Audit;

/// <summary>What calls came to. Seconds are from a call's first bridge to its end, machines left out.</summary>
/// <param name="Attempts">Calls asked for, those that the carrier refused included.</param>
/// <param name="Live">Answered, and not taken for a machine or a fax.</param>
/// <param name="Bridged">Live answers that heard somebody in a room.</param>
/// <param name="Abandoned">Live answers that heard nobody before the message for whom no agent was free. Whether an agent came in time is I10's to judge, call by call.</param>
/// <param name="NotPlaced">Asked for and no call: the answer was an error of the carrier's own, or never came. In no other figure.</param>
public sealed record CallFigures(long Attempts, long Live, long Machines, long Busy, long NoAnswer, long Failed, long Bridged, long Abandoned, double TalkSeconds, long NotPlaced = 0)
{
    public static CallFigures None { get; } = new(0, 0, 0, 0, 0, 0, 0, 0, 0);

    public CallFigures Plus(CallFigures other) => new(
        Attempts + other.Attempts, Live + other.Live, Machines + other.Machines, Busy + other.Busy, NoAnswer + other.NoAnswer, Failed + other.Failed, Bridged + other.Bridged,
        Abandoned + other.Abandoned, TalkSeconds + other.TalkSeconds, NotPlaced + other.NotPlaced);
}

/// <summary>Money taken by one method: "credit-card", "ach-debit".</summary>
public sealed record MoneyFigures(long Count, decimal Amount);

/// <summary>The figures that a report of the product shows, counted anew from the network's own ledger: outbound calls to telephones, and charges by method.</summary>
/// <remarks>Nothing of the product is read: a figure that agrees has been counted twice, by two programs, from two records of the same calls.</remarks>
public sealed class LedgerFigures
{
    private LedgerFigures(CallFigures calls, IReadOnlyDictionary<string, MoneyFigures> money) => (Calls, Money) = (calls, money);

    public CallFigures Calls { get; }

    /// <summary>Charges by method.</summary>
    public IReadOnlyDictionary<string, MoneyFigures> Money { get; }

    /// <param name="ledger">The network's ledger.</param>
    /// <param name="abandonmentMessages">What a person hears whom no agent was free for.</param>
    /// <param name="agentless">Numbers whose calls promise nobody an agent: the same message there says that a call was stopped in the air, and nobody is abandoned.</param>
    public static LedgerFigures Count(Lines ledger, IReadOnlyList<SpokenMessage> abandonmentMessages, params string[] agentless)
    {
        var calls = ledger.Of("call-created").Where(line => line.Text("direction") == "outbound-api" && IsTelephone(line.Text("to")))
            .GroupBy(line => line.Text("call")!, StringComparer.Ordinal).ToDictionary(group => group.Key, group => new Counted(meetsAgents: !agentless.Contains(group.First().Text("from"), StringComparer.Ordinal)), StringComparer.Ordinal);
        foreach (var line in ledger.All)
        {
            if (line.Text("call") is { } sid && calls.TryGetValue(sid, out var call))
                call.Take(line, abandonmentMessages);
        }

        var callless = ledger.Of("request").Where(line => line.Text("method") == "POST" && line.Text("path")?.EndsWith("/Calls.json", StringComparison.Ordinal) == true && line.Text("sid") is null && IsTelephone(line.Text("to"))).ToList();
        var refused = callless.Count(line => line.Number("status") is >= 400 and not 408 and < 500 && line.Text("cut") is null); // whoever reads such an answer knows that there is no call
        return new LedgerFigures(
            calls.Values.Select(call => call.Figures()).Aggregate(CallFigures.None with { Attempts = refused, Failed = refused, NotPlaced = callless.Count - refused }, (sum, each) => sum.Plus(each)),
            ledger.Of("charge").GroupBy(line => line.Text("method") ?? "", StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => new MoneyFigures(group.Count(), group.Sum(line => line.Money("amount") ?? 0)), StringComparer.Ordinal));
    }

    /// <summary>What differs between the ledger's figures and those that were reported, one sentence each. Counts and money must be equal; talk may differ by the two clocks' drift on each bridged call.</summary>
    /// <param name="reported">The same, as reported.</param>
    /// <param name="money">By the network's word for the method.</param>
    /// <param name="drift">Seconds by which one call's talk may differ.</param>
    public IEnumerable<string> Differences(CallFigures reported, IReadOnlyDictionary<string, MoneyFigures> money, double drift)
    {
        foreach (var (name, theirs, ours) in Pairs(Calls, reported).Where(pair => pair.Ledger != pair.Report))
            yield return string.Create(CultureInfo.InvariantCulture, $"{theirs} {name} by the ledger, {ours} by the report");
        if (Calls.NotPlaced > reported.NotPlaced) // what was never sent is not in the ledger
            yield return string.Create(CultureInfo.InvariantCulture, $"{Calls.NotPlaced} asked for in vain by the ledger, {reported.NotPlaced} not placed by the report");
        if (Math.Abs(Calls.TalkSeconds - reported.TalkSeconds) > drift * Math.Max(1, Calls.Bridged))
            yield return string.Create(CultureInfo.InvariantCulture, $"{Calls.TalkSeconds:0.0} s of talk by the ledger, {reported.TalkSeconds:0.0} s by the report");
        foreach (var method in Money.Keys.Union(money.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (theirs, ours) = (Money.GetValueOrDefault(method) ?? new MoneyFigures(0, 0), money.GetValueOrDefault(method) ?? new MoneyFigures(0, 0));
            if (theirs != ours)
                yield return string.Create(CultureInfo.InvariantCulture, $"payments by {method}: {theirs.Count} of {theirs.Amount:0.00} by the ledger, {ours.Count} of {ours.Amount:0.00} by the report");
        }
    }

    /// <summary>Figures that stand in more than one table, by name, each in all. Shares are 0 where there is nothing to divide by.</summary>
    public IReadOnlyDictionary<string, decimal> Totals => new Dictionary<string, decimal>(StringComparer.Ordinal)
    {
        ["attempts"] = Calls.Attempts, ["live answers"] = Calls.Live, ["abandoned"] = Calls.Abandoned,
        ["share abandoned of those for an agent"] = Share(Calls.Abandoned, Calls.Abandoned + Calls.Bridged), ["share abandoned of all"] = Share(Calls.Abandoned, Calls.Attempts),
        ["charges"] = Money.Values.Sum(each => each.Count), ["taken"] = Money.Values.Sum(each => each.Amount),
    };

    /// <summary>What one more table of the product says otherwise, one sentence each. Only what it names is compared; a share may differ by rounding.</summary>
    public IEnumerable<string> Differences(string table, IReadOnlyDictionary<string, decimal> reported) =>
        from figure in reported.OrderBy(each => each.Key, StringComparer.Ordinal)
        where Math.Abs(Totals[figure.Key] - figure.Value) > (figure.Key.StartsWith("share", StringComparison.Ordinal) ? 1e-9m : 0)
        select string.Create(CultureInfo.InvariantCulture, $"{Totals[figure.Key]:0.######} {figure.Key} by the ledger, {figure.Value:0.######} by the table {table}");

    private static decimal Share(long part, long whole) => whole == 0 ? 0 : (decimal)part / whole;

    private static IEnumerable<(string Name, long Ledger, long Report)> Pairs(CallFigures ledger, CallFigures report) =>
    [
        ("attempts", ledger.Attempts, report.Attempts), ("live answers", ledger.Live, report.Live), ("machines", ledger.Machines, report.Machines), ("busy", ledger.Busy, report.Busy),
        ("without an answer", ledger.NoAnswer, report.NoAnswer), ("failed", ledger.Failed, report.Failed), ("with an agent", ledger.Bridged, report.Bridged), ("abandoned", ledger.Abandoned, report.Abandoned),
    ];

    private static bool IsTelephone(string? party) => party?.StartsWith('+') == true;

    /// <summary>One call, as its lines tell it.</summary>
    private sealed class Counted(bool meetsAgents)
    {
        private Line? _answered;
        private Line? _bridged;
        private Line? _ended;
        private bool _machine;
        private bool _heardMessage;

        public void Take(Line line, IReadOnlyList<SpokenMessage> messages)
        {
            switch (line.Kind)
            {
                case "answered":
                    _answered ??= line;
                    break;
                case "bridged":
                    _bridged ??= line;
                    break;
                case "completed":
                    _ended ??= line;
                    break;
                case "amd":
                    _machine |= line.SaysMachine;
                    break;
                case "heard" when _bridged is null: // after a talk the same words are a goodbye
                    _heardMessage |= SpokenWords.IsSaid(messages, line);
                    break;
                default:
                    break;
            }
        }

        public CallFigures Figures()
        {
            var live = _answered is not null && !_machine;
            var status = _ended?.Text("status");
            return new CallFigures(
                1, One(live), One(_answered is not null && _machine), One(status == "busy"), One(status is "no-answer" or "canceled"), One(status == "failed"), One(live && _bridged is not null),
                One(live && meetsAgents && _heardMessage),
                live && _bridged is { } bridged && _ended is { } ended ? (ended.At - bridged.At).TotalSeconds : 0);
        }

        private static long One(bool yes) => yes ? 1 : 0;
    }
}
