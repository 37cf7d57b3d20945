using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using NodaTime;

namespace Dialer.Features.Timelines;

/// <summary>A call as a person of the simulated phone network who does the same again: a line of a people file with a script.</summary>
/// <remarks>
/// Nothing of the person leaves with it: the number is one reserved for fiction, names and data are absent, and an entry (a ZIP code, a card) is a row of ones of the same length,
/// because entries are never kept. Pure.
/// </remarks>
public static partial class NetworkScenario
{
    /// <summary>One JSON line of a people file, as <c>./dialer network --people FILE</c> reads it.</summary>
    public static string Line(CallTimeline timeline) => JsonSerializer.Serialize(
        new
        {
            e164 = string.Create(CultureInfo.InvariantCulture, $"+1202555{100 + timeline.Call.AttemptId % 100:0000}"),
            lineType = timeline.Call.LineType?.ToLowerInvariant() is "wireless" or "landline" or "voip" ? timeline.Call.LineType.ToLowerInvariant() : null,
            persona = new { script = Script(timeline) },
            from = $"attempt {timeline.Call.AttemptId}",
        },
        JsonSerializerOptions.Web);

    /// <summary>What the person did, as the network's script: "answers after 6 s, waits for 'to pay now', presses 1, hangs up after 4 s".</summary>
    public static string Script(CallTimeline timeline)
    {
        var call = timeline.Call;
        if (call.AnsweredAt is not { } answered)
            return call.State switch
            {
                "Busy" => "is busy",
                "Failed" => $"fails {call.SipCode ?? 404}",
                _ => "does not answer",
            };
        var steps = new List<string>();
        if (call.Direction == "Outbound")
            steps.Add($"answers after {Seconds(answered - (call.RingingAt ?? call.PlacedAt ?? answered))} s{Who(call.AnsweredBy)}");
        var at = answered;
        AddInputs(timeline, steps, ref at);
        if (call.BridgedAt is { } bridged)
        {
            steps.Add("waits for a bridge");
            at = bridged > at ? bridged : at;
        }

        if (call.EndedAt is { } ended)
            steps.Add($"hangs up after {Seconds(ended - at)} s");
        return string.Join(", ", steps);
    }

    private static void AddInputs(CallTimeline timeline, List<string> steps, ref Instant at)
    {
        var heard = "";
        foreach (var entry in timeline.Entries.Where(entry => entry.Kind == "Said"))
        {
            var input = entry.Facts.GetValueOrDefault("input", "");
            if (Keys(input) is { } keys)
            {
                steps.Add(LastWords(heard, timeline.Call) is { } words ? $"waits for '{words}'" : $"waits {Seconds(entry.At - at)} s");
                steps.Add($"presses {keys}");
            }

            heard = entry.Twiml ?? "";
            at = entry.At;
        }
    }

    private static string? Keys(string input) =>
        input.Length == 1 && (char.IsAsciiDigit(input[0]) || input[0] is '*' or '#') ? input
        : Entry().Match(input) is { Success: true } entry ? new string('1', Math.Min(40, int.Parse(entry.Groups["n"].Value, CultureInfo.InvariantCulture)))
        : null;

    /// <summary>The last two words or more of a prompt that stand in it whoever is called: no digits, which are amounts and dates, nobody's name, and nothing that ends the quotation.</summary>
    private static string? LastWords(string twiml, TimelineCall call)
    {
        var said = WebUtility.HtmlDecode(Tag().Replace(twiml, ". "));
        var piece = Stop().Split(said).Select(text => Space().Replace(text, " ").Trim())
            .LastOrDefault(text => text.Contains(' ') && !text.Any(char.IsDigit) && !Names(text, call.FirstName) && !Names(text, call.LastName));
        return piece is null ? null : piece.Length <= 60 ? piece : piece[^60..].Split(' ', 2)[1];
    }

    private static bool Names(string text, string? name) => !string.IsNullOrWhiteSpace(name) && text.Contains(name, StringComparison.OrdinalIgnoreCase);

    private static string Who(string? answeredBy) => answeredBy switch
    {
        "fax" => " with fax",
        { } machine when machine.StartsWith("machine", StringComparison.Ordinal) => " with voicemail 8 s",
        _ => "",
    };

    private static string Seconds(Duration duration) => Math.Max(0, duration.TotalSeconds).ToString("0.#", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<n>\d+) digits$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Entry();

    [GeneratedRegex("<[^>]*>", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Tag();

    [GeneratedRegex(@"[.,;:!?'’""()\r\n]+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Stop();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Space();
}
