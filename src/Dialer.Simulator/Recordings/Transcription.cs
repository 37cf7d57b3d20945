using Dialer.Simulator.Calls;
using Dialer.Simulator.Webhooks;

namespace Dialer.Simulator.Recordings;

/// <summary>The text of what was said to Record, told some seconds after the recording has ended.</summary>
/// <remarks>https://www.twilio.com/docs/voice/twiml/record#transcribe: only recordings of 2 to 120 seconds are transcribed, any other fails.</remarks>
internal static class Transcription
{
    private const int Shortest = 2;
    private const int Longest = 120;
    private const double Takes = 8;

    /// <param name="recording">A recording that has ended.</param>
    /// <param name="url">The transcribeCallback.</param>
    /// <param name="text">What was heard, empty for nothing.</param>
    public static void Order(Recording recording, string url, string text)
    {
        var call = recording.Call!;
        var network = call.Network;
        network.Timeline.After(Takes, () =>
        {
            var sid = network.Sids.Next("TR");
            var status = recording.WholeSeconds is >= Shortest and <= Longest ? "completed" : "failed";
            network.Webhooks.Send(call, WebhookPurpose.Transcription, "POST", url, Progress.Fields(call)
                .Add("TranscriptionSid", sid).Add("TranscriptionText", status == "failed" ? string.Empty : text.Length > 0 ? text : "(blank)").Add("TranscriptionStatus", status)
                .Add("TranscriptionUrl", $"{network.PublicBase}/2010-04-01/Accounts/{network.Options.AccountSid}/Transcriptions/{sid}")
                .Add("RecordingSid", recording.Sid).Add("RecordingUrl", recording.Url), label: status);
        });
    }
}
