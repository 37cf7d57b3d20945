using Dialer.Core.Numbers;
using NodaTime;

namespace Dialer.Core.Compliance.Rules;

/// <summary>Open holds on the person or the debt (cease, attorney, bankruptcy, ...).</summary>
internal sealed class HoldRule(PolicyRow row) : Rule(row)
{
    private readonly uint _kinds = Mask(row.Holds);

    protected override bool Check(ContactEvaluation e, out Instant? clearsAt)
    {
        clearsAt = null;
        var found = false;
        var forever = false;
        foreach (var hold in e.Facts.Holds)
        {
            if ((_kinds & Bit(hold.Kind)) == 0 || !e.Concerns(hold.Account) || hold.Until <= e.Now)
                continue;
            found = true;
            forever |= hold.Until is null;
            if (hold.Until is { } until && (clearsAt is null || until > clearsAt))
                clearsAt = until;
        }

        if (forever)
            clearsAt = null;
        return found;
    }
}

/// <summary>The filters alone decide: whatever the row selects is not done.</summary>
internal sealed class BanRule(PolicyRow row) : Rule(row)
{
    protected override bool Check(ContactEvaluation e, out Instant? clearsAt)
    {
        clearsAt = null;
        return true;
    }
}

/// <summary>A fact without which nothing can be decided.</summary>
internal sealed class DataRequiredRule(PolicyRow row) : Rule(row)
{
    protected override bool Check(ContactEvaluation e, out Instant? clearsAt)
    {
        clearsAt = null;
        return Row.Field switch
        {
            "Role" => e.Facts.Role == CollectorRole.Unknown,
            "Debt" => e.Facts.Debt == DebtClass.Unknown,
            "TimeZone" => e.Places.Zones.IsEmpty,
            "Account" => e.Request.Account is null,
            "Relation" => e.Request.Relation == Relation.Unknown,
            _ => true,
        };
    }
}

/// <summary>Destinations that may be dialled at all. Stops premium and foreign numbers whoever asks, a dialler, an agent or a transfer.</summary>
internal sealed class DestinationRule(PolicyRow row) : Rule(row)
{
    protected override bool Check(ContactEvaluation e, out Instant? clearsAt)
    {
        clearsAt = null;
        if (e.Request.To.IsEmpty)
            return true;
        if (e.Request.To.IsInformationService)
            return true;
        if (e.Request.To.IsNorthAmerican)
            return e.Places.Area is not { } area || (area.Kind == AreaKind.Geographic ? !Row.Countries.Contains(area.Country) : area.Kind != AreaKind.TollFree);
        return e.Places.Country.Length == 0 || !Row.Countries.Contains(e.Places.Country);
    }
}

internal sealed class PhoneStatusRule(PolicyRow row) : Rule(row)
{
    protected override bool Check(ContactEvaluation e, out Instant? clearsAt)
    {
        clearsAt = null;
        return e.Facts.Phone.Status != PhoneStatus.Active;
    }

    public override string Code(ContactEvaluation e) => e.Facts.Phone.Status switch
    {
        PhoneStatus.WrongNumber => "WRONG_NUMBER",
        PhoneStatus.Disconnected => "NUMBER_DISCONNECTED",
        _ => Row.Code,
    };
}

internal sealed class ProtectedLineRule(PolicyRow row) : Rule(row)
{
    protected override bool Check(ContactEvaluation e, out Instant? clearsAt)
    {
        clearsAt = null;
        return e.Facts.Phone.ProtectedLine;
    }
}

/// <summary>A place the person said does not suit; a number of which nobody knows where it rings may ring there.</summary>
internal sealed class InconvenientPlaceRule(PolicyRow row) : Rule(row)
{
    protected override bool Check(ContactEvaluation e, out Instant? clearsAt)
    {
        clearsAt = null;
        return !e.Facts.InconvenientPlaces.IsEmpty && (e.Facts.Phone.Place == PhonePlace.Unknown || e.Facts.InconvenientPlaces.Contains(e.Facts.Phone.Place));
    }
}

internal sealed class AccountOpenRule(PolicyRow row) : Rule(row)
{
    protected override bool Check(ContactEvaluation e, out Instant? clearsAt)
    {
        clearsAt = null;
        return !e.Facts.AccountOpen;
    }
}

/// <summary>No caller id that is not ours (47 USC 227(e)).</summary>
internal sealed class CallerIdRule(PolicyRow row) : Rule(row)
{
    protected override bool Check(ContactEvaluation e, out Instant? clearsAt)
    {
        clearsAt = null;
        return !e.Request.From.IsEmpty && e.Facts.OwnedNumbers is { } owned && !owned.Contains(e.Request.From);
    }
}

internal sealed class LicenseRule(PolicyRow row) : Rule(row)
{
    protected override bool Check(ContactEvaluation e, out Instant? clearsAt)
    {
        clearsAt = null;
        if (e.Facts.LicensedStates is not { } held)
            return false;
        var place = e.Facts.Place;
        return (place.State is { } state && !held.Contains(state)) || (place.KnownState is { } known && !held.Contains(known)) || (place.State ?? place.KnownState) is null;
    }
}

/// <summary>No dialling about an account whose promise is running.</summary>
internal sealed class ActivePromiseRule(PolicyRow row) : Rule(row)
{
    protected override bool Check(ContactEvaluation e, out Instant? clearsAt)
    {
        clearsAt = null;
        if (e.Facts.ActivePromise is not { } promise || !e.Concerns(promise.Account))
            return false;
        var until = e.Places.Zones.IsEmpty ? promise.Until.PlusDays(1).AtStartOfDayInZone(DateTimeZone.Utc).ToInstant() : Instant.MinValue;
        foreach (var zone in e.Places.Zones)
            until = Instant.Max(until, promise.Until.AtStartOfDayInZone(zone).ToInstant());
        clearsAt = until;
        return e.Now < until;
    }
}
