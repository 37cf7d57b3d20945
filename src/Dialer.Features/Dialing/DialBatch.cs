using System.Collections.Concurrent;
using Dapper;
using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Core.Pacing;
using Dialer.Core.Recycling;
using Dialer.Features.Campaigns;
using Dialer.Features.Compliance;
using Dialer.Features.Ivr;
using Dialer.Storage.Postgres;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Dialing;

/// <summary>
/// Turns "dial n now" into attempts, in one transaction: claim leads, lock their persons in id order, ask the law about each on facts read under that lock,
/// and store an attempt for every allow and a decision for every answer. Nothing has been sent when it returns.
/// </summary>
public sealed class DialBatch(Database database, ContactGate gate, ServiceClock clock)
{
    private const int MostLooked = 400;
    private static readonly Duration Permanent = Duration.FromHours(24);
    private readonly ConcurrentDictionary<long, LeadCursor> _cursors = new();

    /// <param name="FromE164">Our number that this person is shown; null: the campaign's.</param>
    public sealed record Intent(long AttemptId, string ToE164, Instant CreatedAt, string? FromE164 = null);

    public sealed record Result(IReadOnlyList<Intent> Intents, int Looked, bool LeaseHeld);

    public static string LeaseOf(long campaignId) => $"campaign:{campaignId}";

    public Task<Result> PrepareAsync(Campaign campaign, PacingMode inForce, int wanted, long epoch, CancellationToken cancel) => database.InTransactionAsync(
        async (connection, transaction) =>
        {
            if (!await Leases.ProveAsync(connection, transaction, LeaseOf(campaign.CampaignId), epoch, cancel))
                return new Result([], 0, false);
            if (!await IsOpenAsync(connection, transaction, campaign.CampaignId, cancel))
                return new Result([], 0, true);
            var now = clock.Now;
            var cursor = _cursors.GetOrAdd(campaign.CampaignId, _ => new LeadCursor());
            var leads = await CallBacksAsync(connection, transaction, campaign, wanted, now, cancel);
            leads.AddRange(await LeadClaim.NextAsync(connection, transaction, campaign.CampaignId, Math.Min(MostLooked, (wanted * 2) + 10), now, cursor, now, cancel));
            leads = await InPartAsync(connection, transaction, campaign, leads, now, cancel);
            await PersonLocks.TakeAsync(connection, transaction, leads.Select(lead => new PersonId(lead.PersonId)), cancel);
            var phones = await PhonesAsync(connection, transaction, leads, now, cancel);
            var intents = new List<Intent>();
            var left = new List<ClaimedLead>();
            var looked = 0;
            var distinct = Distinct(leads).ToList();
            while (looked < distinct.Count && intents.Count < wanted)
            {
                // No more than can be placed: an allowance that nobody uses fills the ledger and explains nothing.
                var chunk = distinct.Skip(looked).Take(wanted - intents.Count).ToArray();
                looked += chunk.Length;
                intents.AddRange(await DecideAsync(connection, transaction, campaign, inForce, chunk, phones, wanted - intents.Count, left, now, cancel));
            }

            if (looked > 0)
                cursor.MoveTo(left.Count > 0 ? left[0] : distinct[looked - 1]);
            return new Result(intents, looked, true);
        },
        cancel);

