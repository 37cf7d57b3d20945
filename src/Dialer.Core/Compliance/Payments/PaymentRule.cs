using Dialer.Core.Payments;
using NodaTime;
using NodaTime.Text;

namespace Dialer.Core.Compliance;

/// <summary>What a row of kind Payment looks at.</summary>
public enum PaymentCheck
{
    Confirmed,
    Amount,
    Tries,
    Duplicate,
    Bankruptcy,
    Disputed,
    Fee,
    SurchargeMeans,
    SurchargeCap,
    SurchargeBan,
    TelPermitted,
    TelComplete,
    TelProof,
    RecurringSigned,
    PostDatedNotice,
    EarlyDeposit,
    AchUnauthorized,
    AchRetries,
}

/// <summary>One row that may object to a payment.</summary>
internal sealed class PaymentRule(PolicyRow row)
{
    private readonly PaymentCheck _check = Enum.Parse<PaymentCheck>(row.Field!);
    private readonly LocalDate? _from = Date(row.From);
    private readonly LocalDate? _to = Date(row.To);

    public Reason? Objection(PaymentRequest payment, LocalDate today)
    {
        if (today < _from || today >= _to || !Binds(payment.Role, out var asLaw) || !Objects(payment, today))
            return null;
        return new Reason(
            row.Code, row.Severity ?? Severity.Stop, asLaw ? Basis.Law : Basis.Policy, asLaw || row.EnforceAs == Basis.Policy ? row.Cite! : $"policy after {row.Cite}", row.Id, null);
    }

    private bool Binds(CollectorRole role, out bool asLaw)
    {
        var law = row.Roles.IsEmpty || row.Roles.Contains(role) || role == CollectorRole.Unknown;
        asLaw = law && row.EnforceAs == Basis.Law;
        return law || row.PolicyRoles.Contains(role);
    }

    private bool Objects(PaymentRequest p, LocalDate today) => _check switch
    {
        PaymentCheck.Confirmed => !p.Confirmed,
        PaymentCheck.Amount => !p.Amount.IsPositive || p.Amount > p.Balance || (p.Amount < p.Minimum && p.Amount < p.Balance) || p.Amount.Amount != decimal.Round(p.Amount.Amount, 2),
        PaymentCheck.Tries => p.FailedTries >= row.Max,
        PaymentCheck.Duplicate => p.HoursSinceSame < row.Max && !p.DuplicateConfirmed,
        PaymentCheck.Bankruptcy => p.Bankruptcy && !p.ConsumerInsists,
        PaymentCheck.Disputed => p.Disputed && !p.ConsumerInsists,
        PaymentCheck.Fee => p.Fee.IsPositive && p.FeeBasis == FeeBasis.None,
        PaymentCheck.SurchargeMeans => Surcharged(p) && p.Means is (PaymentMeans.DebitCard or PaymentMeans.PrepaidCard),
        PaymentCheck.SurchargeCap => Surcharged(p) && p.Fee.Amount > Math.Min(p.CardCost?.Amount ?? 0, p.Amount.Amount * (decimal)(row.MaxRate ?? 0)),
        PaymentCheck.SurchargeBan => Surcharged(p),
        PaymentCheck.TelPermitted => IsTel(p) && !(p.ConsumerPlacedCall || p.ExistingRelationship),
        PaymentCheck.TelComplete => IsTel(p) && (p.Said & TelPart.All) != TelPart.All,
        PaymentCheck.TelProof => IsTel(p) && !p.RecordedOrNotified,
        PaymentCheck.RecurringSigned => p is { Recurring: true, Signed: false, Means: PaymentMeans.AchDebit or PaymentMeans.DebitCard or PaymentMeans.PrepaidCard },
        PaymentCheck.PostDatedNotice => p.Step == PaymentStep.Charge && new PostDatedNotice(p.AcceptedOn, p.ScheduledOn) is { Needed: true } notice && !notice.SentInTime(p.NoticeSentOn),
        PaymentCheck.EarlyDeposit => p.Step == PaymentStep.Charge && today < p.ScheduledOn,
        PaymentCheck.AchUnauthorized => p.AchReturn is { } code && AchReturn.Of(code).EndsAuthorization,
        PaymentCheck.AchRetries => p.AchReturn is { } code && (p.AchRetries >= row.Max || (p.PresentedAgain && !AchReturn.Of(code).MayRetry)),
        _ => true,
    };

    private static bool Surcharged(PaymentRequest p) => p.Surcharge && p.Fee.IsPositive;

    private static bool IsTel(PaymentRequest p) => p is { Means: PaymentMeans.AchDebit, AuthorizedBy: AuthorizedBy.Telephone };

    private static LocalDate? Date(string? text) => text is null ? null : LocalDatePattern.Iso.Parse(text).GetValueOrThrow();
}
