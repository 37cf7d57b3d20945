using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dialer.Core;
using Dialer.Core.Numbers;
using NodaTime;

namespace Dialer.Twilio.Twiml;

/// <summary>How one language says amounts, dates and numbers, and in whose voice. Read from <c>language.json</c> in the language's folder.</summary>
/// <param name="Locale">For the <c>language</c> attributes of Say and Gather, such as "en-US".</param>
/// <param name="Voice">For the <c>voice</c> attribute of Say.</param>
/// <param name="Money">By currency: the pattern of an amount; {amount}, {whole} and {cents} are filled in. "{whole:un dólar|# dólares}" chooses by the number: one, or # for any other.</param>
/// <param name="MoneyWhole">The same for amounts without cents.</param>
/// <param name="Date">Pattern with {weekday}, {month}, {day} and {year}.</param>
/// <param name="DateTime">Pattern with {date} and {time}.</param>
/// <param name="Hours">The 24 whole hours of the day in words, midnight first.</param>
/// <param name="Press">The verb before a key's digit, "press".</param>
/// <param name="DebtWords">Beginnings of words that reveal a debt; never said to somebody not verified.</param>
/// <param name="LimitedContent">The only sentences a message left on a machine may hold.</param>
/// <param name="Invitation">What speakers of it are told while another language is spoken: that key 8 changes to it, the digit as a word.</param>
/// <param name="MoneyCents">The pattern of an amount below one; null: the one of <paramref name="Money"/>.</param>
/// <param name="DateFirst">The pattern of a month's first day, where a language names it otherwise; null: the one of every day.</param>
public sealed partial record SpokenLanguage(
    string Code, string Locale, string Voice, IReadOnlyDictionary<string, string> Money, IReadOnlyDictionary<string, string> MoneyWhole,
    string Date, string DateTime, IReadOnlyList<string> Hours, IReadOnlyList<string> Weekdays, IReadOnlyList<string> Months,
    string Press, IReadOnlyList<string> DebtWords, IReadOnlyList<string> LimitedContent, string Invitation, IReadOnlyDictionary<string, string>? MoneyCents = null, string? DateFirst = null)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static SpokenLanguage Parse(string code, string json)
    {
        var language = JsonSerializer.Deserialize<SpokenLanguage>(json, Json) ?? throw new JsonException("language.json is empty.");
        if (language.Weekdays is not { Count: 7 } || language.Months is not { Count: 12 } || language.Money is null || language.MoneyWhole is null || language.Date is null || language.DateTime is null || language.Hours is not { Count: 24 }
            || string.IsNullOrEmpty(language.Press) || string.IsNullOrEmpty(language.Invitation) || language.DebtWords is not { Count: > 0 } || language.LimitedContent is not { Count: > 0 })
            throw new JsonException("language.json needs locale, voice, money, moneyWhole, date, dateTime, 24 hours, 7 weekdays (Monday first), 12 months, press, invitation, debtWords and limitedContent.");
        return language with { Code = code };
    }

    /// <summary>The words for one value of a template's model; lists and records are gone through.</summary>
    public object? Say(object? value) => value switch
    {
        Money money => Say(money),
        LocalDate date => Say(date),
        LocalDateTime time => Say(time),
        PhoneNumber number => Say(number),
        IReadOnlyDictionary<string, object?> map => map.ToDictionary(pair => pair.Key, pair => Say(pair.Value)),
        string or bool or null => value,
        IEnumerable<IReadOnlyDictionary<string, object?>> list => list.Select(item => Say(item)).ToList(),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"A template cannot say a {value.GetType().Name}.", nameof(value)),
    };

    public string Say(Money money)
    {
        var whole = decimal.Truncate(money.Amount);
        var cents = (int)((money.Amount - whole) * 100);
        var patterns = cents == 0 ? MoneyWhole : whole == 0 ? MoneyCents ?? Money : Money;
        if (!patterns.TryGetValue(money.Currency, out var pattern))
            return money.ToString();
        return Part().Replace(pattern, part => part.Groups["name"].ValueSpan switch
        {
            "amount" => money.Amount.ToString("#,##0.00", CultureInfo.InvariantCulture),
            "whole" => Count(part, whole),
            _ => Count(part, cents),
        });
    }

    public string Say(LocalDate date) => (date.Day == 1 ? DateFirst ?? Date : Date)
        .Replace("{weekday}", Weekdays[(int)date.DayOfWeek - 1], StringComparison.Ordinal)
        .Replace("{month}", Months[date.Month - 1], StringComparison.Ordinal)
        .Replace("{day}", date.Day.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{year}", date.Year.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    /// <summary>To the hour; minutes are not said.</summary>
    public string Say(LocalDateTime time) => DateTime
        .Replace("{date}", Say(time.Date), StringComparison.Ordinal)
        .Replace("{time}", Hours[time.Hour], StringComparison.Ordinal);

    /// <summary>A North American number in its groups, "800 555 0199"; others digit by digit after "+".</summary>
    public static string Say(PhoneNumber number) =>
        number.IsNorthAmerican ? $"{number.E164[2..5]} {number.E164[5..8]} {number.E164[8..]}" : number.E164;

    /// <summary>A number alone, or the words that go with one or with several of it.</summary>
    private static string Count(Match part, decimal number)
    {
        if (!part.Groups["one"].Success)
            return number.ToString("#,##0", CultureInfo.InvariantCulture);
        // Beside a word for the currency digits are enough: a comma is a decimal one to some voices.
        return number == 1 ? part.Groups["one"].Value : part.Groups["other"].Value.Replace("#", number.ToString("0", CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\{(?<name>amount|whole|cents)(:(?<one>[^|}]*)\|(?<other>[^}]*))?\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Part();
}
