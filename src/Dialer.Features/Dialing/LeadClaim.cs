using Dapper;
using Dialer.Core.Recycling;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Dialing;

/// <summary>A lead taken from the list, locked until the transaction ends.</summary>
public sealed class ClaimedLead
{
    public long AccountId { get; init; }

    public long PersonId { get; init; }

    public short Attempts { get; init; }

    public Instant NotBefore { get; init; }

    public int Rank { get; init; }

    /// <summary>Parts of the person's day in which its campaign's cadence lets it be tried.</summary>
    public DayParts Parts { get; init; } = DayParts.Any;

    /// <summary>The person's zone; looked up only for leads that are bound to a part of the day.</summary>
    public DateTimeZone? Zone { get; set; }

    /// <summary>The earliest instant that the law (<paramref name="lawful"/>) and the lead's part of the day both allow.</summary>
    public Instant TurnAfter(Instant lawful) => Zone is { } zone ? Cadence.Earliest(NotBefore, Parts, lawful, zone) : lawful;

    /// <summary>The one number to call, for a call-back.</summary>
    public long? PhoneId { get; init; }

    public long? CallBackId { get; init; }
}

/// <summary>
/// Where the last look into a campaign's list ended. What lies before it has been requeued, and its dead index entries would be stepped over again at each look, all day
/// while some other transaction keeps its snapshot open; so the next look begins here. Now and then, and whenever the list seems used up, it begins at the start again:
/// leads that came in before this place, or were skipped because another transaction held them, are seen then.
/// </summary>
/// <remarks>One for each campaign; a lost or stale one costs time, never a lead. Not locked: one leader looks at a time.</remarks>
public sealed class LeadCursor
{
    private static readonly Duration FromTheStartEvery = Duration.FromMinutes(2);

    private Instant _lookedFromStart = Instant.MinValue;

    public Instant NotBefore { get; private set; } = Instant.MinValue;

    public int Rank { get; private set; } = int.MinValue;

    /// <summary>Tells leads of one rank apart: an imported list may give ten thousand accounts the same.</summary>
    public long AccountId { get; private set; } = long.MinValue;

    public bool AtStart => NotBefore == Instant.MinValue;

    /// <summary>The next look begins at this lead, the last that was dealt with: requeued, or left on purpose.</summary>
    public void MoveTo(ClaimedLead last) => (NotBefore, Rank, AccountId) = (last.NotBefore, last.Rank, last.AccountId);

    internal void BeginLook(Instant at)
    {
        if (at >= _lookedFromStart + FromTheStartEvery || at < _lookedFromStart)
            Rewind();
        if (AtStart)
            _lookedFromStart = at;
    }

    internal void Rewind() => (NotBefore, Rank, AccountId) = (Instant.MinValue, int.MinValue, long.MinValue);
}

/// <summary>The dialler's next leads: due, in order of time and rank, those that nobody else holds.</summary>
public static class LeadClaim
{
    private const string Sql =
        """
        select account_id, person_id, attempts, not_before, rank, parts from ready_lead
        where campaign_id = @campaignId and (not_before, rank, account_id) >= (@from, @rank, @accountId) and not_before <= @now
        order by not_before, rank, account_id limit @limit for update skip locked
        """;

    /// <param name="clock">The instant by which the cursor counts; real time or the service's.</param>
    public static async Task<List<ClaimedLead>> NextAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long campaignId, int limit, Instant now, LeadCursor cursor, Instant clock, CancellationToken cancel)
    {
        cursor.BeginLook(clock);
        var leads = await LookAsync();
        if (leads.Count < limit && !cursor.AtStart)
        {
            cursor.Rewind();
            leads = await LookAsync(); // rows locked by the first look are ours and found again
        }

        return leads;

        async Task<List<ClaimedLead>> LookAsync() => (await connection.QueryAsync<ClaimedLead>(new CommandDefinition(
            Sql, new { campaignId, from = Bound(cursor.NotBefore), rank = cursor.Rank, accountId = cursor.AccountId, now, limit }, transaction, cancellationToken: cancel))).AsList();
    }

    /// <summary>PostgreSQL's timestamps begin later than NodaTime's.</summary>
    private static Instant Bound(Instant from) => Instant.Max(from, Instant.FromUtc(1900, 1, 1, 0, 0));
}
