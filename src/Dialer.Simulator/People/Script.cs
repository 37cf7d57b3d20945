using System.Globalization;
using System.Text.RegularExpressions;
using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using Dialer.Simulator.Rooms;

namespace Dialer.Simulator.People;

/// <summary>One exact person for a test, from a sentence: "answers after 6 s, waits for 'press 1', presses 1, hangs up after 40 s".</summary>
/// <remarks>Steps: answers [after N s] [with voicemail N s | with fax | silently]; is busy; does not answer; fails [with SIP]; waits N s; waits for 'words';
/// waits for a bridge; presses DIGITS; says 'words'; hangs up [after N s]. Steps run in order; "after N s" counts from the step before.</remarks>
public static partial class Script
{
    public static CallPlan Plan(string script, double setup)
    {
        var steps = Steps(script);
        var first = steps[0];
        var seconds = After().Match(first) is { Success: true } after ? double.Parse(after.Groups["n"].Value, CultureInfo.InvariantCulture) : 4;
        return first switch
        {
            _ when first.StartsWith("is busy", StringComparison.Ordinal) => new CallPlan(CallOutcome.Busy, setup, 1.5, 486, null),
            _ when first.StartsWith("does not answer", StringComparison.Ordinal) => new CallPlan(CallOutcome.NoAnswer, setup, 0, 487, null),
            _ when first.StartsWith("fails", StringComparison.Ordinal) => new CallPlan(CallOutcome.Fails, setup, 0, (int)(Seconds(first) ?? 404), null),
            _ when first.StartsWith("answers", StringComparison.Ordinal) => new CallPlan(CallOutcome.Answers, setup, seconds, 200, Party(script)),
            _ => throw new FormatException($"A script begins with answers, is busy, does not answer or fails, not with \"{first}\"."),
        };
    }

    public static Party Party(string script) => new ScriptParty(Steps(script));

    private static List<string> Steps(string script)
    {
        var steps = Separator().Split(script).Select(s => s.Trim()).Where(s => s.Length > 0).ToList();
        return steps.Count > 0 ? steps : throw new FormatException("The script is empty.");
    }

    private static double? Seconds(string step) => Number().Match(step) is { Success: true } match ? double.Parse(match.Groups["n"].Value, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@",(?=(?:[^']*'[^']*')*[^']*$)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Separator();

    [GeneratedRegex(@"after (?<n>\d+(?:\.\d+)?)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex After();

    [GeneratedRegex(@"voicemail (?<n>\d+(?:\.\d+)?)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Voicemail();

    [GeneratedRegex(@"(?<n>\d+(?:\.\d+)?)\s*(?:s\b|seconds?\b|$)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Number();

    private sealed class ScriptParty(List<string> steps) : Party
    {
        private readonly string _first = steps[0];
        private int _next = steps[0].StartsWith("answers", StringComparison.Ordinal) ? 1 : 0;
        private string _heard = string.Empty;
        private string? _waitingFor;
        private bool _waitingForBridge;

        public override string Kind => _first.Contains("voicemail", StringComparison.Ordinal) ? "machine" : _first.Contains("fax", StringComparison.Ordinal) ? "fax" : "script";

        public override Greeting Greeting => Kind switch
        {
            "machine" => new Greeting(0.5, Voicemail().Match(_first) is { Success: true } length ? double.Parse(length.Groups["n"].Value, CultureInfo.InvariantCulture) : 8, 0.5, Exact: true),
            "fax" => new Greeting(0.5, 3, Fax: true, Exact: true),
            _ when _first.Contains("silently", StringComparison.Ordinal) => Greeting.Silence,
            _ => new Greeting(0.3, 0.7, Exact: true),
        };

        public override void OnAnswered()
        {
            if (Greeting.SpeechSeconds > 0)
                Call.Later(Greeting.SilenceSeconds, () => Call.Say(new Speech(Kind == "machine" ? "Please leave a message." : "Hello?")));
            if (Kind == "machine")
                Call.Later(Greeting.SilenceSeconds + Greeting.SpeechSeconds + 0.5, () => Call.Network.Ledger.Write("beep", Call));
            Go();
        }

        public override void OnHears(Utterance utterance) => Listen(utterance.Text);

        public override void OnSpeech(Call speaker, Speech speech) => Listen(speech.Text);

        private void Listen(string text)
        {
            _heard = Utterance.Remember(_heard, text);
            Check();
        }

        public override void OnBridged(Room room)
        {
            if (!_waitingForBridge)
                return;
            _waitingForBridge = false;
            Go();
        }

        private void Check()
        {
            if (_waitingFor is not { } words || !_heard.Contains(words, StringComparison.OrdinalIgnoreCase))
                return;
            _waitingFor = null;
            _heard = string.Empty;
            Call.Later(0.4, Go);
        }

        private void Go()
        {
            if (_next >= steps.Count)
                return;
            var step = steps[_next++];
            var quoted = step.IndexOf('\'', StringComparison.Ordinal) is var open and >= 0 ? step[(open + 1)..step.LastIndexOf('\'')] : null;
            if (step.StartsWith("waits for a bridge", StringComparison.Ordinal))
            {
                _waitingForBridge = Call.Seat is not { Connected: true };
                if (!_waitingForBridge)
                    Go();
            }
            else if (step.StartsWith("waits for", StringComparison.Ordinal) && quoted is not null)
            {
                _waitingFor = quoted;
                Check();
            }
            else if (step.StartsWith("waits", StringComparison.Ordinal))
                Call.Later(Seconds(step) ?? 1, Go);
            else if (step.StartsWith("presses", StringComparison.Ordinal))
                Press(step["presses".Length..].Trim());
            else if (step.StartsWith("says", StringComparison.Ordinal))
            {
                Call.Say(new Speech(quoted ?? step[4..].Trim()));
                Call.Later(0.1, Go);
            }
            else if (step.StartsWith("hangs up", StringComparison.Ordinal))
                Call.Later(Seconds(step) ?? 0, () => Call.Network.Calls.End(Call, Call.IsLive ? CallEvent.HungUp : CallEvent.Cancelled, "caller"));
            else
                throw new FormatException($"\"{step}\" is not a script step.");
        }

        private void Press(string keys)
        {
            var at = 0.0;
            foreach (var key in keys.Where(k => char.IsAsciiDigit(k) || k is '*' or '#'))
            {
                at += 0.3;
                Call.Later(at, () => Call.Press(key));
            }

            Call.Later(at + 0.05, Go);
        }
    }
}
