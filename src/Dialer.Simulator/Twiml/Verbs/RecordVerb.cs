using System.Xml.Linq;
using Dialer.Simulator.People;
using Dialer.Simulator.Recordings;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Twiml.Verbs;

/// <summary>https://www.twilio.com/docs/voice/twiml/record: the caller speaks after a beep until silence, a key or the longest length.</summary>
public sealed class RecordVerb : Verb
{
    public override void Run(TwimlRun run, XElement element)
    {
        void Begin() => new Taking(run, element).Start();
        if (element.Flag("playBeep", true))
            run.Utter(new Utterance(UtteranceKind.Beep, "[beep]", "en-US", 0.6), Begin);
        else
            Begin();
    }

    private sealed class Taking(TwimlRun run, XElement element) : Activity
    {
        private Recording? _recording;
        private Engine.Appointment? _silence;
        private double _timeout;
        private string _said = string.Empty;

        public void Start()
        {
            _timeout = element.Number(run, "timeout", 5, 0, 600, 13611);
            var settings = new RecordingSettings("RecordVerb", 1, "inbound", element.Text("trim", "trim-silence"),
                Calls.Callback.Of(run.Resolve(element.Text("recordingStatusCallback") ?? "about:none"), element.Text("recordingStatusCallbackMethod"),
                    [element.Text("recordingStatusCallbackEvent", "completed")], "completed"));
            if (element.Text("recordingStatusCallback") is null)
                settings = settings with { Callback = null };
            _recording = settings.StartOn(run.Call);
            run.Wait(this);
            run.Later(element.Number(run, "maxLength", 3600, 1, 14400, 13612), () => Finish(null));
            Quiet();
        }

        public override bool Digit(char key)
        {
            if (element.Text("finishOnKey", "1234567890*#").Contains(key, StringComparison.Ordinal))
                Finish(key.ToString());
            return true;
        }

        public override void Heard(Speech speech)
        {
            _said = Utterance.Remember(_said, speech.Text);
            Quiet();
        }

        public override void Stopped(StopReason reason)
        {
            End();
            if (reason == StopReason.HungUp && _recording is not null)
                run.Tell(element.Text("action") ?? run.Url, element.Method(), Fields("hangup"));
        }

        private void Quiet()
        {
            _silence?.Cancel();
            if (_timeout > 0)
                _silence = run.Later(_timeout, () => Finish(null));
        }

        /// <summary>A callback asks for a transcription even where transcribe does not say so.</summary>
        private void End()
        {
            if (_recording?.Stop() == true && element.Text("transcribeCallback") is { Length: > 0 } callback && element.Flag("transcribe", true) && run.Resolve(callback) is { } url)
                Transcription.Order(_recording, url, _said);
        }

        private void Finish(string? key)
        {
            End();
            run.GoTo(element.Text("action"), element.Method(), Fields(key ?? string.Empty));
        }

        private Form Fields(string digits) => new Form()
            .Add("RecordingUrl", _recording!.Url).Add("RecordingSid", _recording.Sid)
            .Add("RecordingDuration", _recording.WholeSeconds.ToString()).Add("Digits", digits);
    }
}
