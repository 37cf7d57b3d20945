using Microsoft.AspNetCore.Routing;

namespace Dialer.Features.Quality;

/// <summary>How well calls were held: scorecards as data, scores with calibration, notes between coach and agent.</summary>
public static class QualityModule
{
    public static void MapQuality(this IEndpointRouteBuilder routes)
    {
        Forms.Map(routes);
        ScoreCall.Map(routes);
        Coaching.Map(routes);
    }
}
