using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Dialer.Core.Compliance;

/// <summary>
/// The grammar of a limited-content voicemail (12 CFR 1006.2(j)): a business name that does not tell of collecting, a request to reply, a natural person's name and a number;
/// optionally a salutation, date and time, times to reply, and that any representative may be spoken to. Nothing else, not even a farewell.
/// </summary>
/// <remarks>
/// A message is read sentence by sentence; a sentence that no rule of the grammar covers is extra content. English and Spanish; any other language has no grammar and is refused.
/// Slots: <c>{{contactName}}</c> and <c>{{callerName}}</c> (natural persons), <c>{{business}}</c>, <c>{{callback}}</c>, <c>{{dateTime}}</c>, <c>{{replyTimes}}</c>, <c>{{firstName}}</c>, <c>{{lastName}}</c>.
/// </remarks>
public static partial class LimitedContentMessage
{
    private const string Cite = "12 CFR 1006.2(j)";

    /// <param name="text">The message as spoken, markup removed.</param>
    /// <param name="businessName">What <c>{{business}}</c> will say; null when it is not known yet, which checks the words alone.</param>
    /// <returns>Every fault; empty when the message keeps the form.</returns>
    public static IReadOnlyList<ContentFinding> Check(string text, string? businessName, string language = "en")
    {
        var grammar = language.StartsWith("es", StringComparison.OrdinalIgnoreCase) ? Spanish : language.StartsWith("en", StringComparison.OrdinalIgnoreCase) ? English : [];
        if (grammar.IsEmpty)
            return [new ContentFinding("LCM_EXTRA_CONTENT", Cite, $"There is no approved form in the language “{language}”.")];
        var findings = new List<ContentFinding>();
        var said = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var reply = false;
        foreach (var sentence in Sentences(text))
        {
            var form = grammar.FirstOrDefault(rule => rule.Form.IsMatch(sentence));
            if (form is null)
            {
                findings.Add(new ContentFinding("LCM_EXTRA_CONTENT", Cite, $"“{sentence}” is not part of a limited-content message."));
                continue;
            }

            reply |= form.AsksReply;
            said.UnionWith(ContentRules.Slots(sentence).Select(Canonical));
        }

        if (!said.Contains("business"))
            findings.Add(new ContentFinding("LCM_MISSING_BUSINESS", Cite, "The business is not named."));
        if (!said.Contains("contactName"))
            findings.Add(new ContentFinding("LCM_MISSING_CONTACT", Cite, "No natural person to reply to is named."));
        if (!said.Contains("callback"))
            findings.Add(new ContentFinding("LCM_MISSING_PHONE", Cite, "No telephone number to reply to is given."));
        if (!reply)
            findings.Add(new ContentFinding("LCM_MISSING_REQUEST", Cite, "The person is not asked to reply."));
        if (businessName is not null && ContentRules.NameReveals(businessName))
            findings.Add(new ContentFinding("LCM_NAME_REVEALS", Cite, $"“{businessName}” tells that the caller collects debts."));
        return findings;
    }

    private sealed record SentenceForm(Regex Form, bool AsksReply);

    private static SentenceForm Rule(string form, bool asksReply = false) =>
        new(new Regex($@"\A(?:{form})\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)), asksReply);

    private const string Caller = @"\{\{(?:contactName|callerName)\}\}";
    private const string Business = @"\{\{business\}\}";
    private const string Phone = @"\{\{callback\}\}";
    private const string Salutation = @"(?:\{\{firstName\}\}(?: \{\{lastName\}\})?|\{\{lastName\}\})";

    private static readonly ImmutableArray<SentenceForm> English =
    [
        Rule($@"(?:hello|hi|good (?:morning|afternoon|evening))(?:,? {Salutation})?"),
        Rule($@"this is {Caller}(?:,? (?:calling )?(?:from|with|of) {Business})?"),
        Rule($@"this is {Business}"),
        Rule(@"(?:it is|today is|this message was left on) \{\{dateTime\}\}"),
        Rule($@"please (?:call|contact|reply to) (?:me|us|{Caller})(?: back)?(?: or {Caller})?(?: at {Phone})?(?: \{{\{{replyTimes\}}\}})?", asksReply: true),
        Rule($@"please return (?:my|our) call(?: at {Phone})?", asksReply: true),
        Rule($@"(?:my|our) (?:telephone )?number is {Phone}"),
        Rule(@"(?:you (?:can|may) (?:call|reach (?:me|us)|reply)|(?:i|we) can be reached) \{\{replyTimes\}\}"),
        Rule(@"you (?:can|may) (?:also )?(?:speak|talk) (?:with|to) any (?:of our )?(?:representative|representatives|associate)"),
    ];

    private static readonly ImmutableArray<SentenceForm> Spanish =
    [
        Rule($@"(?:hola|buenos días|buenas (?:tardes|noches))(?:,? {Salutation})?"),
        Rule($@"(?:habla|le habla|soy) {Caller}(?:,? (?:de|llamando de) {Business})?"),
        Rule($@"(?:habla|le llama|esta es) {Business}"),
        Rule(@"(?:hoy es|es|este mensaje se dejó) (?:el )?\{\{dateTime\}\}"),
        Rule($@"(?:por favor,? )(?:llámeme|llámenos|comuníquese conmigo|comuníquese con nosotros|llame a {Caller}|comuníquese con {Caller})(?: o con {Caller})?(?: al {Phone})?(?: \{{\{{replyTimes\}}\}})?", asksReply: true),
        Rule($@"(?:mi|nuestro) (?:número(?: de teléfono)?) es (?:el )?{Phone}"),
        Rule(@"puede (?:llamar|llamarnos) \{\{replyTimes\}\}"),
        Rule(@"(?:también )?puede hablar con cualquier representante"),
    ];

    private static IEnumerable<string> Sentences(string text) =>
        SentenceEnd().Split(Space().Replace(Brace().Replace(text, m => $"{{{{{m.Groups["name"].Value}}}}}"), " ").Trim())
            .Select(sentence => sentence.Trim().TrimEnd('.', '!', ',', ';').TrimStart('¡').Trim())
            .Where(sentence => sentence.Length > 0);

    private static string Canonical(string slot) => slot.ToUpperInvariant() switch
    {
        "BUSINESS" => "business",
        "CONTACTNAME" or "CALLERNAME" => "contactName",
        "CALLBACK" => "callback",
        _ => slot,
    };

    [GeneratedRegex(@"(?<=[.!])\s+|\r?\n", RegexOptions.None, 1000)]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"[ \t]+", RegexOptions.None, 1000)]
    private static partial Regex Space();

    [GeneratedRegex(@"\{\{\{?\s*(?<name>[A-Za-z][A-Za-z0-9_.]*)\s*\}?\}\}", RegexOptions.None, 1000)]
    private static partial Regex Brace();
}
