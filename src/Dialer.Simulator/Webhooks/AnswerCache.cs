namespace Dialer.Simulator.Webhooks;

/// <summary>Answers to GET that carry an ETag or a Last-Modified: asked again, their server may say that they still hold (304).</summary>
/// <remarks>https://www.twilio.com/docs/voice/twiml#twilio-is-a-well-behaved-http-client. Answers to POST are never kept.</remarks>
internal sealed class AnswerCache
{
    private const int Keep = 500;
    private readonly Dictionary<string, WebhookReply> _answers = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    public WebhookReply? Find(string method, string url) => method == "GET" ? _answers.GetValueOrDefault(url) : null;

    public void Store(string method, string url, WebhookReply reply)
    {
        if (method != "GET" || reply.Status != 200 || (reply.ETag is null && reply.LastModified is null))
            return;
        if (!_answers.ContainsKey(url))
            _order.Enqueue(url);
        _answers[url] = reply;
        if (_order.Count > Keep)
            _answers.Remove(_order.Dequeue());
    }

    /// <summary>The headers that ask whether the kept answer still holds.</summary>
    public void AddTo(List<KeyValuePair<string, string>> headers, string method, string url)
    {
        if (Find(method, url) is not { } kept)
            return;
        if (kept.ETag is { } tag)
            headers.Add(new("If-None-Match", tag));
        if (kept.LastModified is { } modified)
            headers.Add(new("If-Modified-Since", modified));
    }
}
