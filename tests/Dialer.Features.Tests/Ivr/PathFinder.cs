using Dialer.Core.Ivr;

namespace Dialer.Features.Tests.Ivr;

/// <summary>One call, planned to its end: every place it must come to, and what its caller does at each.</summary>
/// <param name="Arrival">What is met before anything is done.</param>
internal sealed record PathPlan(PathSetting Setting, string Language, PathModel Model, PathPlace Start, IReadOnlyList<string> Arrival, IReadOnlyList<PathStep> Steps)
{
    public PathPlace End => Steps.Count > 0 ? Steps[^1].To : Start;

    public IEnumerable<string> Items => Arrival.Concat(Steps.SelectMany(step => step.Items));

    public override string ToString() => $"{Setting.Flow}, {Setting.Name}, {Language}: {Start.Position.Step}{string.Concat(Steps.Select(step => $" [{step.Move.Name}] {step.To.Position.Step}"))}";
}

/// <summary>
/// Plans calls that together come to every step of the newest flows in every language, and take every way out of each: again and again the shortest way to what nobody has met yet.
/// </summary>
internal sealed class PathFinder
{
    /// <summary>Places looked at before a search is given up.</summary>
    private const int MostPlaces = 3000;
    private const int LongestCall = 45;

    /// <summary>What no caller can come to, by the end of its name, and why.</summary>
    public static readonly (string Item, string Why)[] Unreachable =
    [
        ("/pay-method #1 card only", "the house's policy takes bank accounts; there is no knob yet that ends it"),
        ("/pay-session #5 a payment is open", "needs another call's payment to begin between the reading and the storing of one step; the engine's random walks meet it"),
        ("/pay-token #6 a payment is open", "the same"),
        ("/pay-charge #5 a payment is open", "the same"),
        ("/pay-token #1 captured", "a session that has an instrument kept charges nothing"),
        ("/voicemail silence", "a recording of silence alone is kept and told of, as Twilio does; only an empty one, of no second, is silence"),
        ("/voicemail gives up", "the same"),
    ];

    private static readonly string[] Languages = ["en", "es"];
    private readonly HashSet<string> _unmet;
    private readonly List<PathPlan> _plans = [];

    private PathFinder() => _unmet = [.. Wanted()];

    public static IReadOnlyList<PathPlan> Find()
    {
        var finder = new PathFinder();
        foreach (var setting in PathSettings.All)
        {
            foreach (var language in Languages)
                finder.Exhaust(setting, language);
        }

        return finder._plans;
    }

    public static bool IsUnreachable(string item) => Array.Exists(Unreachable, one => item.EndsWith(one.Item, StringComparison.Ordinal));

    /// <summary>Every step in each language; in one language at least, every way out of a step, a wrong key and silence at each that asks, and what becomes of who stays silent.</summary>
    public static IEnumerable<string> Wanted()
    {
        foreach (var flow in PathSettings.All.Select(setting => IvrFlows.Newest(setting.Flow)).Distinct())
        {
            foreach (var node in flow.Nodes)
            {
                for (var edge = 0; edge < node.Edges.Count; edge++)
                    yield return PathModel.EdgeItem(flow.Name, node, edge);
                if (node.Kind == IvrNodeKind.Decision)
                    continue;
                foreach (var language in Languages)
                    yield return PathModel.StepItem(flow.Name, node.Id, language);
                if (node.Kind is not (IvrNodeKind.Menu or IvrNodeKind.Entry or IvrNodeKind.Record))
                    continue;
                yield return PathModel.AgainItem(flow.Name, node.Id, silent: true);
                if (node.Kind != IvrNodeKind.Record)
                    yield return PathModel.AgainItem(flow.Name, node.Id, silent: false);
                yield return PathModel.GiveUpItem(flow.Name, node.Id);
            }
        }
    }

