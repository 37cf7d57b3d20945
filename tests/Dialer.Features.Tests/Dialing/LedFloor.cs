using Dialer.Core;
using Dialer.Core.Pacing;
using Dialer.Features.Campaigns;
using Dialer.Features.Dialing;
using Dialer.Storage.Postgres;
using Dialer.Storage.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Tests.Dialing;

/// <summary>Leaders of a world, ticked by the test and not by their timers, and the numbers they may dial.</summary>
internal static class LedFloor
{
    private const int CallsPerSecond = 500;
    private static long _agents = 900_000;

    /// <summary>A leader as on a node of its own. <paramref name="clock"/> may run faster than the world's.</summary>
    public static CampaignLeader Leader(this DialingWorld world, string node, ServiceClock? clock = null)
    {
        var options = Options.Create(new DialingOptions { CallsPerSecond = CallsPerSecond });
        var database = world.Services.GetRequiredService<Database>();
        clock ??= world.Services.GetRequiredService<ServiceClock>();
        var floors = ActivatorUtilities.CreateInstance<FloorReader>(world.Services, options, clock, new InboundArrivals(database));
        var leader = ActivatorUtilities.CreateInstance<CampaignLeader>(
            world.Services, new Leases(database, new NodeIdentity($"{node}-{Guid.NewGuid():N}")), floors, new PacingAlarms(database), clock, options);
        leader.LeaseTime = TimeSpan.FromMinutes(10); // a test's leader dies when the test says so, not because the machine is busy
        return leader;
    }

    /// <summary>Agents as the index shows them, available now. They have no desk: nobody has to keep a heart beating while a slow machine runs the test.</summary>
    public static IReadOnlyList<IndexedAgent> Seats(this DialingWorld world, string skill, int agents)
    {
        var now = world.Services.GetRequiredService<ServiceClock>().Now.ToUnixTimeMilliseconds();
        return [.. Enumerable.Range(0, agents).Select(_ =>
        {
            var session = Guid.NewGuid().ToString("N");
            return new IndexedAgent(session, Interlocked.Increment(ref _agents), 1, "Available", now, null, null, [skill, "serves-outbound"], $"agent-{session}");
        })];
    }

    /// <summary>One tick of a leader who sees exactly these agents alive.</summary>
    public static async Task TickAsync(this CampaignLeader leader, DialingWorld world, IReadOnlyList<IndexedAgent> seats)
    {
        var index = world.Services.GetRequiredService<AgentIndex>();
        foreach (var seat in seats)
        {
            await index.PutAsync(seat);
            await index.HeartbeatAsync(Guid.Parse(seat.Session));
        }

        await leader.TickAsync(default);
    }

    /// <summary>Ticks until <paramref name="holds"/>: on a slow machine a lease may run out within a tick, which then dials nothing.</summary>
    public static Task TickUntilAsync(this CampaignLeader leader, DialingWorld world, IReadOnlyList<IndexedAgent> seats, Func<Task<bool>> holds) => DialingWorld.UntilAsync(async () =>
    {
        await leader.TickAsync(world, seats);
        return await holds();
    });

    /// <summary>Closes what other tests have left open: a leader leads every open campaign.</summary>
    public static Task CloseAllAsync(this DialingWorld world) => world.ExecuteAsync("update campaign set state = 'Closed' where state = 'Open'");

    /// <summary>So many numbers that may be dialled now.</summary>
    public static async Task ListAsync(this DialingWorld world, Campaign campaign, int numbers)
    {
        for (var i = 0; i < numbers; i++)
        {
            var debtor = await world.People.DebtorAsync(line: "Landline");
            await world.ExecuteAsync(
                "insert into ready_lead (campaign_id, account_id, person_id, not_before) values (@CampaignId, @account, @person, @at)",
                new { campaign.CampaignId, account = debtor.Account.Value, person = debtor.Person.Value, at = Compliance.ComplianceWorld.Noon });
        }
    }

    /// <summary>Waits until the sender has placed everything, and returns the live calls of the campaign with their tokens.</summary>
    public static async Task<IReadOnlyList<DialingWorld.Placed>> PlacedAsync(this DialingWorld world, Campaign campaign)
    {
        await DialingWorld.UntilAsync(async () => await world.OneAsync<long>("select count(*) from attempt where campaign_id = @CampaignId and state in ('Intent', 'Submitting')", campaign) == 0);
        var rows = await world.Services.GetRequiredService<Database>().QueryAsync<(long Id, string Sid, string E164, Instant CreatedAt)>(
            "select attempt_id, sid, to_e164, created_at from attempt where campaign_id = @CampaignId and state in ('Placed', 'Ringing') order by attempt_id", campaign, default);
        var tokens = world.Services.GetRequiredService<Dialer.Twilio.Webhooks.AttemptTokens>();
        return [.. rows.Select(row => new DialingWorld.Placed(row.Id, row.Sid, row.E164, tokens.Issue(new AttemptId(row.Id), row.CreatedAt), new DialBatch.Intent(row.Id, row.E164, row.CreatedAt)))];
    }

    public static Task<long> LiveAsync(this DialingWorld world, Campaign campaign) => world.OneAsync<long>(
        "select count(*) from attempt where campaign_id = @CampaignId and state in ('Intent', 'Submitting', 'Unknown', 'Placed', 'Ringing', 'Answered')", campaign);

    /// <summary>What the last leader of the campaign left to the next.</summary>
    public static async Task<PacingMemory> MemoryAsync(this DialingWorld world, Campaign campaign) =>
        PacingEngine.Restore(campaign.Pacing(), await world.OneAsync<string>("select memory::text from pacing_memory where campaign_id = @CampaignId", campaign)).Memory;
}
