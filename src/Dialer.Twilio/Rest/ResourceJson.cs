using System.Globalization;
using System.Text.Json;
using NodaTime;

namespace Dialer.Twilio.Rest;

/// <summary>Reads Twilio's JSON: numbers come as strings, absent values as null, dates as RFC 2822.</summary>
internal static class ResourceJson
{
    public static CallResource Call(JsonElement e) => new(
        Required(e, "sid"), Text(e, "parent_call_sid"), Text(e, "to") ?? "", Text(e, "from") ?? "", Required(e, "status"), Text(e, "direction"), Text(e, "answered_by"),
        Time(e, "date_created"), Time(e, "start_time"), Time(e, "end_time"), Number(e, "duration"));

    public static ConferenceResource Conference(JsonElement e) => new(Required(e, "sid"), Text(e, "friendly_name") ?? "", Required(e, "status"));

    public static ParticipantResource Participant(JsonElement e) => new(
        Required(e, "call_sid"), Text(e, "conference_sid") ?? "", Text(e, "label"), Text(e, "status") ?? "",
        Flag(e, "muted"), Flag(e, "hold"), Flag(e, "coaching"), Text(e, "call_sid_to_coach"));

    public static RecordingResource Recording(JsonElement e) => new(Required(e, "sid"), Text(e, "call_sid") ?? "", Required(e, "status"), Number(e, "duration"));

    public static PaymentResource Payment(JsonElement e) => new(Required(e, "sid"), Text(e, "call_sid") ?? "");

    public static PhoneNumberResource PhoneNumber(JsonElement e) => new(
        Required(e, "sid"), Text(e, "phone_number") ?? "", Text(e, "friendly_name") ?? "", Text(e, "voice_url"), Text(e, "voice_fallback_url"), Text(e, "status_callback"));

    public static ApplicationResource Application(JsonElement e) => new(
        Required(e, "sid"), Text(e, "friendly_name") ?? "", Text(e, "voice_url"), Text(e, "voice_fallback_url"), Text(e, "status_callback"));

    public static string? Text(JsonElement e, string name) =>
        e.ValueKind == JsonValueKind.Object && e.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    public static int? Number(JsonElement e, string name)
    {
        if (e.ValueKind != JsonValueKind.Object || !e.TryGetProperty(name, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number))
            return number;
        return value.ValueKind == JsonValueKind.String && int.TryParse(value.GetString(), CultureInfo.InvariantCulture, out var parsed) ? parsed : null;
    }

    private static bool Flag(JsonElement e, string name) => e.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static string Required(JsonElement e, string name) => Text(e, name) ?? throw new JsonException($"The answer has no '{name}'.");

    private static Instant? Time(JsonElement e, string name) => RfcTime.Parse(Text(e, name));
}

/// <summary>RFC 2822 dates as Twilio writes them: "Tue, 31 Aug 2010 20:36:28 +0000".</summary>
internal static class RfcTime
{
    public static Instant? Parse(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? Instant.FromDateTimeOffset(time) : null;
}
