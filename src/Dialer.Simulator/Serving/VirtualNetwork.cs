using Dialer.Simulator.Agents;
using Dialer.Simulator.Engine;
using Dialer.Simulator.People;
using Dialer.Simulator.Rest;
using Dialer.Simulator.Webhooks;
using NodaTime;

namespace Dialer.Simulator.Serving;

/// <summary>Webhooks to a function in this process: the second transport.</summary>
public sealed class InProcessWebhooks(Func<WebhookRequest, CancellationToken, Task<WebhookReply>> product) : IWebhookTransport
{
    public Task<WebhookReply> ExchangeAsync(WebhookRequest request, CancellationToken cancel) => product(request, cancel);
}

/// <summary>A network on a virtual clock: time passes only from event to event, and while the product answers it stands still.</summary>
/// <remarks>The same options, people and product give the byte-identical ledger. A request reaches the product half a drawn latency
/// after it was sent; its answer arrives half a latency (and the time the answer claims to have taken) later.</remarks>
public sealed class VirtualNetwork : IDisposable
{
    private readonly IWebhookTransport _transport;
    private readonly Queue<WebhookRequest> _arrived = new();

    public VirtualNetwork(NetworkOptions options, PhoneBook people, IWebhookTransport transport, Stream? ledger = null)
    {
        _transport = transport;
        Network = new PhoneNetwork(options, people, ledger);
        Api = new RestApi(Network);
        Network.Webhooks.Outgoing = Send;
    }

    public PhoneNetwork Network { get; }

    public RestApi Api { get; }

    public Instant Now => Network.Timeline.Now;

    /// <summary>A REST request of the product, answered at once, authenticated with the account's token.</summary>
    public RestReply Rest(string method, string resource, Wire.Form? body = null, Wire.Form? query = null) => Api.Handle(new RestRequest(
        method, $"/2010-04-01/Accounts/{Network.Options.AccountSid}/{resource}.json", query ?? new Wire.Form(), body ?? new Wire.Form(), Network.Options.AccountSid, Network.Options.AuthToken));

    /// <summary>Lets everything happen up to the instant.</summary>
    public async Task RunUntilAsync(Instant until, CancellationToken cancel = default)
    {
        while (Network.Timeline.Step(until))
        {
            while (_arrived.TryDequeue(out var request))
                Answer(request, await _transport.ExchangeAsync(request, cancel));
        }

        Network.Timeline.AdvanceTo(until);
    }

    public Task RunForAsync(double seconds, CancellationToken cancel = default) => RunUntilAsync(Now + Duration.FromSeconds(seconds), cancel);

    public void Dispose() => Network.Dispose();

    private void Send(WebhookRequest request) => Network.Timeline.After(Latency(request.Id, "there"), () => _arrived.Enqueue(request));

    private void Answer(WebhookRequest request, WebhookReply reply)
    {
        var took = reply.Took.TotalSeconds;
        var limit = request.ReadMs / 1000.0;
        var (outcome, seconds) = took > limit ? (WebhookReply.Failed(WebhookFailure.ReadTimeout), limit) : (reply, took);
        Network.Timeline.After(seconds + Latency(request.Id, "back"), () => Network.Webhooks.Complete(request.Id, outcome with { Took = Duration.FromSeconds(seconds) }));
    }

    private double Latency(long id, string leg) =>
        Chance.Of(Network.Options.Seed, "latency", leg, id.ToString()).LogNormal(Network.Options.VirtualLatencySeconds / 2, 0.4);
}

/// <summary>The product's public API as a function in this process, for virtual agents on a virtual clock.</summary>
public sealed class InProcessProductApi(PhoneNetwork network, Func<ApiCall, ApiReply> product) : IProductApi
{
    private const double LatencySeconds = 0.03;
    private readonly Dictionary<string, Action<string, System.Text.Json.Nodes.JsonNode>> _listeners = new(StringComparer.Ordinal);

    public void Send(ApiCall call, Action<ApiReply> done) => network.Timeline.After(LatencySeconds, () =>
    {
        var reply = product(call);
        network.Timeline.After(LatencySeconds, () => done(reply));
    });

    public Action OpenEvents(string token, Action<string, System.Text.Json.Nodes.JsonNode> onEvent, Action onClosed)
    {
        _listeners[token] = onEvent;
        Send(new ApiCall("GET", "/api/v1/agent/events", null, token, null), _ => { });
        return () =>
        {
            if (_listeners.TryGetValue(token, out var current) && current == onEvent)
                _listeners.Remove(token);
        };
    }

    /// <summary>Sends an event to whoever listens with this token.</summary>
    public void Push(string token, string name, System.Text.Json.Nodes.JsonNode data) => network.Timeline.After(LatencySeconds, () =>
    {
        if (_listeners.TryGetValue(token, out var listener))
            listener(name, data);
    });
}
