using System.Text.Json;
using Dialer.Core;
using Dialer.Core.Numbers;
using NodaTime.Text;

namespace Dialer.Twilio.Twiml;

/// <summary>Reads a flow's <c>sample.json</c>: one value for every name its templates may say.</summary>
/// <remarks>Typed values are objects with one key: <c>{"money":"12.34"}</c>, <c>{"date":"2026-11-27"}</c>, <c>{"dateTime":"2026-11-27T16:00"}</c>, <c>{"phone":"+18005550199"}</c>.</remarks>
internal static class TemplateSample
{
    public static IReadOnlyDictionary<string, object?> Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Map(document.RootElement);
    }

    private static Dictionary<string, object?> Map(JsonElement element) =>
        element.EnumerateObject().ToDictionary(property => property.Name, property => Value(property.Value));

    private static object? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => value.GetInt64(),
        JsonValueKind.Array => value.EnumerateArray().Select(item => (IReadOnlyDictionary<string, object?>)Map(item)).ToList(),
        JsonValueKind.Object => Typed(value.EnumerateObject().Single()),
        _ => null,
    };

    private static object Typed(JsonProperty property) => property.Name switch
    {
        "money" => Money.Usd(decimal.Parse(property.Value.GetString()!, System.Globalization.CultureInfo.InvariantCulture)),
        "date" => LocalDatePattern.Iso.Parse(property.Value.GetString()!).Value,
        "dateTime" => LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm").Parse(property.Value.GetString()!).Value,
        "phone" => PhoneNumber.Parse(property.Value.GetString()!),
        _ => throw new FormatException($"Unknown kind of sample value: {property.Name}."),
    };
}
