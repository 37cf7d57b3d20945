using System.Text.Json.Nodes;
using Dialer.Simulator.Engine;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Rest;

/// <summary>One REST request, free of HTTP. <see cref="Path"/> has no query; it is case-sensitive.</summary>
/// <param name="Begun">Its head was looked at before its body was read: faults that cut a request unread have had their chance.</param>
public sealed record RestRequest(string Method, string Path, Form Query, Form Body, string? User, string? Password, bool Begun = false)
{
    /// <summary>The header of this name, which the processor's API knows; Twilio's does not.</summary>
    public string? IdempotencyKey { get; init; }
}

/// <summary>Where the connection breaks for the client, if it does.</summary>
public enum Cut
{
    None,
    BeforeResponse,
    WithinResponse,
}

/// <summary>The answer: JSON, or media bytes, or nothing (204).</summary>
public sealed record RestReply(int Status, JsonNode? Json = null, byte[]? Media = null, string? MediaType = null, Cut Cut = Cut.None, double DelaySeconds = 0)
{
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public static RestReply Error(int status, int code, string message) => new(status, new JsonObject
    {
        ["code"] = code,
        ["message"] = message,
        ["more_info"] = $"https://www.twilio.com/docs/errors/{code}",
        ["status"] = status,
    });

    public static RestReply NotFound(string path) => Error(404, 20404, $"The requested resource {path} was not found");
}

/// <summary>What a handler gets: the request, the parts of the path, and the network.</summary>
public sealed class RestContext(PhoneNetwork network, RestRequest request, IReadOnlyList<string> parts)
{
    public PhoneNetwork Network => network;

    public RestRequest Request => request;

    public Form Body => request.Body;

    public Form Query => request.Query;

    public string AccountPath => $"/2010-04-01/Accounts/{network.Options.AccountSid}";

    /// <summary>The n-th variable part of the path, from 0.</summary>
    public string Part(int index) => parts[index];

    public RestReply NotFound() => RestReply.NotFound(request.Path);

    public bool Flag(string name, bool otherwise) => Body[name] is { } text ? string.Equals(text, "true", StringComparison.OrdinalIgnoreCase) : otherwise;

    public int Number(string name, int otherwise) => int.TryParse(Body[name], out var number) ? number : otherwise;

    /// <summary>One page of a list, with the links that Twilio's libraries follow.</summary>
    /// <param name="collection">The name of the list in the answer.</param>
    /// <param name="all">The whole list, in its order.</param>
    /// <param name="write">An item as JSON.</param>
    /// <param name="key">What names an item and says where it stands: a page's token is its last (next) or first (previous) item, so that a list that
    /// moves meanwhile neither repeats nor skips. Null for lists that never move.</param>
    public RestReply Page<T>(string collection, IEnumerable<T> all, Func<T, JsonNode> write, Func<T, PageKey>? key = null)
    {
        var size = int.TryParse(Query["PageSize"], out var asked) ? Math.Clamp(asked, 1, 1000) : 50;
        var page = int.TryParse(Query["Page"], out var number) ? Math.Max(0, number) : 0;
        var (shown, more) = key is not null && Query.NonEmpty("PageToken") is { } token
            ? PageToken.Cut([.. all], token, page * size, size, key)
            : Slice([.. all.Skip(page * size).Take(size + 1)], size);
        var filters = new Form().AddAll(Query.Where(q => q.Key is not ("Page" or "PageSize" or "PageToken")));
        string Link(int n, string? mark)
        {
            var query = filters.Copy().Add("PageSize", size.ToString()).Add("Page", n.ToString());
            return $"{request.Path}?{(mark is not null ? query.Add("PageToken", mark) : query).Encode()}";
        }

        string Token(bool next) => key is null || shown.Count == 0 ? $"PA{Chance.Hash(page, request.Path):x16}" : PageToken.Of(key(next ? shown[^1] : shown[0]), next);
        return new RestReply(200, new JsonObject
        {
            [collection] = new JsonArray([.. shown.Select(write)]),
            ["page"] = page,
            ["page_size"] = size,
            ["start"] = page * size,
            ["end"] = Math.Max(page * size, (page * size) + shown.Count - 1),
            ["first_page_uri"] = Link(0, null),
            ["next_page_uri"] = more ? Link(page + 1, Token(next: true)) : null,
            ["previous_page_uri"] = page > 0 ? Link(page - 1, Token(next: false)) : null,
            ["uri"] = request.Path + (request.Query.Count > 0 ? "?" + request.Query.Encode() : string.Empty),
        });
    }

    private static (List<T> Shown, bool More) Slice<T>(List<T> items, int size) => ([.. items.Take(size)], items.Count > size);
}
