namespace Dialer.Core.Ivr;

public enum IvrNodeKind
{
    /// <summary>Says its prompt and waits for one key.</summary>
    Menu,

    /// <summary>Says its prompt and waits for several keys.</summary>
    Entry,

    /// <summary>Says nothing: goes on by the first edge whose guard holds.</summary>
    Decision,

    /// <summary>A payment session.</summary>
    Payment,

    /// <summary>Says its prompt and records a message.</summary>
    Record,

    /// <summary>Asks for an agent.</summary>
    Transfer,

    /// <summary>Says its prompt and hangs up.</summary>
    End,
}

/// <summary>What makes an edge be taken.</summary>
public enum IvrTrigger
{
    /// <summary>The key <see cref="IvrEdge.Key"/>.</summary>
    Key,

    /// <summary>Any keys for which the guard holds.</summary>
    Digits,

    /// <summary>Nothing: a decision's edge.</summary>
    Always,
    Captured,
    Declined,
    Cancelled,
    Unknown,
    Blocked,

    /// <summary>The payment rules object.</summary>
    Refused,
    NobodyFree,

    /// <summary>A message was left.</summary>
    Recorded,

    /// <summary>The processor keeps the instrument; nothing was charged yet.</summary>
    Tokenized,
}

/// <summary>One way out of a node. <paramref name="When"/> and <paramref name="Do"/> are pure.</summary>
/// <param name="Label">What it means, for pictures and previews.</param>
public sealed record IvrEdge(IvrTrigger Trigger, char? Key, string To, string Label, Func<IvrContext, bool>? When = null, Func<IvrContext, IvrChange>? Do = null);

/// <summary>One step of a flow. Its prompt is the template of the same name in the flow's folder.</summary>
public sealed record IvrNode(string Id, IvrNodeKind Kind, IReadOnlyList<IvrEdge> Edges)
{
    /// <summary>Only a verified caller may be here; its prompt may speak of the debt.</summary>
    public bool Private { get; init; }

    /// <summary>Most keys an entry takes.</summary>
    public int MaxDigits { get; init; } = 1;

    /// <summary>Where a caller goes who was silent or wrong <see cref="MaxTries"/> times in a row.</summary>
    public string GiveUp { get; init; } = "goodbye";

    public int MaxTries { get; init; } = 3;

    /// <summary>The keys are points of a scale, named by its ends; each is not spoken by itself.</summary>
    public bool IsScale { get; init; }

    /// <summary>The call is not over here: an input is awaited.</summary>
    public bool Waits => Kind is IvrNodeKind.Menu or IvrNodeKind.Entry or IvrNodeKind.Payment or IvrNodeKind.Record or IvrNodeKind.Transfer;
}

/// <summary>A versioned flow. Construction checks it: every edge leads somewhere, every node is reachable and has a way out, and decisions always decide.</summary>
public sealed class IvrGraph
{
    private readonly Dictionary<string, IvrNode> _nodes;

    public IvrGraph(string name, int version, string start, IReadOnlyList<IvrNode> nodes)
    {
        Name = name;
        Version = version;
        Start = start;
        Nodes = nodes;
        _nodes = nodes.ToDictionary(node => node.Id);
        var errors = Errors().ToList();
        if (errors.Count > 0)
            throw new InvalidOperationException($"The flow {name} is not whole: {string.Join("; ", errors)}");
    }

    public string Name { get; }

    public int Version { get; }

    public string Start { get; }

    public IReadOnlyList<IvrNode> Nodes { get; }

    public IvrNode this[string id] => _nodes[id];

    /// <summary>The step takes this key, under one condition or another: prompts that serve several versions of a flow name only what their own takes.</summary>
    public bool Takes(string id, char key) => _nodes.TryGetValue(id, out var node) && node.Edges.Any(edge => edge.Key == key);

    public bool Has(string id) => _nodes.ContainsKey(id);

    /// <summary>Every template the flow can say: nodes that speak, and the notices their changes add.</summary>
    public IEnumerable<string> Templates => Nodes.Where(node => node.Kind is not (IvrNodeKind.Decision or IvrNodeKind.Transfer)).Select(node => node.Id);

    private IEnumerable<string> Errors()
    {
        if (!_nodes.ContainsKey(Start))
            yield return $"it has no step '{Start}'";
        foreach (var node in Nodes)
        {
            foreach (var to in Targets(node).Where(to => !_nodes.ContainsKey(to)))
                yield return $"'{node.Id}' leads to '{to}', which does not exist";
            if (node.Kind == IvrNodeKind.Decision && (node.Edges.Count == 0 || node.Edges[^1].When is not null))
                yield return $"the decision '{node.Id}' may not decide";
            if (node.Kind != IvrNodeKind.End && node.Edges.Count == 0)
                yield return $"'{node.Id}' has no way out";
            if (node.Kind == IvrNodeKind.Menu && node.Edges.Where(edge => edge.When is null).GroupBy(edge => edge.Key).Any(group => group.Count() > 1))
                yield return $"'{node.Id}' uses a key twice";
        }

        var reached = Reachable();
        foreach (var node in Nodes.Where(node => !reached.Contains(node.Id)))
            yield return $"'{node.Id}' cannot be reached";
    }

    private static IEnumerable<string> Targets(IvrNode node) =>
        node.Kind is IvrNodeKind.Menu or IvrNodeKind.Entry or IvrNodeKind.Record ? node.Edges.Select(edge => edge.To).Append(node.GiveUp) : node.Edges.Select(edge => edge.To);

    private HashSet<string> Reachable()
    {
        var reached = new HashSet<string>();
        var open = new Queue<string>([Start]);
        while (open.TryDequeue(out var id))
        {
            if (!reached.Add(id) || !_nodes.TryGetValue(id, out var node))
                continue;
            foreach (var to in Targets(node))
                open.Enqueue(to);
        }

        return reached;
    }
}

/// <summary>What guards and changes see.</summary>
/// <param name="Digits">The keys pressed; empty where there are none.</param>
public sealed record IvrContext(IvrPosition Position, IvrFacts Facts, string Digits, PaymentOutcome? Payment)
{
    public IvrInput.Recorded? Recording { get; init; }

    public IvrInput.Tokenized? Instrument { get; init; }

    /// <summary>Why the payment rules object; null where they were not asked.</summary>
    public string? Refusal { get; init; }

    /// <summary>Where the person is.</summary>
    public NodaTime.LocalDateTime Now => Facts.Today + Facts.Clock;

    /// <summary>The account talked about, only for a verified caller.</summary>
    public IvrAccount? Account => Position.Verified ? Facts.Accounts.FirstOrDefault(account => account.Id == Position.AccountId) : null;

    public IvrAccount RequiredAccount => Account ?? throw new InvalidOperationException("No account is chosen here.");

    public IReadOnlyList<IvrAccount> Payable => [.. Facts.Accounts.Where(account => !account.Disputed && account.Balance.IsPositive)];
}

/// <summary>What an edge changes: the position, effects, and notices said before the next prompt.</summary>
public sealed record IvrChange(IvrPosition Position, IReadOnlyList<IvrEffect> Effects, IReadOnlyList<string> Notices)
{
    public static IvrChange To(IvrPosition position, params IvrEffect[] effects) => new(position, effects, []);

    public IvrChange Saying(params string[] notices) => this with { Notices = notices };
}
