using System.Text.Json.Nodes;
using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using Dialer.Simulator.People;
using Dialer.Simulator.Rest;
using Dialer.Simulator.Serving;
using Dialer.Simulator.Webhooks;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Tests;

/// <summary>One webhook the product under test received.</summary>
public sealed record Received(string Path, Form Fields, WebhookRequest Request, double At)
{
    public string? this[string name] => Fields[name];
}

/// <summary>A virtual network with scripted people and a product made of documents by path. Every signature is checked on arrival.</summary>
public sealed class World : IDisposable
{
    public const string Base = "https://product.example";
    public const string Ours = "+12125550100";
    public const string Token = "12345";
    private readonly Dictionary<string, Func<Form, WebhookReply>> _documents = new(StringComparer.Ordinal);
    private readonly PhoneBook _people = new();
    private readonly MemoryStream _ledger = new();
    private VirtualNetwork? _network;
    private int _nextPhone = 1000;

    public NetworkOptions Options { get; set; } = new()
    {
        AuthToken = Token,
        ApiKeys = new Dictionary<string, string>(StringComparer.Ordinal) { ["SK" + new string('2', 32)] = "secret" },
        OwnedNumbers = [Ours],
        CallBackProbability = 0,
        CallsPerSecond = 50,
    };

    public List<Received> Webhooks { get; } = [];

    public VirtualNetwork Virtual => _network ??= new VirtualNetwork(Options, _people, new InProcessWebhooks((request, _) => Task.FromResult(Answer(request))), _ledger);

    public PhoneNetwork Network => Virtual.Network;

    public double Seconds => (Virtual.Now - Options.Start).TotalSeconds;

    /// <summary>A new phone that does exactly this.</summary>
    public string Phone(string script)
    {
        var number = $"+1415555{_nextPhone++}";
        _people.Add(new Phone(number, "wireless", [new Contact("Maria", "Lopez", "94110", new NodaTime.LocalDate(1980, 5, 17), "1234", "en", 250m)], new PersonaOverride(Script: script)));
        return number;
    }

    /// <summary>A new phone with a personality.</summary>
    public string Person(PersonaOverride persona, string language = "en")
    {
        var number = $"+1415555{_nextPhone++}";
        _people.Add(new Phone(number, "wireless", [new Contact("Maria", "Lopez", "94110", new NodaTime.LocalDate(1980, 5, 17), "1234", language, 250m)], persona));
        return number;
    }

    public World Document(string path, string twiml) => Document(path, _ => WebhookReply.Xml(twiml));

    public World Document(string path, Func<Form, WebhookReply> answer)
    {
        _documents[path] = answer;
        return this;
    }

    /// <summary>POST Calls to a phone, with /answer for its document and extra fields.</summary>
    public string Call(string to, params (string Name, string Value)[] more)
    {
        var form = new Form().Add("To", to).Add("From", Ours);
        if (more.All(m => m.Name is not ("Url" or "Twiml" or "ApplicationSid")))
            form.Add("Url", $"{Base}/answer");
        foreach (var (name, value) in more)
            form.Add(name, value);
        var reply = Virtual.Rest("POST", "Calls", form);
        reply.Status.ShouldBe(201, reply.Json?.ToJsonString());
        return reply.Json!["sid"]!.GetValue<string>();
    }

    public RestReply Post(string resource, params (string Name, string Value)[] fields)
    {
        var form = new Form();
        foreach (var (name, value) in fields)
            form.Add(name, value);
        return Virtual.Rest("POST", resource, form);
    }

    public Task Run(double seconds) => Virtual.RunForAsync(seconds);

    public Call Leg(string sid) => Network.Calls.Find(sid).ShouldNotBeNull();

    public IReadOnlyList<Received> At(string path) => [.. Webhooks.Where(w => w.Path == path)];

    public IReadOnlyList<JsonNode> Ledger(string kind) =>
        [.. Network.Ledger.After(0).Select(l => JsonNode.Parse(l)!).Where(l => l["kind"]!.GetValue<string>() == kind)];

    /// <summary>Everything this call's far end heard, in order.</summary>
    public IReadOnlyList<string> Heard(string sid) => [.. Ledger("heard").Where(l => l["call"]!.GetValue<string>() == sid).Select(l => l["text"]!.GetValue<string>())];

    public string LedgerText()
    {
        Network.Ledger.Flush();
        return System.Text.Encoding.UTF8.GetString(_ledger.ToArray());
    }

    public void Dispose()
    {
        _network?.Dispose();
        _ledger.Dispose();
    }

    private WebhookReply Answer(WebhookRequest request)
    {
        var path = new Uri(request.Url).AbsolutePath;
        var fields = request.Method == "GET" ? Form.Decode(new Uri(request.Url).Query) : request.Fields;
        if (request.Purpose != WebhookPurpose.Media)
        {
            var signature = request.Headers.First(h => h.Key == "X-Twilio-Signature").Value;
            signature.ShouldBe(Signature.Of(Options.AuthToken, request.Method, request.Url, request.Fields));
        }

        Webhooks.Add(new Received(path, fields, request, Seconds));
        return _documents.TryGetValue(path, out var document) ? document(fields) : WebhookReply.Empty;
    }
}
