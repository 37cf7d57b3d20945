namespace Dialer.Core.Compliance.Rules;

internal static class RuleFactory
{
    public static Rule Build(PolicyRow row) => row.Kind switch
    {
        RuleKind.DataRequired => new DataRequiredRule(row),
        RuleKind.Destination => new DestinationRule(row),
        RuleKind.PhoneStatus => new PhoneStatusRule(row),
        RuleKind.ProtectedLine => new ProtectedLineRule(row),
        RuleKind.AccountOpen => new AccountOpenRule(row),
        RuleKind.CallerIdOwned => new CallerIdRule(row),
        RuleKind.Cap => new CapRule(row),
        RuleKind.Cooldown => new CooldownRule(row),
        RuleKind.Hours => new HoursRule(row),
        RuleKind.InconvenientTime => new InconvenientTimeRule(row),
        RuleKind.InconvenientPlace => new InconvenientPlaceRule(row),
        RuleKind.Hold => new HoldRule(row),
        RuleKind.ConsentRequired => new ConsentRequiredRule(row),
        RuleKind.Revocation => new RevocationRule(row),
        RuleKind.Employer => new EmployerRule(row),
        RuleKind.OutsideList => new OutsideListRule(row),
        RuleKind.SmsFreshness => new SmsFreshnessRule(row),
        RuleKind.ThirdParty => new ThirdPartyRule(row),
        RuleKind.LocationOnce => new LocationOnceRule(row),
        RuleKind.ActivePromise => new ActivePromiseRule(row),
        RuleKind.License => new LicenseRule(row),
        RuleKind.ValidationOwed => new ValidationOwedRule(row),
        RuleKind.Ban => new BanRule(row),
        _ => throw new InvalidOperationException($"{row.Kind} is not a rule that is asked for one contact."),
    };
}

/// <summary>A row that adds a condition; its filters are those of a rule that always speaks.</summary>
internal sealed class ConditionRow(PolicyRow row)
{
    private readonly BanRule _filter = new(row);

    public PolicyRow Row => row;

    public bool Selects(ContactEvaluation e) => _filter.Selects(e);

    /// <summary>For a contact that <see cref="Selects"/> has let through.</summary>
    public bool Adds(ContactEvaluation e) =>
        _filter.InForce(e.Now) && row.When switch
        {
            "Initial" => e.Facts.FirstCommunicationAt is null,
            "TimeBarred" => e.Facts.TimeBarred,
            "ValidationPeriod" => e.Facts.ValidationSentOn is { } sent && InPeriod(e, new ValidationNotice(sent)),
            "Subsequent" => e.Facts.FirstCommunicationAt is not null,
            _ => true,
        };

    /// <summary>While it is the last day anywhere the consumer may be, it is the last day.</summary>
    private static bool InPeriod(ContactEvaluation e, ValidationNotice notice)
    {
        for (var zone = 0; zone < e.Places.Zones.Length; zone++)
        {
            if (e.LocalNow(zone).Date <= notice.PeriodEnds)
                return true;
        }

        return e.Places.Zones.IsEmpty && e.Now.InUtc().Date <= notice.PeriodEnds.PlusDays(1);
    }

    public Condition Condition { get; } = new(row.Code, row.Cite!, row.Id, row.Text ?? "");
}
