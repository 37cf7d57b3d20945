using System.Xml.Linq;
using Dialer.Simulator.People;

namespace Dialer.Simulator.Twiml.Verbs;

/// <summary>https://www.twilio.com/docs/voice/twiml/say</summary>
public sealed class SayVerb : Verb
{
    public const int MaxCharacters = 4096;

    public override void Run(TwimlRun run, XElement element)
    {
        if (Read(run, element) is { } utterance)
            Repeat.Run(run, utterance, element.Text("loop"), run.Next);
        else
            run.Next();
    }

    /// <summary>The words to speak; null, and reported, when there are none, too many, or a voice that cannot speak them.</summary>
    public static Utterance? Read(TwimlRun run, XElement element)
    {
        var text = element.Value.Trim();
        if (text.Length == 0)
            run.Warn(13520, "<Say> has nothing to say");
        else if (text.Length > MaxCharacters)
            run.Warn(13521, "<Say> is longer than 4096 characters");
        else if (!Voices.GoTogether(element.Text("voice"), element.Text("language")))
            run.Complain(13512, $"the voice {element.Text("voice")} does not speak {element.Text("language")}");
        else
            return Utterance.Say(string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), element.Text("language", "en-US"));
        return null;
    }
}

/// <summary>loop="n": n times, 0 until hang-up (at most 1000).</summary>
internal static class Repeat
{
    public static void Run(TwimlRun run, Utterance utterance, string? loop, Action done)
    {
        var times = int.TryParse(loop, out var count) ? count <= 0 ? 1000 : Math.Min(count, 1000) : 1;
        Once(run, utterance, times, done);
    }

    private static void Once(TwimlRun run, Utterance utterance, int left, Action done) => run.Utter(utterance, () =>
    {
        if (left > 1)
            Once(run, utterance, left - 1, done);
        else
            done();
    });
}
