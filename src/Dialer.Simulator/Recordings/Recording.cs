using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using Dialer.Simulator.People;
using Dialer.Simulator.Rooms;
using Dialer.Simulator.Webhooks;
using Dialer.Simulator.Wire;
using NodaTime;

namespace Dialer.Simulator.Recordings;

public enum RecordingState
{
    InProgress,
    Paused,
    Stopped,
    Processing,
    Completed,
    Absent,
}

/// <summary>How a recording is made and who is told.</summary>
public sealed record RecordingSettings(string Source, int Channels, string Track, string Trim, Callback? Callback)
{
    public Recording StartOn(Call call)
    {
        var recording = call.Network.Recordings.Start(this, call, null);
        call.Recordings.Add(recording);
        return recording;
    }

    public Recording StartOn(Conference conference)
    {
        var recording = conference.Network.Recordings.Start(this, null, conference);
        conference.Recordings.Add(recording);
        return recording;
    }
}

/// <summary>One recording: what sounded when, from which the audio is made on demand.</summary>
/// <remarks>in-progress (paused and back) -> stopped -> processing -> completed or absent. Tones are recorded like everything else,
/// card digits too: whoever takes a payment has to pause the recording.</remarks>
public sealed class Recording(PhoneNetwork network, RecordingSettings settings, Call? call, Conference? conference)
{
    private readonly List<Sound> _sounds = [];
    private Instant? _pausedAt;
    private Duration _skipped;
    private Instant? _endedAt;

    public string Sid { get; } = network.Sids.Next("RE");

    public RecordingSettings Settings => settings;

    public Call? Call => call;

    public Conference? Conference => conference;

    public RecordingState State { get; private set; }

    public Instant Started { get; } = network.Timeline.Now;

    public Instant Updated { get; private set; } = network.Timeline.Now;

    public string? PauseBehavior { get; private set; }

    public IReadOnlyList<Sound> Sounds => _sounds;

    public string Url => $"{network.PublicBase}/2010-04-01/Accounts/{network.Options.AccountSid}/Recordings/{Sid}";

    public bool Live => State is RecordingState.InProgress or RecordingState.Paused;

    public double Seconds => Math.Max(0, ((_endedAt ?? network.Timeline.Now) - Started - _skipped).TotalSeconds);

    public int WholeSeconds => (int)Math.Round(Seconds);

    public string StateWord => State switch
    {
        RecordingState.InProgress => "in-progress",
        _ => State.ToString().ToLowerInvariant(),
    };

    public void Announce(string happened) => network.Ledger.Write("recording", call, ("recording", Sid), ("event", happened), ("conference", conference?.Sid), ("source", settings.Source));

    public void Begin()
    {
        Announce("started");
        Tell("in-progress");
    }

    public void Tone(char key, bool secret) => Add(new Sound(Offset, 0.2, key, secret));

    public void Sound(Utterance utterance)
    {
        if (utterance.Kind is not UtteranceKind.Silence)
            Add(new Sound(Offset, utterance.Seconds, null, false));
    }

    public bool Pause(string behavior)
    {
        if (State != RecordingState.InProgress)
            return false;
        PauseBehavior = behavior;
        State = RecordingState.Paused;
        _pausedAt = Updated = network.Timeline.Now;
        Announce("paused");
        return true;
    }

    public bool Resume()
    {
        if (State != RecordingState.Paused)
            return false;
        EndPause();
        State = RecordingState.InProgress;
        Announce("resumed");
        return true;
    }

    /// <summary>Ends the recording; it is completed (and its callback sent) after a second or two of processing.</summary>
    public bool Stop()
    {
        if (!Live)
            return false;
        EndPause();
        _endedAt = Updated = network.Timeline.Now;
        State = RecordingState.Processing;
        Announce("stopped");
        network.Timeline.After(1.5, () =>
        {
            State = Seconds < 0.1 ? RecordingState.Absent : RecordingState.Completed;
            Updated = network.Timeline.Now;
            Announce(StateWord);
            Tell(StateWord);
        });
        return true;
    }

    private Duration Offset => network.Timeline.Now - Started - _skipped;

    private void Add(Sound sound)
    {
        if (State == RecordingState.InProgress && _sounds.Count < 20_000)
            _sounds.Add(sound);
    }

    private void EndPause()
    {
        if (_pausedAt is { } since && PauseBehavior == "skip")
            _skipped += network.Timeline.Now - since;
        _pausedAt = null;
        Updated = network.Timeline.Now;
    }

    private void Tell(string status)
    {
        if (settings.Callback is not { } callback || !callback.Events.Contains(status))
            return;
        var fields = new Form().Add("AccountSid", network.Options.AccountSid);
        if (call is not null)
            fields.Add("CallSid", call.Sid);
        if (conference is not null)
            fields.Add("ConferenceSid", conference.Sid);
        fields.Add("RecordingSid", Sid).Add("RecordingUrl", Url).Add("RecordingStatus", status)
            .Add("RecordingDuration", WholeSeconds.ToString()).Add("RecordingChannels", settings.Channels.ToString())
            .Add("RecordingStartTime", TwilioDate.Format(Started)).Add("RecordingSource", settings.Source).Add("RecordingTrack", settings.Track)
            .Add("ErrorCode", "0");
        network.Webhooks.Send(call, WebhookPurpose.Recording, callback.Method, callback.Url, fields, label: status);
    }
}

/// <summary>Something that sounds in a recording: a key's tone, or speech and music when there is no key.</summary>
public readonly record struct Sound(Duration At, double Seconds, char? Key, bool Secret);

/// <summary>All recordings, newest first.</summary>
public sealed class RecordingDesk(PhoneNetwork network)
{
    private const int Keep = 20_000;
    private readonly Dictionary<string, LinkedListNode<Recording>> _bySid = new(StringComparer.Ordinal);
    private readonly LinkedList<Recording> _newestFirst = new();

    public IEnumerable<Recording> NewestFirst => _newestFirst;

    public Recording? Find(string sid) => _bySid.GetValueOrDefault(sid)?.Value;

    public Recording Start(RecordingSettings settings, Call? call, Conference? conference)
    {
        var recording = new Recording(network, settings, call, conference);
        _bySid[recording.Sid] = _newestFirst.AddFirst(recording);
        if (_newestFirst.Count > Keep)
            Remove(_newestFirst.Last!.Value);
        recording.Begin();
        return recording;
    }

    public void Remove(Recording recording)
    {
        if (_bySid.Remove(recording.Sid, out var node))
            _newestFirst.Remove(node);
        recording.Call?.Recordings.Remove(recording);
    }
}
