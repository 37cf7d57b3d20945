using System.Globalization;
using System.Text.RegularExpressions;
using NodaTime;

namespace Dialer.Simulator.Audit;

/// <summary>Seconds that one caller waited: the product noted the beginning while it answered the request of that moment, and the end while it took the webhook of that one, so its own figure lies between.</summary>
public readonly record struct Wait(double Least, double Most);

/// <summary>People who called in or asked for an agent, and what they promised to the machine, counted from the network's ledger alone.</summary>
/// <param name="Arrived">Calls to our numbers whose first document the product delivered; of one that it never answered it knows nothing.</param>
/// <param name="AnsweredWaits">From the document that speaks of the line to the bridge, of each caller who asked for an agent and met one; from the document that joined them, of those who heard of no line.</param>
/// <param name="GivenUpWaits">From the document that speaks of the line to the end of the call, of each who hung up in it.</param>
/// <param name="SentAway">Told in the line that it is no use.</param>
/// <param name="Promises">Read back by the machine and confirmed with the key 1.</param>
/// <param name="Promised">Their sum, as it was read back.</param>
public sealed partial record CallerFigures(long Arrived, IReadOnlyList<Wait> AnsweredWaits, IReadOnlyList<Wait> GivenUpWaits, long SentAway, long Promises, decimal Promised)
{
    /// <summary>A webhook's own stamp has whole seconds.</summary>
    private const double Stamp = 1;

    /// <param name="ledger">The network's ledger.</param>
    /// <param name="words">What is said about the line and about promises.</param>
    /// <param name="agentless">Our numbers whose outbound calls meet the machine first: as one who calls in, whom they reach comes to an agent only by asking.</param>
    public static CallerFigures Count(Lines ledger, SpokenWords words, params string[] agentless)
    {
        var calls = new Dictionary<string, Caller>(StringComparer.Ordinal);
        foreach (var line in ledger.All)
        {
            if (line.Text("call") is not { } sid)
                continue;
            if (line.Kind == "call-created" && IsTelephone(line))
                calls.TryAdd(sid, new Caller(line, line.Text("direction") == "inbound" || agentless.Contains(line.Text("from"), StringComparer.Ordinal)));
            else if (calls.TryGetValue(sid, out var call))
                call.Take(line, words);
        }

        return new CallerFigures(
            calls.Values.Count(call => call is { Inbound: true, Delivered: true }),
            [.. calls.Values.Select(call => call.Answered).OfType<Wait>()],
            [.. calls.Values.Select(call => call.GaveUp).OfType<Wait>()],
            calls.Values.Count(call => call.SentAway),
            calls.Values.Sum(call => call.Promises.Count),
            calls.Values.Sum(call => call.Promises.Sum()));
    }

