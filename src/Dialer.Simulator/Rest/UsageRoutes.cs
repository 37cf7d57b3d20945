using System.Globalization;
using System.Text.Json.Nodes;
using Dialer.Simulator.Usage;
using NodaTime;
using NodaTime.Text;

namespace Dialer.Simulator.Rest;

/// <summary>https://www.twilio.com/docs/usage/api/usage-record: the whole, one named period, or a row for each day, month or year; days are UTC.</summary>
internal static class UsageRoutes
{
    public static void Map(RestApi api)
    {
        api.Map("GET", "Usage/Records", c => Read(c, "AllTime"));
        foreach (var period in (string[])["Today", "Daily", "ThisMonth", "AllTime", "Yesterday", "LastMonth", "Monthly", "Yearly"])
            api.Map("GET", $"Usage/Records/{period}", c => Read(c, period));
    }

    private static RestReply Read(RestContext context, string period)
    {
        var today = context.Network.Timeline.Now.InUtc().Date;
        var first = context.Network.Options.Start.InUtc().Date;
        if (Day(context.Query.NonEmpty("StartDate"), today) is not { } wanted || Day(context.Query.NonEmpty("EndDate"), today) is not { } until)
            return RestReply.Error(400, Check.BadParameter, "StartDate and EndDate are days (YYYY-MM-DD) or offsets (-30days).");
        var from = context.Query.NonEmpty("StartDate") is null ? LocalDate.MinIsoValue : wanted;
        var category = context.Query.NonEmpty("Category");
        var rows = Spans(period, first, today)
            .Select(s => (From: LocalDate.Max(s.From, from), To: LocalDate.Min(s.To, until)))
            .Where(s => s.From <= s.To)
            .SelectMany(s => UsageBook.Categories.Where(c => category is null || c.Category == category).Select(c => Row(context, c, s.From, s.To)));
        return context.Page("usage_records", rows, r => r);
    }

    /// <summary>The days of each row, newest first.</summary>
    private static IEnumerable<(LocalDate From, LocalDate To)> Spans(string period, LocalDate first, LocalDate today)
    {
        var month = new LocalDate(today.Year, today.Month, 1);
        switch (period)
        {
            case "Today":
                return [(today, today)];
            case "Yesterday":
                return [(today.PlusDays(-1), today.PlusDays(-1))];
            case "ThisMonth":
                return [(month, today)];
            case "LastMonth":
                return [(month.PlusMonths(-1), month.PlusDays(-1))];
            case "Daily":
                return Enumerable.Range(0, Period.DaysBetween(first, today) + 1).Select(n => (today.PlusDays(-n), today.PlusDays(-n)));
            case "Monthly":
                return Enumerable.Range(0, ((today.Year - first.Year) * 12) + today.Month - first.Month + 1).Select(n => (month.PlusMonths(-n), LocalDate.Min(today, month.PlusMonths(1 - n).PlusDays(-1))));
            case "Yearly":
                return Enumerable.Range(0, today.Year - first.Year + 1).Select(n => (new LocalDate(today.Year - n, 1, 1), LocalDate.Min(today, new LocalDate(today.Year - n, 12, 31))));
            default:
                return [(first, today)];
        }
    }

    private static LocalDate? Day(string? text, LocalDate today)
    {
        if (text is null)
            return today;
        if (LocalDatePattern.Iso.Parse(text) is { Success: true } day)
            return day.Value;
        return text.EndsWith("days", StringComparison.Ordinal) && int.TryParse(text.AsSpan(0, text.Length - 4), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var days) && Math.Abs(days) < 10_000
            ? today.PlusDays(days)
            : null;
    }

    private static JsonObject Row(RestContext context, (string Category, string CountUnit, string UsageUnit) category, LocalDate from, LocalDate to)
    {
        var sum = context.Network.Usage.Sum(category.Category, from, to);
        return new JsonObject
        {
            ["account_sid"] = context.Network.Options.AccountSid,
            ["api_version"] = "2010-04-01",
            ["as_of"] = InstantPattern.General.Format(context.Network.Timeline.Now),
            ["category"] = category.Category,
            ["description"] = category.Category,
            ["count"] = sum.Count.ToString(),
            ["count_unit"] = category.CountUnit,
            ["usage"] = sum.Amount.ToString(CultureInfo.InvariantCulture),
            ["usage_unit"] = category.UsageUnit,
            ["price"] = sum.Price,
            ["price_unit"] = "usd",
            ["start_date"] = LocalDatePattern.Iso.Format(from),
            ["end_date"] = LocalDatePattern.Iso.Format(to),
            ["subresource_uris"] = new JsonObject(),
            ["uri"] = context.Request.Path,
        };
    }
}
