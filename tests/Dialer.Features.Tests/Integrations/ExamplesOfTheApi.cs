using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dialer.Features.Access;
using Dialer.Features.Integrations;
using Dialer.Features.Reports;
using Dialer.Features.Tests.Campaigns;
using Dialer.Features.Tests.Dialing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Tests.Integrations;

/// <summary>Every example that other programs are given, sent to the running service as it stands in the documents: it must be taken, and answered in the shape that is written there.</summary>
public sealed partial class ExamplesOfTheApi(DialingWorld world) : IClassFixture<DialingWorld>
{
    private static readonly Instant Noon = Instant.FromUtc(2026, 6, 2, 16, 0);

    [Fact]
    public async Task Each_example_of_the_description_is_taken_and_answered_in_its_shape()
    {
        await PreparedAsync();
        var admin = await Supervisor.SignInAsync(world, "root", Roles.Admin);
        var boss = await Supervisor.SignInAsync(world);
        var description = JsonNode.Parse(await world.Http.GetStringAsync("/openapi/v1.json"))!;
        description["info"]!["title"]!.GetValue<string>().ShouldBe("Dialer");
        var paths = description["paths"]!.AsObject();
        var run = new List<string>();

        foreach (var (path, verbs) in paths)
        {
            foreach (var (verb, operation) in verbs!.AsObject())
            {
                var request = operation!["requestBody"]?["content"]?["application/json"]?["example"];
                var answer = operation["responses"]?.AsObject().Select(each => each.Value?["content"]?["application/json"]?["example"]).FirstOrDefault(each => each is not null);
                if (request is null && answer is null)
                    continue;
                run.Add($"{verb.ToUpperInvariant()} {path}");
                var (status, body) = await AskAsync(path, verb, request, admin, boss);
                ((int)status).ShouldBeInRange(200, 299, $"{verb} {path}: {body?.ToJsonString()}");
                if (answer is not null)
                    ShouldHaveTheShapeOf(body, answer, $"{verb} {path}");
            }
        }

        run.Order(StringComparer.Ordinal).ShouldBe(
        [
            "GET /api/v1/events", "POST /api/v1/campaigns", "POST /api/v1/campaigns/cadence-forecast", "POST /api/v1/campaigns/list-preview", "POST /api/v1/report-schedules", "POST /api/v1/tokens",
            "POST /api/v1/webhooks",
        ]);
    }

