using System.Xml.Linq;
using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using Dialer.Simulator.People;
using Dialer.Simulator.Webhooks;
using Dialer.Simulator.Wire;
using NodaTime;

namespace Dialer.Simulator.Twiml;

/// <summary>What a document may do: the call's own, a conference's or queue's waiting music, a called party's screening, or hold and announcements.</summary>
public enum RunScope
{
    Main,
    ConferenceWait,
    QueueWait,
    Screen,
    Announcement,

    /// <summary>What a queue's member hears of its taker before the two are connected.</summary>
    Whisper,
}

/// <summary>Interprets TwiML on one call: fetches documents and runs their verbs one after another.</summary>
/// <remarks>A run waits in at most one verb. Every timer of that verb dies when the run moves on.</remarks>
public sealed class TwimlRun
{
    private const string ApplicationError = "We are sorry, an application error has occurred. Goodbye.";
    private readonly Action<TwimlRun>? _onEnd;
    private readonly List<Appointment> _timers = [];
    private IReadOnlyList<XElement> _verbs = [];
    private int _index;
    private int _document;
    private int _fetches;
    private bool _stopped;
    private Activity? _activity;
    private Utterance? _current;
    private string? _fallbackUrl;
    private string _fallbackMethod = "POST";
    private bool _fallingBack;

    private TwimlRun(Call call, RunScope scope, Action<TwimlRun>? onEnd)
    {
        Call = call;
        Scope = scope;
        _onEnd = onEnd;
    }

    public Call Call { get; }

    public RunScope Scope { get; }

    public PhoneNetwork Network => Call.Network;

    /// <summary>Where the running document came from; null for inline TwiML.</summary>
    public string? Url { get; private set; }

    public string Method { get; private set; } = "POST";

    /// <summary>Fields added to every request of this run (queue position for waiting music and the like).</summary>
    public Func<Form>? Extra { get; init; }

    public bool Stopped => _stopped;

    /// <summary>The error that ended a document beside the call's own; null when its verbs ran out.</summary>
    public int? Failed { get; private set; }

    /// <summary>True until a verb of this run has been started: what comes first may decide whether an inbound call is answered.</summary>
    public bool AtStart => _index == 0 && _document <= 1;

    public static TwimlRun Main(Call call) => new(call, RunScope.Main, null);

    /// <summary>A document beside the call's own; <paramref name="onEnd"/> is called when its verbs run out.</summary>
    public static TwimlRun Side(Call call, RunScope scope, Action<TwimlRun> onEnd, Func<Form>? extra = null) => new(call, scope, onEnd) { Extra = extra };

    public void Begin(VoiceSource source, Form fields)
    {
        _fallbackUrl = source.FallbackUrl;
        _fallbackMethod = source.FallbackMethod;
        if (string.IsNullOrEmpty(source.Url))
            BeginInline(source.Twiml ?? string.Empty);
        else
            Fetch(source.Url, source.Method, fields, FetchOrFallBack);
    }

    public void BeginInline(string twiml)
    {
        Url = null;
        Execute(TwimlDocument.Parse(twiml));
    }

    /// <summary>Leaves the running document for another one, with extra fields beside the standard ones.</summary>
    public void GoTo(string? url, string method, Form? extra = null)
    {
        Clear();
        if (Resolve(url) is not { } absolute)
        {
            Break(11100, url ?? string.Empty);
            return;
        }

        Fetch(absolute, method, Progress.Fields(Call).AddAll(extra), FetchOrFallBack);
    }

    /// <summary>Asks a URL whose document will be ignored (an action after the call has left the verb).</summary>
    public void Tell(string? url, string method, Form extra)
    {
        if (url is not null && Resolve(url) is { } absolute)
            Network.Webhooks.Send(Call, WebhookPurpose.Twiml, method, absolute, Progress.Fields(Call).AddAll(extra), label: "action-ignored");
    }

    /// <summary>Makes a URL of a document absolute; an empty one is the document itself. Null when that cannot be.</summary>
    public string? Resolve(string? url)
    {
        if (string.IsNullOrWhiteSpace(url))
            return Url;
        var text = url.Trim();
        if (Url is null)
            return text.Contains("://", StringComparison.Ordinal) ? text : null;
        if (text.Contains("://", StringComparison.Ordinal))
            return text;
        var hash = text.IndexOf('#', StringComparison.Ordinal);
        var fragment = hash < 0 ? string.Empty : text[hash..];
        return Uri.TryCreate(new Uri(Url.Split('#')[0]), hash < 0 ? text : text[..hash], out var absolute) ? absolute.AbsoluteUri + fragment : null;
    }

    /// <summary>Goes on with the verb after the running one, or ends the document.</summary>
    public void Next()
    {
        Clear();
        _index++;
        RunVerb();
    }

    public void End()
    {
        Clear();
        _verbs = [];
        if (_onEnd is not null)
            _onEnd(this);
        else
            Network.Calls.End(Call, CallEvent.HungUp, "twiml");
    }

    /// <summary>Stops for good; the verb under way learns that the call was redirected or the run is no longer wanted.</summary>
    public void Stop(StopReason reason = StopReason.Redirected)
    {
        if (_stopped)
            return;
        _stopped = true;
        var activity = _activity;
        Clear();
        activity?.Stopped(reason);
    }

    public void HungUp() => Stop(StopReason.HungUp);

    public void Wait(Activity activity) => _activity = activity;

