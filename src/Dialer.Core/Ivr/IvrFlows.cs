using static Dialer.Core.Ivr.Build;

namespace Dialer.Core.Ivr;

/// <summary>The flows of this build, by name and version. A version once shipped stays until no call can be on it.</summary>
public static class IvrFlows
{
    public static IReadOnlyList<IvrGraph> All { get; } =
    [
        OutboundFlow.Version1, OutboundFlow.Version2, OutboundFlow.Graph, InboundFlow.Version1, InboundFlow.Version2, InboundFlow.Graph, MessageFlows.Machine, MessageFlows.Abandoned,
    ];

    /// <summary>Templates said before a step's own prompt; true: only to verified callers.</summary>
    public static IReadOnlyDictionary<string, bool> Notices { get; } = new Dictionary<string, bool>
    {
        ["not-valid"] = false,
        ["verify-again"] = false,
        ["disclosure-initial"] = true,
        ["disclosure-later"] = true,
        ["pay-cancelled"] = true,
        ["method-removed"] = true,
    };

    /// <summary>The newest version of a flow.</summary>
    public static IvrGraph Newest(string name) => All.Where(flow => flow.Name == name).MaxBy(flow => flow.Version) ?? throw new ArgumentException($"There is no flow '{name}'.", nameof(name));

    /// <summary>Null: this build does not have it. A newer build, beside which this one runs for a while, may.</summary>
    public static IvrGraph? Find(string name, int version) => All.FirstOrDefault(flow => flow.Name == name && flow.Version == version);
}

/// <summary>A person answered a call we made.</summary>
public static class OutboundFlow
{
    public const string Name = "outbound";

    /// <summary>The newest version.</summary>
    public static IvrGraph Graph { get; } = Of(3);

    /// <summary>Before saved cards and bank accounts.</summary>
    public static IvrGraph Version2 { get; } = Of(2);

    /// <summary>Before plans, settlements, hardship, call-back times, waiting, messages and the survey.</summary>
    public static IvrGraph Version1 { get; } = Of(1);

    private static IvrGraph Of(int version) => new(Name, version, "open",
    [
        Menu(
            "open",
            Key('1', "verify", "that is me"),
            Key('2', "wrong-number", "wrong number", null, c => IvrChange.To(Earn(c.Position, IvrOutcome.WrongNumber), new IvrEffect.MarkWrongNumber())),
            Key('3', "not-here", "not available now", null, c => IvrChange.To(Earn(c.Position, IvrOutcome.ThirdParty))),
            Language("open"), Stop, Agent) with { MaxTries = 2 },
        End("wrong-number"),
        End("not-here"),
        .. VerificationSteps.All(),
        .. AccountSteps.All(version),
    ]);
}

/// <summary>Someone called us.</summary>
public static class InboundFlow
{
    public const string Name = "inbound";

    /// <summary>The newest version.</summary>
    public static IvrGraph Graph { get; } = Of(3);

    public static IvrGraph Version2 { get; } = Of(2);

    public static IvrGraph Version1 { get; } = Of(1);

    private static IvrGraph Of(int version) => new(Name, version, "open",
    [
        Menu("open", Key('1', "identify", "the automated service"), Language("open"), Stop, Agent),
        Decide("identify", If(c => c.Facts.Person is not null, "verify", "the caller's number is known"), Else("account-number", "ask for the account number")),
        Entry(
            "account-number", 20,
            Key('0', "agent", "a person"),
            Digits("verify", "entered", c => c.Digits.Length >= 3 && c.Digits.All(char.IsAsciiDigit), c => IvrChange.To(c.Position with { AccountNumberEntered = true }, new IvrEffect.IdentifyCaller(c.Digits)))),
        .. VerificationSteps.All(),
        .. AccountSteps.All(version),
    ]);
}

/// <summary>Flows that only say something.</summary>
public static class MessageFlows
{
    /// <summary>A machine answered: a limited-content message and nothing else (12 CFR 1006.2(j)).</summary>
    public static IvrGraph Machine { get; } = new("machine", 1, "message", [End("message")]);

    /// <summary>A person answered and no agent could be had in time: who called, a number to call, and how to stop it.</summary>
    public static IvrGraph Abandoned { get; } = new("abandoned", 1, "message",
    [
        Menu("message", Stop) with { MaxTries = 1, GiveUp = "hang-up" },
        End("hang-up"),
        End("opted-out"),
    ]);
}
