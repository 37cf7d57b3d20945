using Dialer.Core.Compliance;
using Microsoft.AspNetCore.Http;

namespace Dialer.Features.Payments;

public static partial class PaymentRemedies
{
    /// <summary>What the rule wants, and what the agent can do.</summary>
    public static string For(string code) => code switch
    {
        "NO_CONSENT_TO_CHARGE" => "Read back the amount, the date, the account and the card, and take a clear yes first.",
        "PAY_AMOUNT_RANGE" => "Take at least the minimum and at most the balance, in whole cents.",
        "PAY_ATTEMPT_LIMIT" => "Three tries were declined in this call. Offer a promise, or another day.",
        "DUPLICATE_SUSPECTED" => "The same amount was paid on this account within a day. Say so, and ask whether they mean to pay it again.",
        "PAY_BLOCKED_BANKRUPTCY" => "A bankruptcy is on file. Ask for nothing; take only what they themselves, knowing it, ask to pay.",
        "PAYMENT_ALLOCATION_DISPUTED" => "This account is disputed. Money goes to it only when they, knowing it, ask for that.",
        "FEE_NOT_AUTHORIZED" or "SURCHARGE_DEBIT" or "SURCHARGE_TOO_HIGH" or "SURCHARGE_STATE_BAN" => "No fee may be added here. Take the amount itself.",
        "TEL_NOT_PERMITTED" => "A bank account may be debited by telephone only when the consumer called us or has a written agreement. Take a card, or ask them to call back.",
        "TEL_AUTH_INCOMPLETE" => "The authorization was not read out whole, or can be neither recorded nor confirmed in writing. Take a card.",
        "REGE_AUTH_MISSING" => "Repeated debits wait for a signed authorization. Send the form.",
        "EARLY_DEPOSIT" or "POSTDATED_NOTICE_MISSING" => "This payment has its day and its written reminder. It is not taken before.",
        "ACH_UNAUTHORIZED" or "ACH_RETRY_LIMIT" => "The bank returned this debit. It is not presented again.",
        _ => "A compliance officer decides.",
    };

    /// <summary>409 with every rule that objects: its code, its citation and what can be done.</summary>
    public static IResult Refuse(IReadOnlyList<Reason> reasons) => Results.Problem(
        string.Join(' ', reasons.Select(reason => For(reason.Code)).Distinct()), statusCode: 409, title: "Not allowed by the payment rules",
        extensions: new Dictionary<string, object?> { ["reasons"] = reasons.Select(reason => new { reason.Code, reason.Citation, text = For(reason.Code) }).ToList() });
}
