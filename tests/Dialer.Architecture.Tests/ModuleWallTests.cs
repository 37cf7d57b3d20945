using System.Text.RegularExpressions;
using Dialer.Architecture.Tests.Planted;

namespace Dialer.Architecture.Tests;

/// <summary>A module of Features knows another module by what stands in that module's Contract.cs, and by nothing else.</summary>
public sealed partial class ModuleWallTests
{
    private const string Features = "Dialer.Features.";

    /// <summary>Doors that stand open beside the contracts, each with its reason. One that nobody uses any more must be closed.</summary>
    private static readonly IReadOnlyDictionary<string, string> Doors = new Dictionary<string, string>
    {
        [Features + "Access.Caller"] = "reads the signed-in person's id and name off the principal; every endpoint needs it and it holds no state",
        [Features + "Access.Roles"] = "the one table of roles, and whether a caller may: every endpoint and some answers need it",
        [Features + "Audit.AuditTrail"] = "one append-only call that every change makes",
        [Features + "Agents.AgentSession"] = "the row that Dialing changes in the same transaction as the attempt it gives to that agent",
        [Features + "Agents.AgentSessions"] = "as AgentSession: the hand-over of a call is one transaction over both tables",
        [Features + "Audit.AuditAnchor"] = "the compliance officer's endpoints show the chain's proof; the module has none of its own",
        [Features + "Audit.AuditChain"] = "as AuditAnchor",
        [Features + "Audit.ChainReport"] = "as AuditAnchor",
        [Features + "Compliance.ContactGate"] = "the one door to a call: Dialing asks it inside its own transaction",
        [Features + "Compliance.PersonLocks"] = "as ContactGate: the locks are taken in the transaction that dials",
        [Features + "Campaigns.Campaign"] = "the row a leader paces by; read, never written, by Dialing",
        [Features + "Campaigns.PacingKnobs"] = "what a prediction is asked about, with the same bounds as the change itself",
        [Features + "Ivr.FallbackTwiml"] = "what a caller hears when nothing else can be said, from any webhook",
    };

    [Fact]
    public void Modules_meet_only_through_their_contracts() =>
        Reaches().Where(use => !Doors.ContainsKey(use.ToType)).Select(use => $"{use.From} -> {use.ToType}").Distinct().Order().ShouldBeEmpty();

    [Fact]
    public void Every_open_door_is_used() =>
        Doors.Keys.Except(Reaches().Select(use => use.ToType)).ShouldBeEmpty();

    [Fact]
    public void A_planted_reach_into_another_module_is_found()
    {
        const string Prefix = PlantedCode.Namespace + "Features.";

        Against(PlantedCode.All, Prefix, [Prefix + "Alpha.AlphaContract"]).Select(use => (use.From, use.ToType)).Distinct()
            .ShouldBe([(Prefix + "Beta.ReachesInside", Prefix + "Alpha.AlphaInside")]);
    }

    [Fact]
    public void Contracts_are_read_from_their_files() => Contracts().ShouldNotBeEmpty();

    private static IEnumerable<Use> Reaches() => Against(Uses.Of(Product.Features), Features, Contracts());

    private static IEnumerable<Use> Against(IEnumerable<Use> uses, string prefix, HashSet<string> contracts) => uses.Where(use =>
        Module(use.From, prefix) is { } from && Module(use.ToType, prefix) is { } to && from != to && !contracts.Contains(use.ToType));

    private static string? Module(string type, string prefix) =>
        type.StartsWith(prefix, StringComparison.Ordinal) && type.IndexOf('.', prefix.Length) is var dot and > 0 ? type[prefix.Length..dot] : null;

    private static HashSet<string> Contracts() =>
        [.. from path in Directory.EnumerateFiles(Path.Combine(Projects.Root, "src", "Dialer.Features"), "Contract.cs", SearchOption.AllDirectories)
            let text = File.ReadAllText(path)
            let space = Namespace().Match(text).Groups["name"].Value
            from Match type in Declaration().Matches(text)
            select $"{space}.{type.Groups["name"].Value}"];

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^(?:public|internal) (?:(?:sealed|static|abstract|readonly|partial) )*(?:record struct|record class|record|class|struct|interface|enum|delegate \S+) (?<name>\w+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Declaration();
}
