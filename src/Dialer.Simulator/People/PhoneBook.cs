using System.Text.Json;
using Dialer.Simulator.Numbers;
using NodaTime;

namespace Dialer.Simulator.People;

/// <summary>One person who may answer a phone, as the people file gives them.</summary>
public sealed record Contact(string First, string Last, string? Zip, LocalDate? BirthDate, string? Ssn4, string Language, decimal? Balance)
{
    public string FullName => $"{First} {Last}";
}

/// <summary>One phone with the people on it, its line type, and what it is told to do exactly (or nothing).</summary>
public sealed record Phone(string E164, string? LineType, IReadOnlyList<Contact> People, PersonaOverride? Persona);

/// <summary>The people file: one JSON object a line; lines with the same number share a phone.</summary>
public sealed class PhoneBook
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowReadingFromString };
    private readonly Dictionary<string, Phone> _phones = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];

    public static PhoneBook Empty => new();

    public int Count => _order.Count;

    public IReadOnlyList<string> Numbers => _order;

    public Phone? Find(string e164) => _phones.GetValueOrDefault(e164);

    public void Add(Phone phone)
    {
        if (_phones.TryGetValue(phone.E164, out var known))
        {
            _phones[phone.E164] = known with { People = [.. known.People, .. phone.People], Persona = known.Persona ?? phone.Persona, LineType = known.LineType ?? phone.LineType };
            return;
        }

        _phones[phone.E164] = phone;
        _order.Add(phone.E164);
    }

    /// <summary>Reads a people file; throws <see cref="FormatException"/> naming the first bad line.</summary>
    public static PhoneBook Read(TextReader lines)
    {
        var book = new PhoneBook();
        var number = 0;
        while (lines.ReadLine() is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            try
            {
                var row = JsonSerializer.Deserialize<Row>(line, Json)!;
                if (!Core.Numbers.PhoneNumber.TryParse(row.E164, out var parsed))
                    throw new FormatException("e164 is not a telephone number");
                if (row.Persona?.Message is { } message && MessageFate.Parse(message) is null)
                    throw new FormatException($"message is delivered, undelivered [code] or failed [code], not \"{message}\"");
                var contact = new Contact(row.Name?.First ?? "Alex", row.Name?.Last ?? "Doe", row.Zip,
                    row.BirthDate is null ? null : NodaTime.Text.LocalDatePattern.Iso.Parse(row.BirthDate).GetValueOrThrow(), row.Ssn4, row.Language ?? "en", row.Balance);
                book.Add(new Phone(parsed.E164, row.LineType, [contact], row.Persona));
            }
            catch (Exception problem) when (problem is JsonException or FormatException or NodaTime.Text.UnparsableValueException)
            {
                throw new FormatException($"People file, line {number}: {problem.Message}", problem);
            }
        }

        return book;
    }

    private sealed record Name(string? First, string? Last);

    private sealed record Row(string? E164, Name? Name, string? Zip, string? BirthDate, string? Ssn4, string? Language, string? LineType, decimal? Balance, PersonaOverride? Persona);
}

/// <summary>What a people file may fix about a phone; whatever is absent is drawn.</summary>
/// <param name="Outcome">human, machine, fax, busy, no-answer or fail.</param>
/// <param name="Script">An exact script instead of a personality: "answers after 6 s, waits for 'press 1', presses 1, hangs up after 40 s".</param>
/// <param name="Party">right, spouse, relative or wrong: who picks up.</param>
/// <param name="Intent">pay-card, pay-ach, promise, dispute, stop, agent, refuse or hangup.</param>
/// <param name="Message">How text messages to this phone end: delivered, undelivered [CODE] or failed [CODE].</param>
public sealed record PersonaOverride(
    string? Outcome = null, string? Script = null, double? AnswerAfter = null, string? Party = null, string? Intent = null, double? Patience = null,
    double? TalkSeconds = null, string? Card = null, decimal? Amount = null, double? MisKeys = null, double? Interrupts = null, string? Result = null, int? Sip = null, string? Message = null);
