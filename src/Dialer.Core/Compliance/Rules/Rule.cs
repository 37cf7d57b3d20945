using System.Collections.Immutable;
using Dialer.Core.Numbers;
using NodaTime;
using NodaTime.Text;

namespace Dialer.Core.Compliance.Rules;

/// <summary>One row of policy, ready to be asked. Immutable; asked by many threads at once.</summary>
internal abstract class Rule
{
    private readonly uint _lawRoles;
    private readonly uint _policyRoles;
    private readonly uint _debts;
    private readonly uint _channels;
    private readonly uint _modes;
    private readonly uint _purposes;
    private readonly uint _relations;
    private readonly uint _lines;
    private readonly uint _places;

    protected Rule(PolicyRow row)
    {
        Row = row;
        _lawRoles = Mask(row.Roles);
        _policyRoles = row.PolicyRoles.IsEmpty ? 0 : Mask(row.PolicyRoles);
        _debts = Mask(row.Debts);
        _channels = Mask(row.Channels);
        _modes = Mask(row.Modes);
        _purposes = Mask(row.Purposes) & ~(row.ExceptPurposes.IsEmpty ? 0 : Mask(row.ExceptPurposes));
        _relations = Mask(row.Relations) & ~(row.ExceptRelations.IsEmpty ? 0 : Mask(row.ExceptRelations));
        _lines = Mask(row.Lines);
        _places = Mask(row.Places);
        From = At(row.From, row.Zone) ?? Instant.MinValue;
        To = At(row.To, row.Zone) ?? Instant.MaxValue;
        Severity = row.Severity ?? (row.Kind is RuleKind.Cap or RuleKind.Cooldown or RuleKind.Hours or RuleKind.InconvenientTime or RuleKind.ActivePromise ? Severity.Defer : Severity.Stop);
    }

    public PolicyRow Row { get; }

    /// <summary>The row is in force in [From, To).</summary>
    public Instant From { get; }

    public Instant To { get; }

    public Severity Severity { get; }

    public bool InForce(Instant now) => now >= From && now < To;

    /// <summary>True when the row's filters select this contact, whatever the time. Facts that are not known are selected by every filter.</summary>
    public bool Selects(ContactEvaluation e)
    {
        var facts = e.Facts;
        var role = Bit(facts.Role);
        return (((_lawRoles | _policyRoles) & role) != 0 || facts.Role == CollectorRole.Unknown)
            && ((_debts & Bit(facts.Debt)) != 0 || facts.Debt == DebtClass.Unknown)
            && (_channels & Bit(e.Request.Channel)) != 0
            && (_modes & Bit(e.Request.Mode)) != 0
            && (_purposes & Bit(e.Request.Purpose)) != 0
            && (_relations & Bit(e.Request.Relation)) != 0
            && (_lines & Bit(facts.Phone.Line)) != 0
            && ((_places & Bit(facts.Phone.Place)) != 0 || facts.Phone.Place == PhonePlace.Unknown)
            && (Row.Artificial is not { } artificial || artificial == e.Request.UsesArtificialVoice)
            && !(Row.UnlessConsent && e.ArtificialConsent);
    }

    /// <summary>
    /// Asks the rule at <see cref="ContactEvaluation.Now"/>. False: no objection. True: it objects, and <paramref name="clearsAt"/> is the earliest later
    /// instant at which it will not, all facts staying as they are; null: never by time.
    /// </summary>
    public bool Objects(ContactEvaluation e, out Instant? clearsAt)
    {
        clearsAt = null;
        if (!InForce(e.Now) || (Row.UnlessDirectConsent && e.UnderDirectConsent) || !Check(e, out clearsAt))
            return false;
        if (Row.UnlessDirectConsent && e.NextDirectConsent is { } permitted && (clearsAt is null || permitted < clearsAt))
            clearsAt = permitted;
        if (To < Instant.MaxValue && (clearsAt is null || To < clearsAt))
            clearsAt = To;
        return true;
    }

    protected abstract bool Check(ContactEvaluation e, out Instant? clearsAt);

    public virtual string Code(ContactEvaluation e) => Row.Code;

    public Reason Reason(ContactEvaluation e, Instant? clearsAt)
    {
        var asLaw = Row.EnforceAs == Basis.Law && (e.Facts.Role == CollectorRole.Unknown || (_lawRoles & Bit(e.Facts.Role)) != 0);
        var citation = asLaw || Row.EnforceAs == Basis.Policy ? Row.Cite! : $"policy after {Row.Cite}";
        return new Reason(Code(e), Severity, asLaw ? Basis.Law : Basis.Policy, citation, Row.Id, clearsAt);
    }

    protected static uint Bit<T>(T value)
        where T : struct, Enum => 1u << System.Runtime.CompilerServices.Unsafe.As<T, int>(ref value);

    protected static uint Mask<T>(ImmutableArray<T> values)
        where T : struct, Enum
    {
        if (values.IsDefaultOrEmpty)
            return uint.MaxValue;
        var mask = 0u;
        foreach (var value in values)
            mask |= Bit(value);
        return mask;
    }

    private static Instant? At(string? date, string zone) =>
        date is null ? null : DateTimeZoneProviders.Tzdb[zone].AtStartOfDay(LocalDatePattern.Iso.Parse(date).GetValueOrThrow()).ToInstant();
}
