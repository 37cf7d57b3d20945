using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Dialer.Core.Compliance;

/// <summary>Something wrong with the words of a message or a template.</summary>
/// <param name="Detail">Which words, or what is missing.</param>
public sealed record ContentFinding(string Code, string Citation, string Detail);

/// <summary>
/// What a message may, must and must not say, as pure checks over its text. Slots are written <c>{{name}}</c>; markup is the caller's to remove.
/// </summary>
/// <remarks>A text is judged as it stands in its template: every slot that could carry something about the debt counts as if it did.</remarks>
public static partial class ContentRules
{
    /// <summary>Slots that carry something about a debt; none may be said to a person who is not verified (12 CFR 1006.6(d)(1)).</summary>
    public static readonly ImmutableHashSet<string> DebtSlots = ImmutableHashSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "balance", "amount", "pastDue", "minimum", "minimumPayment", "creditor", "originalCreditor", "accountNumber", "account", "product", "dueDate", "oldestDue", "promise", "settlement", "confirmation", "fee");

    private const string ThirdParty = "12 CFR 1006.6(d)(1); 15 USC 1692c(b)";

    /// <summary>A text for somebody who has not been verified: no slot and no word that tells of a debt.</summary>
    public static IReadOnlyList<ContentFinding> BeforeVerification(string text)
    {
        var findings = Slots(text).Where(DebtSlots.Contains).Select(slot => new ContentFinding("THIRD_PARTY_DISCLOSURE_BLOCKED", ThirdParty, $"{{{{{slot}}}}} tells of a debt.")).ToList();
        foreach (Match word in DebtWords().Matches(WithoutSlots(text)))
            findings.Add(new ContentFinding("THIRD_PARTY_DISCLOSURE_BLOCKED", ThirdParty, $"“{word.Value}” tells of a debt."));
        return findings;
    }

    /// <summary>A recorded or synthesised message to somebody we rang: says who is calling, where to call back, and how to make it stop (47 CFR 64.1200(b)).</summary>
    /// <param name="live">True for a call a person answered, which must offer a key to stop; false for a message left on a machine, which must give the number.</param>
    public static IReadOnlyList<ContentFinding> ArtificialVoice(string text, bool live)
    {
        var slots = Slots(text).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var findings = new List<ContentFinding>();
        if (!slots.Overlaps(["business", "businessName", "registeredName"]))
            findings.Add(new ContentFinding("TCPA_ID_MISSING", "47 CFR 64.1200(b)(1)", "The message does not name the business responsible for the call."));
        else if (SpokenBefore(text) > 12)
            findings.Add(new ContentFinding("TCPA_ID_MISSING", "47 CFR 64.1200(b)(1)", "The business must be named at the beginning of the message."));
        if (!live && !slots.Overlaps(["callback", "phone", "callbackNumber"]))
            findings.Add(new ContentFinding("TCPA_CALLBACK_MISSING", "47 CFR 64.1200(b)(2)", "The message gives no telephone number."));
        if (live && !OptOutKey().IsMatch(text))
            findings.Add(new ContentFinding("OPTOUT_MECHANISM_MISSING", "47 CFR 64.1200(b)(3)", "A called person must hear how to stop these calls by a key."));
        return findings;
    }

    /// <summary>An e-mail or text: a clear way to opt out of that address or number (12 CFR 1006.6(e)).</summary>
    public static IReadOnlyList<ContentFinding> Electronic(string text) =>
        ElectronicOptOut().IsMatch(text) || Slots(text).Any(slot => slot.Equals("unsubscribe", StringComparison.OrdinalIgnoreCase) || slot.Equals("optOut", StringComparison.OrdinalIgnoreCase))
            ? []
            : [new ContentFinding("E_OPTOUT_MISSING", "12 CFR 1006.6(e)", "No way to opt out is given.")];

    /// <summary>Words that press for payment before the validation period is over, or threaten a suit on a debt that is too old to be sued for.</summary>
    public static IReadOnlyList<ContentFinding> Pressure(string text, bool inValidationPeriod, bool timeBarred)
    {
        var findings = new List<ContentFinding>();
        if (inValidationPeriod && Deadline().Match(text) is { Success: true } deadline)
            findings.Add(new ContentFinding("OVERSHADOWING", "12 CFR 1006.38(b); 15 USC 1692g(b)", $"“{deadline.Value}” overshadows the right to dispute."));
        if (timeBarred && Suit().Match(text) is { Success: true } suit)
            findings.Add(new ContentFinding("TIME_BARRED_NO_SUIT", "12 CFR 1006.26(b)", $"“{suit.Value}” threatens a suit on a time-barred debt."));
        return findings;
    }

    /// <summary>A business name said before verification or left on a machine must not tell that the business collects debts (12 CFR 1006.2(j)(1)(i)).</summary>
    public static bool NameReveals(string businessName) => RevealingName().IsMatch(businessName);

    internal static IEnumerable<string> Slots(string text) => Slot().Matches(text).Select(match => match.Groups["name"].Value);

    internal static string WithoutSlots(string text) => Slot().Replace(text, " ");

    /// <summary>How many words are said before the business is named.</summary>
    private static int SpokenBefore(string text)
    {
        var at = BusinessSlot().Match(text).Index;
        return text[..at].Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
    }

    [GeneratedRegex(@"\{\{\{?\s*(?<name>[A-Za-z][A-Za-z0-9_.]*)\s*\}?\}\}", RegexOptions.None, 1000)]
    private static partial Regex Slot();

    [GeneratedRegex(@"\{\{\s*(?:business|businessName|registeredName)\s*\}\}", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex BusinessSlot();

    [GeneratedRegex(@"\b(?:debts?|owed?|owing|past[\s-]due|overdue|balances?|collect(?:s|ed|ing|ions?|ors?)?|delinquen\w*|payments?|creditors?|arrears|accounts?|deudas?|deben?|saldos?|vencid[oa]s?|cobranzas?|cobrador(?:es)?|acreedor(?:es)?|pagos?|cuentas?)\b", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex DebtWords();

    [GeneratedRegex(@"(?:\bstop\b[^.]*\b(?:press|push)\s+(?:9|nine)|\b(?:press|push)\s+(?:9|nine)\b[^.]*\bstop\b|\b(?:oprima|presione|marque)\s+(?:el\s+)?(?:9|nueve)\b)", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex OptOutKey();

    [GeneratedRegex(@"\b(?:reply|text|responda|env[ií]e)(?:\s+(?:with\s+the\s+word|con\s+la\s+palabra))?\s+[“""']?(?:stop|alto|end|cancel|quit|unsubscribe)\b|\bunsubscribe\b|\bopt[\s-]?out\b", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex ElectronicOptOut();

    [GeneratedRegex(@"\b(?:immediately|today|at once|within (?:\d+|ten|five|seven) (?:hours|days)|final (?:notice|demand)|before it is too late|last chance|inmediatamente|hoy mismo|último aviso)\b", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Deadline();

    [GeneratedRegex(@"\b(?:sue|lawsuit|legal action|attorney will|court|judgment|garnish\w*|demanda judicial|tribunal|embargo)\b", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Suit();

    [GeneratedRegex(@"\b(?:debts?|collect\w*|recover(?:y|ies)|receivables?|credit(?:ors?)?|past[\s-]due|delinquen\w*|arrears|cobranzas?|cobros?|deudas?|recuperaci[oó]n)\b", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex RevealingName();
}