    /// <summary>A timer of the running verb.</summary>
    public Appointment Later(double seconds, Action act)
    {
        if (seconds >= 0.5)
            _fetches = 0; // only documents that lead to one another at once are a chain
        var appointment = Network.Timeline.After(seconds, () =>
        {
            if (!_stopped && !Call.IsOver)
                act();
        });
        _timers.Add(appointment);
        return appointment;
    }

    /// <summary>Lets the far end hear something; <paramref name="done"/> follows when it has been heard to the end.</summary>
    public void Utter(Utterance utterance, Action done)
    {
        _current = utterance;
        Call.Hear(utterance);
        Later(utterance.Seconds, () =>
        {
            _current = null;
            Call.Party?.OnHeard(utterance, cut: false);
            done();
        });
    }

    /// <summary>Stops what is being heard, because of a key, speech or a new document.</summary>
    public void CutUtterance()
    {
        if (_current is not { } utterance)
            return;
        _current = null;
        foreach (var timer in _timers)
            timer.Cancel();
        _timers.Clear();
        if (utterance.Kind != UtteranceKind.Silence)
            Network.Ledger.Write("heard-cut", Call, ("text", utterance.Text));
        Call.HearNoMore();
        Call.Party?.OnHeard(utterance, cut: true);
    }

    public bool Digit(char key) => !_stopped && _activity is { } activity && activity.Digit(key);

    public void Heard(Speech speech) => _activity?.Heard(speech);

    public void Warn(int code, string detail) => Network.Debugger.Report(Call, code, detail, error: false);

    /// <summary>An error that the document survives: the verb does not do what it says.</summary>
    public void Complain(int code, string detail) => Network.Debugger.Report(Call, code, detail, error: true);

    /// <summary>An error that stops the document: the fallback URL is asked, or the caller hears that something is wrong.</summary>
    public void Break(int code, string url)
    {
        Network.Debugger.Report(Call, code, url, error: true);
        FallBack(code, url);
    }

    private void Fetch(string url, string method, Form fields, Action<WebhookResult, string, string> then)
    {
        if (++_fetches > 500)
        {
            Network.Calls.End(Call, CallEvent.CouldNotBePlaced, "network");
            return;
        }

        var document = ++_document;
        if (Extra is not null)
            fields.AddAll(Extra());
        Network.Webhooks.Send(Call, WebhookPurpose.Twiml, method, url, fields, result =>
        {
            if (!_stopped && document == _document && !Call.IsOver)
                then(result, url, method);
        }, label: Scope.ToString().ToLowerInvariant());
    }

    private void FetchOrFallBack(WebhookResult result, string url, string method)
    {
        if (!result.Ok)
        {
            FallBack(result.ErrorCode!.Value, url);
            return;
        }

        Url = url;
        Method = method;
        Execute(result.Status == 204 || result.Body.Length == 0 && result.ContentType is null
            ? new TwimlDocument([], null, [])
            : TwimlDocument.Read(result.ContentType, result.Body, url));
    }

    private void Execute(TwimlDocument document)
    {
        foreach (var (code, detail) in document.Warnings)
            Network.Debugger.Report(Call, code, detail, document.ErrorCode == code);
        if (document.ErrorCode is { } error)
        {
            FallBack(error, Url ?? string.Empty);
            return;
        }

        Clear();
        _verbs = document.Verbs;
        _index = 0;
        RunVerb();
    }

    private void RunVerb()
    {
        if (_stopped || Call.IsOver)
            return;
        if (_index >= _verbs.Count)
        {
            End();
            return;
        }

        var element = _verbs[_index];
        var rule = VerbTable.Find(element.Name.LocalName);
        if (rule?.Verb is not { } verb || !VerbTable.Allows(Scope, element.Name.LocalName))
        {
            Warn(Misplaced(element.Name.LocalName), $"<{element.Name.LocalName}> does nothing here");
            Next();
            return;
        }

        if (Scope == RunScope.Main && Call.Direction == "inbound" && Call.State == CallState.Ringing && verb.Answers(element))
            Network.Calls.Answer(Call);
        if (!Call.IsOver)
            verb.Run(this, element);
    }

    private int Misplaced(string verb) => Scope switch
    {
        RunScope.Screen when verb == "Dial" => 13201,
        RunScope.ConferenceWait or RunScope.Announcement => 13238,
        _ => 12200,
    };

    private void FallBack(int code, string url)
    {
        if (Scope != RunScope.Main)
        {
            Failed = code;
            End();
            return;
        }

        if (_fallbackUrl is { Length: > 0 } fallback && !_fallingBack)
        {
            _fallingBack = true; // a fallback document that fails itself has none
            Fetch(fallback, _fallbackMethod, Progress.Fields(Call).Add("ErrorCode", code.ToString()).Add("ErrorUrl", url), (result, from, method) =>
            {
                FetchOrFallBack(result, from, method);
                _fallingBack = false;
            });
            return;
        }

        if (Call.State == CallState.Ringing)
        {
            Network.Calls.End(Call, CallEvent.CouldNotBePlaced, "network", 500);
            return;
        }

        Clear();
        Utter(Utterance.Say(ApplicationError, "en-US"), () => Network.Calls.End(Call, CallEvent.HungUp, "network"));
    }

    private void Clear()
    {
        CutUtterance();
        foreach (var timer in _timers)
            timer.Cancel();
        _timers.Clear();
        _activity = null;
    }
}
