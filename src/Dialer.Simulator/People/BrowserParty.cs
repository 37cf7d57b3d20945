using System.Text.Json.Nodes;
using Dialer.Simulator.Calls;
using Dialer.Simulator.Rooms;

namespace Dialer.Simulator.People;

/// <summary>A far end that somebody operates from outside (the network's page, a softphone): it turns what happens into a numbered list of events.</summary>
public abstract class RemoteParty : Party
{
    private const int Keep = 500;
    private readonly List<(int Number, string Event, string Json)> _events = [];
    private int _last;

    /// <summary>Called after every new event; readers wait on it.</summary>
    public Action? Changed { get; set; }

    public bool Ended { get; private set; }

    public IReadOnlyList<(int Number, string Event, string Json)> After(int number) => [.. _events.Where(e => e.Number > number)];

    public override void OnRinging() => Tell("ringing", new JsonObject { ["from"] = Call.From, ["to"] = Call.To });

    public override void OnAnswered() => Tell("answered", []);

    public override void OnHears(Utterance utterance)
    {
        if (utterance.Kind != UtteranceKind.Silence)
            Tell("heard", new JsonObject { ["what"] = utterance.Kind.ToString().ToLowerInvariant(), ["text"] = utterance.Text, ["seconds"] = utterance.Seconds });
    }

    public override void OnBridged(Room room) =>
        Tell("bridged", new JsonObject { ["room"] = room.Name, ["with"] = new JsonArray([.. room.Seats.Where(s => s.Call != Call).Select(s => JsonValue.Create(s.Call.Sid))]) });

    public override void OnUnbridged(Room room) => Tell("unbridged", new JsonObject { ["room"] = room.Name });

    public override void OnRoomChanged(Room room) =>
        Tell("room", new JsonObject { ["room"] = room.Name, ["seats"] = room.Seats.Count, ["muted"] = room.Seats.Find(s => s.Call == Call)?.Muted ?? false });

    public override void OnSpeech(Call speaker, Speech speech) =>
        Tell("speech", new JsonObject { ["call"] = speaker.Sid, ["text"] = speech.Text, ["intent"] = speech.Intent?.DeepClone() });

    public override void OnAsked(string field) => Tell("asked", new JsonObject { ["field"] = field });

    public override void OnEnded()
    {
        Ended = true;
        Tell("ended", new JsonObject { ["status"] = CallTable.Word(Call.State), ["by"] = Call.EndedBy });
    }

    protected void Tell(string happened, JsonObject facts)
    {
        facts["at"] = Call.Network.Timeline.Now.ToString();
        facts["callSid"] = Call.Sid;
        _events.Add((++_last, happened, facts.ToJsonString()));
        if (_events.Count > Keep)
            _events.RemoveRange(0, Keep / 2);
        Changed?.Invoke();
    }
}

/// <summary>A simulated phone that a person holds in the browser. It rings until it is picked up.</summary>
public sealed class BrowserParty : RemoteParty
{
    public override string Kind => "browser";

    public override Greeting Greeting => new(0.3, 0.9, Exact: true);

    public void PickUp() => Call.Network.Calls.Answer(Call);

    public void Decline() => Call.Network.Calls.End(Call, Call.IsLive ? CallEvent.HungUp : CallEvent.WasBusy, "caller", Call.IsLive ? 200 : 486);
}
