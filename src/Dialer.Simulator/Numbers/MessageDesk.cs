using Dialer.Simulator.Engine;
using Dialer.Simulator.Webhooks;
using Dialer.Simulator.Wire;
using NodaTime;

namespace Dialer.Simulator.Numbers;

/// <summary>Something sent along with a message. The picture itself stays at its address; the network keeps where it is and what it is taken for.</summary>
public sealed record MessageMedia(string Sid, string Url, Instant Created)
{
    /// <summary>By the address's ending, as the file itself is never fetched.</summary>
    public string ContentType => Path.GetExtension(Uri.TryCreate(Url, UriKind.Absolute, out var uri) ? uri.AbsolutePath : Url).ToLowerInvariant() switch
    {
        ".png" => "image/png",
        ".gif" => "image/gif",
        ".mp3" => "audio/mpeg",
        ".mp4" => "video/mp4",
        ".pdf" => "application/pdf",
        _ => "image/jpeg",
    };
}

/// <summary>One text message.</summary>
public sealed class Message(string sid, string to, string from, string body, string direction, Instant created)
{
    public string Sid => sid;

    public string To => to;

    public string From => from;

    public string Body { get; set; } = body;

    public int Segments => Math.Max(1, (Body.Length + 159) / 160);

    public string Direction => direction;

    public Instant Created { get; } = created;

    public Instant Updated { get; set; } = created;

    public Instant? Sent { get; set; }

    public string Status { get; set; } = "queued";

    public int? ErrorCode { get; set; }

    public List<MessageMedia> Media { get; } = [];

    public string? MessagingServiceSid { get; set; }
}

/// <summary>Text messages: queued, sending, sent, then delivered; numbers of landlines end undelivered (30006), and a phone's people file may say how they end.</summary>
public sealed class MessageDesk(PhoneNetwork network)
{
    private const int Keep = 20_000;
    private readonly Dictionary<string, LinkedListNode<Message>> _bySid = new(StringComparer.Ordinal);
    private readonly LinkedList<Message> _newestFirst = new();

    public IEnumerable<Message> NewestFirst => _newestFirst;

    public int Count => _bySid.Count;

    public Message? Find(string sid) => _bySid.GetValueOrDefault(sid)?.Value;

    public void Remove(Message message)
    {
        if (_bySid.Remove(message.Sid, out var node))
            _newestFirst.Remove(node);
    }

    public Message Send(string to, string from, string body, string? statusCallback, Instant? at = null)
    {
        var message = Add(new Message(network.Sids.Next("SM"), to, from, body, "outbound-api", network.Timeline.Now) { Status = at is null ? "queued" : "scheduled" });
        network.Ledger.Write("message", null, ("sid", message.Sid), ("to", to), ("from", from), ("text", body), ("status", message.Status));
        var chance = Chance.Of(network.Options.Seed, "message", message.Sid);
        var start = at is { } later && later > network.Timeline.Now ? (later - network.Timeline.Now).TotalSeconds : 0;
        var fate = MessageFate.Of(network.Directory, to);
        Step(message, start + 0.3, "sending", statusCallback, null);
        if (fate.Status == "failed")
        {
            Step(message, start + 0.8, fate.Status, statusCallback, fate.ErrorCode);
            return message;
        }

        Step(message, start + 0.8, "sent", statusCallback, null);
        Step(message, start + 1.5 + chance.Exponential(2), fate.Status, statusCallback, fate.ErrorCode);
        return message;
    }

    /// <summary>A person texts one of our numbers: its SmsUrl is asked, and a Message in the answer is sent back.</summary>
    public void Receive(string to, string from, string body)
    {
        var message = Add(new Message(network.Sids.Next("SM"), to, from, body, "inbound", network.Timeline.Now) { Status = "received" });
        network.Ledger.Write("message", null, ("sid", message.Sid), ("to", to), ("from", from), ("text", body), ("status", "received"));
        if (network.Numbers.ByNumber(to) is not { } owned || (network.Numbers.Application(owned.SmsApplicationSid) ?? owned) is not { SmsUrl: { Length: > 0 } url } number)
            return;
        var fields = Fields(message).Add("Body", body).Add("NumMedia", "0").Add("NumSegments", "1");
        network.Webhooks.Send(null, WebhookPurpose.Message, number.SmsMethod, url, fields, result =>
        {
            if (!result.Ok || Twiml.TwimlDocument.Parse(result.Body) is not { ErrorCode: null } document)
                return;
            foreach (var reply in document.Verbs.Where(v => v.Name.LocalName is "Message" or "Sms"))
                Send(reply.Attribute("to")?.Value ?? from, reply.Attribute("from")?.Value ?? to, reply.Element("Body")?.Value ?? reply.Value, null);
        }, label: "inbound");
    }

    private Message Add(Message message)
    {
        _bySid[message.Sid] = _newestFirst.AddFirst(message);
        if (_newestFirst.Count > Keep)
            Remove(_newestFirst.Last!.Value);
        return message;
    }

    private void Step(Message message, double seconds, string status, string? callback, int? error) => network.Timeline.After(seconds, () =>
    {
        if (message.Status == "canceled")
            return;
        message.Status = status;
        message.ErrorCode = error;
        message.Updated = network.Timeline.Now;
        if (status == "sent")
        {
            message.Sent = network.Timeline.Now;
            network.Usage.Add("sms-outbound", message.Segments, Usage.Rates.Segment * message.Segments);
        }

        if (status is "delivered" or "undelivered" or "failed")
            network.Ledger.Write("message", null, ("sid", message.Sid), ("to", message.To), ("from", message.From), ("status", status), ("error", error));
        if (callback is null)
            return;
        var fields = Fields(message);
        if (error is not null)
            fields.Add("ErrorCode", error.ToString());
        network.Webhooks.Send(null, WebhookPurpose.Message, "POST", callback, fields, label: status);
    });

    private Form Fields(Message message)
    {
        var fields = new Form().Add("MessageSid", message.Sid).Add("SmsSid", message.Sid).Add("SmsMessageSid", message.Sid)
            .Add("MessageStatus", message.Status).Add("SmsStatus", message.Status).Add("To", message.To).Add("From", message.From)
            .Add("AccountSid", network.Options.AccountSid).Add("ApiVersion", NetworkOptions.ApiVersion);
        if (message.MessagingServiceSid is { } service)
            fields.Add("MessagingServiceSid", service);
        return fields;
    }
}
