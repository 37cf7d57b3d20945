using Dialer.Core.Ivr;
using Dialer.Twilio.Webhooks;

namespace Dialer.Features.Payments;

/// <summary>What Twilio's <c>Pay</c> says about a session's end, in the four words the ledger knows.</summary>
/// <remarks>
/// Declined only where the processor, or the entry of the instrument, certainly said no; configuration errors come before anything is sent.
/// A caller who left while the charge was under way may have paid: Unknown. Everything that is not certain is Unknown. Error codes: Twilio, "Error and Warning Dictionary", 64xxx.
/// </remarks>
internal static partial class PayOutcomes
{
    public static PaymentOutcome Of(PayResult result) => new(ResultOf(result), result.ConfirmationCode, result.InstrumentLast4, result.InstrumentBrand, result.ErrorCode, !Left(result));

    /// <summary>The caller ended the session; nobody said what the processor did, if it was asked.</summary>
    private static bool Left(PayResult result) => result.Result is "caller-interrupted-with-star" or "caller-hung-up";

    private static PaymentResult ResultOf(PayResult result) => result.Result switch
    {
        "success" when result.IsTokenized => PaymentResult.Cancelled, // kept, not charged
        "success" => PaymentResult.Captured,
        "too-many-failed-attempts" => PaymentResult.Declined,
        _ when Left(result) => result.InstrumentEntered ? PaymentResult.Unknown : PaymentResult.Cancelled,
        "validation-error" => PaymentResult.Cancelled,
        "payment-connector-error" => result.ErrorCode switch
        {
            64008 or 64010 or 64012 => PaymentResult.Declined, // charge, token or card rejected
            64001 or (>= 64003 and <= 64007) or 64011 or (>= 64013 and <= 64017) => PaymentResult.Cancelled, // refused by configuration, before the processor
            _ => PaymentResult.Unknown,
        },
        _ => PaymentResult.Unknown,
    };
}
