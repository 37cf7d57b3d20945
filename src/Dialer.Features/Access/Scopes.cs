namespace Dialer.Features.Access;

/// <summary>What a caller may do, in words; each is an authorisation policy of the same name. Who has which: <see cref="Roles.Grants"/>.</summary>
public static class Scopes
{
    /// <summary>Not a scope but a policy: whoever is signed in, also one who must still set up a second factor.</summary>
    public const string SignedIn = "signed-in";

    /// <summary>The desk: a session, its states and calls, the work list, call-backs and voicemails.</summary>
    public const string CallsTake = "calls:take";

    /// <summary>Search for any account and open it; each look is written down.</summary>
    public const string AccountsRead = "accounts:read";

    /// <summary>Telephone numbers and account numbers unmasked where the desk sees four digits.</summary>
    public const string AccountsReadWhole = "accounts:read-whole";

    /// <summary>Who looked at an account.</summary>
    public const string AccountsLooks = "accounts:looks";

    /// <summary>What a consumer says that the law listens to: consent, a hold, a time or place, a telephone number that is not his.</summary>
    public const string StatementsRecord = "statements:record";

    /// <summary>Letters, e-mails and text messages from templates.</summary>
    public const string NoticesSend = "notices:send";

    /// <summary>Why an account is called or not.</summary>
    public const string ContactsExplain = "contacts:explain";

    /// <summary>From loaded to callable, every exclusion counted.</summary>
    public const string FunnelRead = "funnel:read";

    /// <summary>The floor now: agents, lines, campaigns, what went to whom and why.</summary>
    public const string FloorRead = "floor:read";

    /// <summary>Listen, whisper, barge in, take over. Bound to the own team without <see cref="TeamsAll"/>.</summary>
    public const string AgentsMonitor = "agents:monitor";

    /// <summary>Teams, skills, blend, and which campaigns a team serves.</summary>
    public const string AgentsAssign = "agents:assign";

    /// <summary>What is bound to a team is not bound for this caller.</summary>
    public const string TeamsAll = "teams:all";

    public const string RecordingsListen = "recordings:listen";

    public const string QualityScore = "quality:score";

    public const string CampaignsRead = "campaigns:read";

    public const string CampaignsRun = "campaigns:run";

    public const string PacingChange = "pacing:change";

    public const string ImportsRead = "imports:read";

    public const string ImportsRun = "imports:run";

    public const string ClientsRead = "clients:read";

    public const string ClientsManage = "clients:manage";

    public const string ReportsRead = "reports:read";

    /// <summary>Reports that go out by the clock, by e-mail and as files.</summary>
    public const string ReportsSchedule = "reports:schedule";

    /// <summary>The feed of what has happened.</summary>
    public const string EventsRead = "events:read";

    /// <summary>Webhooks and the tokens of other programs.</summary>
    public const string IntegrationsManage = "integrations:manage";

    public const string PaymentsRead = "payments:read";

    public const string PaymentsRefund = "payments:refund";

    public const string PaymentsReconcile = "payments:reconcile";

    /// <summary>Settlements within authority: a senior collector's, more with the two scopes below.</summary>
    public const string SettlementsOffer = "settlements:offer";

    /// <summary>Answers agents who ask for more than they may offer. Bound to the own team without <see cref="TeamsAll"/>.</summary>
    public const string SettlementsApprove = "settlements:approve";

    /// <summary>Settlements beyond the authority of everybody else.</summary>
    public const string SettlementsOfferAny = "settlements:offer-any";

    /// <summary>Tasks for other agents and other teams, and all that are open. Bound to the own team without <see cref="TeamsAll"/>.</summary>
    public const string TasksAssign = "tasks:assign";

    /// <summary>A payment plan's written authorisation.</summary>
    public const string PlansAuthorize = "plans:authorize";

    public const string FlowsPreview = "flows:preview";

    public const string PolicyRead = "policy:read";

    public const string PolicyChange = "policy:change";

    public const string HoldsClose = "holds:close";

    public const string ListsRefresh = "lists:refresh";

    /// <summary>Examiner's packs, the audit chain, what is due to be purged.</summary>
    public const string RecordsExamine = "records:examine";

    /// <summary>Legal holds, purging, anchors of the audit chain.</summary>
    public const string RecordsKeep = "records:keep";

    public const string UsersRead = "users:read";

    /// <summary>End a user's sessions at once. Bound to the own team without <see cref="TeamsAll"/>.</summary>
    public const string UsersEndSessions = "users:end-sessions";

    /// <summary>Unlock, take a lost authenticator away, end the sessions of those above.</summary>
    public const string UsersManage = "users:manage";

    /// <summary>Every scope there is, as the constants above.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        CallsTake, AccountsRead, AccountsReadWhole, AccountsLooks, StatementsRecord, NoticesSend, ContactsExplain, FunnelRead, FloorRead, AgentsMonitor, AgentsAssign, TeamsAll, RecordingsListen,
        QualityScore, CampaignsRead, CampaignsRun, PacingChange, ImportsRead, ImportsRun, ClientsRead, ClientsManage, ReportsRead, ReportsSchedule, EventsRead, IntegrationsManage, PaymentsRead, PaymentsRefund, PaymentsReconcile, SettlementsOffer,
        SettlementsApprove, SettlementsOfferAny, TasksAssign, PlansAuthorize, FlowsPreview, PolicyRead, PolicyChange, HoldsClose, ListsRefresh, RecordsExamine, RecordsKeep, UsersRead, UsersEndSessions, UsersManage,
    ];
}
