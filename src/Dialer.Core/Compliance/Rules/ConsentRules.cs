using NodaTime;

namespace Dialer.Core.Compliance.Rules;

/// <summary>
/// An artificial voice, or a mode that may need one, without a consent that covers it (47 USC 227(b)(1)(A)(iii)); with <c>field</c> "Channel", a text or an e-mail
/// that the person has not agreed to.
/// </summary>
internal sealed class ConsentRequiredRule(PolicyRow row) : Rule(row)
{
    protected override bool Check(ContactEvaluation e, out Instant? clearsAt)
    {
        clearsAt = null;
        return Row.Field == "Channel" ? e.NewestConsent(artificial: false) != ConsentKind.Granted : !e.ArtificialConsent;
    }
}

/// <summary>The newest word of the person on this channel was no.</summary>
internal sealed class RevocationRule(PolicyRow row) : Rule(row)
{
    protected override bool Check(ContactEvaluation e, out Instant? clearsAt)
    {
        clearsAt = null;
        return e.NewestConsent(artificial: e.Request.UsesArtificialVoice) == ConsentKind.Revoked;
    }
}

/// <summary>The employer forbids it, or, with <c>field</c> "Unasked", nobody knows that it does not (12 CFR 1006.6(b)(3)).</summary>
internal sealed class EmployerRule(PolicyRow row) : Rule(row)
{
    protected override bool Check(ContactEvaluation e, out Instant? clearsAt)
    {
        clearsAt = null;
        return e.Facts.Phone.Place == PhonePlace.Work && (Row.Field == "Unasked" ? e.Facts.EmployerProhibits is null : e.Facts.EmployerProhibits == true);
    }
}

/// <summary>The number or person is on an outside list, or, where the row says so, nobody has looked for too long.</summary>
internal sealed class OutsideListRule(PolicyRow row) : Rule(row)
{
    protected override bool Check(ContactEvaluation e, out Instant? clearsAt)
    {
        clearsAt = null;
        return Newest(e) is { Answer: ListAnswer.Listed } || Stale(e);
    }

    public override string Code(ContactEvaluation e) => Newest(e) is { Answer: ListAnswer.Listed } ? Row.Code : Row.StaleCode ?? Row.Code;

    private bool Stale(ContactEvaluation e) =>
        Row.MaxAgeDays is { } days && (Newest(e) is not { Answer: ListAnswer.Clear } result || e.Now - result.CheckedAt > Duration.FromDays(days) || result.ExpiresAt <= e.Now);

    private ListResult? Newest(ContactEvaluation e)
    {
        ListResult? newest = null;
        foreach (var result in e.Facts.Lists)
        {
            if (result.List == Row.List && (newest is null || Outranks(result, newest)))
                newest = result;
        }

        return newest;
    }

    /// <summary>The newer one; of two of one instant the worse, and then the one that ends first: whatever order they come in.</summary>
    private static bool Outranks(ListResult one, ListResult other) =>
        one.CheckedAt != other.CheckedAt ? one.CheckedAt > other.CheckedAt
        : one.Answer != other.Answer ? Weight(one.Answer) > Weight(other.Answer)
        : (one.ExpiresAt ?? Instant.MaxValue) < (other.ExpiresAt ?? Instant.MaxValue);

    private static int Weight(ListAnswer answer) => answer switch
    {
        ListAnswer.Listed => 2,
        ListAnswer.NoData => 1,
        _ => 0,
    };
}

/// <summary>A text needs the person's own text, or a check that the number has not changed hands, within 60 days (12 CFR 1006.6(d)(5)).</summary>
internal sealed class SmsFreshnessRule(PolicyRow row) : Rule(row)
{
    protected override bool Check(ContactEvaluation e, out Instant? clearsAt)
    {
        clearsAt = null;
        var since = e.Now - Duration.FromDays(Row.MaxAgeDays!.Value);
        if (e.Facts.LastTextFromPerson >= since)
            return false;
        foreach (var result in e.Facts.Lists)
        {
            if (result is { List: OutsideList.ReassignedNumbers, Answer: ListAnswer.Clear } && result.CheckedAt >= since)
                return false;
        }

        return true;
    }
}

/// <summary>No word about a debt to anyone who is not the consumer (12 CFR 1006.6(d)(1)).</summary>
internal sealed class ThirdPartyRule(PolicyRow row) : Rule(row)
{
    protected override bool Check(ContactEvaluation e, out Instant? clearsAt)
    {
        clearsAt = null;
        return e.Request.Relation == Relation.ThirdParty || e.Facts.Phone.Place == PhonePlace.ThirdParty;
    }
}

/// <summary>Location information may be asked of a person once (15 USC 1692b(3)).</summary>
internal sealed class LocationOnceRule(PolicyRow row) : Rule(row)
{
    protected override bool Check(ContactEvaluation e, out Instant? clearsAt)
    {
        clearsAt = null;
        foreach (var attempt in e.Facts.Attempts)
        {
            if (attempt is { Purpose: ContactPurpose.LocationInfo, Inbound: false, Counted: true, Connected: true } && attempt.To == e.Request.To)
                return true;
        }

        return false;
    }
}
