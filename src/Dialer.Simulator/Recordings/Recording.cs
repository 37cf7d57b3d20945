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
    /// <summary>A conference's deprecated eventCallbackUrl: told once, when the recording is there.</summary>
    public string? OldCallback { get; init; }

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
    private const int MostSounds = 20_000;

    /// <summary>How many of the newest sounds may still be sounding.</summary>
    private const int Overlapping = 64;

    /// <summary>Seconds of silence that trimming leaves at either end.</summary>
    private const double TrimMargin = 0.5;

    private readonly List<Sound> _sounds = [];
    private Instant? _pausedAt;
    private Duration _skipped;
    private Instant? _endedAt;
    private (Duration From, Duration Until)? _kept;

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

    /// <summary>How long its sound lasts: without pauses that were skipped and, once it has ended, without silence that was trimmed.</summary>
    public double Seconds => Math.Max(0, (_kept is { } kept ? kept.Until - kept.From : Length).TotalSeconds);

    /// <summary>Where in <see cref="Sounds"/> the sound begins: behind the silence that was trimmed.</summary>
    public Duration KeptFrom => _kept?.From ?? Duration.Zero;

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

    /// <summary>Something sounds from now on, on this side. What the track leaves out is not recorded, nor anything during a pause.</summary>
    public void Take(Audible sound, Side side)
    {
        var left = settings.Track switch { "inbound" => side == Side.Far, "outbound" => side == Side.Near, _ => false };
        if (!left && State == RecordingState.InProgress && _sounds.Count < MostSounds)
            _sounds.Add(new Sound(Length, sound.Seconds, sound.Key, sound.Secret, side));
    }

    /// <summary>What the leg was hearing was cut off.</summary>
    public void Cut() => Hush(sound => sound.Side == Side.Far && sound.Key is null);

    public bool Pause(string behavior)
    {
        if (State != RecordingState.InProgress)
            return false;
        PauseBehavior = behavior;
        Hush(_ => true);
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
        Hush(_ => true);
        Trim();
        State = RecordingState.Processing;
        Announce("stopped");
        network.Timeline.After(1.5, () =>
        {
            State = Seconds < 0.1 ? RecordingState.Absent : RecordingState.Completed;
            Updated = network.Timeline.Now;
            Announce(StateWord);
            Tell(StateWord);
            _sounds.TrimExcess();
            network.Recordings.Ended(this);
        });
        return true;
    }

    /// <summary>What sounded is forgotten with the recording.</summary>
    internal void Erase() => _sounds.Clear();

    private Duration Length => (_endedAt ?? network.Timeline.Now) - Started - _skipped;

    /// <summary>The voice breaks off: what was to sound longer ends here.</summary>
    private void Hush(Predicate<Sound> which)
    {
        var now = Length.TotalSeconds;
        for (var i = _sounds.Count - 1; i >= Math.Max(0, _sounds.Count - Overlapping); i--)
        {
            if (_sounds[i] is var sound && sound.At.TotalSeconds + sound.Seconds > now && which(sound))
                _sounds[i] = sound with { Seconds = Math.Max(0, now - sound.At.TotalSeconds) };
        }
    }

    /// <summary>trim-silence: the silence before the first sound and after the last goes, but for a margin. A recording of silence alone is kept whole.</summary>
    private void Trim()
    {
        var heard = _sounds.Where(s => s.Seconds > 0).ToList();
        if (settings.Trim != "trim-silence" || heard.Count == 0)
            return;
        var first = heard.Min(s => s.At.TotalSeconds) - TrimMargin;
        var last = heard.Max(s => s.At.TotalSeconds + s.Seconds) + TrimMargin;
        _kept = (Duration.FromSeconds(Math.Max(0, first)), Duration.FromSeconds(Math.Min(Length.TotalSeconds, last)));
    }

    private void EndPause()
    {
        if (_pausedAt is { } since && PauseBehavior == "skip")
            _skipped += network.Timeline.Now - since;
        _pausedAt = null;
        Updated = network.Timeline.Now;
    }

    /// <remarks>https://www.twilio.com/docs/voice/twiml/conference#attributes-event-callback-url</remarks>
    private void TellOld(string url) => network.Webhooks.Send(null, WebhookPurpose.Recording, "POST", url, new Form()
        .Add("ConferenceSid", conference?.Sid).Add("FriendlyName", conference?.Name).Add("RecordingSid", Sid).Add("RecordingUrl", Url)
        .Add("Duration", WholeSeconds.ToString()).Add("RecordingFileSize", Wav.Size(this).ToString()).Add("timestamp", network.Timeline.Now.ToUnixTimeSeconds().ToString()), label: "completed");

    private void Tell(string status)
    {
        if (status == "completed" && settings.OldCallback is { } old)
            TellOld(old);
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

/// <summary>Which way a sound goes, as the leg's phone sees it: Near comes from the phone (Twilio's inbound track), Far is what the phone hears (outbound).</summary>
public enum Side
{
    Near,
    Far,
}

/// <summary>Something audible: a key's tone, or speech and music when there is no key.</summary>
public readonly record struct Audible(double Seconds, char? Key = null, bool Secret = false)
{
    public static Audible Of(char key, bool secret) => new(0.2, key, secret);
}

/// <summary>A voice in a recording, with the time from the recording's beginning.</summary>
public readonly record struct Sound(Duration At, double Seconds, char? Key, bool Secret, Side Side);

/// <summary>All recordings, newest first; of those that have ended the newest 20,000, and no more than have two million sounds together.</summary>
public sealed class RecordingDesk(PhoneNetwork network)
{
    private const int Keep = 20_000;
    private const long MostSounds = 2_000_000;
    private readonly Queue<(Recording Recording, int Sounds)> _ended = new();
    private long _sounds;
    private readonly Dictionary<string, LinkedListNode<Recording>> _bySid = new(StringComparer.Ordinal);
    private readonly LinkedList<Recording> _newestFirst = new();

    public IEnumerable<Recording> NewestFirst => _newestFirst;

    public Recording? Find(string sid) => _bySid.GetValueOrDefault(sid)?.Value;

    public Recording Start(RecordingSettings settings, Call? call, Conference? conference)
    {
        var recording = new Recording(network, settings, call, conference);
        _bySid[recording.Sid] = _newestFirst.AddFirst(recording);
        recording.Begin();
        return recording;
    }

    public int Count => _bySid.Count;

    internal void Ended(Recording recording)
    {
        _ended.Enqueue((recording, recording.Sounds.Count));
        _sounds += recording.Sounds.Count;
        while (_ended.Count > Keep || (_sounds > MostSounds && _ended.Count > 1))
        {
            var (oldest, sounds) = _ended.Dequeue();
            _sounds -= sounds;
            Remove(oldest);
        }
    }

    public void Remove(Recording recording)
    {
        if (_bySid.Remove(recording.Sid, out var node))
            _newestFirst.Remove(node);
        recording.Call?.Recordings.Remove(recording);
        recording.Conference?.Recordings.Remove(recording);
        recording.Erase();
    }
}
