using Dapper;
using Dialer.Core.Numbers;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Campaigns;

/// <summary>Which accounts of a client a campaign's list takes. Null or empty: no such condition.</summary>
/// <param name="MaxBalance">Below, not at.</param>
/// <param name="Ages">Oldest bucket with money in it: "Current", "30", "60", "90", "120", "Older".</param>
/// <param name="States">Of the postal address, two letters.</param>
/// <param name="NotCalledForDays">No call to the account in so many days.</param>
public sealed record ListFilter(
    decimal? MinBalance = null,
    decimal? MaxBalance = null,
    string[]? Ages = null,
    string[]? Products = null,
    string[]? Creditors = null,
    string[]? States = null,
    string[]? Languages = null,
    LocalDate? PlacedFrom = null,
    LocalDate? PlacedTo = null,
    int? NotCalledForDays = null,
    LineType[]? LineTypes = null);

/// <summary>Whom to call first.</summary>
public enum ListOrder
{
    BalanceHigh,
    BalanceLow,
    OldestDebt,
    NewestPlacement,
    LeastCalled,

    /// <summary>The same order each time for one campaign, unrelated to anything else.</summary>
    Shuffled,
}

/// <summary>So many leads of this age for so many of the others: the list takes turns by weight instead of finishing one kind first.</summary>
public sealed record MixPart(string Age, int Weight);

/// <summary>From all of the client's accounts to those that the list takes, each step counted after the one before.</summary>
public sealed record ListFunnel(long Accounts, long OpenWithBalance, long Chosen, long Reachable, long OnHold, long InOtherCampaigns, decimal Balance, IReadOnlyList<AgeCount> Ages);

public sealed record AgeCount(string Age, long Accounts, decimal Balance);

/// <summary>Makes lists: counts what a filter would take, and takes it.</summary>
internal static class ListDesign
{
    public static readonly string[] Ages = ["Current", "30", "60", "90", "120", "Older"];

    // $ parameters are named; every condition is skipped when its parameter is null.
    private const string Candidates =
        """
        select a.account_id, a.person_id, a.balance, a.placed_on, a.oldest_due_on, a.status = 'Open' and a.balance > 0 as open,
            case when a.bucket_older > 0 then 'Older' when a.bucket_120 > 0 then '120' when a.bucket_90 > 0 then '90' when a.bucket_60 > 0 then '60' when a.bucket_30 > 0 then '30' else 'Current' end as age,
            (@min::numeric is null or a.balance >= @min) and (@max::numeric is null or a.balance < @max)
                and (@products::text[] is null or a.product = any (@products)) and (@creditors::text[] is null or a.creditor = any (@creditors))
                and (@states::text[] is null or p.state = any (@states)) and (@languages::text[] is null or p.language = any (@languages))
                and (@placedFrom::date is null or a.placed_on >= @placedFrom) and (@placedTo::date is null or a.placed_on <= @placedTo)
                and (@notSince::timestamptz is null or not exists (select from attempt t where t.account_id = a.account_id and t.direction = 'Outbound' and t.created_at > @notSince)) as wanted,
            exists (select from phone ph where ph.person_id = a.person_id and ph.status = 'Active' and (@lines::text[] is null or ph.line_type = any (@lines))) as reachable
        from account a join person p on p.person_id = a.person_id
        where a.client_id = @clientId
        """;

