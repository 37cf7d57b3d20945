namespace Dialer.Simulator.People;

/// <summary>Which of a menu's options this person wants.</summary>
internal static class Choosing
{
    private static readonly string[] Pay = ["pay", "payment", "pagar", "pago"];
    private static readonly string[] Card = ["card", "credit", "debit", "tarjeta"];
    private static readonly string[] Bank = ["bank", "checking", "savings", "ach", "banco", "cuenta corriente"];
    private static readonly string[] Promise = ["promise", "arrange", "later date", "future", "commit", "schedule", "promesa", "prometer", "acuerdo", "más adelante", "compromiso"];
    private static readonly string[] Dispute = ["dispute", "do not owe", "don't owe", "not mine", "disput", "no debe", "no debo", "no reconoce"];
    private static readonly string[] Stop = ["stop", "do not call", "opt out", "no longer", "remove", "dejar de", "no llam", "no recibir", "cese"];
    private static readonly string[] Agent = ["representative", "agent", "speak", "talk", "someone", "operator", "connect", "representante", "agente", "hablar", "operador", "asesor"];
    private static readonly string[] Yes = ["yes", "correct", "confirm", "agree", "authorize", "accept", "sí", "correct", "confirmar", "acept", "autoriz"];
    private static readonly string[] No = ["no,", "not ", "incorrect", "wrong", "change", "cancel", "start over", "no soy", "no es", "cambiar", "equivocado", "incorrecto"];
    private static readonly string[] Months =
    [
        "january", "february", "march", "april", "may ", "june", "july", "august", "september", "october", "november", "december",
        "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
    ];

    private static readonly string[] Full = ["full", "total", "entire", "balance in full", "saldo completo", "saldo total", "whole"];

    /// <summary>The key to press, or null when nothing here is wanted.</summary>
    public static char? Pick(Persona persona, IReadOnlyList<MenuOption> options, string prompt, bool verified)
    {
        if (options.Count == 0)
            return null;
        if (Language(persona, options) is { } language)
            return language;
        if (IsIdentity(persona, prompt, options))
            return Identity(persona, options);
        if (!verified && persona.Who is not Who.Right && First(options, ["wrong", "not ", "no es", "equivocado", "no soy"]) is { } wrong)
            return wrong;
        if (Goal(persona, options, prompt) is { } goal)
            return goal;
        return First(options, Yes, avoid: No);
    }

    private static char? Language(Persona persona, IReadOnlyList<MenuOption> options) =>
        persona.Language == "es" && First(options, ["español", "espanol", "spanish"]) is { } spanish ? spanish : null;

    private static bool IsIdentity(Persona persona, string prompt, IReadOnlyList<MenuOption> options) =>
        Reading.Has(prompt, persona.Contact.First + " " + persona.Contact.Last, "this is the correct person", "are you ", "if you are", "if this is", "speaking with", "speaking to", "es usted", "si usted es", "si es usted", "hablo con", "habla con")
        && options.Any(o => Reading.Has(o.Words, "you are", "this is", "yes", "es usted", "usted es", "sí", "i am", "soy", persona.Contact.First, "correct person"));

    private static char? Identity(Persona persona, IReadOnlyList<MenuOption> options) => persona.Who == Who.Right
        ? First(options, ["you are", "this is", "yes", "es usted", "usted es", "soy", "i am", "sí", persona.Contact.First], avoid: ["not ", "wrong", "no es", "no soy", "otherwise", "equivocado", "does not"])
        : First(options, persona.Who == Who.Wrong ? ["wrong", "no person", "equivocado"] : ["not ", "unavailable", "no es", "no soy", "no está"])
            ?? First(options, ["not ", "no,", "wrong", "no es", "no soy", "otherwise", "equivocado", "de lo contrario", "unavailable"]);

    private static char? Goal(Persona persona, IReadOnlyList<MenuOption> options, string prompt) => persona.Intent switch
    {
        Intent.PayCard => First(options, Card, avoid: Bank) ?? First(options, Full) ?? First(options, Pay, avoid: Promise) ?? First(options, Yes, avoid: No),
        Intent.PayBank => First(options, Bank, avoid: Card) ?? First(options, Full) ?? First(options, Pay, avoid: Promise) ?? First(options, Yes, avoid: No),
        Intent.Promise => First(options, Promise) ?? First(options, Months) ?? First(options, Yes, avoid: No),
        Intent.Dispute => First(options, Dispute) ?? First(options, Agent),
        Intent.Stop => First(options, Stop) ?? First(options, Agent),
        Intent.Agent => First(options, Agent),
        Intent.Refuse => Reading.Has(prompt, "repeat") ? null : First(options, ["balance", "saldo"]),
        _ => null,
    };

    private static char? First(IReadOnlyList<MenuOption> options, ReadOnlySpan<string> wanted, string[]? avoid = null)
    {
        foreach (var option in options)
        {
            if (Reading.Has(option.Words, wanted) && (avoid is null || !Reading.Has(option.Words, avoid)))
                return option.Key;
        }

        return null;
    }
}
