using Dapper;
using Dialer.Core.Compliance;
using Dialer.Core.Numbers;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Dialing;

/// <summary>The clock a person most likely lives by: what he told us, else his address, else his number's area code. For patience only; the law looks at every candidate.</summary>
internal static class PersonZones
{
    /// <param name="otherwise">IANA zone of those about whom nothing is known.</param>
    public static async Task<Dictionary<long, DateTimeZone>> OfAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long[] persons, string otherwise, CancellationToken cancel) =>
        (await connection.QueryAsync<(long PersonId, string? State, string? Zip, string? Zone, string? E164)>(new CommandDefinition(
            """
            select p.person_id, p.state, p.zip, f.known_zone, (select e164 from phone ph where ph.person_id = p.person_id and ph.status = 'Active' order by ph.rank, ph.phone_id limit 1)
            from person p left join person_contact_fact f using (person_id) where p.person_id = any (@persons)
            """,
            new { persons },
            transaction,
            cancellationToken: cancel))).DistinctBy(row => row.PersonId).ToDictionary(row => row.PersonId, row => Zone(row.State, row.Zip, row.Zone, row.E164, otherwise));

    private static DateTimeZone Zone(string? state, string? zip, string? known, string? e164, string otherwise)
    {
        if (known is not null && DateTimeZoneProviders.Tzdb.GetZoneOrNull(known) is { } told)
            return told;
        var places = (NumberingPlan.FindZip(zip ?? "")?.Zones ?? []).Concat(NumberingPlan.ZonesOf(state ?? "")).Concat(PhoneNumber.TryParse(e164, out var number) ? NumberingPlan.Find(number)?.Zones ?? [] : []);
        return places.FirstOrDefault() ?? DateTimeZoneProviders.Tzdb[otherwise];
    }
}
