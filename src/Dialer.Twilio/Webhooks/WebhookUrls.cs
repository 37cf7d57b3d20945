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

    public string DialEnded(string token) => Url("voice/dial-ended", token);

    public string Ivr(string token, int sequence) => $"{Url("voice/ivr", token)}&n={sequence}";

    public string Pay(string token, int sequence) => $"{Url("voice/pay", token)}&n={sequence}";

    public string PayStatus(string token, int sequence) => $"{Url("voice/pay-status", token)}&n={sequence}";

    public string Agent => $"{_root}/twilio/voice/agent";

    public string AgentEnded => $"{_root}/twilio/voice/agent-ended";

    public string Inbound => $"{_root}/twilio/voice/inbound";

    public string InboundStatus => $"{_root}/twilio/voice/status";

    public string InboundFallback => $"{_root}/twilio/voice/fallback";

    public string Conference(string session) => $"{_root}/twilio/conference?s={Uri.EscapeDataString(session)}";

    private string Url(string path, string token) => $"{_root}/twilio/{path}?t={token}";
}
