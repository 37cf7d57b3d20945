using System.Text;
using System.Xml.Linq;
using Dialer.Simulator.People;
using Dialer.Simulator.Webhooks;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Twiml.Verbs;

/// <summary>https://www.twilio.com/docs/voice/twiml/gather</summary>
/// <remarks>Any input goes to the action and the rest of the document is unreachable; no input, or the finishing key alone, falls through
/// to the next verb unless actionOnEmptyResult is true.</remarks>
public sealed class GatherVerb : Verb
{
    public override void Run(TwimlRun run, XElement element) => new Gathering(run, element).Start();

    private sealed class Gathering : Activity
    {
        private readonly TwimlRun _run;
        private readonly XElement _element;
        private readonly Queue<XElement> _prompts;
        private readonly StringBuilder _digits = new();
        private readonly bool _takesDigits;
        private readonly bool _takesSpeech;
        private readonly bool _bargeIn;
        private readonly double _timeout;
        private readonly double _speechTimeout;
        private readonly int _numDigits;
        private readonly string _finishOnKey;
        private string? _speech;
        private bool _prompting = true;
        private bool _limited;
        private Engine.Appointment? _waiting;

        public Gathering(TwimlRun run, XElement element)
        {
            _run = run;
            _element = element;
            var input = element.Text("input", "dtmf").Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
            _takesDigits = input.Contains("dtmf", StringComparer.Ordinal);
            _takesSpeech = input.Contains("speech", StringComparer.Ordinal);
            _bargeIn = element.Flag("bargeIn", true);
            _timeout = element.Number(run, "timeout", 5, 1, 600, 13313);
            _speechTimeout = element.Text("speechTimeout") is "auto" ? 1 : element.Number(run, "speechTimeout", _timeout, 1, 600, 13313);
            _numDigits = (int)element.Number(run, "numDigits", int.MaxValue, 1, int.MaxValue, 13314);
            _finishOnKey = element.Text("finishOnKey", "#");
            _prompts = new Queue<XElement>(element.Elements().Where(e => e.Name.LocalName is "Say" or "Play" or "Pause"));
        }

        public void Start()
        {
            _run.Wait(this);
            Prompt();
        }

        public override bool Digit(char key)
        {
            if (!_takesDigits || _speech is not null)
                return false;
            StopPrompts();
            if (_finishOnKey.Contains(key, StringComparison.Ordinal))
            {
                Finish();
                return true;
            }

            _digits.Append(key);
            if (_digits.Length >= _numDigits)
                Finish();
            else
                Listen(_timeout);
            return true;
        }

        public override void Heard(Speech speech)
        {
            if (!_takesSpeech || _digits.Length > 0 || (_prompting && !_bargeIn))
                return;
            StopPrompts();
            LimitSpeech();
            _speech = _speech is null ? speech.Text : $"{_speech} {speech.Text}";
            if (_element.Text("partialResultCallback") is { Length: > 0 } partial && _run.Resolve(partial) is { } url)
            {
                var fields = Calls.Progress.Fields(_run.Call).Add("UnstableSpeechResult", _speech).Add("Stability", "0.8");
                _run.Network.Webhooks.Send(_run.Call, WebhookPurpose.Partial, _element.Method("partialResultCallbackMethod"), url, fields, label: "partial");
            }

            Listen(_speechTimeout);
        }

        private void Prompt()
        {
            if (!_prompts.TryDequeue(out var prompt))
            {
                _prompting = false;
                Listen(_timeout);
                return;
            }

            switch (prompt.Name.LocalName)
            {
                case "Say" when SayVerb.Read(_run, prompt) is { } words:
                    Repeat.Run(_run, words, prompt.Text("loop"), Prompt);
                    break;
                case "Play" when prompt.Text("digits") is null:
                    PlayVerb.Read(_run, prompt, sound =>
                    {
                        _run.Wait(this);
                        if (sound is null || _digits.Length > 0)
                            Prompt();
                        else
                            Repeat.Run(_run, sound, prompt.Text("loop"), Prompt);
                    });
                    _run.Wait(this);
                    break;
                case "Pause":
                    _run.Utter(Utterance.Silence(prompt.Number(_run, "length", 1, 0, 3600, 13910)), Prompt);
                    break;
                default:
                    Prompt();
                    break;
            }
        }

        private void StopPrompts()
        {
            _prompting = false;
            _prompts.Clear();
            _run.CutUtterance();
        }

        /// <summary>Speech is taken for a minute at most, or as long as maxSpeechTime says.</summary>
        private void LimitSpeech()
        {
            if (_limited)
                return;
            _limited = true;
            _run.Later(_element.Number(_run, "maxSpeechTime", 60, 1, 600, 13313), Finish);
        }

        private void Listen(double seconds)
        {
            _waiting?.Cancel();
            _waiting = _run.Later(seconds, Finish);
        }

        private void Finish()
        {
            var empty = _digits.Length == 0 && _speech is null;
            if (empty && !_element.Flag("actionOnEmptyResult", false))
            {
                _run.Next();
                return;
            }

            var fields = new Form();
            if (_speech is not null)
                fields.Add("SpeechResult", _speech).Add("Confidence", "0.92").Add("Language", _element.Text("language", "en-US"));
            else
                fields.Add("Digits", _digits.ToString());
            if (_digits.Length == 0 && _speech is null && _takesDigits)
                fields["FinishedOnKey"] = string.Empty;
            _run.GoTo(_element.Text("action"), _element.Method(), fields);
        }
    }
}
