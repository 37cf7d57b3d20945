using Dialer.Core.Compliance;
using Dialer.Core.Numbers;
using NodaTime;

namespace Dialer.Core.Tests.Compliance;

/// <summary>One case of one row: the row objects (or adds its condition), or it does not.</summary>
public sealed record RowCase(string Name, ContactRequest Request, ContactFacts Facts, Instant Now, bool Speaks);

/// <summary>For each row of policy, contacts that it must object to and their nearest neighbours that it must not. Made from what the row says, so that a new row has its cases too.</summary>
internal static class RowCases
{
    private static readonly Instant Wednesday = Instant.FromUtc(2026, 9, 16, 18, 0);

    public static IEnumerable<RowCase> Of(PolicyRow row)
    {
        var (request, facts) = Selected(row);
        var now = row.To is null ? Wednesday : Instant.FromUtc(2026, 8, 26, 18, 0);
        foreach (var one in ByKind(row, request, facts, now))
            yield return one;
        if (row.From is not null)
            yield return ByKind(row, request, facts, Instant.FromUtc(2020, 1, 15, 18, 0)).First(c => c.Speaks) with { Name = "before it was in force", Now = Instant.FromUtc(2020, 1, 15, 18, 0), Speaks = false };
    }

    private static IEnumerable<RowCase> ByKind(PolicyRow row, ContactRequest request, ContactFacts facts, Instant now) => row.Kind switch
    {
        RuleKind.Cap => Caps(row, request, facts, now),
        RuleKind.Cooldown =>
        [
            new("six days after a conversation", request, facts with { Conversations = [new(now - Duration.FromDays(6), Given.Debt)] }, now, true),
            new("eight days after a conversation", request, facts with { Conversations = [new(now - Duration.FromDays(8), Given.Debt)] }, now, false),
            new("a conversation about another debt", request, facts with { Conversations = [new(now - Duration.FromDays(1), new AccountId(77))] }, now, false),
        ],
        RuleKind.Hours => Hours(row, request, facts, now),
        RuleKind.Hold =>
        [
            .. row.Holds.Select(kind => new RowCase($"{kind} open", request, facts with { Holds = [new(kind)] }, now, true)),
            new("no hold", request, facts, now, false),
            new("the hold has ended", request, facts with { Holds = [new(row.Holds[0], Until: now)] }, now, false),
            new("a hold on another debt", request, facts with { Holds = [new(row.Holds[0], new AccountId(77))] }, now, false),
            .. row.ExceptPurposes.Select(purpose => new RowCase($"{purpose} is excepted", request with { Purpose = purpose }, facts with { Holds = [new(row.Holds[0])] }, now, false)),
        ],
        RuleKind.Condition =>
        [
            new("owed", request, row.When switch
            {
                "Subsequent" => facts with { FirstCommunicationAt = now - Duration.FromDays(60) },
                "TimeBarred" => facts with { TimeBarred = true },
                "ValidationPeriod" => facts with { ValidationSentOn = now.InUtc().Date.PlusDays(-20) },
                _ => facts,
            }, now, true),
            new("another channel", request with { Channel = Enum.GetValues<Channel>().Except(row.Channels).DefaultIfEmpty(Channel.Letter).First() }, facts, now, row.Channels.Length == 5 && row.When != "TimeBarred"),
        ],
        _ => Stops(row, request, facts, now),
    };

