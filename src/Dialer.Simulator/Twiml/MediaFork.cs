using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Dialer.Simulator.Calls;
using Dialer.Simulator.Webhooks;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Twiml;

/// <summary>A call's media on their way elsewhere: a stream, a SIPREC session or a transcription, from its start to its stop.</summary>
/// <remarks>https://www.twilio.com/docs/voice/twiml/stream, siprec, transcription. Nobody listens at the other end here; what is faithful are the callbacks, the names and the limit of four one-way tracks a call.</remarks>
public sealed class MediaFork
{
    private const int MostTracks = 4;
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly Call _call;
    private readonly string _kind;
    private readonly string _sid;
    private readonly string? _url;
    private readonly string _method;
    private readonly string _track;
    private readonly string _language;
    private int _sequence;

    private MediaFork(TwimlRun run, XElement noun)
    {
        _call = run.Call;
        _kind = noun.Name.LocalName;
        Name = noun.Text("name", string.Empty);
        _sid = _call.Network.Sids.Next(_kind switch { "Stream" => "MZ", "Siprec" => "SR", _ => "GT" });
        _url = (noun.Text("statusCallback") ?? noun.Text("statusCallbackUrl")) is { Length: > 0 } callback ? run.Resolve(callback) : null;
        _method = noun.Method("statusCallbackMethod");
        _track = noun.Text("track", _kind == "Transcription" ? "both_tracks" : "inbound_track");
        _language = noun.Text("languageCode", "en-US");
        Tracks = _track == "both_tracks" ? 2 : 1;
    }

    public string Name { get; }

    /// <summary>One-way tracks it takes of the call's four; a bidirectional stream takes none of them.</summary>
    public int Tracks { get; private init; }

    public bool Is(string kind, string name) => _kind == kind && Name == name;

    /// <summary>Starts beside the call's document; null, with an error told, when the call has no track left.</summary>
    public static MediaFork? Start(TwimlRun run, XElement noun)
    {
        var fork = new MediaFork(run, noun);
        if (run.Call.Forks.Sum(f => f.Tracks) + fork.Tracks > MostTracks)
        {
            run.Warn(31941, $"a call has {MostTracks} one-way tracks, and <{noun.Name.LocalName}> wants {fork.Tracks} more");
            fork.Tell("error");
            return null;
        }

        return Begin(fork);
    }

    /// <summary>Starts a bidirectional stream.</summary>
    public static MediaFork Connect(TwimlRun run, XElement noun) => Begin(new MediaFork(run, noun) { Tracks = 0 });

    public void Stop()
    {
        if (_call.Forks.Remove(this))
            Tell("stopped");
    }

    /// <summary>Something was said on this track of the call: a transcription tells it in words.</summary>
    public void Said(string text, string track)
    {
        if (_kind == "Transcription" && (_track == "both_tracks" || _track == track))
            Post("content", fields => fields.Add("Track", track).Add("LanguageCode", _language).Add("Final", "true")
                .Add("TranscriptionData", new JsonObject { ["transcript"] = text, ["confidence"] = 0.92 }.ToJsonString(Plain)));
    }

    private static MediaFork Begin(MediaFork fork)
    {
        fork._call.Forks.Add(fork);
        fork.Tell("started");
        return fork;
    }

    private void Tell(string happened)
    {
        var network = _call.Network;
        network.Ledger.Write("media", _call, ("what", _kind.ToLowerInvariant()), ("event", happened), ("name", Name.Length > 0 ? Name : null));
        Post(happened, _ => { });
    }

    private void Post(string happened, Action<Form> add)
    {
        if (_url is null)
            return;
        var network = _call.Network;
        var word = $"{_kind.ToLowerInvariant()}-{happened}";
        var fields = new Form().Add("AccountSid", network.Options.AccountSid).Add("CallSid", _call.Sid)
            .Add($"{_kind}Sid", _sid).Add($"{_kind}Event", word).Add(_kind == "Transcription" ? "Name" : $"{_kind}Name", Name)
            .Add("Timestamp", network.Timeline.Now.ToString());
        if (_kind == "Transcription")
            fields.Add("SequenceId", (++_sequence).ToString(CultureInfo.InvariantCulture));
        add(fields);
        network.Webhooks.Send(_call, _kind == "Transcription" ? WebhookPurpose.Transcription : WebhookPurpose.Stream, _method, _url, fields, label: word);
    }
}
