using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Dialer.Core;
using Dialer.Features.Payments;
using Dialer.Features.Tests.Dialing;
using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using Dialer.Simulator.Faults;
using Dialer.Simulator.People;
using Dialer.Simulator.Rest;
using Dialer.Simulator.Serving;
using Dialer.Simulator.Webhooks;
using Dialer.Simulator.Wire;
using Dialer.Twilio.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Dialer.Features.Tests.Ivr;

/// <summary>
/// Scripted callers on the simulated phone network, on a virtual clock, against the real Host over HTTP: what is judged is what the network heard and what the processor's own book says.
/// </summary>
internal sealed class CallerNetwork : IDisposable
{
    public const string Ours = "+18005550199";
    private readonly DialingWorld _world;
    private readonly VirtualNetwork _network;
    private readonly PhoneBook _people = new();

    /// <param name="keeps">The kinds of lines that are looked at later; null: all. A long run that keeps everything runs out of memory.</param>
    public CallerNetwork(DialingWorld world, long seed = 1, IReadOnlySet<string>? keeps = null)
    {
        _world = world;
        Debtors = new IvrWorld(world.Database) { Now = Now };
        _network = new VirtualNetwork(
            new NetworkOptions { AuthToken = DialingWorld.AuthToken, Seed = seed, OwnedNumbers = [Ours], CallBackProbability = 0, CallsPerSecond = 1000, Start = Now, KeepCompletedCalls = 10 },
            _people, new InProcessWebhooks(ForwardAsync));
        var number = _network.Network.Numbers.ByNumber(Ours)!;
        number.VoiceUrl = $"{DialingWorld.PublicUrl}/twilio/voice/inbound";
        number.VoiceFallbackUrl = $"{DialingWorld.PublicUrl}/twilio/voice/fallback";
        number.StatusCallback = $"{DialingWorld.PublicUrl}/twilio/voice/status";
        _network.Network.Ledger.Written = (_, line) =>
        {
            if (keeps is null || keeps.Contains(KindOf(line)))
                Lines.Add(JsonNode.Parse(line)!);
        };
        world.Twilio.Processor = AskProcessorAsync;
    }

    public static Instant Now => Compliance.ComplianceWorld.Noon;

    public IvrWorld Debtors { get; }

    /// <summary>The network's own account of everything.</summary>
    public List<JsonNode> Lines { get; } = [];

    /// <summary>Webhooks that the Host answered, and the real time in which the network stood still for them.</summary>
    public int Webhooks { get; private set; }

    public TimeSpan InHost { get; private set; }

    /// <summary>Called before each webhook reaches the Host: what the world does meanwhile.</summary>
    public Func<WebhookRequest, Task>? Before { get; set; }

    /// <summary>The processor cuts the line instead of answering its own API.</summary>
    public bool ProcessorIsSilent { get; set; }

    /// <summary>Called before each webhook reaches the Host; true: the Host is dead at this moment and the webhook fails.</summary>
    public Func<WebhookRequest, bool>? Dead { get; set; }

    /// <summary>Called after the Host answered: true loses the answer, as when the node dies after its commit.</summary>
    public Func<WebhookRequest, bool>? DiesAfter { get; set; }

    public IEnumerable<JsonNode> Of(string kind) => Lines.Where(line => line["kind"]!.GetValue<string>() == kind);

    public void Faulty(FaultRule rule) => _network.Network.Faults.Add(rule);

    /// <summary>A person rings us and does exactly this. Returns the call's SID.</summary>
    public string CallIn(string from, string script, string? shown = null) => _network.Network.Inbound.Call(from, Ours, shown, new PersonaOverride(Script: script))!.Sid;

