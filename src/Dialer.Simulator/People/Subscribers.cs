using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;

namespace Dialer.Simulator.People;

/// <summary>Who is at the other end of a number, and what happens when it is called now.</summary>
public sealed class Subscribers(PhoneNetwork network, PhoneBook book)
{
    private static readonly string[] FirstNames = ["Maria", "James", "Linda", "Robert", "Aisha", "Daniel", "Carmen", "Kevin", "Grace", "Luis", "Emma", "Omar"];
    private static readonly string[] LastNames = ["Lopez", "Smith", "Johnson", "Garcia", "Nguyen", "Brown", "Martinez", "Davis", "Wilson", "Clark"];
    private readonly CallCounts _calls = new(500_000);
    private readonly HashSet<string> _claimed = new(StringComparer.Ordinal);

    public PhoneBook Book => book;

    /// <summary>How many numbers' calls are counted.</summary>
    public int Counted => _calls.Count;

    /// <summary>The how-manieth call with this number this is, from 1.</summary>
    public int Ordinal(Call call)
    {
        if (call.Ordinal == 0)
            call.Ordinal = _calls.Next(call.Direction == "inbound" ? call.From : call.To);

        return call.Ordinal;
    }

    /// <summary>From now on this number rings in a browser.</summary>
    public void Claim(string number) => _claimed.Add(number);

    public void Unclaim(string number) => _claimed.Remove(number);

    public bool IsClaimed(string number) => _claimed.Contains(number);

    public Phone Phone(string number)
    {
        if (book.Find(number) is { } phone)
            return phone;
        var chance = Chance.Of(network.Options.Seed, "phone", number);
        var contact = new Contact(FirstNames[chance.Below(FirstNames.Length)], LastNames[chance.Below(LastNames.Length)], $"{10000 + chance.Below(89999)}",
            new NodaTime.LocalDate(1950 + chance.Below(50), 1 + chance.Below(12), 1 + chance.Below(28)), $"{chance.Below(10000):0000}", chance.Happens(0.12) ? "es" : "en", null);
        return new Phone(number, null, [contact], null);
    }

    public string LineType(string number)
    {
        var chance = Chance.Of(network.Options.Seed, "line", number);
        return Phone(number).LineType ?? chance.Pick(("wireless", 0.72), ("landline", 0.18), ("voip", 0.10));
    }

    /// <summary>Draws what happens to this outbound leg.</summary>
    public CallPlan Plan(Call call)
    {
        var chance = network.ChanceFor(call, "plan");
        var setup = chance.Between(0.6, 2.4);
        if (call.To.StartsWith("client:", StringComparison.Ordinal))
            return network.Softphones.Plan(call);
        if (network.Numbers.ByNumber(call.To) is { } ours)
            return new CallPlan(CallOutcome.Answers, setup, 3600, 200, new TrunkParty(ours));
        if (call.To.StartsWith("app:", StringComparison.Ordinal) && network.Numbers.Application(call.To["app:".Length..]) is { } application)
            return new CallPlan(CallOutcome.Answers, setup, 3600, 200, new TrunkParty(application));
        if (_claimed.Contains(call.To))
            return new CallPlan(CallOutcome.Answers, setup, 3600, 200, new BrowserParty());
        if (!call.To.StartsWith('+'))
            return new CallPlan(CallOutcome.Fails, setup, 0, 404, null);
        var phone = Phone(call.To);
        return phone.Persona?.Script is { } script ? Script.Plan(script, setup) : Draw(call, phone, chance, setup);
    }

    private CallPlan Draw(Call call, Phone phone, Chance chance, double setup)
    {
        var exact = phone.Persona;
        var outcome = exact?.Outcome ?? Outcome(call, phone, chance);
        var human = Math.Clamp(chance.LogNormal(9, 0.5), 1.5, 55);
        var machine = Math.Clamp(chance.LogNormal(18, 0.25), 8, 45);
        switch (outcome)
        {
            case "human":
                var contact = phone.People[chance.Below(phone.People.Count)];
                var persona = Persona.Draw(contact, exact, chance, caller: false);
                return new CallPlan(CallOutcome.Answers, setup, exact?.AnswerAfter ?? human, 200, new HumanParty(persona));
            case "machine":
                return new CallPlan(CallOutcome.Answers, setup, exact?.AnswerAfter ?? machine, 200, new VoicemailParty(phone.People[0]));
            case "fax":
                return new CallPlan(CallOutcome.Answers, setup, exact?.AnswerAfter ?? 6, 200, new FaxParty());
            case "busy":
                return new CallPlan(CallOutcome.Busy, setup, exact?.AnswerAfter ?? 1.5, 486, null);
            case "fail":
                return new CallPlan(CallOutcome.Fails, setup, 0, exact?.Sip ?? 404, null);
            default:
                return new CallPlan(CallOutcome.NoAnswer, setup, 0, 487, null);
        }
    }

    /// <summary>Answer rates by hour of day and line type; a number that is out of service always fails.</summary>
    private string Outcome(Call call, Phone phone, Chance chance)
    {
        var standing = Chance.Of(network.Options.Seed, "standing", phone.E164);
        if (standing.Happens(0.035))
            return "fail";
        if (standing.Happens(0.01))
            return "fax";
        var hour = AreaCodes.LocalTime(call.To, network.Timeline.Now, network.Options.DefaultZone).Hour;
        var human = hour switch
        {
            < 8 => 0.12,
            < 11 => 0.22,
            < 14 => 0.24,
            < 17 => 0.25,
            < 21 => 0.30,
            _ => 0.12,
        };
        var (more, machine) = LineType(phone.E164) switch
        {
            "landline" => (1.10, 0.33),
            "voip" => (0.80, 0.28),
            _ => (0.98, 0.30),
        };
        return chance.Pick(("human", human * more), ("machine", machine), ("busy", 0.03), ("fail", 0.01), ("no-answer", Math.Max(0.05, 0.96 - (human * more) - machine)));
    }
}
