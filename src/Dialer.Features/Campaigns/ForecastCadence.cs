using Dialer.Core.Compliance;
using Dialer.Core.Recycling;
using Dialer.Features.Access;
using Dialer.Features.Compliance;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Dialer.Features.Campaigns;

/// <summary>The attempts a day that a matrix leads to, beside what the law and the house allow at most.</summary>
public static class ForecastCadence
{
    private const int FewestCalls = 200;

    /// <summary>Where a campaign has no calls of its own yet: about what a first week of consumer lists brings. Replaced by the house's own outcomes as soon as there are enough.</summary>
    private static readonly Dictionary<CadenceOutcome, double> Assumed = new()
    {
        [CadenceOutcome.NoAnswer] = 0.42, [CadenceOutcome.Machine] = 0.38, [CadenceOutcome.Answered] = 0.12, [CadenceOutcome.Busy] = 0.04, [CadenceOutcome.Failed] = 0.035, [CadenceOutcome.Abandoned] = 0.005,
    };

    /// <param name="OpensHour">Local hour at which calls begin, <paramref name="ClosesHour"/> before which they end.</param>
    /// <param name="Campaign">Whose outcomes of the last 14 days are the mix; null: all campaigns'.</param>
    public sealed record Request(Cadence Cadence, int OpensHour = 8, int ClosesHour = 21, long? Campaign = null);

    /// <param name="Binds">The matrix alone would lead to more than this allows.</param>
    public sealed record Cap(string Id, string Jurisdiction, int Max, int WindowHours, string Unit, string Counts, string Citation, bool IsLaw, bool Binds);

    /// <param name="Measured">Calls from which the mix was taken; 0: it is assumed.</param>
    public sealed record Answer(CadenceOutlook Outlook, IReadOnlyDictionary<CadenceOutcome, double> Mix, long Measured, IReadOnlyList<Cap> Caps);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/v1/campaigns/cadence-forecast", HandleAsync).RequireAuthorization(Scopes.CampaignsRead).WithMetadata(new RepeatsFreely());

    private static async Task<IResult> HandleAsync(Request request, CallCaps caps, Database database, ServiceClock clock, CancellationToken cancel)
    {
        var sane = request is { OpensHour: >= 0, ClosesHour: <= 23 } && request.OpensHour < request.ClosesHour;
        var faults = request.Cadence.Faults().Concat(sane ? [] : ["The hours lie between 0 and 23, and it closes after it opens."]).ToArray();
        if (faults.Length > 0)
            return Results.ValidationProblem(new Dictionary<string, string[]> { ["cadence"] = faults });
        var (mix, measured) = await MixAsync(database, request.Campaign, clock.Now, cancel);
        var outlook = CadenceForecast.Of(request.Cadence, mix, new LocalTime(request.OpensHour, 0), new LocalTime(request.ClosesHour, 0));
        return Results.Ok(new Answer(outlook, mix, measured, [.. caps.OnCalls().Select(cap => new Cap(
            cap.Id, cap.Jurisdiction, cap.Max, cap.WindowHours, cap.Unit, cap.Counts, cap.Citation, cap.IsLaw, Most(outlook, cap.WindowHours) > cap.Max))]));
    }

    /// <summary>The most calls of the outlook within a window; longer windows than a week are judged by the week.</summary>
    private static int Most(CadenceOutlook outlook, int hours) => hours switch
    {
        < 24 => Math.Min(outlook.MostIn24Hours, outlook.Most.Max()),
        < 168 => outlook.MostIn24Hours,
        _ => outlook.MostInWeek,
    };

    private static async Task<(IReadOnlyDictionary<CadenceOutcome, double> Mix, long Measured)> MixAsync(Database database, long? campaign, Instant now, CancellationToken cancel)
    {
        var rows = await database.QueryAsync<(string Outcome, long Count)>(
            """
            select case when state = 'Busy' then 'Busy' when state = 'Failed' then 'Failed' when state in ('NoAnswer', 'Canceled') then 'NoAnswer' when machine then 'Machine'
                when abandoned then 'Abandoned' else 'Answered' end as outcome, count(*)
            from (select * from call_fact where direction = 'Outbound' and state in ('Busy', 'Failed', 'NoAnswer', 'Canceled', 'Completed') and created_at > @since
                and (@campaign::bigint is null or campaign_id = @campaign) order by created_at desc limit 20000) f group by 1
            """,
            new { since = now - Duration.FromDays(14), campaign }, cancel);
        var calls = rows.Sum(row => row.Count);
        return calls < FewestCalls ? (Assumed, 0) : (rows.ToDictionary(row => Enum.Parse<CadenceOutcome>(row.Outcome), row => (double)row.Count / calls), calls);
    }
}