    private static IEnumerable<RowCase> Caps(PolicyRow row, ContactRequest request, ContactFacts facts, Instant now)
    {
        var window = row.WindowHours is { } hours ? Duration.FromHours(hours) : Duration.FromDays(row.WindowDays!.Value);
        PastAttempt One(Instant at) => new(
            at, Given.Debt, request.To, request.Channel, ArtificialVoice: true, Connected: true, Place: facts.Phone.Place, Abandoned: row.Counts == CapCounts.Abandoned);
        PastAttempt[] full = [.. Enumerable.Range(1, row.Max!.Value).Select(i => One(now - (window / (row.Max.Value + 1) * i)))];
        yield return new("the cap is reached", request, facts with { Attempts = [.. full] }, now, true);
        yield return new("one below the cap", request, facts with { Attempts = [.. full[1..]] }, now, false);
        yield return new("the oldest has left the window", request, facts with { Attempts = [.. full[..^1], One(now - window)] }, now, false);
        yield return new("one of them was inbound", request, facts with { Attempts = [full[0] with { Inbound = true }, .. full[1..]] }, now, false);
        if (row.Counts != CapCounts.Abandoned)
            yield return new("one of them is excluded", request, facts with { Attempts = [full[0] with { Counted = false }, .. full[1..]] }, now, false);
        if (row.Unit is CapUnit.PersonDebt or CapUnit.Account)
            yield return new("one of them was about another debt", request, facts with { Attempts = [full[0] with { Account = new AccountId(77) }, .. full[1..]] }, now, false);
        if (row.Unit == CapUnit.PersonDebt)
            yield return new("one of them was to another person", request, facts with { Attempts = [full[0] with { OtherPerson = true }, .. full[1..]] }, now, false);
        if (row.Roles is { IsEmpty: false } && row.PolicyRoles.IsEmpty)
            yield return new("a role it does not bind", request, facts with { Role = CollectorRole.FirstParty, Attempts = [.. full] }, now, false);
    }

    private static IEnumerable<RowCase> Hours(PolicyRow row, ContactRequest request, ContactFacts facts, Instant now)
    {
        var zone = CandidatePlaces.Of(request.To, facts.Place).Zones[0];
        var known = facts with { Place = facts.Place with { KnownZone = zone } };
        if (row.Holidays is { } name)
        {
            var calendar = HolidayCalendar.Named(name)!;
            var holiday = Enumerable.Range(0, 366).Select(day => new LocalDate(2026, 9, 1).PlusDays(day)).First(date => calendar.Contains(date) && !calendar.Contains(date.PlusDays(1)));
            yield return new($"a holiday, {holiday}", request, known, (holiday + new LocalTime(12, 0)).InZoneStrictly(zone).ToInstant(), true);
            yield return new("the day after", request, known, (holiday.PlusDays(1) + new LocalTime(12, 0)).InZoneStrictly(zone).ToInstant(), false);
            yield break;
        }

        foreach (var hours in row.Schedule)
        {
            var day = new LocalDate(2026, 9, 14).PlusDays(hours.Days.IsEmpty ? 0 : (int)hours.Days[0] - 1);
            var (open, close) = (Time(hours.Open), hours.Close == "24:00" ? (LocalTime?)null : Time(hours.Close));
            yield return new($"opening on {day.DayOfWeek}", request, known, (day + open).InZoneStrictly(zone).ToInstant(), false);
            if (open > LocalTime.Midnight)
                yield return new($"just before opening on {day.DayOfWeek}", request, known, (day + open).InZoneStrictly(zone).ToInstant() - Duration.Epsilon, true);
            if (close is { } end)
            {
                yield return new($"just before closing on {day.DayOfWeek}", request, known, (day + end).InZoneStrictly(zone).ToInstant() - Duration.Epsilon, false);
                yield return new($"closing on {day.DayOfWeek}", request, known, (day + end).InZoneStrictly(zone).ToInstant(), true);
            }
        }
    }

