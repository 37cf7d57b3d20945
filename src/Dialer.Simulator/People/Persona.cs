using Dialer.Simulator.Engine;

namespace Dialer.Simulator.People;

public enum CallOutcome
{
    Answers,
    NoAnswer,
    Busy,
    Fails,
}

/// <summary>What will happen to one outbound leg: how long until it rings, until it is answered, by whom.</summary>
public sealed record CallPlan(CallOutcome Outcome, double SetupSeconds, double AnswerSeconds, int Sip, Party? Party);

/// <summary>Why somebody stays on the line.</summary>
public enum Intent
{
    PayCard,
    PayBank,
    Promise,
    Dispute,
    Stop,
    Agent,
    Refuse,
    HangUp,
}

/// <summary>Who picked up.</summary>
public enum Who
{
    Right,
    Spouse,
    Relative,
    Wrong,
}

/// <summary>One person on one call: what they want, know and can stand. Drawn from the seed, the number and how often it was called.</summary>
public sealed record Persona(
    Contact Contact, Who Who, Intent Intent, string Language, double PatienceSeconds, double MisKeys, double Interrupts,
    string Card, string CardDate, string CardCode, string Routing, string Account, decimal? Amount, double? TalkSeconds, string? Result, bool IsCaller = false)
{
    public string BillingZip => Contact.Zip is { Length: >= 5 } zip ? zip[..5] : "10001";

    public static Persona Draw(Contact contact, PersonaOverride? exact, Chance chance, bool caller)
    {
        var who = exact?.Party switch
        {
            "right" => Who.Right,
            "spouse" => Who.Spouse,
            "relative" => Who.Relative,
            "wrong" => Who.Wrong,
            _ when caller => Who.Right,
            _ => chance.Pick((Who.Right, 0.64), (Who.Spouse, 0.12), (Who.Relative, 0.10), (Who.Wrong, 0.14)),
        };
        var intent = chance.Pick((Intent.PayCard, 0.17), (Intent.PayBank, 0.05), (Intent.Promise, 0.22), (Intent.Dispute, 0.07),
            (Intent.Stop, 0.05), (Intent.Agent, 0.14), (Intent.Refuse, 0.16), (Intent.HangUp, caller ? 0.03 : 0.14));
        intent = exact?.Intent switch
        {
            "pay-card" => Intent.PayCard,
            "pay-ach" => Intent.PayBank,
            "promise" => Intent.Promise,
            "dispute" => Intent.Dispute,
            "stop" => Intent.Stop,
            "agent" => Intent.Agent,
            "refuse" => Intent.Refuse,
            "hangup" => Intent.HangUp,
            _ => intent,
        };
        var card = chance.Pick(("4242424242424242", 0.55), ("5555555555554444", 0.2), ("378282246310005", 0.1), ("4000000000000002", 0.08), ("4000000000009995", 0.05), ("4000000000000119", 0.02));
        var patience = chance.Between(4, 8);
        var account = chance.Happens(0.08) ? "000987654316" : "000123456789";
        card = exact?.Card ?? card;
        return new Persona(contact, who, intent, contact.Language, exact?.Patience ?? patience, exact?.MisKeys ?? 0.04, exact?.Interrupts ?? 0.25,
            card, "1230", card.Length == 15 ? "1234" : "123", "110000000", account, exact?.Amount, exact?.TalkSeconds, exact?.Result, caller);
    }
}
