using System.Text.Json.Nodes;
using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using NodaTime;
using NodaTime.Text;

namespace Dialer.Simulator.People;

/// <summary>A talk with an agent: how long it lasts and how it ends come from the person; the agent learns the result from what is said.</summary>
public sealed class Conversation
{
    private readonly List<Appointment> _beats = [];
    private readonly double _length;
    private readonly string _language;
    private readonly bool _personEnds;
    private double _left;
    private Instant _began;
    private bool _told;

    private Conversation(string result, JsonObject intent, double length, string language, bool personEnds)
    {
        Result = result;
        Intent = intent;
        _length = _left = length;
        _language = language;
        _personEnds = personEnds;
    }

    /// <summary>The disposition code a perfect agent would choose.</summary>
    public string Result { get; }

    public JsonObject Intent { get; }

    public bool Over { get; private set; }

    public static Conversation Plan(Persona persona, Chance chance, Instant now)
    {
        var result = persona.Result ?? Outcome(persona, chance);
        var long_ = result is "RPC-PTP" or "RPC-RTP" or "RPC-DISP" or "RPC-HARD" or "RPC-CB";
        var length = persona.TalkSeconds ?? (long_ ? Math.Clamp(chance.LogNormal(180, 0.7), 25, 1500) : Math.Clamp(chance.LogNormal(40, 0.8), 6, 600));
        return new Conversation(result, Meaning(result, persona, chance, now), length, persona.Language, chance.Happens(0.45));
    }

    /// <summary>Starts, or takes up again after hold.</summary>
    public void Begin(Call call, Action hangUp)
    {
        if (Over)
            return;
        _began = call.Network.Timeline.Now;
        if (_left >= _length)
            Beat(call, 0.6, () => call.Say(new Speech(_language == "es" ? "Hola, ¿quién habla?" : "Hello, who is this?")));
        Beat(call, Math.Max(0.5, _left - 3), () => Tell(call));
        Beat(call, _left, () => Finish(call, hangUp));
    }

    public void Pause()
    {
        foreach (var beat in _beats)
            beat.Cancel();
        _beats.Clear();
        _left = Math.Max(2, _left - 1);
    }

    /// <summary>The other side spoke: nothing changes what the person decided.</summary>
    public void Heard(Speech speech)
    {
        if (speech.Intent?["wants"]?.GetValue<string>() == "end")
            _left = 0;
    }

    private void Tell(Call call)
    {
        _left = Math.Max(2, _length - (call.Network.Timeline.Now - _began).TotalSeconds);
        if (_told)
            return;
        _told = true;
        call.Say(new Speech(Phrase(Result, _language), Intent.DeepClone().AsObject()));
    }

    private void Finish(Call call, Action hangUp)
    {
        Over = true;
        if (_personEnds)
        {
            hangUp();
            return;
        }

        call.Say(new Speech(_language == "es" ? "Gracias, adiós." : "Thank you, goodbye.", new JsonObject { ["wants"] = "end" }));
        Beat(call, 12, hangUp);
    }

    private void Beat(Call call, double seconds, Action act) => _beats.Add(call.Later(seconds, act));

    private static string Outcome(Persona persona, Chance chance) => persona switch
    {
        { Language: "es" } when chance.Happens(0.35) => "LANG",
        { Who: Who.Wrong } => "WN",
        { Who: Who.Spouse or Who.Relative } => "TPC",
        _ => persona.Intent switch
        {
            Simulator.People.Intent.PayCard or Simulator.People.Intent.PayBank => chance.Pick(("RPC-PTP", 0.8), ("RPC-CB", 0.2)),
            Simulator.People.Intent.Promise => "RPC-PTP",
            Simulator.People.Intent.Dispute => "RPC-DISP",
            Simulator.People.Intent.Stop => chance.Pick(("CEASE", 0.5), ("OPTOUT", 0.5)),
            Simulator.People.Intent.Agent => chance.Pick(("RPC-PTP", 0.35), ("RPC-CB", 0.25), ("RPC-HARD", 0.25), ("ATTY", 0.06), ("BK", 0.06), ("DEC", 0.03)),
            Simulator.People.Intent.Refuse => chance.Pick(("RPC-RTP", 0.6), ("RPC-HUP", 0.4)),
            _ => "RPC-HUP",
        },
    };

    private static JsonObject Meaning(string result, Persona persona, Chance chance, Instant now)
    {
        var meaning = new JsonObject { ["result"] = result };
        var today = now.InUtc().Date;
        if (result == "RPC-PTP")
        {
            var amount = persona.Amount ?? Math.Max(10, Math.Round((persona.Contact.Balance ?? 200) * (decimal)chance.Pick((0.1, 0.35), (0.25, 0.4), (1.0, 0.25)), 2));
            if (persona.Contact.Balance is { } balance && amount > balance)
                amount = balance;
            meaning["promise"] = new JsonObject
            {
                ["amount"] = amount,
                ["dueDate"] = LocalDatePattern.Iso.Format(today.PlusDays(2 + chance.Below(12))),
                ["method"] = persona.Intent == Simulator.People.Intent.PayBank ? "ach" : "card",
            };
        }

        if (result == "RPC-CB")
            meaning["callbackAt"] = InstantPattern.ExtendedIso.Format(now + Duration.FromHours(20 + chance.Below(8)));
        return meaning;
    }

    private static string Phrase(string result, string language) => result switch
    {
        _ when language == "es" && result == "LANG" => "No hablo inglés.",
        "RPC-PTP" => "All right, I can make a payment on that date.",
        "RPC-CB" => "This is a bad time, please call me back tomorrow.",
        "RPC-DISP" => "I don't owe this. I dispute it.",
        "RPC-HARD" => "I lost my job, I cannot pay anything right now.",
        "RPC-RTP" => "I am not going to pay that.",
        "CEASE" => "Stop calling me.",
        "OPTOUT" => "Take me off your list, no more calls to this phone.",
        "TPC" => "She is not here, I can take a message.",
        "WN" => "You have the wrong number, nobody of that name lives here.",
        "ATTY" => "Talk to my attorney about this.",
        "BK" => "I filed for bankruptcy.",
        "DEC" => "He passed away last year.",
        "LANG" => "No English, sorry.",
        _ => "I can't talk.",
    };
}
