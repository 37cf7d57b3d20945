using System.Text.Json.Nodes;
using Dialer.Features.Tests.Dialing;

namespace Dialer.Features.Tests.Integrations;

/// <summary>The API's own description, as other programs read it.</summary>
public sealed class DescribedApi(DialingWorld world) : IClassFixture<DialingWorld>
{
    [Fact]
    public async Task It_holds_worked_examples_of_what_programs_begin_with()
    {
        var document = JsonNode.Parse(await world.Http.GetStringAsync("/openapi/v1.json"))!;

        var events = document["paths"]!["/api/v1/events"]!["get"]!;
        events["summary"]!.GetValue<string>().ShouldContain("cursor");
        events["responses"]!["200"]!["content"]!["application/json"]!["example"]!["items"]![0]!["type"]!.GetValue<string>().ShouldBe("payment.captured");
        document["paths"]!["/api/v1/webhooks"]!["post"]!["requestBody"]!["content"]!["application/json"]!["example"]!["types"]!.AsArray().Count.ShouldBe(3);
        document["paths"]!["/api/v1/campaigns"]!["post"]!["requestBody"]!["content"]!["application/json"]!["example"]!["cadence"]!["rules"]!.AsArray().Count.ShouldBe(2);
    }
}
