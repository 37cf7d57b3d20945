using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Core.Numbers;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Compliance;

/// <summary>Person, account, phone, client, promise and campaign of one request.</summary>
internal sealed record BaseRow(PhoneNumber To, PhoneNumber From, string? NoAgentTreatment, string? MachineTreatment, string? CampaignState, ContactFacts Facts)
{
    public static BaseRow Read(NpgsqlDataReader r)
    {
        var zone = FactsLoader.Text(r, 12) is { } id ? DateTimeZoneProviders.Tzdb.GetZoneOrNull(id) : null;
        return new BaseRow(
            FactsLoader.Number(r.GetString(1)), FactsLoader.Number(FactsLoader.Text(r, 17) ?? ""), FactsLoader.Text(r, 18), FactsLoader.Text(r, 19), FactsLoader.Text(r, 20),
            new ContactFacts
            {
                Phone = new PhoneFacts(Enum.Parse<LineType>(r.GetString(2)), Enum.Parse<PhonePlace>(r.GetString(3)), Enum.Parse<PhoneStatus>(r.GetString(4)), r.GetString(5), r.GetBoolean(6)),
                Role = Enum.Parse<CollectorRole>(r.GetString(7)),
                Debt = Enum.Parse<DebtClass>(r.GetString(8)),
                AccountOpen = r.GetString(9) == "Open",
                Place = new PlaceFacts(FactsLoader.Text(r, 10), FactsLoader.Text(r, 11), FactsLoader.Text(r, 21), null, zone, FactsLoader.Text(r, 13)),
                EmployerProhibits = r.IsDBNull(14) ? null : r.GetBoolean(14),
                TimeBarred = r.GetBoolean(15),
                ActivePromise = r.IsDBNull(16) ? null : new PromiseFact(new AccountId(r.GetInt64(22)), LocalDate.FromDateOnly(r.GetFieldValue<DateOnly>(16)).PlusDays(1)),
                Language = r.GetString(23),
                InconvenientPlaces = r.IsDBNull(24) ? [] : [.. r.GetFieldValue<string[]>(24).Select(place => Enum.Parse<PhonePlace>(place))],
            });
    }

    /// <summary>True when the campaign's own settings let the called person meet a machine's voice in this mode.</summary>
    public bool CampaignImpliesArtificial(ContactMode mode) =>
        mode == ContactMode.Agentless
        || (mode is ContactMode.Predictive or ContactMode.Power && NoAgentTreatment is "Message" or "Ivr")
        || (mode is not (ContactMode.Manual or ContactMode.Preview) && MachineTreatment == "LimitedContentMessage");
}

/// <summary>One attempt, or (with the negative of its id) one letter, e-mail or text, as the caps see it.</summary>
/// <param name="CountsAtAll">False when no telephone can have rung (Refused). An attempt nobody can find (Unknown, NotPlaced) stays in every count.</param>
internal sealed record AttemptRow(long Id, long? Person, long? Account, bool CountsAtAll, Instant? ConversationAt, PastAttempt Fact)
{
    public static AttemptRow Read(NpgsqlDataReader r)
    {
        var state = r.GetString(6);
        var account = FactsLoader.Long(r, 2);
        var inbound = r.GetString(4) == "Inbound";
        // Until an attempt has ended without an answer, and when nobody knows how it ended, it is taken to have reached somebody.
        var connected = !r.IsDBNull(8) || state is not ("Busy" or "NoAnswer" or "Failed" or "Canceled" or "Completed");
        return new AttemptRow(
            r.GetInt64(0), FactsLoader.Long(r, 1), account, state != "Refused", FactsLoader.MaybeAt(r, 12),
            new PastAttempt(
                FactsLoader.At(r, 7), account is { } id ? new AccountId(id) : null, FactsLoader.Number(r.GetString(inbound ? 13 : 3)), Enum.Parse<Channel>(r.GetString(16)), r.GetBoolean(9), FactsLoader.Text(r, 10),
                r.GetBoolean(11), inbound, connected, r.IsDBNull(14) ? PhonePlace.Unknown : Enum.Parse<PhonePlace>(r.GetString(14)),
                Enum.TryParse<ContactPurpose>(r.GetString(5), out var purpose) ? purpose : ContactPurpose.Collect, r.GetBoolean(15)));
    }
}
