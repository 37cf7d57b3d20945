using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dialer.Core.Compliance;
using NodaTime;
using NodaTime.Text;

namespace Dialer.Features.Compliance.Lists;

/// <summary>
/// A vendor's gateway: <c>POST {url}/{list}</c> with <c>{"questions":[{"ref":1,"number":"+1...","since":"2026-05-01"}]}</c> and a bearer token; answered by
/// <c>{"answers":[{"ref":1,"answer":"clear|listed|no-data","detail":"..."}]}</c>. Person lists get firstName, lastName, birthDate, ssnLast4 and zip instead of a number.
/// </summary>
/// <remarks>Anything but such an answer is a failure of the whole batch: half an answer must not read as "not listed".</remarks>
public sealed class HttpListSource(HttpClient http, ListOptions options) : IOutsideListSource
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public string Name => "gateway";

    public async Task<IReadOnlyList<ListReply>> AskAsync(OutsideList list, IReadOnlyList<ListQuestion> questions, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{options.Url!.TrimEnd('/')}/{Word(list)}")
        {
            Content = JsonContent.Create(new { questions = questions.Select(Wire) }, options: Json),
        };
        if (options.ApiKey is { Length: > 0 } key)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await http.SendAsync(request, cancel);
        answer.EnsureSuccessStatusCode();
        try
        {
            var body = await answer.Content.ReadFromJsonAsync<Answers>(Json, cancel);
            return [.. (body?.Items ?? throw new JsonException("no answers")).Select(item => new ListReply(item.Ref, Read(item.Answer), item.Detail ?? ""))];
        }
        catch (JsonException fault)
        {
            throw new HttpRequestException($"The list gateway's answer about {list} could not be read.", fault);
        }
    }

    private static object Wire(ListQuestion q) => new
    {
        @ref = q.Reference,
        number = q.E164,
        since = q.Since is { } at ? LocalDatePattern.Iso.Format(at.InUtc().Date) : null,
        firstName = q.FirstName,
        lastName = q.LastName,
        birthDate = q.BirthDate is { } born ? LocalDatePattern.Iso.Format(born) : null,
        ssnLast4 = q.SsnLast4,
        zip = q.Zip,
    };

    private static string Word(OutsideList list) => list switch
    {
        OutsideList.ReassignedNumbers => "reassigned-numbers",
        OutsideList.DoNotCall => "do-not-call",
        OutsideList.LineType => "line-type",
        _ => list.ToString().ToLowerInvariant(),
    };

    private static ListAnswer Read(string? word) => word switch
    {
        "clear" => ListAnswer.Clear,
        "listed" => ListAnswer.Listed,
        "no-data" => ListAnswer.NoData,
        _ => throw new JsonException($"'{word}' is not an answer"),
    };

    private sealed record Answers([property: JsonPropertyName("answers")] Item[]? Items);

    private sealed record Item(long Ref, string? Answer, string? Detail);
}
