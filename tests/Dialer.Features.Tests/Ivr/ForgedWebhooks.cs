using System.Net;
using Dialer.Features.Tests.Compliance;
using Dialer.Features.Tests.Dialing;
using Dialer.Twilio.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Tests.Ivr;

/// <summary>What Twilio did not sign, or signed for something else, is refused and changes nothing; what it signed is taken, however often it comes.</summary>
public sealed class ForgedWebhooks(DialingWorld world) : IClassFixture<DialingWorld>
{
    private const int Mutations = 10_000;
    private readonly IvrWorld _calls = new(world.Database) { Now = ComplianceWorld.Noon };

    [Fact]
    public async Task None_of_ten_thousand_altered_webhooks_is_accepted_and_every_valid_one_is()
    {
        var caller = await (await _calls.CallAsync(await _calls.AddDebtorAsync())).PressAsync("1");
        var sid = await world.OneAsync<string>("select sid from attempt where attempt_id = @Attempt", caller);
        var token = world.Services.GetRequiredService<AttemptTokens>().Issue(new Dialer.Core.AttemptId(caller.Attempt), ComplianceWorld.Noon);
        var valid = new Signed($"/twilio/voice/ivr?t={token}&n=2", [("CallSid", sid), ("Digits", "30301"), ("From", caller.E164), ("To", "+18005550199"), ("CallStatus", "in-progress")]);
        var before = await StateAsync(caller.Attempt);

        var accepted = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, Mutations), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (seed, cancel) =>
        {
            var forged = Mutate(valid, new Random(seed));
            using var answer = await SendAsync(forged);
            if (answer.StatusCode != HttpStatusCode.Forbidden)
                Interlocked.Increment(ref accepted);
        });

        accepted.ShouldBe(0);
        (await StateAsync(caller.Attempt)).ShouldBe(before);
        var answers = new HashSet<string>();
        for (var again = 0; again < 50; again++)
        {
            using var answer = await SendAsync(valid);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            answers.Add(await answer.Content.ReadAsStringAsync());
        }

        answers.ShouldHaveSingleItem().ShouldContain("date of birth");
        (await world.OneAsync<int>("select sequence from ivr_session where attempt_id = @Attempt", caller)).ShouldBe(2);
    }

    /// <summary>One change to what is sent, after it was signed: a character of a field, of a name, of the path or query, of the signature; a field more, less or twice; another's signature.</summary>
    private static Signed Mutate(Signed valid, Random random)
    {
        var fields = valid.Fields.ToList();
        var at = random.Next(fields.Count);
        switch (random.Next(9))
        {
            case 0:
                fields[at] = (fields[at].Name, Altered(fields[at].Value, random));
                return valid with { Fields = fields };
            case 1:
                fields[at] = (Altered(fields[at].Name, random), fields[at].Value);
                return valid with { Fields = fields };
            case 2:
                fields.RemoveAt(at);
                return valid with { Fields = fields };
            case 3:
                fields.Add(("Extra" + random.Next(100), "1"));
                return valid with { Fields = fields };
            case 4:
                fields.Add((fields[at].Name, Altered(fields[at].Value, random)));
                return valid with { Fields = fields };
            case 5:
                return valid with { Path = valid.Path.Replace("n=2", "n=" + (3 + random.Next(50)), StringComparison.Ordinal) };
            case 6:
                var token = valid.Path.Split("t=")[1].Split('&')[0];
                return valid with { Path = valid.Path.Replace(token, Altered(token, random, url: true), StringComparison.Ordinal) };
            case 7:
                return valid with { Signature = Altered(valid.Signature, random) };
            default:
                return valid with { Signature = new[] { "", "x", valid.Signature.ToLowerInvariant(), TwilioSignature.Compute(new string('f', 32), DialingWorld.PublicUrl + valid.Path, Pairs(valid)) }[random.Next(4)] };
        }
    }

    private static string Altered(string text, Random random, bool url = false)
    {
        const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        var at = random.Next(text.Length);
        var other = Letters[random.Next(Letters.Length)];
        while (other == text[at])
            other = Letters[random.Next(Letters.Length)];
        return random.Next(3) == 0 && !url ? text.Insert(at, other.ToString()) : text[..at] + other + text[(at + 1)..];
    }

    private async Task<HttpResponseMessage> SendAsync(Signed webhook)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, webhook.Path) { Content = new FormUrlEncodedContent(Pairs(webhook)) };
        if (webhook.Signature.Length > 0)
            request.Headers.TryAddWithoutValidation("X-Twilio-Signature", webhook.Signature);
        return await world.Http.SendAsync(request);
    }

    private Task<string> StateAsync(long attempt) => world.OneAsync<string>(
        "select (select count(*) from ivr_step where attempt_id = @attempt) || ' ' || (select position::text from ivr_session where attempt_id = @attempt) || ' ' || (select count(*) from verification_failure)", new { attempt });

    private static List<KeyValuePair<string, string>> Pairs(Signed webhook) => [.. webhook.Fields.Select(field => KeyValuePair.Create(field.Name, field.Value))];

    private sealed record Signed(string Path, IReadOnlyList<(string Name, string Value)> Fields)
    {
        public string Signature { get; init; } = TwilioSignature.Compute(
            DialingWorld.AuthToken, DialingWorld.PublicUrl + Path, [.. Fields.Select(field => KeyValuePair.Create(field.Name, field.Value))]);
    }
}
