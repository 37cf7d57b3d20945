using NodaTime;

namespace Dialer.Core.Compliance.Rules;

/// <summary>The notice of the debt should have been out by now: five days after the first communication about it, spoken or written (12 CFR 1006.34(a)(1)(i)(B)).</summary>
/// <remarks>Nothing is known of notices about debts first spoken of before the row's first day; they are left alone.</remarks>
internal sealed class ValidationOwedRule(PolicyRow row) : Rule(row)
{
    protected override bool Check(ContactEvaluation e, out Instant? clearsAt)
    {
        clearsAt = null;
        if (e.Facts.ValidationSentOn is not null || Earlier(e.Facts.FirstCommunicationAt, e.Facts.FirstWrittenAt) is not { } first || first < From)
            return false;
        for (var zone = 0; zone < e.Places.Zones.Length; zone++)
        {
            if (e.LocalNow(zone).Date > ValidationNotice.DueAfter(first.InZone(e.Places.Zones[zone]).Date))
                return true;
        }

        return e.Places.Zones.IsEmpty && e.Now.InUtc().Date > ValidationNotice.DueAfter(first.InUtc().Date);
    }

    private static Instant? Earlier(Instant? one, Instant? other) => one is { } a && other is { } b ? Instant.Min(a, b) : one ?? other;
}
