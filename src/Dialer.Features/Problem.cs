using Dialer.Core.Payments;
using Microsoft.AspNetCore.Http;

namespace Dialer.Features;

/// <summary>Refusals as problem+json: what happened, why, what to do next.</summary>
public static class Problem
{
    public static IResult NotFound(string detail) => Results.Problem(detail, statusCode: 404, title: "Not found");

    public static IResult Conflict(string detail) => Results.Problem(detail, statusCode: 409, title: "Not possible now");

    public static IResult Invalid(string detail) => Results.Problem(detail, statusCode: 400, title: "Invalid request");

    /// <summary>Refuses words that somebody typed with a card's whole number in them; null where there is none.</summary>
    public static IResult? OfCardIn(string? words) =>
        CardNumbers.In(words ?? "") ? Invalid("These words hold a card's whole number, which nobody may keep (PCI DSS). Take it out; the last four digits are enough.") : null;
}