    /// <summary>The walk through in src/docs/outside-systems.md: each request in its order, with what earlier answers gave.</summary>
    [Fact]
    public async Task Each_request_of_the_walk_through_is_answered_as_it_says()
    {
        await PreparedAsync();
        await Supervisor.SignInAsync(world, "root", Roles.Admin);
        await Supervisor.SignInAsync(world);
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { ["ADMIN"] = await world.SignInAsync("root"), ["SUPERVISOR"] = await world.SignInAsync("boss") };
        var steps = Steps(await File.ReadAllTextAsync(Path.Combine(RootFolder(), "src", "docs", "outside-systems.md")));
        steps.Count.ShouldBeGreaterThan(7);

        foreach (var step in steps)
        {
            string Filled(string text) => Variable().Replace(text, match => values[match.Groups["name"].Value]);
            using var request = new HttpRequestMessage(new HttpMethod(step.Verb), Filled(step.Path));
            foreach (var (name, value) in step.Headers.Where(header => !header.Name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)))
                request.Headers.TryAddWithoutValidation(name, Filled(value)).ShouldBeTrue(name);
            if (step.Body.Length > 0)
                request.Content = new StringContent(Filled(step.Body), MediaTypeHeaderValue.Parse("application/json"));
            using var answer = await world.Http.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            ((int)answer.StatusCode).ShouldBe(step.Status, $"{step.Verb} {step.Path}: {text}");
            (answer.Content.Headers.ContentType?.MediaType ?? "nothing").ShouldBe(step.AnswerType, $"{step.Verb} {step.Path}");
            if (!step.AnswerType.EndsWith("json", StringComparison.Ordinal))
            {
                text.TrimStart('\uFEFF').ShouldStartWith(step.Answer.Trim());
                continue;
            }

            var body = JsonNode.Parse(text);
            ShouldHaveTheShapeOf(body, JsonNode.Parse(step.Answer)!, $"{step.Verb} {step.Path}");
            foreach (var (name, pointer) in step.Keeps)
                values[name] = body![pointer]!.ToString();
        }
    }

    /// <summary>The receiver's function of the same document, in Node.js, with signatures that this service makes and with ones that it would not make.</summary>
    [Fact]
    public async Task The_receiver_s_function_takes_our_signature_and_no_other()
    {
        var code = Script().Match(await File.ReadAllTextAsync(Path.Combine(RootFolder(), "src", "docs", "outside-systems.md"))).Groups["code"].Value;
        code.ShouldContain("function isOurs");
        const long Now = 1_781_000_000;
        const string Body = """{"type":"promise.made","data":{"amount":40.00,"note":"ñ"}}""";
        var both = WebhookSignature.Of(["whs_new", "whs_old"], Now, Body);
        (string Header, string Body, string Secret, long Now)[] asked =
        [
            (both, Body, "whs_new", Now), (both, Body, "whs_old", Now + 299), (both, Body + " ", "whs_new", Now), (both, Body, "whs_other", Now), (both, Body, "whs_new", Now + 301), ("v1=00", Body, "whs_new", Now), ("t=1,v1=", Body, "whs_new", 1),
        ];
        var start = new ProcessStartInfo("node") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-e");
        start.ArgumentList.Add(code + "\nfor (const [header, body, secret, now] of JSON.parse(process.argv[1])) console.log(isOurs(header, Buffer.from(body), secret, now));");
        start.ArgumentList.Add(JsonSerializer.Serialize(asked.Select(each => new object[] { each.Header, each.Body, each.Secret, each.Now })));
        using var node = Process.Start(start).ShouldNotBeNull();
        var errors = node.StandardError.ReadToEndAsync();
        var said = await node.StandardOutput.ReadToEndAsync();

        said.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(["true", "true", "false", "false", "false", "false", "false"], await errors);
    }

    private async Task PreparedAsync()
    {
        // As an installation that sends reports.
        world.Services.GetRequiredService<IOptions<ReportsOptions>>().Value.Folder = Path.Combine(Path.GetTempPath(), "dialer-reports");
        world.Services.GetRequiredService<IOptions<MailOptions>>().Value.Host = "127.0.0.1";
        await world.ExecuteAsync(
            """
            insert into client (code, name, spoken_name, callback_e164, collector_role, debt_class, created_at) values ('NORTHWIND', 'Northwind', 'Northwind', '+12125550100', 'ThirdParty', 'Consumer', @Noon)
            on conflict do nothing
            """,
            new { Noon });
        var campaign = await world.CampaignAsync();
        await world.ExecuteAsync("update campaign set state = 'Paused' where campaign_id = @CampaignId", new { campaign.CampaignId });
        var call = await world.AttemptAsync(campaign, "Completed");
        await world.ExecuteAsync(
            """
            insert into payment (idempotency_key, account_id, person_id, attempt_id, amount, method, source, state, created_at, updated_at)
            select gen_random_uuid()::text, account_id, person_id, attempt_id, 120, 'CreditCard', 'Ivr', 'Pending', @Noon, @Noon from attempt where attempt_id = @Id;
            update payment set state = 'Captured', confirmation_code = 'PA-9' where state = 'Pending';
            """,
            new { call.Id, Noon });
        // The feed waits for older transactions of every database of the server: other tests have some.
        var reader = await Supervisor.SignInAsync(world, "root", Roles.Admin);
        await DialingWorld.UntilAsync(async () => (await reader.GetAsync("/api/v1/events?types=payment.captured")).Body?["items"]?.AsArray().Count > 0);
    }

    private static async Task<(HttpStatusCode Status, JsonNode? Body)> AskAsync(string path, string verb, JsonNode? request, Supervisor admin, Supervisor boss)
    {
        var who = path is "/api/v1/webhooks" or "/api/v1/tokens" or "/api/v1/events" ? admin : boss;
        return await who.SendAsync(new HttpMethod(verb.ToUpperInvariant()), path == "/api/v1/events" ? path + "?types=payment.captured" : path, request);
    }

    /// <summary>Every name of the example is in the answer, with a value of its kind; an answer may say more. Of a list the first item is compared.</summary>
    private static void ShouldHaveTheShapeOf(JsonNode? answer, JsonNode example, string where)
    {
        switch (example)
        {
            case JsonObject expected:
                foreach (var (name, value) in expected)
                {
                    answer.ShouldBeOfType<JsonObject>(where).ContainsKey(name).ShouldBeTrue($"{where}.{name} is missing in {answer.ToJsonString()}");
                    if (value is not null)
                        ShouldHaveTheShapeOf(answer[name], value, $"{where}.{name}");
                }

                break;
            case JsonArray { Count: > 0 } expected:
                var items = answer.ShouldBeOfType<JsonArray>(where);
                items.Count.ShouldBeGreaterThan(0, where);
                ShouldHaveTheShapeOf(items[0], expected[0]!, $"{where}[0]");
                break;
            default:
                answer.ShouldNotBeNull(where).GetValueKind().ShouldBe(example.GetValueKind(), where);
                break;
        }
    }

    private sealed record Step(string Verb, string Path, IReadOnlyList<(string Name, string Value)> Headers, string Body, int Status, string AnswerType, string Answer, IReadOnlyList<(string Name, string Pointer)> Keeps);

    /// <summary>Pairs of fenced blocks: <c>http</c> is a request, the block after it the answer, whose first line is its status and type. A comment after the pair says what is kept of it: <c>keep TOKEN = token</c>.</summary>
    private static List<Step> Steps(string document) => [.. Pair().Matches(document.ReplaceLineEndings("\n")).Select(match =>
    {
        var parts = match.Groups["request"].Value.Split("\n\n", 2);
        var lines = parts[0].Split('\n');
        var asked = lines[0].Split(' ', 2);
        return new Step(
            asked[0], asked[1].Trim(), [.. lines.Skip(1).Where(line => line.Contains(':', StringComparison.Ordinal)).Select(line => line.Split(':', 2)).Select(pair => (pair[0].Trim(), pair[1].Trim()))],
            parts.Length > 1 ? parts[1].Trim() : "", int.Parse(match.Groups["status"].Value, System.Globalization.CultureInfo.InvariantCulture), match.Groups["type"].Value, match.Groups["answer"].Value,
            [.. Keep().Matches(match.Groups["keeps"].Value).Select(keep => (keep.Groups["name"].Value, keep.Groups["pointer"].Value))]);
    })];

    [GeneratedRegex(@"```http\n(?<request>.*?)\n```\n+```\w*\n(?<status>\d{3}) (?<type>[\w./+-]+)\n(?<answer>.*?)```(?<keeps>(?:\n+<!-- keep [^\n]* -->)*)", RegexOptions.Singleline, 2000)]
    private static partial Regex Pair();

    [GeneratedRegex(@"```js\n(?<code>.*?)```", RegexOptions.Singleline, 1000)]
    private static partial Regex Script();

    [GeneratedRegex("keep (?<name>\\w+) = (?<pointer>\\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Keep();

    [GeneratedRegex(@"\{\{(?<name>\w+)\}\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();

    private static string RootFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Dialer.sln")))
            folder = folder.Parent.ShouldNotBeNull();
        return folder.FullName;
    }
}
