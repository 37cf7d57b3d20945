using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using Dialer.Simulator.Numbers;

namespace Dialer.Simulator.People;

/// <summary>People who call our numbers: back after a missed call, out of the blue, or on demand.</summary>
public sealed class InboundCallers(PhoneNetwork network)
{
    private long _drawn;
    private bool _stopped;

    /// <summary>Starts the flow of callers that <see cref="NetworkOptions.InboundPerHour"/> asks for.</summary>
    public void Start()
    {
        if (network.Options.InboundPerHour > 0)
            Schedule();
    }

    /// <summary>Nobody calls of his own accord any more, neither out of the blue nor from a storm; who is asked to call still does.</summary>
    public void Stop() => _stopped = true;

    /// <summary>A person calls one of our numbers; null when the number is not ours.</summary>
    /// <param name="shown">What our side sees as From: the person's number, another one, or anonymous.</param>
    /// <param name="forwarded">The number that was called first and sent the call on here; null for none.</param>
    public Call? Call(string from, string to, string? shown = null, PersonaOverride? exact = null, string? forwarded = null)
    {
        if (network.Numbers.ByNumber(to) is not { } number)
            return null;
        if (exact is null && network.Directory.IsClaimed(from))
            return Arrive(shown ?? from, number, new BrowserParty(), forwarded: forwarded);
        var phone = network.Directory.Phone(from);
        var chance = Chance.Of(network.Options.Seed, "inbound", from, (++_drawn).ToString());
        Party party = exact?.Script is { } script
            ? Script.Party(script)
            : new HumanParty(Persona.Draw(phone.People[chance.Below(phone.People.Count)], exact ?? phone.Persona, chance, caller: true));
        return Arrive(shown ?? from, number, party, forwarded: forwarded);
    }

    /// <summary>Many people call one of our numbers within a while, at times drawn evenly over it; false when the number is not ours.</summary>
    public bool Storm(string to, int calls, double seconds, PersonaOverride? exact = null)
    {
        if (network.Numbers.ByNumber(to) is null)
            return false;
        var people = network.Directory.Book.Numbers;
        var chance = Chance.Of(network.Options.Seed, "storm", to, (++_drawn).ToString());
        for (var i = 0; i < calls; i++)
        {
            var from = people.Count > 0 ? people[chance.Below(people.Count)] : $"+1{415 + (101 * chance.Below(3))}{556 + chance.Below(400)}{chance.Below(10_000):0000}";
            After(chance.Between(0, seconds), () => Call(from, to, exact: exact));
        }

        return true;
    }

    /// <param name="from">What our side sees as From.</param>
    /// <param name="number">The number that is called; or an application that a Dial names.</param>
    /// <param name="party">Who calls.</param>
    /// <param name="to">What an application sees as To, its SID unless it is given; a number sees itself.</param>
    /// <param name="custom">Fields beside the standard ones of the first request.</param>
    /// <param name="forwarded">The number that sent the call on here.</param>
    public Call Arrive(string from, VoiceEndpoint number, Party party, string? to = null, Wire.Form? custom = null, string? forwarded = null)
    {
        var target = network.Numbers.Target(number);
        var application = number.PhoneNumber is null;
        var call = new Call(network, network.Sids.Next("CA"), from, number.PhoneNumber ?? to ?? number.Sid, "inbound")
        {
            Voice = target.Voice,
            StatusCallback = Callback.Of(target.StatusCallback, target.StatusCallbackMethod, [], "completed"),
            PhoneNumberSid = application ? null : number.Sid,
            ApplicationSid = ReferenceEquals(target, number) && !application ? null : target.Sid,
            Custom = custom,
            ForwardedFrom = forwarded,
            CallToken = $"{{\"parentCallInfoToken\":\"{Chance.Hash(network.Options.Seed, "token", from):x16}\"}}",
            Party = party,
        };
        party.Attach(call);
        network.Calls.Arrive(call);
        if (!call.IsOver)
            call.Later(60, () =>
            {
                if (call.State == CallState.Ringing)
                    network.Calls.End(call, CallEvent.Cancelled, "caller");
            });
        return call;
    }

    /// <summary>After a call that rang in vain, or that a voicemail took: perhaps they call back. Whom a browser plays decides for himself.</summary>
    public void Missed(Call call)
    {
        if (network.Options.CallBackProbability <= 0 || call.Direction != "outbound-api" || network.Directory.IsClaimed(call.To))
            return;
        var chance = network.ChanceFor(call, "call-back");
        if (!chance.Happens(network.Options.CallBackProbability))
            return;
        After(chance.LogNormal(900, 0.8), () => Call(call.To, call.From));
    }

    private void Schedule()
    {
        var chance = Chance.Of(network.Options.Seed, "inbound-flow", (++_drawn).ToString());
        After(chance.Exponential(3600 / network.Options.InboundPerHour), () =>
        {
            var ours = network.Numbers.Owned.Where(n => !network.Numbers.Target(n).Voice.IsEmpty).Select(n => n.PhoneNumber!).ToList();
            var people = network.Directory.Book.Numbers;
            if (ours.Count > 0 && people.Count > 0)
                Call(people[chance.Below(people.Count)], ours[chance.Below(ours.Count)], chance.Pick<string?>((null, 0.85), ("anonymous", 0.08), ($"+1{2 + chance.Below(8)}025550{100 + chance.Below(100)}", 0.07)));
            Schedule();
        });
    }

    /// <summary>Somebody calls of his own accord, unless nobody does any more by then.</summary>
    private void After(double seconds, Action call) => network.Timeline.After(seconds, () =>
    {
        if (!_stopped)
            call();
    });
}
