namespace Dialer.Core.Compliance;

/// <summary>By what means the person is reached.</summary>
public enum Channel
{
    Voice,
    Voicemail,
    Sms,
    Email,
    Letter,
}

/// <summary>How the call comes to be placed. <see cref="Agentless"/> is an outbound IVR or announcement.</summary>
public enum ContactMode
{
    Manual,
    Preview,
    Progressive,
    Power,
    Predictive,
    Agentless,
}

public enum ContactPurpose
{
    Collect,
    LocationInfo,
    CallbackRequested,
    InboundReturn,
    LegalNotice,
    PaymentReminder,
    Sales,

    /// <summary>What an act of the person's own brought about: a receipt, a refund, the written copy of what they authorised or promised.</summary>
    Servicing,
}

/// <summary>What the person we want to reach is to the debt (12 CFR 1006.6(a), (d)).</summary>
public enum Relation
{
    Consumer,
    Spouse,
    Guardian,
    Executor,
    Attorney,
    Creditor,
    ConsumerReportingAgency,
    ThirdParty,
    Unknown,
}

/// <summary>Regulation F binds third parties and debt buyers; many state rules bind the creditor itself too.</summary>
public enum CollectorRole
{
    Unknown = 0,
    FirstParty,
    ThirdParty,
    DebtBuyer,
}

public enum DebtClass
{
    Unknown = 0,
    Consumer,
    Commercial,
}

/// <summary>Where a number rings, as far as is known.</summary>
public enum PhonePlace
{
    Unknown = 0,
    Home,
    Personal,
    Work,
    ThirdParty,
}

public enum PhoneStatus
{
    Active,
    WrongNumber,
    Disconnected,
    Suppressed,
}

public enum ConsentKind
{
    Granted,
    Revoked,
}

/// <summary><see cref="Direct"/> is permission given straight to the collector to call at a named time (12 CFR 1006.14(b)(3)(i)).</summary>
public enum ConsentScope
{
    All,
    ArtificialVoice,
    Direct,
}

public enum HoldKind
{
    Cease,
    Attorney,
    Bankruptcy,
    Deceased,
    Dispute,
    Fraud,
    Hardship,
    Military,
    Vulnerable,
    Complaint,
    BreathingSpace,
}

/// <summary>The outside lists a number or a person is scrubbed against. Each result carries its date and goes stale.</summary>
public enum OutsideList
{
    ReassignedNumbers,
    Litigators,
    DoNotCall,
    LineType,
    Bankruptcy,
    Deceased,
    Military,
}

/// <summary><see cref="NoData"/> is an answer, and gives no safe harbour.</summary>
public enum ListAnswer
{
    Clear,
    Listed,
    NoData,
}

public enum Severity
{
    /// <summary>Needs care, does not stop the contact.</summary>
    Warn,

    /// <summary>Not now; time alone will clear it.</summary>
    Defer,

    /// <summary>Not until something is known, said or released.</summary>
    Stop,
}

/// <summary>Whether a row is enforced because the law says so or because this house decided so.</summary>
public enum Basis
{
    Policy,
    Law,
}

public enum Verdict
{
    Allow,
    AllowWithConditions,
    Deny,
}
