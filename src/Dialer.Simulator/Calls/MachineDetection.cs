using Dialer.Simulator.Engine;
using Dialer.Simulator.People;
using Dialer.Simulator.Webhooks;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Calls;

/// <summary>How answering machines are looked for on one call. Milliseconds, as on the wire.</summary>
public sealed record AmdSettings(bool MessageEnd, bool Async, Callback? Callback, int TimeoutSeconds = 30, int SpeechMs = 2400, int SpeechEndMs = 1200, int SilenceMs = 5000)
{
    /// <summary>Reads MachineDetection* fields, null when detection is off. <paramref name="alwaysAsync"/> is so for Participants and Dial's nouns.</summary>
    public static AmdSettings? Of(Func<string, string?> field, bool alwaysAsync, string? callbackUrl, string? callbackMethod)
    {
        var mode = field("MachineDetection");
        if (mode is not ("Enable" or "DetectMessageEnd"))
            return null;
        return new AmdSettings(mode == "DetectMessageEnd", alwaysAsync || field("AsyncAmd") == "true", Callback.Of(callbackUrl, callbackMethod, [], "amd"),
            Number(field("MachineDetectionTimeout"), 30), Number(field("MachineDetectionSpeechThreshold"), 2400),
            Number(field("MachineDetectionSpeechEndThreshold"), 1200), Number(field("MachineDetectionSilenceTimeout"), 5000));
    }

    private static int Number(string? text, int otherwise) => int.TryParse(text, out var number) ? number : otherwise;
}

/// <summary>Decides what detection concludes about the far end, when, and how often it is wrong.</summary>
/// <remarks>https://www.twilio.com/docs/voice/answering-machine-detection: a human verdict comes at the greeting's end plus the end threshold,
/// a machine verdict when the greeting outlasts the speech threshold, or at the message's end.</remarks>
public static class MachineDetection
{
    /// <summary>Starts listening. Returns the seconds the call's TwiML has to wait for a synchronous verdict, null when it need not wait.</summary>
    public static double? Start(Call call, AmdSettings settings)
    {
        var (verdict, seconds) = Verdict(call, settings);
        if (call.Network.Faults.AmdMistake(call) is { } mistaken)
            verdict = mistaken;
        call.Later(seconds, () => Conclude(call, settings, verdict, seconds));
        return settings.Async ? null : seconds;
    }

    private static void Conclude(Call call, AmdSettings settings, string verdict, double seconds)
    {
        call.AnsweredBy = verdict;
        call.MachineDetectionMs = (int)(seconds * 1000);
        call.Network.Ledger.Write("amd", call, ("verdict", verdict), ("truth", call.Party?.Kind), ("seconds", seconds), ("async", settings.Async));
        if (!settings.Async || settings.Callback is not { } callback)
            return;
        var fields = new Form().Add("CallSid", call.Sid).Add("AccountSid", call.Network.Options.AccountSid)
            .Add("AnsweredBy", verdict).Add("MachineDetectionDuration", call.MachineDetectionMs.ToString());
        call.Network.Webhooks.Send(call, WebhookPurpose.Amd, callback.Method, callback.Url, fields, label: verdict);
    }

    private static (string Verdict, double Seconds) Verdict(Call call, AmdSettings settings)
    {
        var chance = call.Network.ChanceFor(call, "amd");
        var greeting = call.Party?.Greeting ?? Greeting.Silence;
        var mistake = chance.Next();
        var limit = (double)settings.TimeoutSeconds;
        if (greeting.Fax)
            return ("fax", Math.Min(limit, 2.1));
        if (greeting.SpeechSeconds <= 0)
            return ("unknown", Math.Min(limit, settings.SilenceMs / 1000.0));
        var soundsHuman = greeting.SpeechSeconds < settings.SpeechMs / 1000.0;
        if (!greeting.Exact && mistake < (soundsHuman ? 0.03 : 0.04))
            soundsHuman = !soundsHuman;
        else if (!greeting.Exact && mistake > 0.98)
            return ("unknown", Math.Min(limit, settings.SilenceMs / 1000.0));
        if (soundsHuman)
            return AtMost(limit, "human", greeting.SilenceSeconds + Math.Min(greeting.SpeechSeconds, settings.SpeechMs / 1000.0) + (settings.SpeechEndMs / 1000.0), "unknown");
        if (!settings.MessageEnd)
            return AtMost(limit, "machine_start", greeting.SilenceSeconds + (settings.SpeechMs / 1000.0) + chance.Between(0, 0.4), "unknown");
        var end = greeting.SilenceSeconds + greeting.SpeechSeconds;
        return greeting.BeepAfterSeconds is { } beep
            ? AtMost(limit, "machine_end_beep", end + beep + 0.3, "machine_end_other")
            : AtMost(limit, "machine_end_silence", end + (settings.SpeechEndMs / 1000.0), "machine_end_other");
    }

    private static (string, double) AtMost(double limit, string verdict, double seconds, string otherwise) =>
        seconds <= limit ? (verdict, seconds) : (otherwise, limit);
}
