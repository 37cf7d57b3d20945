using System.Text.RegularExpressions;

namespace Dialer.Simulator.People;

/// <summary>What a prompt asks for besides a choice.</summary>
public enum Asked
{
    Nothing,
    Zip,
    BirthDate,
    BirthMonthDay,
    BirthYear,
    Ssn4,
    CardNumber,
    CardExpiry,
    CardCode,
    BillingZip,
    Routing,
    AccountNumber,
    Amount,
    Date,
    ReferenceNumber,
    PhoneNumber,
}

/// <summary>One choice of a menu: the key and the words that belong to it.</summary>
public readonly record struct MenuOption(char Key, string Words);

/// <summary>Reads a prompt the way a listener does: which keys it offers for what, and which data it asks for. English and Spanish.</summary>
public static partial class Reading
{
    private static readonly Dictionary<string, char> Numerals = new(StringComparer.OrdinalIgnoreCase)
    {
        ["zero"] = '0', ["one"] = '1', ["two"] = '2', ["three"] = '3', ["four"] = '4', ["five"] = '5', ["six"] = '6', ["seven"] = '7', ["eight"] = '8', ["nine"] = '9',
        ["star"] = '*', ["pound"] = '#', ["cero"] = '0', ["uno"] = '1', ["dos"] = '2', ["tres"] = '3', ["cuatro"] = '4', ["cinco"] = '5', ["seis"] = '6', ["siete"] = '7',
        ["ocho"] = '8', ["nueve"] = '9', ["asterisco"] = '*', ["numeral"] = '#', ["gato"] = '#', ["almohadilla"] = '#',
    };

    /// <summary>The menu's options in the order offered. "To pay, press 1" and "Press 1 to pay" both name paying for 1.</summary>
    public static IReadOnlyList<MenuOption> Options(string text)
    {
        var presses = Press().Matches(text);
        var options = new List<MenuOption>();
        var start = 0;
        for (var i = 0; i < presses.Count; i++)
        {
            var press = presses[i];
            var word = press.Groups["key"].Value;
            var key = word.Length == 1 ? word[0] : Numerals.GetValueOrDefault(word, '?');
            var before = Clause(text[start..press.Index]);
            var end = i + 1 < presses.Count ? presses[i + 1].Index : text.Length;
            var after = text[(press.Index + press.Length)..end];
            var stop = SentenceEnd().Match(after) is { Success: true } found ? found.Index : -1;
            var follows = stop < 0 ? after : after[..stop];
            var words = Letters(before) >= 3 ? before : follows;
            start = press.Index + press.Length + (Letters(before) >= 3 ? 0 : stop < 0 ? after.Length : stop);
            start = Math.Min(start, end);
            if (key != '?' && !IsFinisher(text, press, key))
                options.Add(new MenuOption(key, words.Trim(' ', ',', '.', ';').ToLowerInvariant()));
        }

        return options;
    }

    /// <summary>The data the newest words ask for.</summary>
    public static Asked DataAsked(string text)
    {
        var lower = text.ToLowerInvariant();
        if (!Enter().IsMatch(lower))
            return Asked.Nothing;
        return lower switch
        {
            _ when Has(lower, "card number", "número de su tarjeta", "número de tarjeta") => Asked.CardNumber,
            _ when Has(lower, "expiration", "vencimiento", "expiry") => Asked.CardExpiry,
            _ when Has(lower, "security code", "código de seguridad") => Asked.CardCode,
            _ when Has(lower, "billing zip", "billing postal", "código postal de facturación") => Asked.BillingZip,
            _ when Has(lower, "routing", "número de ruta") => Asked.Routing,
            _ when Has(lower, "bank account number", "número de cuenta bancaria", "número de su cuenta bancaria") => Asked.AccountNumber,
            _ when Has(lower, "last four", "last 4", "últimos cuatro", "últimos 4", "social security", "seguro social") => Asked.Ssn4,
            _ when Has(lower, "zip", "postal") => Asked.Zip,
            _ when Has(lower, "year of birth", "birth year", "year you were born", "año de nacimiento", "año en que nació") => Asked.BirthYear,
            _ when Has(lower, "month and day") && Has(lower, "birth", "born") && !Has(lower, "year") => Asked.BirthMonthDay,
            _ when Has(lower, "mes y día", "mes y el día") && Has(lower, "nacimiento", "nació") && !Has(lower, "año") => Asked.BirthMonthDay,
            _ when Has(lower, "date of birth", "birth date", "birthday", "fecha de nacimiento", "cumpleaños") => Asked.BirthDate,
            _ when Has(lower, "amount", "how much", "dollars", "cantidad", "monto", "importe", "dólares") => Asked.Amount,
            _ when Has(lower, "date", "fecha", "month and day", "día y mes", "mes y día") => Asked.Date,
            _ when Has(lower, "reference number", "account number", "número de referencia", "número de cuenta") => Asked.ReferenceNumber,
            _ when Has(lower, "phone number", "número de teléfono") => Asked.PhoneNumber,
            _ => Asked.Nothing,
        };
    }

    public static bool Has(string text, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (text.Contains(word, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    /// <summary>True when the prompt asks for the finishing key.</summary>
    public static bool WantsPound(string text) => Has(text, "pound", "hash", "numeral", "gato", "almohadilla", "#");

    /// <summary>"... followed by the pound key": the key that ends an entry is not a choice.</summary>
    private static bool IsFinisher(string text, Match press, char key) =>
        key is '#' or '*' && Enter().IsMatch(text[Math.Max(0, press.Index - 120)..press.Index]) || Has(text[Math.Max(0, press.Index - 24)..press.Index], "then ", "luego ", "after you", "when you are", "al terminar", "cuando termine");

    /// <summary>The last sentence before a press: what it is for.</summary>
    private static string Clause(string text)
    {
        var trimmed = text.TrimEnd(' ', ',', ':');
        var ends = SentenceEnd().Matches(trimmed);
        return (ends.Count == 0 ? trimmed : trimmed[(ends[^1].Index + 1)..]).Trim(' ', ',');
    }

    private static int Letters(string text) => text.Count(char.IsLetter);

    [GeneratedRegex(@"\b(?:press|dial|push|key in|marque|oprima|presione|pulse|teclee|say or press)\s+(?:the\s+)?(?:number\s+|el\s+|la tecla\s+)?(?<key>[0-9*#]|zero|one|two|three|four|five|six|seven|eight|nine|star|pound|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|asterisco|numeral|gato|almohadilla)\b?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Press();

    /// <summary>The end of a sentence; the point in "$96.84" is none.</summary>
    [GeneratedRegex(@"[.;?!¿](?!\d)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"\b(?:enter|key in|type|input|punch in|please say|provide|ingrese|introduzca|teclee|digite|escriba|marque (?:su|el|los|la|las))\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Enter();
}