    /// <summary>We ring a person, by an attempt of a campaign without agents unless it is one of <paramref name="campaign"/>. Returns the call's SID.</summary>
    /// <param name="machine">Their voicemail answers, and is looked for.</param>
    public async Task<string> CallOutAsync(Debtor debtor, string script, long? campaign = null, bool machine = false)
    {
        var answers = machine ? "answers after 4 s with voicemail 6 s, " : "answers after 4 s, ";
        _people.Add(new Phone(debtor.E164, "landline", [new Contact("Maria", "Lopez", "30301", new LocalDate(1980, 2, 29), "4321", "en", 340.25m)], new PersonaOverride(Script: answers + script)));
        await _world.ExecuteAsync(
            """
            update phone set line_type = 'Landline', place = 'Home' where e164 = @E164;
            insert into consent_event (at, person_id, e164, channel, kind, scope, source, recorded_by) values (@at, @PersonId, @E164, 'Voice', 'Granted', 'All', 'placement', 'test')
            """,
            new { debtor.E164, debtor.PersonId, at = Now - Duration.FromDays(9) });
        var id = await _world.OneAsync<long>(
            """
            insert into attempt (campaign_id, account_id, person_id, phone_id, direction, mode, to_e164, from_e164, state, created_at, artificial_voice)
            values (@campaign, @account, @PersonId, (select phone_id from phone where e164 = @E164 and person_id = @PersonId), 'Outbound', @mode, @E164, @Ours, 'Placed', @Now, true) returning attempt_id
            """,
            new { campaign, account = debtor.Accounts[0], debtor.PersonId, debtor.E164, mode = campaign is null ? "Agentless" : "Predictive", Ours, Now });
        var token = _world.Services.GetRequiredService<AttemptTokens>().Issue(new AttemptId(id), Now);
        var urls = _world.Services.GetRequiredService<WebhookUrls>();
        var form = new Form().Add("To", debtor.E164).Add("From", Ours).Add("Url", urls.Answer(token)).Add("FallbackUrl", urls.Fallback(token)).Add("StatusCallback", urls.Status(token));
        foreach (var name in new[] { "initiated", "ringing", "answered", "completed" })
            form.Add("StatusCallbackEvent", name);
        if (machine)
            form.Add("MachineDetection", "DetectMessageEnd");
        var reply = _network.Rest("POST", "Calls", form);
        reply.Status.ShouldBe(201, reply.Json?.ToJsonString());
        var sid = reply.Json!["sid"]!.GetValue<string>();
        await _world.ExecuteAsync("update attempt set sid = @sid where attempt_id = @id", new { sid, id });
        return sid;
    }

    /// <summary>Lets this many simulated seconds pass.</summary>
    public Task RunAsync(double seconds) => _network.RunForAsync(seconds);

    /// <summary>Everything a call's far end heard, in order.</summary>
    public IReadOnlyList<string> Heard(string sid) => [.. Of("heard").Where(line => line["call"]!.GetValue<string>() == sid && line["text"] is not null).Select(line => line["text"]!.GetValue<string>())];

    /// <summary>The processor's file, from the network's own book of charges: the description we gave each session is its reference.</summary>
    public ProcessorFile ProcessorsFile() => new(
        [.. Of("charge").Select(line => new ProcessorLine(line["description"]!.GetValue<string>(), line["reference"]!.GetValue<string>(), line["amount"]!.GetValue<decimal>(), ProcessorLineKind.Charge))],
        Now - Duration.FromDays(1), Now + Duration.FromDays(2));

    public void Dispose() => _network.Dispose();

    /// <summary>The Host asks the network's processor. The network stands still meanwhile: it waits for the webhook that the Host is answering.</summary>
    private Task<IResult> AskProcessorAsync(HttpRequest request, IReadOnlyDictionary<string, string> form)
    {
        if (ProcessorIsSilent)
        {
            request.HttpContext.Abort();
            return Task.FromResult(Results.Empty);
        }

        var key = Encoding.UTF8.GetString(Convert.FromBase64String(request.Headers.Authorization.ToString()["Basic ".Length..])).TrimEnd(':');
        var reply = _network.Api.Handle(new RestRequest("POST", request.Path.Value!, new Form(), new Form().AddAll(form), key, "") { IdempotencyKey = request.Headers["Idempotency-Key"] });
        if (reply.Cut == Cut.None)
            return Task.FromResult(Results.Content(reply.Json!.ToJsonString(), "application/json", null, reply.Status));
        request.HttpContext.Abort();
        return Task.FromResult(Results.Empty);
    }

    private async Task<WebhookReply> ForwardAsync(WebhookRequest request, CancellationToken cancel)
    {
        if (Before is { } before)
            await before(request);
        if (Dead?.Invoke(request) == true)
            return WebhookReply.Failed(WebhookFailure.Connect);
        using var message = new HttpRequestMessage(new HttpMethod(request.Method), request.Url[DialingWorld.PublicUrl.Length..]);
        if (request.Method != "GET")
        {
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(request.Fields.Encode()));
            message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/x-www-form-urlencoded; charset=UTF-8");
        }

        foreach (var (name, value) in request.Headers)
            message.Headers.TryAddWithoutValidation(name, value);
        var asked = Stopwatch.GetTimestamp();
        using var answer = await _world.Http.SendAsync(message, cancel);
        var body = await answer.Content.ReadAsStringAsync(cancel);
        InHost += Stopwatch.GetElapsedTime(asked);
        Webhooks++;
        return DiesAfter?.Invoke(request) == true
            ? WebhookReply.Failed(WebhookFailure.Protocol)
            : new WebhookReply((int)answer.StatusCode, answer.Content.Headers.ContentType?.ToString(), body);
    }

    /// <summary>Without reading the whole line: the ledger writes the kind before anything that people said.</summary>
    private static string KindOf(string line)
    {
        const string Name = "\"kind\":\"";
        var from = line.IndexOf(Name, StringComparison.Ordinal) + Name.Length;
        return line[from..line.IndexOf('"', from)];
    }
}
