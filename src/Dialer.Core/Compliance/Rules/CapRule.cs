using NodaTime;

namespace Dialer.Core.Compliance.Rules;

/// <summary>At most so many contacts in a sliding window. The contact asked about would be one more.</summary>
/// <remarks>A sliding window of n x 24 hours contains every window of n consecutive dates in which calls are lawful, so it is never the looser reading.</remarks>
internal sealed class CapRule(PolicyRow row) : Rule(row)
{
    private readonly int _max = row.Max!.Value;
    private readonly Duration _window = row.WindowHours is { } hours ? Duration.FromHours(hours) : Duration.FromDays(row.WindowDays!.Value);
    private readonly uint _countChannels = Mask(row.CountChannels.IsEmpty ? row.Channels : row.CountChannels);
    private readonly uint _countPlaces = Mask(row.Places);
    private readonly uint _countPurposes = row.Purposes.IsEmpty ? uint.MaxValue : Mask(row.Purposes);

    protected override bool Check(ContactEvaluation e, out Instant? clearsAt)
    {
        clearsAt = null;
        var since = e.Now - _window;
        var count = 0;
        foreach (var attempt in e.Facts.Attempts)
        {
            if (attempt.At > since && Counts(e, attempt))
                count++;
        }

        if (count < _max)
            return false;
        clearsAt = _max == 0 ? null : FreesAt(e, since);
        return true;
    }

    /// <summary>When the newest <c>max</c> attempts are no longer all inside the window.</summary>
    private Instant FreesAt(ContactEvaluation e, Instant since)
    {
        var times = new List<Instant>();
        foreach (var attempt in e.Facts.Attempts)
        {
            if (attempt.At > since && Counts(e, attempt))
                times.Add(attempt.At);
        }

        times.Sort();
        return times[^_max] + _window;
    }

    private bool Counts(ContactEvaluation e, PastAttempt attempt) =>
        !attempt.Inbound
        && (_countChannels & Bit(attempt.Channel)) != 0
        && (_countPurposes & Bit(attempt.Purpose)) != 0
        && ((_countPlaces & Bit(attempt.Place)) != 0 || attempt.Place == PhonePlace.Unknown)
        && Row.Unit switch
        {
            CapUnit.PersonDebt => !attempt.OtherPerson && e.Concerns(attempt.Account),
            CapUnit.Account => attempt.OtherPerson ? attempt.Account == e.Request.Account : e.Concerns(attempt.Account),
            CapUnit.Line => attempt.To == e.Request.To,
            _ => !attempt.OtherPerson,
        }
        && Row.Counts switch
        {
            CapCounts.Counted => attempt.Counted,
            CapCounts.Connected => attempt.Connected && attempt.Counted,
            CapCounts.Artificial => attempt.ArtificialVoice && attempt.Counted,
            _ => attempt.Abandoned,
        };
}
