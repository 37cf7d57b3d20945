using System.Collections.Immutable;
using Dialer.Core.Numbers;
using NodaTime;

namespace Dialer.Core.Compliance;

/// <summary>One request with its facts at one instant, and the few things derived from them that many rules ask for.</summary>
internal sealed class ContactEvaluation
{
    private Instant _localAt = Instant.MinValue;
    private LocalDateTime _local;

    public ContactEvaluation(ContactRequest request, ContactFacts facts, CandidatePlaces places, Instant now)
    {
        Request = request;
        Facts = facts;
        Places = places;
        Now = now;
        ArtificialConsent = NewestConsent(artificial: true) == ConsentKind.Granted;
        DirectConsents = FindDirectConsents();
        Selection = Rules.JurisdictionRules.KeyOf(request, facts, ArtificialConsent);
    }

    public ContactRequest Request { get; }

    public ContactFacts Facts { get; }

    public CandidatePlaces Places { get; }

    /// <summary>The instant asked about. It moves forward while the engine looks for the next lawful one.</summary>
    public Instant Now
    {
        get;
        set
        {
            field = value;
            _localAt = Instant.MinValue;
        }
    }

    /// <summary>What decides which rows concern this contact, packed; see <see cref="Rules.JurisdictionRules"/>.</summary>
    public uint Selection { get; }

    /// <summary>A consent that covers an artificial voice to this number is in force.</summary>
    public bool ArtificialConsent { get; }

    /// <summary>Spans in which the person gave us leave to call about this debt.</summary>
    public ImmutableArray<Interval> DirectConsents { get; }

    public bool UnderDirectConsent
    {
        get
        {
            foreach (var span in DirectConsents)
            {
                if (span.Contains(Now))
                    return true;
            }

            return false;
        }
    }

    /// <summary>The start of the next such span after now; null when there is none.</summary>
    public Instant? NextDirectConsent
    {
        get
        {
            Instant? next = null;
            foreach (var span in DirectConsents)
            {
                if (span.Start > Now && (next is null || span.Start < next))
                    next = span.Start;
            }

            return next;
        }
    }

    /// <summary>Now on the clock of one of the places. The first place is asked by every rule of hours, so its answer is kept.</summary>
    public LocalDateTime LocalNow(int zone)
    {
        if (zone > 0)
            return Now.InZone(Places.Zones[zone]).LocalDateTime;
        if (_localAt != Now)
            (_localAt, _local) = (Now, Now.InZone(Places.Zones[0]).LocalDateTime);
        return _local;
    }

    public bool Concerns(AccountId? account) => account is null || Request.Account is null || account == Request.Account;

    /// <summary>The newest word on this number and channel: granted, revoked, or null when nothing was ever said. A tie is a revocation.</summary>
    public ConsentKind? NewestConsent(bool artificial)
    {
        ConsentFact? newest = null;
        foreach (var consent in Facts.Consents)
        {
            var bears = consent.Scope == ConsentScope.All || (artificial && consent.Scope == ConsentScope.ArtificialVoice);
            if (!bears || consent.Channel != ConsentChannel || (ByTelephone && !consent.Number.IsEmpty && consent.Number != Request.To))
                continue;
            if (newest is null || consent.At > newest.At || (consent.At == newest.At && consent.Kind == ConsentKind.Revoked))
                newest = consent;
        }

        return newest?.Kind;
    }

    /// <summary>An e-mail or a letter goes to no telephone number: what was said about it holds whatever number it was said on.</summary>
    private bool ByTelephone => Request.Channel is not (Channel.Email or Channel.Letter);

    private Channel ConsentChannel => Request.Channel == Channel.Voicemail ? Channel.Voice : Request.Channel;

    private ImmutableArray<Interval> FindDirectConsents()
    {
        ImmutableArray<Interval>.Builder? spans = null;
        foreach (var consent in Facts.Consents)
        {
            if (consent is not { Scope: ConsentScope.Direct, Kind: ConsentKind.Granted } || consent.Channel != ConsentChannel
                || !Concerns(consent.Account) || (!consent.Number.IsEmpty && consent.Number != Request.To))
                continue;
            var from = consent.From is { } start && start > consent.At ? start : consent.At;
            var until = EndOfDirect(consent);
            if (until > from)
                (spans ??= ImmutableArray.CreateBuilder<Interval>()).Add(new Interval(from, until));
        }

        return spans is null ? [] : spans.ToImmutable();
    }

    /// <summary>The permission ends on its seventh day (its date is day one), earlier if so agreed, revoked, or used up by a conversation.</summary>
    private Instant EndOfDirect(ConsentFact consent)
    {
        var until = Instant.MaxValue;
        foreach (var zone in Places.Zones)
            until = Instant.Min(until, zone.AtStartOfDay(consent.At.InZone(zone).Date.PlusDays(7)).ToInstant());
        if (Places.Zones.IsEmpty)
            until = consent.At + Duration.FromDays(6);
        if (consent.Until is { } agreed)
            until = Instant.Min(until, agreed);
        foreach (var other in Facts.Consents)
        {
            if (other.Kind == ConsentKind.Revoked && other.At >= consent.At && other.Channel == consent.Channel && other.Scope != ConsentScope.ArtificialVoice
                && (other.Number.IsEmpty || other.Number == Request.To))
                until = Instant.Min(until, other.At);
        }

        foreach (var conversation in Facts.Conversations)
        {
            if (conversation.At > consent.At && Concerns(conversation.Account))
                until = Instant.Min(until, conversation.At);
        }

        return until;
    }
}