    private static IEnumerable<RowCase> Stops(PolicyRow row, ContactRequest request, ContactFacts facts, Instant now)
    {
        RowCase Yes(string name, ContactFacts f, ContactRequest? r = null) => new(name, r ?? request, f, now, true);
        RowCase No(string name, ContactFacts f, ContactRequest? r = null) => new(name, r ?? request, f, now, false);
        var granted = facts with { Consents = [new(now - Duration.FromDays(9), request.Channel, ConsentKind.Granted, ConsentScope.All)] };
        var revoked = facts with { Consents = [new(now - Duration.FromDays(1), request.Channel, ConsentKind.Revoked, ConsentScope.All)] };
        return row.Kind switch
        {
            RuleKind.DataRequired => row.Field switch
            {
                "Role" => [Yes("unknown", facts with { Role = CollectorRole.Unknown }), No("known", facts)],
                "Debt" => [Yes("unknown", facts with { Debt = DebtClass.Unknown }), No("known", facts)],
                "Account" => [Yes("unknown", facts, request with { Account = null }), No("known", facts)],
                "Relation" => [Yes("unknown", facts, request with { Relation = Relation.Unknown }), No("known", facts)],
                _ => [Yes("toll-free and no address", facts with { Place = new() }, request with { To = PhoneNumber.Parse("+18005550123") }), Yes("a military address", facts with { Place = new("AE", "09010") }), No("known", facts)],
            },
            RuleKind.Destination =>
            [
                .. new[] { "+19005550123", "+18765550123", "+14165550123", "+442071234567", "+37255512345", "+15005550123", "+12115550123", "+12129760123" }
                    .Where(number => PhoneNumber.TryParse(number, out _)).Select(number => Yes(number, facts, request with { To = PhoneNumber.Parse(number) })),
                No("at home", facts), No("toll-free", facts, request with { To = PhoneNumber.Parse("+18005550123") }),
            ],
            RuleKind.PhoneStatus => [Yes("wrong", Phone(facts, PhoneStatus.WrongNumber)), Yes("dead", Phone(facts, PhoneStatus.Disconnected)), Yes("suppressed", Phone(facts, PhoneStatus.Suppressed)), No("active", facts)],
            RuleKind.ProtectedLine => [Yes("a hospital room", facts with { Phone = facts.Phone with { ProtectedLine = true } }), No("any other", facts)],
            RuleKind.AccountOpen => [Yes("paid", facts with { AccountOpen = false }), No("open", facts)],
            RuleKind.CallerIdOwned => [Yes("a number of others", facts with { OwnedNumbers = [Given.NewYork] }, request with { From = Given.LosAngeles }), No("our number", facts with { OwnedNumbers = [Given.NewYork] }, request with { From = Given.NewYork })],
            RuleKind.InconvenientTime =>
            [
                Yes("all day", facts with { InconvenientTimes = [new([], LocalTime.Midnight, LocalTime.Midnight)] }),
                No("at night", facts with { InconvenientTimes = [new([], new LocalTime(22, 0), new LocalTime(6, 0))] }),
                No("on Sundays", facts with { InconvenientTimes = [new([IsoDayOfWeek.Sunday], LocalTime.Midnight, LocalTime.Midnight)] }),
            ],
            RuleKind.InconvenientPlace =>
            [
                Yes("where it rings", facts with { InconvenientPlaces = [PhonePlace.Home, facts.Phone.Place] }),
                Yes("where it rings is not known", facts with { Phone = facts.Phone with { Place = PhonePlace.Unknown }, InconvenientPlaces = [PhonePlace.Home] }),
                No("elsewhere", facts with { InconvenientPlaces = [PhonePlace.Home] }), No("nothing was said", facts),
            ],
            RuleKind.ConsentRequired => [Yes("none", facts), Yes("revoked", revoked), No("granted", granted)],
            RuleKind.Revocation => [Yes("revoked", revoked), No("never said", facts), No("granted again", revoked with { Consents = revoked.Consents.Add(new(now, request.Channel, ConsentKind.Granted, ConsentScope.All)) })],
            RuleKind.Employer => row.Field == "Unasked"
                ? [Yes("nobody asked", facts with { EmployerProhibits = null }), No("it allows", facts with { EmployerProhibits = false })]
                : [Yes("it forbids", facts with { EmployerProhibits = true }), No("it allows", facts with { EmployerProhibits = false })],
            RuleKind.OutsideList =>
            [
                Yes("listed", facts with { Lists = [new(row.List!.Value, ListAnswer.Listed, now - Duration.FromDays(2))] }),
                No("clear", facts with { Lists = [new(row.List!.Value, ListAnswer.Listed, now - Duration.FromDays(5)), new(row.List!.Value, ListAnswer.Clear, now - Duration.FromDays(2))] }),
            ],
            RuleKind.SmsFreshness => [Yes("never checked", facts), No("they wrote", facts with { LastTextFromPerson = now - Duration.FromDays(59) })],
            RuleKind.ThirdParty => [Yes("a third party's line", facts with { Phone = facts.Phone with { Place = PhonePlace.ThirdParty } }), No("the consumer", facts)],
            RuleKind.LocationOnce => [Yes("asked before", facts with { Attempts = [new(now - Duration.FromDays(20), Given.Debt, request.To, Connected: true, Purpose: ContactPurpose.LocationInfo)] }), No("first time", facts)],
            RuleKind.ActivePromise => [Yes("running", facts with { ActivePromise = new(Given.Debt, new LocalDate(2026, 9, 20)) }), No("over", facts with { ActivePromise = new(Given.Debt, new LocalDate(2026, 9, 16)) }), No("another debt's", facts with { ActivePromise = new(new AccountId(77), new LocalDate(2026, 9, 20)) })],
            RuleKind.License => [Yes("none for the state", facts with { LicensedStates = ["NY"] }), No("held", facts with { LicensedStates = [facts.Place.State!] }), No("no list kept", facts)],
            RuleKind.ValidationOwed => Validation(row, request, facts),
            RuleKind.Ban => [Yes("selected", facts), No("another channel", facts, request with { Channel = Channel.Letter })],
            _ => throw new InvalidOperationException($"{row.Kind} has no cases."),
        };
    }

