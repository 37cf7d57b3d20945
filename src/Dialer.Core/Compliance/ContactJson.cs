using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dialer.Core.Numbers;
using NodaTime;
using NodaTime.Text;

namespace Dialer.Core.Compliance;

/// <summary>One line of input: who wants to contact whom, what is known, and when.</summary>
public sealed record ContactQuestion(Instant Now, ContactRequest Request, ContactFacts Facts);

/// <summary>The JSON of questions and decisions, one object a line. Members nobody knows are an error: a misspelt fact must not be no fact.</summary>
public static class ContactJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters =
        {
            new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false),
            new Text<Instant>(text => InstantPattern.ExtendedIso.Parse(text).Value, value => InstantPattern.ExtendedIso.Format(value)),
            new Text<LocalDate>(text => LocalDatePattern.Iso.Parse(text).Value, value => LocalDatePattern.Iso.Format(value)),
            new Text<LocalTime>(text => LocalTimePattern.ExtendedIso.Parse(text.Length == 5 ? text + ":00" : text).Value, value => LocalTimePattern.ExtendedIso.Format(value)),
            new Text<PhoneNumber>(PhoneNumber.Parse, value => value.IsEmpty ? "" : value.E164),
            new Text<DateTimeZone>(text => DateTimeZoneProviders.Tzdb[text], value => value.Id),
            new Number<PersonId>(value => new PersonId(value), id => id.Value),
            new Number<AccountId>(value => new AccountId(value), id => id.Value),
        },
    };

    /// <exception cref="JsonException">The line is not a question; the message says where and why.</exception>
    public static ContactQuestion Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<ContactQuestion>(line, Options) ?? throw new JsonException("The line is null.");
        }
        catch (Exception problem) when (problem is UnparsableValueException or FormatException or NodaTime.TimeZones.DateTimeZoneNotFoundException or InvalidOperationException)
        {
            throw new JsonException(problem.Message, problem);
        }
    }

    public static string Write(ContactQuestion question) => JsonSerializer.Serialize(question, Options);

    public static string Write(ContactDecision decision) => JsonSerializer.Serialize(
        new Answer(decision.Verdict, decision.Reasons, decision.Conditions, decision.RetryAt, decision.Exclusion, decision.PackVersion, decision.FactsHash), Options);

    private sealed record Answer(
        Verdict Verdict, ImmutableArray<Reason> Reasons, ImmutableArray<Condition> Conditions, Instant? RetryAt, string? Exclusion, string PackVersion, string FactsHash);

    private sealed class Text<T>(Func<string, T> parse, Func<T, string> format) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString() is { } text ? parse(text) : throw new JsonException($"A {typeToConvert.Name} cannot be null.");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(format(value));
    }

    private sealed class Number<T>(Func<long, T> make, Func<T, long> value) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => make(reader.GetInt64());

        public override void Write(Utf8JsonWriter writer, T id, JsonSerializerOptions options) => writer.WriteNumberValue(value(id));
    }
}
