using Microsoft.Extensions.Options;

namespace Dialer.Twilio.Webhooks;

/// <summary>The URLs this installation gives to Twilio, under the configured public URL.</summary>
public sealed class WebhookUrls(IOptions<PublicFaceOptions> face)
{
    private readonly string _root = face.Value.PublicUrl.TrimEnd('/');

    public string Answer(string token) => Url("voice/answer", token);

    public string Status(string token) => Url("voice/status", token);

    public string MachineDetection(string token) => Url("voice/amd", token);

    public string Fallback(string token) => Url("voice/fallback", token);

    /// <summary>Names the conference that was left, so that a leg that was moved on purpose is told from one that lost its agent.</summary>
    public string DialEnded(string token, string conference) => $"{Url("voice/dial-ended", token)}&c={Uri.EscapeDataString(conference)}";

    public string Ivr(string token, int sequence) => $"{Url("voice/ivr", token)}&n={sequence}";

    /// <param name="payment">Which of the call's payments, from 1.</param>
    public string Pay(string token, int sequence, int payment) => $"{Url("voice/pay", token)}&n={sequence}&p={payment}";

    public string Charge(string token, int sequence, int payment) => $"{Url("voice/charge", token)}&n={sequence}&p={payment}";

    public string PayStatus(string token, int sequence, int payment) => $"{Url("voice/pay-status", token)}&n={sequence}&p={payment}";

    public string Queue(string token, string step) => $"{Url("voice/queue", token)}&s={step}";

    public string Recording(string token) => Url("recording", token);

    public string Payment(string token, int number) => $"{Url("payment", token)}&n={number}";

    /// <summary>Plays to whoever waits: a file of the screens' own, the same on every node.</summary>
    public string HoldMusic => $"{_root}/hold.wav";
    public string Voicemail(string token, int sequence) => $"{Url("voice/voicemail", token)}&n={sequence}";

    public string Agent => $"{_root}/twilio/voice/agent";

    public string AgentEnded => $"{_root}/twilio/voice/agent-ended";

    public string Inbound => $"{_root}/twilio/voice/inbound";

    public string InboundStatus => $"{_root}/twilio/voice/status";

    public string InboundFallback => $"{_root}/twilio/voice/fallback";

    public string Conference(string session) => $"{_root}/twilio/conference?s={Uri.EscapeDataString(session)}";

    private string Url(string path, string token) => $"{_root}/twilio/{path}?t={token}";
}