    /// <summary>Held until the attempts are stored: who pauses or closes the campaign waits for this batch, and when he has his answer nothing more is begun.</summary>
    private static async Task<bool> IsOpenAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long campaignId, CancellationToken cancel) =>
        await connection.ExecuteScalarAsync<string>(new CommandDefinition("select state from campaign where campaign_id = @campaignId for share", new { campaignId }, transaction, cancellationToken: cancel))
            == nameof(CampaignState.Open);

    /// <summary>Calls that people asked for come first. A campaign without agents makes none: a person was promised.</summary>
    private static async Task<List<ClaimedLead>> CallBacksAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Campaign campaign, int limit, Instant now, CancellationToken cancel) =>
        campaign.Mode == PacingMode.Agentless ? [] : [.. (await CallBackQueue.ClaimAsync(connection, transaction, campaign.ClientId, limit, now, cancel))
            .Select(due => new ClaimedLead { AccountId = due.AccountId, PersonId = due.PersonId, PhoneId = due.PhoneId, CallBackId = due.CallBackId })];

    /// <summary>Leads whose part of the day has passed while they stood in line go to the next one; the others stay.</summary>
    private static async Task<List<ClaimedLead>> InPartAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Campaign campaign, List<ClaimedLead> leads, Instant now, CancellationToken cancel)
    {
        var bound = leads.Where(lead => lead.Parts != DayParts.Any).ToList();
        if (bound.Count == 0)
            return leads;
        var zones = await PersonZones.OfAsync(connection, transaction, [.. bound.Select(lead => lead.PersonId)], campaign.Zone, cancel);
        foreach (var lead in bound)
            lead.Zone = zones[lead.PersonId];
        var late = bound.Where(lead => DayPartClock.Next(lead.Parts, now, lead.Zone!) > now).ToList();
        await RequeueAsync(connection, transaction, campaign.CampaignId, [.. late.Select(lead => new Retry(lead.AccountId, DayPartClock.Next(lead.Parts, now, lead.Zone!), false))], cancel);
        return [.. leads.Except(late)];
    }

    /// <summary>Active numbers by person, the least tried first, then the client's own order.</summary>
    private static async Task<ILookup<long, Phone>> PhonesAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, List<ClaimedLead> leads, Instant now, CancellationToken cancel) =>
        (await connection.QueryAsync<Phone>(new CommandDefinition(
            """
            select p.phone_id, p.person_id, p.e164, t.tries, t.live
            from phone p
            cross join lateral (
                select count(*) filter (where a.phone_id = p.phone_id) as tries,
                    coalesce(bool_or(a.direction = 'Outbound' and a.state in ('Intent', 'Submitting', 'Placed', 'Ringing', 'Answered', 'Unknown')), false) as live
                from attempt a where a.person_id = p.person_id and a.created_at > @since) t
            where p.person_id = any (@persons) and p.status = 'Active'
            order by t.tries, p.rank, p.phone_id
            """,
            new { persons = leads.Select(lead => lead.PersonId).ToArray(), since = now - Duration.FromDays(7) },
            transaction,
            cancellationToken: cancel))).ToLookup(phone => phone.PersonId);

    private async Task<List<Intent>> DecideAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Campaign campaign, PacingMode inForce, ClaimedLead[] leads, ILookup<long, Phone> phones, int room, List<ClaimedLead> left,
        Instant now, CancellationToken cancel)
    {
        var callable = leads.Select(lead => (Lead: lead, Phone: phones[lead.PersonId].FirstOrDefault(phone => lead.PhoneId is null || phone.PhoneId == lead.PhoneId))).ToList();
        var retries = callable.Where(pair => pair.Phone is null or { Live: true })
            .Select(pair => new Retry(pair.Lead.AccountId, now + (pair.Phone is null ? Permanent : Duration.FromMinutes(2)), false, pair.Lead.CallBackId)).ToList();
        var asked = callable.Where(pair => pair.Phone is { Live: false }).ToList();
        var ids = (await connection.QueryAsync<long>(new CommandDefinition(
            "select nextval(pg_get_serial_sequence('attempt', 'attempt_id')) from generate_series(1, @n)", new { n = asked.Count }, transaction, cancellationToken: cancel))).AsList();
        var requests = asked.Select((pair, i) => new GateRequest(
            new PersonId(pair.Lead.PersonId), new AccountId(pair.Lead.AccountId), new PhoneId(pair.Phone!.PhoneId), new CampaignId(campaign.CampaignId), ModeOf(inForce),
            pair.Lead.CallBackId is null ? ContactPurpose.Collect : ContactPurpose.CallbackRequested, campaign.UsesArtificialVoice, Attempt: new AttemptId(ids[i]))).ToList();
        var results = requests.Count == 0 ? [] : await gate.DecideAsync(connection, transaction, requests, now, cancel);
        var allowed = new List<(long Id, ClaimedLead Lead, Phone Phone, GateResult Gate)>();
        for (var i = 0; i < results.Count; i++)
        {
            var decision = results[i].Decision;
            if (!results[i].Allowed)
                retries.Add(new Retry(asked[i].Lead.AccountId, asked[i].Lead.TurnAfter(decision.RetryAt is { } at && at > now ? at : now + Permanent), false, asked[i].Lead.CallBackId));
            else if (allowed.Count < room)
                allowed.Add((ids[i], asked[i].Lead, asked[i].Phone!, results[i]));
            else
                left.Add(asked[i].Lead);
        }

        var shown = await CallerIds.ForAsync(connection, transaction, campaign, [.. allowed.Select(pair => pair.Lead.PersonId)], cancel);
        var made = await InsertAsync(connection, transaction, campaign, inForce, allowed, shown, now, cancel);
        retries.AddRange(allowed.Select(pair => new Retry(pair.Lead.AccountId, made.Contains(pair.Id) ? now + Duration.FromHours(1) : now + Duration.FromMinutes(2), made.Contains(pair.Id), pair.Lead.CallBackId)));
        await RequeueAsync(connection, transaction, campaign.CampaignId, retries, cancel);
        foreach (var (id, lead, _, _) in allowed.Where(pair => pair.Lead.CallBackId is not null && made.Contains(pair.Id)))
            await CallBackQueue.DialedAsync(connection, transaction, lead.CallBackId!.Value, id, now, cancel);
        foreach (var retry in retries.Where(retry => retry is { CallBackId: not null, Tried: false }))
            await CallBackQueue.DelayAsync(connection, transaction, retry.CallBackId!.Value, retry.At, "not allowed or not possible at this time", now, cancel);
        return [.. allowed.Where(pair => made.Contains(pair.Id)).Select(pair => new Intent(pair.Id, pair.Phone.E164, now, shown[pair.Lead.PersonId]))];
    }

    /// <summary>A number that another person's attempt has made live meanwhile is left out: the partial unique index decides.</summary>
    private static async Task<HashSet<long>> InsertAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Campaign campaign, PacingMode inForce, List<(long Id, ClaimedLead Lead, Phone Phone, GateResult Gate)> allowed,
        IReadOnlyDictionary<long, string> shown, Instant now, CancellationToken cancel) =>
        [.. await connection.QueryAsync<long>(new CommandDefinition(
            """
            insert into attempt (attempt_id, campaign_id, account_id, person_id, phone_id, mode, purpose, to_e164, from_e164, state, created_at, artificial_voice, counted, exclusion)
            overriding system value
            select x.id, @CampaignId, x.account, x.person, x.phone, @mode, coalesce(x.purpose, @Purpose), x.e164, x.shown, 'Intent', @now, x.artificial, x.counted, x.exclusion
            from unnest(@ids, @accounts, @persons, @phones, @numbers, @shown, @purposes, @artificial, @counted, @exclusions)
                as x (id, account, person, phone, e164, shown, purpose, artificial, counted, exclusion)
            on conflict do nothing
            returning attempt_id
            """,
            new
            {
                campaign.CampaignId,
                campaign.Purpose,
                mode = inForce.ToString(),
                now,
                ids = allowed.Select(x => x.Id).ToArray(),
                accounts = allowed.Select(x => x.Lead.AccountId).ToArray(),
                persons = allowed.Select(x => x.Lead.PersonId).ToArray(),
                phones = allowed.Select(x => x.Phone.PhoneId).ToArray(),
                numbers = allowed.Select(x => x.Phone.E164).ToArray(),
                shown = allowed.Select(x => shown[x.Lead.PersonId]).ToArray(),
                purposes = allowed.Select(x => x.Lead.CallBackId is null ? null : nameof(ContactPurpose.CallbackRequested)).ToArray(),
                artificial = allowed.Select(x => x.Gate.ArtificialVoice).ToArray(),
                counted = allowed.Select(x => x.Gate.Counted).ToArray(),
                exclusions = allowed.Select(x => x.Gate.Exclusion).ToArray(),
            },
            transaction,
            cancellationToken: cancel))];

    private static Task RequeueAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long campaignId, List<Retry> retries, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            update ready_lead r set not_before = x.at, attempts = r.attempts + x.tried
            from unnest(@accounts, @times, @tried) as x (account, at, tried)
            where r.campaign_id = @campaignId and r.account_id = x.account
            """,
            new
            {
                campaignId,
                accounts = retries.Select(r => r.AccountId).ToArray(),
                times = retries.Select(r => r.At.ToDateTimeOffset()).ToArray(),
                tried = retries.Select(r => r.Tried ? (short)1 : (short)0).ToArray(),
            },
            transaction,
            cancellationToken: cancel));

    /// <summary>One lead a person in a batch: two debts of one person are two calls, not one.</summary>
    private static IEnumerable<ClaimedLead> Distinct(List<ClaimedLead> leads) => leads.DistinctBy(lead => lead.PersonId);

    private static ContactMode ModeOf(PacingMode mode) => Enum.Parse<ContactMode>(mode.ToString());

    private sealed record Retry(long AccountId, Instant At, bool Tried, long? CallBackId = null);

    private sealed class Phone
    {
        public long PhoneId { get; init; }

        public long PersonId { get; init; }

        public string E164 { get; init; } = "";

        public long Tries { get; init; }

        public bool Live { get; init; }
    }
}