    /// <summary>What differs from the tables of the product, one sentence each.</summary>
    /// <param name="reported">The same, as reported. A wait so near a limit that either figure may be right is counted on either side of it.</param>
    public IEnumerable<string> Differences(ReportedCallers reported)
    {
        foreach (var (table, count) in reported.Inbound.Where(each => each.Value != Arrived))
            yield return string.Create(CultureInfo.InvariantCulture, $"{Arrived} inbound calls by the ledger, {count} by the table {table}");
        if (reported.Answered != AnsweredWaits.Count)
            yield return string.Create(CultureInfo.InvariantCulture, $"{AnsweredWaits.Count} callers answered by the ledger, {reported.Answered} by the table queues");
        if (reported.SentAway != SentAway)
            yield return string.Create(CultureInfo.InvariantCulture, $"{SentAway} callers sent away by the ledger, {reported.SentAway} by the table queues");
        var (surely, perhaps) = (AnsweredWaits.Count(wait => wait.Most + Stamp <= reported.Target), AnsweredWaits.Count(wait => wait.Least - Stamp <= reported.Target));
        if (reported.InTime < surely || reported.InTime > perhaps)
            yield return string.Create(CultureInfo.InvariantCulture, $"{surely} to {perhaps} callers answered within {reported.Target:0} s by the ledger, {reported.InTime} by the table queues");
        (surely, perhaps) = (GivenUpWaits.Count(wait => wait.Least - Stamp > reported.Short), GivenUpWaits.Count(wait => wait.Most + Stamp > reported.Short));
        if (reported.Abandoned < surely || reported.Abandoned > perhaps)
            yield return string.Create(CultureInfo.InvariantCulture, $"{surely} to {perhaps} callers gave up after {reported.Short:0} s by the ledger, {reported.Abandoned} by the table queues");
        var (least, most) = (AnsweredWaits.Sum(wait => wait.Least - Stamp), AnsweredWaits.Sum(wait => wait.Most + Stamp));
        if (reported.WaitSeconds < least || reported.WaitSeconds > most)
            yield return string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, least):0.0} to {most:0.0} s waited by the ledger, {reported.WaitSeconds:0.0} s by the table queues");
        if ((reported.Promises, reported.Promised) != (Promises, Promised))
            yield return string.Create(CultureInfo.InvariantCulture, $"{Promises} promises of {Promised:0.00} to the machine by the ledger, {reported.Promises} of {reported.Promised:0.00} by the tables");
    }

    private static bool IsTelephone(Line created) => created.Text("direction") switch
    {
        "inbound" => created.Text("from")?.StartsWith("client:", StringComparison.Ordinal) == false && created.Text("to")?.StartsWith('+') == true,
        "outbound-api" => created.Text("to")?.StartsWith('+') == true,
        _ => false,
    };

    [GeneratedRegex(@"\$(?<whole>\d[\d,]*)(\.(?<cents>\d{2})\b)?|(?<whole>\d[\d,]*)(\.(?<cents>\d{2})\b| dólar(es)?( con (?<cents>\d+) centavos?)?)|(?<cents>\d+) centavos?", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sum();

    /// <summary>The first sum of money that is said, in the words of either language.</summary>
    private static decimal? SumIn(string text) =>
        Sum().Match(text.Replace("un dólar", "1 dólar", StringComparison.OrdinalIgnoreCase).Replace("un centavo", "1 centavo", StringComparison.OrdinalIgnoreCase)) is { Success: true } sum
            ? Part(sum.Groups["whole"]) + (Part(sum.Groups["cents"]) / 100)
            : null;

    private static decimal Part(Group group) => group.Success ? decimal.Parse(group.Value, NumberStyles.Number, CultureInfo.InvariantCulture) : 0;

    /// <summary>One person's call. A call that goes back into the line after a talk is a new visit; the last visit counts.</summary>
    private sealed class Caller(Line created, bool asks)
    {
        private (Instant Asked, Instant Answered)? _fetched;
        private (Instant Asked, Instant Answered)? _visit;
        private bool _waits;
        private bool _over;
        private decimal? _read;
        private decimal? _confirmed;
        private decimal? _sent;

        public bool Inbound { get; } = created.Text("direction") == "inbound";

        public bool Delivered { get; private set; }

        public Wait? Answered { get; private set; }

        public Wait? GaveUp { get; private set; }

        public bool SentAway { get; private set; }

        public List<decimal> Promises { get; } = [];

        public void Take(Line line, SpokenWords words)
        {
            switch (line.Kind)
            {
                case "callback":
                    Deliver(line);
                    break;
                case "bridged":
                    Meet(line.At);
                    break;
                case "heard":
                    Hear(line, words);
                    break;
                case "key" when _read is not null:
                    _confirmed = line.Text("key") == "1" ? _read : null;
                    _read = null;
                    break;
                case "completed":
                    _over = true;
                    Promise(kept: true);
                    if (_waits && !SentAway)
                        GaveUp = Since(line.At);
                    break;
                default:
                    break;
            }
        }

        private void Deliver(Line line)
        {
            switch (line.Text("purpose"))
            {
                case "twiml" when line.Number("status") == 200:
                    Delivered |= line.Text("url") == created.Text("url");
                    _fetched = (line.At - Duration.FromSeconds(line.Number("took") ?? 0), line.At);
                    (_sent, _confirmed) = (_confirmed ?? _sent, null);
                    if (_over)
                        Promise(kept: true); // the product has the key; who hung up did not hear that it is recorded
                    break;
                case "conference" when Answered is { Most: var most } met && _visit is not null && !_waits && line.Text("event") == "participant-join":
                    Answered = met with { Most = Math.Max(most, Since(line.At).Most) };
                    _visit = null;
                    break;
                case "status" when GaveUp is { } left && line.Text("event") == "completed":
                    GaveUp = left with { Most = Since(line.At).Most };
                    break;
                default:
                    break;
            }
        }

        private void Meet(Instant at)
        {
            if (!_waits && (!asks || Answered is not null))
                return;
            if (!_waits)
                Enter(at);
            Answered = Since(at);
            _waits = false;
        }

        private void Hear(Line line, SpokenWords words)
        {
            Promise(SpokenWords.IsSaid(words.PromiseRecorded, line));
            if (SpokenWords.IsSaid(words.Waiting, line))
            {
                if (!_waits)
                    Enter(line.At);
                (_waits, Answered) = (true, null);
            }
            else if (SpokenWords.IsSaid(words.SentAway, line))
                SentAway |= _waits;
            else if (SpokenWords.IsSaid(words.PromiseRead, line) && SumIn(line.Text("text")!) is { } sum)
                _read = sum;
        }

        /// <summary>The document of this moment was asked for a little earlier; one that came with a request of the product's was not asked for.</summary>
        private void Enter(Instant at) => _visit = _fetched is { } fetched && fetched.Answered + Duration.FromSeconds(1) >= at ? fetched : (at, at);

        private Wait Since(Instant end) => _visit is var (asked, answered) ? new Wait((end - answered).TotalSeconds, (end - asked).TotalSeconds) : default;

        private void Promise(bool kept)
        {
            if (_sent is { } sum && kept)
                Promises.Add(sum);
            _sent = null;
        }
    }
}

/// <summary>What the tables of the product say of the same.</summary>
/// <param name="Inbound">Inbound calls by each table that shows them.</param>
/// <param name="InTime">Answered within <paramref name="Target"/> seconds.</param>
/// <param name="Abandoned">Hung up in the line after more than <paramref name="Short"/> seconds.</param>
/// <param name="WaitSeconds">Of all who were answered.</param>
/// <param name="Promises">Promises to pay that no agent took.</param>
public sealed record ReportedCallers(
    IReadOnlyDictionary<string, long> Inbound, long Answered, long InTime, double Target, long Abandoned, double Short, long SentAway, double WaitSeconds, long Promises, decimal Promised);
