using System.Collections.Frozen;
using System.Security.Claims;

namespace Dialer.Features.Access;

/// <summary>The roles a user may have, several at once, and the one table of what each may do.</summary>
/// <remarks>Nothing but <see cref="Grants"/> decides: endpoints ask for a scope, never for a role. What no role has, nobody may.</remarks>
public static class Roles
{
    public const string Collector = "Collector";

    public const string SeniorCollector = "SeniorCollector";

    public const string TeamLead = "TeamLead";

    public const string Supervisor = "Supervisor";

    public const string DiallerManager = "DiallerManager";

    public const string Compliance = "Compliance";

    public const string Quality = "QA";

    public const string Auditor = "Auditor";

    public const string Integrator = "Integrator";

    public const string Admin = "Admin";

    private static readonly string[] Desk = [Scopes.CallsTake, Scopes.AccountsRead, Scopes.StatementsRecord, Scopes.NoticesSend, Scopes.ContactsExplain];

    private static readonly string[] SeniorDesk = [.. Desk, Scopes.SettlementsOffer, Scopes.PlansAuthorize];

    private static readonly string[] TeamsWork =
    [
        .. SeniorDesk, Scopes.SettlementsApprove, Scopes.TasksAssign, Scopes.AccountsReadWhole, Scopes.FloorRead, Scopes.CampaignsRead, Scopes.AgentsMonitor, Scopes.RecordingsListen, Scopes.QualityScore, Scopes.UsersRead, Scopes.UsersEndSessions,
    ];

    private static readonly string[] Campaigns =
        [Scopes.CampaignsRead, Scopes.CampaignsRun, Scopes.PacingChange, Scopes.FunnelRead, Scopes.FlowsPreview, Scopes.FloorRead, Scopes.ReportsRead, Scopes.ReportsSchedule, Scopes.EventsRead, Scopes.AgentsAssign, Scopes.TeamsAll];

    /// <summary>Role by role, the scopes it has.</summary>
    public static FrozenDictionary<string, FrozenSet<string>> Grants { get; } = new Dictionary<string, string[]>
    {
        [Collector] = Desk,
        [SeniorCollector] = SeniorDesk,
        [TeamLead] = TeamsWork,
        [Supervisor] =
            [.. TeamsWork, .. Campaigns, Scopes.ImportsRead, Scopes.ImportsRun, Scopes.ClientsRead, Scopes.PaymentsRead, Scopes.PaymentsRefund, Scopes.PaymentsReconcile],
        [DiallerManager] = [.. Campaigns, Scopes.ContactsExplain, Scopes.ImportsRead, Scopes.ImportsRun, Scopes.ClientsRead],
        [Compliance] =
        [
            Scopes.AccountsRead, Scopes.AccountsReadWhole, Scopes.AccountsLooks, Scopes.ContactsExplain, Scopes.FunnelRead, Scopes.CampaignsRead, Scopes.RecordingsListen,
            Scopes.PolicyRead, Scopes.PolicyChange, Scopes.HoldsClose, Scopes.ListsRefresh, Scopes.RecordsExamine, Scopes.RecordsKeep, Scopes.TeamsAll,
        ],
        [Quality] =
            [Scopes.AccountsRead, Scopes.ContactsExplain, Scopes.FloorRead, Scopes.CampaignsRead, Scopes.AgentsMonitor, Scopes.RecordingsListen, Scopes.QualityScore, Scopes.ReportsRead, Scopes.TeamsAll],
        [Auditor] =
        [
            Scopes.AccountsRead, Scopes.AccountsReadWhole, Scopes.AccountsLooks, Scopes.ContactsExplain, Scopes.FunnelRead, Scopes.CampaignsRead, Scopes.RecordingsListen, Scopes.ReportsRead,
            Scopes.PaymentsRead, Scopes.ImportsRead, Scopes.ClientsRead, Scopes.PolicyRead, Scopes.RecordsExamine, Scopes.UsersRead, Scopes.TeamsAll,
        ],
        [Integrator] = [Scopes.ImportsRead, Scopes.ImportsRun, Scopes.ClientsRead, Scopes.CampaignsRead, Scopes.ReportsRead, Scopes.EventsRead],
        [Admin] = [.. Scopes.All],
    }.ToFrozenDictionary(role => role.Key, role => role.Value.ToFrozenSet());

    /// <summary>In the order of the list above, collectors first.</summary>
    public static IReadOnlyList<string> All { get; } = [Collector, SeniorCollector, TeamLead, Supervisor, DiallerManager, Compliance, Quality, Auditor, Integrator, Admin];

    /// <summary>Collectors of every grade, team leads with them: whoever has a seat on the floor.</summary>
    public static bool HaveSeat(IEnumerable<string> roles) => roles.Any(role => role is Collector or SeniorCollector or TeamLead);

    /// <summary>Whose password alone must not be enough: supervisors and whoever else sees or changes more than one desk does. Programs (Integrator) have no second factor to give.</summary>
    public static bool AreAbove(IEnumerable<string> roles) => roles.Any(role => role is not (Collector or SeniorCollector or Integrator));

    /// <summary>Whether one of the caller's roles has the scope. Whoever must still set up a second factor has none. A program's token has those it names.</summary>
    public static bool May(this ClaimsPrincipal caller, string scope) =>
        caller.HasClaim(Caller.TokenScope, scope)
        || !caller.HasClaim(SignIn.MustEnrol, "yes") && caller.FindAll(ClaimTypes.Role).Any(role => Grants.TryGetValue(role.Value, out var scopes) && scopes.Contains(scope));

    internal static string[] ScopesOf(IReadOnlyCollection<string> roles) =>
        [.. roles.SelectMany(role => Grants.TryGetValue(role, out var scopes) ? scopes : []).Distinct().Order(StringComparer.Ordinal)];
}
