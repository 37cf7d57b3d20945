using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using NodaTime;
using NodaTime.Text;

namespace Dialer.Simulator.People;

/// <summary>The digits a person keys for what was asked.</summary>
internal static class Data
{
    private static readonly LocalDatePattern MonthDayYear = LocalDatePattern.CreateWithInvariantCulture("MMdduuuu");
    private static readonly LocalDatePattern MonthDayShortYear = LocalDatePattern.CreateWithInvariantCulture("MMddyy");
    private static readonly LocalDatePattern MonthDay = LocalDatePattern.CreateWithInvariantCulture("MMdd");

    public static string For(Persona persona, Asked asked, string prompt, Call call, Chance chance)
    {
        var contact = persona.Contact;
        return asked switch
        {
            Asked.Zip => contact.Zip is { Length: >= 5 } zip ? zip[..5] : string.Empty,
            Asked.BillingZip => persona.BillingZip,
            Asked.Ssn4 => contact.Ssn4 ?? string.Empty,
            Asked.BirthYear => contact.BirthDate?.Year.ToString() ?? string.Empty,
            Asked.BirthMonthDay => contact.BirthDate is { } day ? MonthDay.Format(day) : string.Empty,
            Asked.BirthDate => contact.BirthDate is { } date ? DateShape(prompt).Format(date) : string.Empty,
            Asked.CardNumber => persona.Card,
            Asked.CardExpiry => persona.CardDate,
            Asked.CardCode => persona.CardCode,
            Asked.Routing => persona.Routing,
            Asked.AccountNumber => persona.Account,
            Asked.Amount => Amount(persona, prompt, chance),
            Asked.Date => DateShape(prompt, MonthDay).Format(call.Network.Timeline.Now.InUtc().Date.PlusDays(3 + chance.Below(10))),
            Asked.PhoneNumber => (call.Direction == "inbound" ? call.From : call.To).TrimStart('+') is ['1', .. var ten] ? ten : string.Empty,
            _ => string.Empty,
        };
    }

    /// <summary>What a person keys when an agent's payment form asks for a field.</summary>
    public static string ForField(Persona persona, string field) => field switch
    {
        "payment-card-number" => persona.Card,
        "expiration-date" => persona.CardDate,
        "security-code" => persona.CardCode,
        "postal-code" => persona.BillingZip,
        "bank-routing-number" => persona.Routing,
        "bank-account-number" => persona.Account,
        _ => string.Empty,
    };

    private static string Amount(Persona persona, string prompt, Chance chance)
    {
        var amount = persona.Amount ?? Math.Max(10, Math.Round((persona.Contact.Balance ?? 200) * (decimal)chance.Pick((0.1, 0.3), (0.25, 0.4), (1.0, 0.3)), 0));
        if (persona.Contact.Balance is { } balance && amount > balance && balance >= 1)
            amount = Math.Floor(balance);
        return Reading.Has(prompt, "cents", "centavos") && !Reading.Has(prompt, "whole dollars", "without cents", "sin centavos")
            ? ((int)(amount * 100)).ToString()
            : ((int)amount).ToString();
    }

    private static LocalDatePattern DateShape(string prompt, LocalDatePattern? otherwise = null) => prompt switch
    {
        _ when Reading.Has(prompt, "eight digit", "8 digit", "four digits for the year", "four-digit year", "4-digit year", "ocho dígitos", "cuatro dígitos del año", "cuatro dígitos para el año") => MonthDayYear,
        _ when Reading.Has(prompt, "six digit", "6 digit", "two digits for the year", "two-digit year", "seis dígitos") => MonthDayShortYear,
        _ when Reading.Has(prompt, "four digit", "4 digit", "four-digit", "cuatro dígitos") => MonthDay,
        _ => otherwise ?? MonthDayYear,
    };
}
