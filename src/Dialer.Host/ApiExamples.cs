using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Dialer.Host;

/// <summary>One worked example for each request and answer that other programs begin with, in the API's own description.</summary>
internal static class ApiExamples
{
    private const string Json = "application/json";

    private static readonly Dictionary<string, (string Summary, string? Request, string? Answer)> Known = new(StringComparer.Ordinal)
    {
        ["GET api/v1/events"] = ("What has happened, after a cursor. Keep the cursor of the last event you have dealt with.", null,
            """{"items":[{"id":4711,"type":"payment.captured","at":"2026-06-02T15:30:00Z","data":{"paymentId":12,"accountId":4102,"callId":88,"amount":120.00,"currency":"USD","method":"CreditCard","confirmationCode":"PA-9","state":"Captured"},"cursor":"81200-4711"}],"next":"81200-4711"}"""),
        ["POST api/v1/webhooks"] = ("A receiver of signed events. Its secret is answered once.",
            """{"name":"ledger","url":"https://hooks.example.org/dialer","types":["payment.*","promise.*","call.disposition"]}""", """{"id":3,"secret":"whs_..."}"""),
        ["POST api/v1/tokens"] = ("A token for another program. It is answered once.", """{"name":"warehouse","scopes":["events:read","reports:read"],"days":90}""", """{"id":7,"token":"dlr_7_...","expiresAt":"2026-08-31T12:00:00Z"}"""),
        ["POST api/v1/campaigns"] = ("A campaign as a draft, with its list.",
            """{"name":"Autumn cards","client":"NORTHWIND","mode":"Predictive","from":"+12125550100","filter":{"minBalance":100,"ages":["30","60"]},"order":"BalanceHigh","mix":[{"age":"30","weight":2},{"age":"60","weight":1}],"cadence":{"rules":[{"outcome":"NoAnswer","fromAttempt":1,"toAttempt":2,"delayMinutes":240,"part":"Other"},{"fromAttempt":1,"delayMinutes":1440}],"maxAttempts":14,"maxAttemptsADay":2},"holidays":"US","callsADay":5000}""",
            """{"id":9,"name":"Autumn cards","state":"Draft","leads":4090}"""),
        ["POST api/v1/campaigns/list-preview"] = ("What a filter would take, counted before the campaign exists.", """{"client":"NORTHWIND","filter":{"minBalance":100,"states":["CA","NY"]}}""", null),
        ["POST api/v1/campaigns/cadence-forecast"] = ("The attempts a day that a matrix leads to, beside the caps in force.", """{"cadence":{"rules":[{"fromAttempt":1,"delayMinutes":240,"part":"Other"}],"maxAttempts":14,"maxAttemptsADay":2}}""", null),
        ["POST api/v1/report-schedules"] = ("A report that goes out each day.", """{"name":"Morning results","report":"results","period":"Yesterday","format":"csv","cron":"0 0 6 * * ?","zone":"America/New_York","emails":["ops@example.org"],"toFolder":true}""", """{"id":1}"""),
        ["GET api/v1/reports/{name}"] = ("One table of figures for some days.", null, null),
    };

    public static void Add(OpenApiOptions options) => options.AddDocumentTransformer((document, _, _) =>
    {
        document.Info.Title = "Dialer";
        return Task.CompletedTask;
    }).AddOperationTransformer((operation, context, _) =>
    {
        if (Known.TryGetValue($"{context.Description.HttpMethod} {context.Description.RelativePath}", out var known))
        {
            operation.Summary = known.Summary;
            if (known.Request is { } request && operation.RequestBody?.Content?.TryGetValue(Json, out var body) == true && body is OpenApiMediaType asked)
                asked.Example = JsonNode.Parse(request);
            if (known.Answer is { } answer)
                Answer(operation, answer);
        }

        return Task.CompletedTask;
    });

    private static void Answer(OpenApiOperation operation, string answer)
    {
        operation.Responses ??= [];
        if (operation.Responses.Values.FirstOrDefault() is OpenApiResponse first)
        {
            first.Content ??= new Dictionary<string, OpenApiMediaType>();
            if (!first.Content.TryGetValue(Json, out var media))
                first.Content[Json] = media = new OpenApiMediaType();
            media.Example = JsonNode.Parse(answer);
        }
    }
}