    public static async Task<ListFunnel> CountAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, long clientId, ListFilter filter, Instant now, CancellationToken cancel)
    {
        var rows = (await connection.QueryAsync<CountRow>(new CommandDefinition(
            $"""
            with c as materialized ({Candidates})
            select age, count(*) as accounts, count(*) filter (where open) as open, count(*) filter (where open and wanted and fits) as chosen,
                count(*) filter (where open and wanted and fits and reachable) as reachable, coalesce(sum(balance) filter (where open and wanted and fits and reachable), 0) as balance,
                count(*) filter (where open and wanted and fits and reachable and exists (select from hold h where h.person_id = x.person_id and h.closed_at is null
                    and (h.account_id is null or h.account_id = x.account_id) and (h.expires_at is null or h.expires_at > @now))) as on_hold,
                count(*) filter (where open and wanted and fits and reachable and exists (select from ready_lead r join campaign k using (campaign_id)
                    where r.account_id = x.account_id and k.state not in ('Draft', 'Closed'))) as elsewhere
            from (select *, (@ages::text[] is null or age = any (@ages)) as fits from c) x group by age
            """,
            Parameters(clientId, filter, now),
            transaction,
            commandTimeout: 30,
            cancellationToken: cancel))).AsList();
        return new ListFunnel(
            rows.Sum(row => row.Accounts), rows.Sum(row => row.Open), rows.Sum(row => row.Chosen), rows.Sum(row => row.Reachable), rows.Sum(row => row.OnHold), rows.Sum(row => row.Elsewhere), rows.Sum(row => row.Balance),
            [.. Ages.Select(age => rows.FirstOrDefault(row => row.Age == age) is { } row ? new AgeCount(age, row.Reachable, row.Balance) : new AgeCount(age, 0, 0))]);
    }

    /// <summary>Puts the filter's accounts on the campaign's list, ranked by order and mix. Returns how many.</summary>
    public static Task<int> FillAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long campaignId, long clientId, ListFilter filter, ListOrder order, IReadOnlyList<MixPart> mix, Instant now, CancellationToken cancel)
    {
        var parameters = Parameters(clientId, filter, now);
        parameters.AddDynamicParams(new { id = campaignId, order = order.ToString(), mixAges = mix.Select(part => part.Age).ToArray(), mixWeights = mix.Select(part => part.Weight).ToArray() });
        return connection.ExecuteAsync(new CommandDefinition(
            $"""
            with c as materialized ({Candidates}),
            ordered as (
                select account_id, person_id, coalesce(m.weight, 1) as weight, case when m.age is null and cardinality(@mixAges) > 0 then '' when m.age is null then '*' else m.age end as kind,
                    row_number() over (order by
                        case @order when 'BalanceHigh' then -c.balance when 'BalanceLow' then c.balance when 'LeastCalled' then (select count(*) from attempt t where t.account_id = c.account_id) end,
                        case @order when 'OldestDebt' then c.oldest_due_on - date '1970-01-01' when 'NewestPlacement' then date '1970-01-01' - c.placed_on end nulls last,
                        case @order when 'Shuffled' then hashint8extended(c.account_id, @id) end, c.account_id) as place
                from c left join unnest(@mixAges, @mixWeights) as m (age, weight) on m.age = c.age
                where c.open and c.wanted and c.reachable and (@ages::text[] is null or c.age = any (@ages))),
            turns as (select *, (row_number() over (partition by kind order by place))::float8 / weight as turn from ordered)
            insert into ready_lead (campaign_id, account_id, person_id, rank, not_before)
            select @id, account_id, person_id, row_number() over (order by turn, place), @now from turns
            """,
            parameters,
            transaction,
            commandTimeout: 300,
            cancellationToken: cancel));
    }

    public static IEnumerable<string> Faults(ListFilter filter, IReadOnlyList<MixPart> mix)
    {
        foreach (var age in (filter.Ages ?? []).Concat(mix.Select(part => part.Age)).Except(Ages))
            yield return $"'{age}' is not an age of a debt. There are: {string.Join(", ", Ages)}.";
        if (mix.Any(part => part.Weight is < 1 or > 100) || mix.Select(part => part.Age).Distinct().Count() < mix.Count)
            yield return "Each age of a mix stands in it once, with a weight from 1 to 100.";
        if (filter.NotCalledForDays is < 1 or > 3650)
            yield return "notCalledForDays must be between 1 and 3650.";
        if (filter.MinBalance < 0 || filter.MaxBalance <= filter.MinBalance)
            yield return "The balances must not be negative, and the upper one must lie above the lower.";
    }

    private static DynamicParameters Parameters(long clientId, ListFilter filter, Instant now) => new(new
    {
        clientId,
        now,
        min = filter.MinBalance,
        max = filter.MaxBalance,
        ages = Given(filter.Ages),
        products = Given(filter.Products),
        creditors = Given(filter.Creditors),
        states = Given(filter.States),
        languages = Given(filter.Languages),
        placedFrom = filter.PlacedFrom,
        placedTo = filter.PlacedTo,
        notSince = filter.NotCalledForDays is { } days ? now - Duration.FromDays(days) : (Instant?)null,
        lines = Given(filter.LineTypes?.Select(line => line.ToString()).ToArray()),
    });

    private static string[]? Given(string[]? values) => values is { Length: > 0 } ? values : null;

    private sealed class CountRow
    {
        public string Age { get; init; } = "";

        public long Accounts { get; init; }

        public long Open { get; init; }

        public long Chosen { get; init; }

        public long Reachable { get; init; }

        public long OnHold { get; init; }

        public long Elsewhere { get; init; }

        public decimal Balance { get; init; }
    }
}