    private void Exhaust(PathSetting setting, string language)
    {
        while (_unmet.Any(item => item.StartsWith(setting.Flow + "/", StringComparison.Ordinal) && !IsUnreachable(item)))
        {
            var model = new PathModel(setting, language, PathBook.NumberOf(_plans.Count));
            var start = model.Begin(out var items);
            var met = _unmet.RemoveWhere(items.Contains);
            var steps = Begin(setting, language, model, start);
            met += steps.Sum(step => _unmet.RemoveWhere(step.Items.Contains));
            while (steps.Count < LongestCall && Search(model, steps.Count > 0 ? steps[^1].To : start) is { } found)
            {
                steps.AddRange(found);
                met += found.Sum(step => _unmet.RemoveWhere(step.Items.Contains));
            }

            if (met == 0)
                return;
            _plans.Add(new PathPlan(setting, language, model, start, items, steps));
        }
    }

    /// <summary>The moves that every call of the setting begins with; a stranger is asked in the house's first language and chooses his own.</summary>
    private static List<PathStep> Begin(PathSetting setting, string language, PathModel model, PathPlace start)
    {
        var steps = new List<PathStep>();
        var at = start;
        foreach (var name in start.Position.Language == language ? setting.Begins : ["8", .. setting.Begins])
        {
            var move = PathMoves.At(model, at).FirstOrDefault(one => one.Name == name) ?? throw new InvalidOperationException($"'{name}' cannot be done at '{at.Position.Step}' where {setting.Name}.");
            steps.Add(model.Go(at, move));
            at = steps[^1].To;
        }

        return steps;
    }

    /// <summary>The shortest way from a place to something that nobody has met; null when there is none.</summary>
    private List<PathStep>? Search(PathModel model, PathPlace from)
    {
        var seen = new HashSet<string> { from.Key };
        var open = new Queue<Visit>([new Visit(from, null, null)]);
        while (open.TryDequeue(out var visit) && seen.Count < MostPlaces)
        {
            if (visit.At.IsLast)
                continue;
            foreach (var move in Worthwhile(model, visit.At))
            {
                var step = model.Go(visit.At, move);
                var next = new Visit(step.To, step, visit);
                if (step.Items.Any(_unmet.Contains))
                    return next.Way();
                if (seen.Add(step.To.Key))
                    open.Enqueue(next);
            }
        }

        return null;
    }

    /// <summary>Of the moves that lead the same way only what is new, or the first; wrong keys, silences and events only where they are new, or the way on.</summary>
    private IEnumerable<PathMove> Worthwhile(PathModel model, PathPlace at)
    {
        var node = model.Flow[at.Position.Step];
        var ways = new HashSet<string>();
        foreach (var move in PathMoves.At(model, at))
        {
            var isNew = move.Name == "a wrong key" ? _unmet.Contains(PathModel.AgainItem(model.Flow.Name, node.Id, silent: false))
                : move.Input is IvrInput.Silence ? node.MaxTries == 1 || _unmet.Contains(PathModel.AgainItem(model.Flow.Name, node.Id, silent: true)) || _unmet.Contains(PathModel.GiveUpItem(model.Flow.Name, node.Id))
                : IsWorthwhile(model, node, at, move, ways);
            if (isNew)
                yield return move;
        }
    }

    private bool IsWorthwhile(PathModel model, IvrNode node, PathPlace at, PathMove move, HashSet<string> ways)
    {
        if (node.Kind != IvrNodeKind.Menu || move.Event != PathEvent.None)
            return true;
        var context = new IvrContext(at.Position, at.Facts, move.Keys, null);
        for (var index = 0; index < node.Edges.Count; index++)
        {
            var edge = node.Edges[index];
            if (edge.Key != move.Keys[0] || (edge.When is not null && !edge.When(context)))
                continue;
            var isFirst = edge.To != node.Id && ways.Add(edge.To);
            return isFirst || _unmet.Contains(PathModel.EdgeItem(model.Flow.Name, node, index));
        }

        return true;
    }

    private sealed record Visit(PathPlace At, PathStep? By, Visit? Before)
    {
        public List<PathStep> Way()
        {
            var way = new List<PathStep>();
            for (var visit = this; visit.By is { } step; visit = visit.Before!)
                way.Add(step);
            way.Reverse();
            return way;
        }
    }
}