    private static IEnumerable<RowCase> Validation(PolicyRow row, ContactRequest request, ContactFacts facts)
    {
        var now = Instant.FromUtc(2026, 12, 16, 18, 0);
        ContactFacts Spoken(int daysAgo) => facts with { FirstCommunicationAt = now - Duration.FromDays(daysAgo) };
        yield return new("six days after the first conversation", request, Spoken(6), now, true);
        yield return new("six days after the first letter", request, facts with { FirstWrittenAt = now - Duration.FromDays(6) }, now, true);
        yield return new("five days after", request, Spoken(5), now, false);
        yield return new("nothing was said yet", request, facts, now, false);
        yield return new("the notice is out", request, Spoken(6) with { ValidationSentOn = new LocalDate(2026, 12, 15) }, now, false);
        yield return new("first spoken of before there was a record of notices", request, Spoken(60), now, false);
        yield return new("a role it does not bind", request, Spoken(6) with { Role = CollectorRole.FirstParty }, now, false);
        foreach (var purpose in row.ExceptPurposes)
            yield return new($"{purpose} is excepted", request with { Purpose = purpose }, Spoken(6), now, false);
    }

    private static ContactFacts Phone(ContactFacts facts, PhoneStatus status) => facts with { Phone = facts.Phone with { Status = status } };

    /// <summary>A contact that the row's own filters select, in the row's jurisdiction, with nothing else the matter.</summary>
    private static (ContactRequest Request, ContactFacts Facts) Selected(PolicyRow row)
    {
        var (number, place) = Place(row.Jur);
        var modes = row.Modes.IsEmpty ? [row.Artificial == true ? ContactMode.Agentless : ContactMode.Preview] : row.Modes;
        var request = new ContactRequest(
            Given.Person, Given.Debt, PhoneNumber.Parse(number), modes[^1], row.Purposes.IsEmpty ? ContactPurpose.Collect : row.Purposes[0], row.Channels.IsEmpty ? Channel.Voice : row.Channels[0],
            ArtificialVoice: row.Artificial == true, Relation: row.Relations.IsEmpty ? Relation.Consumer : row.Relations[0]);
        var facts = new ContactFacts
        {
            Role = row.Roles.IsEmpty ? CollectorRole.ThirdParty : row.Roles[0],
            Debt = DebtClass.Consumer,
            Phone = new PhoneFacts(
                row.Lines.IsEmpty ? LineType.Wireless : row.Lines[0],
                row.Kind == RuleKind.Employer ? PhonePlace.Work : row.Places.IsEmpty ? PhonePlace.Personal : row.Places[0],
                PhoneStatus.Active),
            Place = place,
        };
        return (request, facts);
    }

    private static (string Number, PlaceFacts Place) Place(string jurisdiction) => jurisdiction switch
    {
        "HOUSE" or "US" => ("+12135550123", new PlaceFacts("CA", "90001")),
        "US-NYC" => ("+12125550123", new PlaceFacts("NY", "10001")),
        "CA" => ("+16045550123", new PlaceFacts()),
        "GB" => ("+442071234567", new PlaceFacts()),
        _ when jurisdiction.StartsWith("CA-", StringComparison.Ordinal) => (Number(jurisdiction[3..]), new PlaceFacts()),
        _ => (Number(jurisdiction[3..]), new PlaceFacts(jurisdiction[3..])),
    };

    private static string Number(string region) => $"+1{NumberingPlan.All.Where(area => area.Regions.Contains(region)).MinBy(area => area.Npa)!.Npa}5550123";

    private static LocalTime Time(string text) => NodaTime.Text.LocalTimePattern.ExtendedIso.Parse(text.Length == 5 ? text + ":00" : text).GetValueOrThrow();
}
