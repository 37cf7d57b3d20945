using Dapper;
using Dialer.Core.Numbers;
using Dialer.Features.Campaigns;
using Npgsql;

namespace Dialer.Features.Dialing;

/// <summary>Which of our numbers each person of a batch is shown: the campaign's own, or one of a pool, the same one each time while it is in use.</summary>
internal static class CallerIds
{
    /// <summary>By person. Where a list of owned numbers is kept, numbers that are not on it are never shown; a pool with none left falls back to the campaign's number.</summary>
    public static async Task<IReadOnlyDictionary<long, string>> ForAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Campaign campaign, long[] persons, CancellationToken cancel)
    {
        if (persons.Length == 0)
            return new Dictionary<long, string>();
        var experiment = await RunningExperiment.OfAsync(connection, transaction, campaign.CampaignId, cancel);
        var pools = persons.Distinct().ToDictionary(person => person, person => experiment?.PoolOf(person) ?? campaign.CallerIdPoolId);
        var numbers = (await connection.QueryAsync<(long Pool, string E164)>(new CommandDefinition(
            """
            select i.caller_id_pool_id, i.e164 from caller_id i where i.caller_id_pool_id = any (@ids) and i.state = 'Active'
                and (not exists (select from owned_number) or exists (select from owned_number o where o.e164 = i.e164)) order by i.e164
            """,
            new { ids = pools.Values.OfType<long>().Distinct().ToArray() },
            transaction,
            cancellationToken: cancel))).ToLookup(row => row.Pool, row => row.E164);
        return pools.ToDictionary(pair => pair.Key, pair => (pair.Value is { } pool ? CallerIdChoice.For(pair.Key, [.. numbers[pool]]) : null) ?? campaign.FromE164);
    }
}
