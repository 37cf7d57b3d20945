using System.Globalization;
using System.Text;
using CsvHelper;
using Dialer.Core.Compliance;
using Dialer.Twilio.Twiml;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Compliance;

/// <summary>
/// The words of the notice of a debt by language: <c>twiml-templates/&lt;lang&gt;/validation-notice.txt</c>, with {names} of <see cref="Columns"/>. Each must name everything that the law wants in it;
/// read and checked whole before the first letter.
/// </summary>
public sealed class NoticeLetters
{
    /// <summary>What is known of one notice, in the order of the file for the print house.</summary>
    public static readonly IReadOnlyList<string> Columns =
    [
        "reference", "name", "address", "city", "state", "zip", "language", "collector", "collectorAddress", "callback", "creditorThen", "creditor", "account", "itemizationDate", "itemizationDay",
        "amountThen", "interest", "fees", "payments", "credits", "balance", "mailOn", "disputeBy",
    ];

    // 12 CFR 1006.34(c)(2) and (3): who collects, who owes, to whom, how much and why, and until when it may be disputed.
    private static readonly string[] Owed =
        ["collector", "collectorAddress", "name", "address", "creditorThen", "creditor", "account", "itemizationDate", "amountThen", "interest", "fees", "payments", "credits", "balance", "disputeBy"];

    private static readonly string[] SpanishMonths =
        ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"];

    private static readonly CsvWriterOptions Csv = new() { Injection = CsvInjection.Escape, NewLine = "\r\n", WriteByteOrderMark = true };

    private readonly Dictionary<string, string> _languages = [];

    public NoticeLetters(IOptions<TemplateOptions> templates)
    {
        var folder = Path.IsPathRooted(templates.Value.Path) ? templates.Value.Path : Path.Combine(AppContext.BaseDirectory, templates.Value.Path);
        foreach (var file in Directory.EnumerateFiles(folder, "validation-notice.txt", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var text = File.ReadAllText(file);
            if (Owed.FirstOrDefault(name => !text.Contains($"{{{name}}}", StringComparison.Ordinal)) is { } missing)
                throw new TemplateException($"{file}: does not say {{{missing}}} (12 CFR 1006.34(c)).");
            _languages[Path.GetFileName(Path.GetDirectoryName(file)!)] = text;
        }

        if (!_languages.ContainsKey("en"))
            throw new TemplateException($"{folder}/en: there is no validation-notice.txt.");
    }

    /// <summary>The letter. A language without words is written in English.</summary>
    public string Write(string language, IReadOnlyDictionary<string, string> fields)
    {
        var text = new StringBuilder(_languages.GetValueOrDefault(language, _languages["en"]));
        foreach (var (name, value) in fields)
            text.Replace($"{{{name}}}", value);
        return text.ToString();
    }

    /// <summary>"June 8, 2026"; "8 de junio de 2026".</summary>
    public static string Day(LocalDate date, string language) => language == "es"
        ? string.Create(CultureInfo.InvariantCulture, $"{date.Day} de {SpanishMonths[date.Month - 1]} de {date.Year}")
        : NodaTime.Text.LocalDatePattern.CreateWithInvariantCulture("MMMM d, uuuu").Format(date);

    /// <summary>What the day of the itemization was.</summary>
    public static string Meaning(ItemizationDay day, string language) => (day, language) switch
    {
        (ItemizationDay.LastStatement, "es") => "fecha del último estado de cuenta",
        (ItemizationDay.ChargeOff, "es") => "fecha en que se dio por perdida",
        (ItemizationDay.LastPayment, "es") => "fecha del último pago",
        (ItemizationDay.Transaction, "es") => "fecha de la transacción",
        (_, "es") => "fecha de la sentencia",
        (ItemizationDay.LastStatement, _) => "the date of the last statement",
        (ItemizationDay.ChargeOff, _) => "the date of the charge-off",
        (ItemizationDay.LastPayment, _) => "the date of the last payment",
        (ItemizationDay.Transaction, _) => "the date of the transaction",
        _ => "the date of the judgment",
    };

    /// <summary>"$1,234.50"; "1,234.50 CAD".</summary>
    public static string Money(decimal amount, string currency) =>
        currency == "USD" ? amount.ToString("$#,##0.00", CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{amount:#,##0.00} {currency}");

    /// <summary>The file for the print house: a line of names and one line a notice (RFC 4180, UTF-8). A text that a spreadsheet would take for a formula gets an apostrophe before it.</summary>
    public static async Task<byte[]> TableAsync(IEnumerable<IReadOnlyDictionary<string, string>> notices, CancellationToken cancel)
    {
        using var file = new MemoryStream();
        await using (var csv = CsvWriter.Create(file, Csv, leaveOpen: true))
        {
            await csv.WriteRecordAsync([.. Columns], cancel);
            foreach (var notice in notices)
            {
                foreach (var column in Columns)
                    csv.WriteField(notice.GetValueOrDefault(column, ""));
                await csv.EndRecordAsync(cancel);
            }
        }

        return file.ToArray();
    }
}
