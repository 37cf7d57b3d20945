using Dialer.Simulator.Engine;
using Dialer.Simulator.Webhooks;
using Dialer.Simulator.People;
using Dialer.Simulator.Recordings;
using Dialer.Simulator.Rooms;
using Dialer.Simulator.Twiml;
using Dialer.Simulator.Wire;
using NodaTime;

namespace Dialer.Simulator.Calls;

/// <summary>Where status events go: URL, method and the subscribed events.</summary>
public sealed record Callback(string Url, string Method, IReadOnlySet<string> Events)
{
    public static Callback? Of(string? url, string? method, IReadOnlyList<string> events, params string[] otherwise)
    {
        if (string.IsNullOrEmpty(url))
            return null;
        var asked = events.SelectMany(e => e.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries)).ToHashSet(StringComparer.Ordinal);
        return new Callback(url, method == "GET" ? "GET" : "POST", asked.Count > 0 ? asked : otherwise.ToHashSet(StringComparer.Ordinal));
    }
}

/// <summary>Where a call's instructions come from: a URL with its fallback, or TwiML given inline.</summary>
public sealed record VoiceSource(string? Url, string Method, string? FallbackUrl, string FallbackMethod, string? Twiml = null)
{
    public bool IsEmpty => string.IsNullOrEmpty(Url) && string.IsNullOrEmpty(Twiml);
}

/// <summary>One leg: a call between the network and one far end (a phone, a softphone, another number of ours).</summary>
public sealed class Call(PhoneNetwork network, string sid, string from, string to, string direction)
{
    public PhoneNetwork Network => network;

    public string Sid => sid;

    public string To => to;

    public string From => from;

    /// <summary>inbound, outbound-api or outbound-dial.</summary>
    public string Direction => direction;

    public CallState State { get; private set; } = direction == "outbound-api" ? CallState.Queued : CallState.Initiated;

    public bool IsOver => CallTable.IsOver(State);

    public bool IsLive => State == CallState.InProgress;

    public Instant Created { get; } = network.Timeline.Now;

    public Instant Updated { get; set; } = network.Timeline.Now;

    public Instant? StartedAt { get; set; }

    public Instant? AnsweredAt { get; set; }

    public Instant? EndedAt { get; set; }

    public Duration QueueTime { get; set; }

    public Call? Parent { get; init; }

    public List<Call> Children { get; } = [];

    /// <summary>The how-manieth call with its number this is, from 1; 0 until somebody asks.</summary>
    internal int Ordinal { get; set; }

    public string? AnsweredBy { get; set; }

    public int? MachineDetectionMs { get; set; }

    public int SipResponse { get; set; }

    public string? ForwardedFrom { get; set; }

    public string? CallToken { get; set; }

    public string? ApplicationSid { get; set; }

    public string? PhoneNumberSid { get; set; }

    /// <summary>Fields a softphone adds to its first request.</summary>
    public Form? Custom { get; set; }

    public VoiceSource Voice { get; set; } = new(null, "POST", null, "POST");

    public Callback? StatusCallback { get; set; }

    public int Sequence { get; set; }

    public double RingLimitSeconds { get; set; } = 60;

    public int TimeLimitSeconds { get; set; } = 14400;

    /// <summary>The end that the time limit brings, once answered.</summary>
    public Appointment? EndsAtLimit { get; set; }

    public string? SendDigits { get; set; }

    /// <summary>What the application that is dialled gets as To instead of its SID.</summary>
    public string? DialledAs { get; init; }

    /// <summary>True while the Pay verb of its document asks for data.</summary>
    public bool Paying { get; set; }

    public AmdSettings? Amd { get; set; }

    public RecordingSettings? Record { get; set; }

    /// <summary>The far end. It hears what the call's TwiML says and presses its keys.</summary>
    public Party? Party { get; set; }

    public TwimlRun? Run { get; set; }

    /// <summary>The conference or two-party bridge this call sits in.</summary>
    public Seat? Seat { get; set; }

    public CookieJar Cookies { get; } = new();

    public List<Recording> Recordings { get; } = [];

    /// <summary>Streams, SIPREC sessions and transcriptions under way.</summary>
    public List<MediaFork> Forks { get; } = [];

    /// <summary>The signed attempt token <c>t</c> found in this call's URLs, so that an oracle can match attempts.</summary>
    public string? Token { get; set; }

    /// <summary>Who ended it: "caller" (the far end), "api", "twiml", "limit", "network".</summary>
    public string? EndedBy { get; set; }

