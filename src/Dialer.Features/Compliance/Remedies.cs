using Dialer.Core.Compliance;

namespace Dialer.Features.Compliance;

/// <summary>What would make a denied contact lawful, in plain words.</summary>
internal static class Remedies
{
    public static string For(Reason reason) => reason switch
    {
        { Severity: Severity.Warn } => "Nothing: this is a warning.",
        { ClearsAt: not null } => "Wait; it clears by itself.",
        _ => ByCode(reason.Code),
    };

    private static string ByCode(string code) => code switch
    {
        "CEASE_COMMUNICATION" => "The person withdraws the request in writing. A legal notice may be sent meanwhile.",
        "ATTORNEY_REPRESENTED" => "Write to the attorney. A compliance officer closes the hold when representation ends.",
        "BANKRUPTCY_STAY" => "Stay lifted or case dismissed, with proof.",
        "DECEASED_ESTATE_ONLY" => "Contact the spouse, executor or administrator.",
        "VALIDATION_NOTICE_LATE" => "The notice of this debt was due within five days of the first words about it and none is recorded, so collecting stops. Send it (the list of notices due makes the print house's file), or record the day the client sent it: from then on the account may be contacted again.",
        "EMAIL_NOT_AGREED" or "SMS_NOT_AGREED" or "NYC_ELECTRONIC_CONSENT" or "DC_ELECTRONIC_CONSENT" => "Record the person's own agreement, or write a letter.",
        "DISPUTE_PENDING" => "Send the verification and close the dispute.",
        "FRAUD_HOLD" => "Decide the identity theft claim.",
        "SCRA_REVIEW" or "POLICY_VULNERABLE_REVIEW" => "A specialist reviews and closes the hold.",
        "POLICY_HARDSHIP" or "POLICY_COMPLAINT_OPEN" => "Review and close the hold.",
        "TCPA_NO_PEC_ARTIFICIAL_VOICE" or "POLICY_OVERDIAL_NEEDS_CONSENT" or "CANADA_ADAD_CONSENT" => "Record the person's consent to an artificial voice, or have an agent call one to one.",
        "TCPA_REVOKED" or "MEDIUM_OPTOUT" => "Only a new consent by the person.",
        "EMPLOYER_PROHIBITS" or "POLICY_WORK_CALLS" => "Use another number, or record that the employer allows calls.",
        "WRONG_NUMBER" or "NUMBER_DISCONNECTED" or "NUMBER_SUPPRESSED" or "RND_REASSIGNED" => "Find another number.",
        "THIRD_PARTY_DISCLOSURE_BLOCKED" => "Reach the consumer; others may be asked for location information once.",
        "ACCOUNT_NOT_OPEN" => "The account is paid, recalled or closed.",
        "CONSUMER_INCONVENIENT_PLACE" => "Use a number at another place.",
        "LOCATION_INFO_ONCE" => "Location information was asked at this number before and may be asked once. Ask somebody else.",
        "PROTECTED_LINE" => "This line may not be rung. Use another number.",
        "CARRIER_SMS_3P_DEBT" => "Carriers take no third party's texts about debts. Call, or write an e-mail or a letter.",
        "REGF_SMS_60D_STALE" => "Ask whether the number has changed hands, or wait until the person writes from it.",
        "POLICY_LITIGATOR" => "Counsel decides.",
        "DNC_LISTED" => "No sales calls to this number.",
        "POLICY_MN_LIVE_OPERATOR" => "A person places this call.",
        "UK_BREATHING_SPACE" => "Breathing space ends, or is cancelled.",
        "RND_STALE" => "Ask whether the number has changed hands.",
        "LICENSE_MISSING" => "A licence for the person's state.",
        "POLICY_DESTINATION" => "This destination is not dialled. A compliance officer may allow the country.",
        "CALLERID_NOT_OWNED" => "Choose a caller id of this installation.",
        _ when code.StartsWith("DATA_MISSING_", StringComparison.Ordinal) => "Complete the data: " + code["DATA_MISSING_".Length..].ToLowerInvariant().Replace('_', ' ') + ".",
        _ => "A compliance officer decides.",
    };
}
