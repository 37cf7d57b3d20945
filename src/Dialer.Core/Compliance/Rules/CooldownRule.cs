using NodaTime;

namespace Dialer.Core.Compliance.Rules;

/// <summary>No call within so many consecutive days after a conversation about the debt, the conversation's date being the first of them (12 CFR 1006.14(b)(2)(i)(B)).</summary>
internal sealed class CooldownRule(PolicyRow row) : Rule(row)
{
    private readonly int _days = row.Days!.Value;

    protected override bool Check(ContactEvaluation e, out Instant? clearsAt)
    {
        clearsAt = null;
        var latest = Instant.MinValue;
        foreach (var conversation in e.Facts.Conversations)
        {
            if (conversation.At > latest && e.Concerns(conversation.Account))
                latest = conversation.At;
        }

        if (latest == Instant.MinValue || e.Now - latest > Duration.FromDays(_days + 1))
            return false;
        var clears = e.Places.Zones.IsEmpty ? latest + Duration.FromDays(_days + 1) : Instant.MinValue;
        foreach (var zone in e.Places.Zones)
            clears = Instant.Max(clears, zone.AtStartOfDay(latest.InZone(zone).Date.PlusDays(_days)).ToInstant());
        if (e.Now >= clears)
            return false;
        clearsAt = clears;
        return true;
    }
}
