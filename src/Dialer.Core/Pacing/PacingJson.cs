using System.Text.Json;
using System.Text.Json.Serialization;
using NodaTime;
using NodaTime.Text;

namespace Dialer.Core.Pacing;

/// <summary>The JSON in which policies, snapshots, events, plans and memories travel: camel case, enumerations by name, instants as ISO 8601 in UTC (read from a number too: seconds, for drivers that have no calendar).</summary>
public static class PacingJson
{
    public static JsonSerializerOptions Options { get; } = Make();

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            AllowOutOfOrderMetadataProperties = true,
            NumberHandling = JsonNumberHandling.Strict,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false), new InstantConverter() },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private sealed class InstantConverter : JsonConverter<Instant>
    {
        public override Instant Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.Number)
                return NodaConstants.UnixEpoch + Duration.FromSeconds(reader.GetDouble());
            var parsed = InstantPattern.ExtendedIso.Parse(reader.GetString() ?? "");
            return parsed.Success ? parsed.Value : throw new JsonException("An instant is written as 2026-03-02T15:04:05Z.");
        }

        public override void Write(Utf8JsonWriter writer, Instant value, JsonSerializerOptions options) => writer.WriteStringValue(InstantPattern.ExtendedIso.Format(value));
    }
}