    /// <summary>Called once when this leg is answered, and once when it is over.</summary>
    public Action<Call>? OnAnswered { get; set; }

    public Action<Call>? OnOver { get; set; }

    /// <summary>Set while somebody else (a Dial verb) decides what happens to this leg when it is answered.</summary>
    public bool IsDialLeg { get; set; }

    /// <summary>True while digits are card data: they are masked in the ledger. A recording that nobody paused has their tones.</summary>
    public bool Secret { get; set; }

    public int DurationSeconds => AnsweredAt is { } answered && EndedAt is { } ended ? (int)Math.Floor((ended - answered).TotalSeconds + 0.5) : 0;

    /// <summary>Moves along the table; false when the event is illegal here.</summary>
    public bool Move(CallEvent happened)
    {
        if (CallTable.After(State, happened) is not { } next)
            return false;
        State = next;
        Updated = network.Timeline.Now;
        foreach (var fork in IsOver ? Forks.ToArray() : [])
            fork.Stop();
        return true;
    }

    /// <summary>Forgets what only a live call needs, once it is long over. What REST shows stays, and so do the events of a far end that somebody watches from outside.</summary>
    internal void LetGo()
    {
        Run = null;
        Seat = null;
        Custom = null;
        EndsAtLimit = null;
        OnAnswered = null;
        OnOver = null;
        Cookies.Clear();
        if (Party is not RemoteParty)
            Party = null;
    }

    /// <summary>Does something later unless the call is over by then.</summary>
    public Appointment Later(double seconds, Action act) => network.Timeline.After(seconds, () =>
    {
        if (!IsOver)
            act();
    });

    /// <summary>The far end presses one key.</summary>
    public void Press(char key)
    {
        if (!IsLive)
            return;
        network.Ledger.Write("key", this, ("key", Secret ? "*" : key.ToString()), ("secret", Secret ? true : null));
        Sound(Audible.Of(key, Secret));
        if (network.Payments.Takes(this, key))
            return;
        if (Run is { } run && run.Digit(key))
            return;
        Seat?.Room.Pressed(this, key);
    }

    /// <summary>The far end hears something: it goes to the ledger, to recordings and to the ear.</summary>
    public void Hear(Utterance utterance)
    {
        if (utterance.Kind != UtteranceKind.Silence)
        {
            network.Ledger.Write("heard", this, ("what", utterance.Kind.ToString().ToLowerInvariant()), ("text", utterance.Text),
                ("language", utterance.Kind == UtteranceKind.Say ? utterance.Language : null), ("seconds", utterance.Seconds));
        }

        if (utterance.Kind != UtteranceKind.Silence)
        {
            var sound = new Audible(utterance.Seconds);
            foreach (var recording in Recordings)
                recording.Take(sound, Side.Far);
            Seat?.Room.Heard(this, sound);
        }

        if (utterance.Kind == UtteranceKind.Say)
            Transcribe(utterance.Text, "outbound_track");
        Party?.OnHears(utterance);
    }

    /// <summary>What the far end was hearing was cut off.</summary>
    public void HearNoMore()
    {
        foreach (var recording in Recordings)
            recording.Cut();
    }

    /// <summary>The far end says something; a speech Gather or the others in the room hear it.</summary>
    public void Say(Speech speech)
    {
        if (!IsLive)
            return;
        var room = Seat is { } seat && seat.Room.IsTalking(this) ? seat.Room : null;
        var listeners = room?.ListenersOf(this).Select(listener => listener.Sid).ToList() ?? [];
        network.Ledger.Write("said", this, ("text", speech.Text), ("intent", speech.Intent), ("heardBy", listeners.Count > 0 ? listeners : null));
        Sound(new Audible(Utterance.Say(speech.Text, "en-US").Seconds));
        Transcribe(speech.Text, "inbound_track");
        if (room is not null)
            room.Said(this, speech);
        else
            Run?.Heard(speech);
    }

    /// <summary>Live transcriptions take down what is said: by this leg's far end (inbound) or to it (outbound).</summary>
    public void Transcribe(string text, string track)
    {
        foreach (var fork in Forks.ToArray())
            fork.Said(text, track);
    }

    /// <summary>Records what the far end utters or keys: with this call, and with whoever in the room can hear it.</summary>
    private void Sound(Audible sound)
    {
        foreach (var recording in Recordings)
            recording.Take(sound, Side.Near);
        Seat?.Room.Carry(this, sound);
    }
}
