using System.Text.Json.Nodes;

namespace Dialer.Simulator.Agents;

/// <summary>One request of a virtual agent to the product's public API.</summary>
public sealed record ApiCall(string Method, string Path, JsonObject? Body, string? Token, string? IdempotencyKey);

/// <summary>The answer; status 0 means that nothing came back.</summary>
public sealed record ApiReply(int Status, JsonNode? Body)
{
    public bool Ok => Status is >= 200 and < 300;

    public static readonly ApiReply Nothing = new(0, null);
}

/// <summary>How virtual agents reach the product: over HTTP, or a function in this process. Callbacks come on the engine's thread.</summary>
public interface IProductApi
{
    void Send(ApiCall call, Action<ApiReply> done);

    /// <summary>Opens the agent's event stream; the returned action closes it (no further callbacks come then).</summary>
    Action OpenEvents(string token, Action<string, JsonNode> onEvent, Action onClosed);
}
