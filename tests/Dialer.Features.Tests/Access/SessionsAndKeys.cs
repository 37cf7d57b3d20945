using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dialer.Features.Access;
using Dialer.Features.Tests.Compliance;
using Dialer.Features.Tests.Dialing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Tests.Access;

public sealed class SessionsAndKeys(DialingWorld world) : IClassFixture<DialingWorld>
{
    [Fact]
    public async Task A_request_repeated_with_its_key_gets_the_first_answer_and_is_done_once()
    {
        var desk = await world.AgentAsync(DialingWorld.NewSkill());
        var debtor = await world.People.DebtorAsync(line: "Landline");

        var answers = new List<(HttpStatusCode Status, string Body, bool Replayed)>();
        for (var i = 0; i < 3; i++)
            answers.Add(await SendAsync(desk.Token, "/api/v1/agent/dial", new { accountId = debtor.Account.Value }, "one-key"));

        answers.Select(answer => (answer.Status, answer.Body)).Distinct().ShouldHaveSingleItem().Status.ShouldBe(HttpStatusCode.OK);
        answers.Select(answer => answer.Replayed).ShouldBe([false, true, true]);
        world.Twilio.CallsTo(debtor.E164).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_key_that_comes_with_another_request_is_refused()
    {
        var token = await TokenAsync("kim", Roles.Admin);
        await UserAsync("kurt", Roles.Collector);
        var path = $"/api/v1/access/users/{await world.OneAsync<long>("select user_id from app_user where user_name = 'kurt'")}/unlock";
        (await SendAsync(token, path, new { why = "first" }, "k")).Status.ShouldBe(HttpStatusCode.NoContent);

        (await SendAsync(token, path, new { why = "second" }, "k")).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Five_wrong_passwords_lock_a_user_whom_the_right_one_then_does_not_let_in()
    {
        await UserAsync("lara", Roles.Collector);
        for (var i = 0; i < 5; i++)
            (await LoginAsync("lara", "not it")).Status.ShouldBe(HttpStatusCode.Unauthorized);

        (await LoginAsync("lara", DialingWorld.Password)).Status.ShouldBe(HttpStatusCode.Unauthorized);

        var id = await world.OneAsync<long>("select user_id from app_user where user_name = 'lara'");
        (await SendAsync(await TokenAsync("ada", Roles.Admin), $"/api/v1/access/users/{id}/unlock", new { }, Guid.NewGuid().ToString())).Status.ShouldBe(HttpStatusCode.NoContent);
        (await LoginAsync("lara", DialingWorld.Password)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_confirmed_second_factor_is_asked_for_and_no_code_works_twice()
    {
        var token = await TokenAsync("sue", Roles.Supervisor);
        var offer = JsonNode.Parse((await SendAsync(token, "/api/v1/access/second-factor", new { }, "s1")).Body)!;
        var secret = offer["secret"]!.GetValue<string>();
        string Code(int steps) => Totp.Code(secret, Totp.StepAt(Instant.FromDateTimeOffset(TimeProvider.System.GetUtcNow())) + steps);
        (await SendAsync(token, "/api/v1/access/second-factor/confirm", new { code = Code(-1) }, "s2")).Status.ShouldBe(HttpStatusCode.NoContent);

        var without = await LoginAsync("sue", DialingWorld.Password);
        (without.Status, without.Body.Contains("CODE_NEEDED", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.Unauthorized, true));
        var code = Code(0);
        (await LoginAsync("sue", DialingWorld.Password, code)).Status.ShouldBe(HttpStatusCode.OK);
        (await LoginAsync("sue", DialingWorld.Password, code)).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 1, "287082")] // RFC 6238 appendix B, SHA-1, six of the eight digits
    [InlineData("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 37037036, "081804")]
    [InlineData("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 666666666, "353130")]
    public void Codes_are_those_of_the_standards_own_examples(string secret, long step, string code) => Totp.Code(secret, step).ShouldBe(code);

    [Fact]
    public async Task Ending_a_users_sessions_ends_the_stream_that_is_open()
    {
        var desk = await world.AgentAsync(DialingWorld.NewSkill());
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/agent/events");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", desk.Token);
        using var answer = await world.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        (await reader.ReadLineAsync()).ShouldNotBeNull();

        (await SendAsync(await TokenAsync("rita", Roles.Supervisor), $"/api/v1/access/users/{desk.AgentId}/end-sessions", new { }, Guid.NewGuid().ToString())).Status.ShouldBe(HttpStatusCode.NoContent);

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        await Should.NotThrowAsync(async () =>
        {
            try
            {
                while (await reader.ReadLineAsync(patience.Token) is not null)
                {
                    // what was sent before the end
                }
            }
            catch (IOException)
            {
                // the stream was cut, which is an end too
            }
        });
        (await SendAsync(desk.Token, "/api/v1/agent/wrap-up/extend", new { }, "after")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task From_a_network_that_is_not_on_the_list_nobody_signs_in_with_the_right_password_either()
    {
        await UserAsync("ned", Roles.Collector);
        var options = world.Services.GetRequiredService<IOptions<AccessOptions>>().Value;
        options.Networks = ["10.0.0.0/8"];
        try
        {
            (await LoginAsync("ned", DialingWorld.Password)).Status.ShouldBe(HttpStatusCode.Forbidden);
            options.Networks = ["10.0.0.0/8", "127.0.0.0/8"];
            (await LoginAsync("ned", DialingWorld.Password)).Status.ShouldBe(HttpStatusCode.OK);
        }
        finally
        {
            options.Networks = [];
        }
    }

    [Fact]
    public async Task A_look_at_an_account_is_written_down()
    {
        var token = await TokenAsync("nora", Roles.Collector);
        var debtor = await world.People.DebtorAsync(line: "Landline");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/accounts/{debtor.Account.Value}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        (await world.Http.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await world.OneAsync<string>(
            "select via from account_look l join app_user u using (user_id) where u.user_name = 'nora' and account_id = @id", new { id = debtor.Account.Value })).ShouldBe("Account");
    }

    private Task UserAsync(string name, string role) => world.Services.GetRequiredService<Users>().PutAsync(name, name, DialingWorld.Password, [role], [], ComplianceWorld.Noon, default);

    private async Task<string> TokenAsync(string name, string role)
    {
        await UserAsync(name, role);
        return await world.SignInAsync(name);
    }

    private async Task<(HttpStatusCode Status, string Body)> LoginAsync(string userName, string password, string? code = null)
    {
        using var answer = await world.Http.PostAsJsonAsync("/api/v1/access/login", new { userName, password, code });
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<(HttpStatusCode Status, string Body, bool Replayed)> SendAsync(string token, string path, object body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("Idempotency-Key", key);
        using var answer = await world.Http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers.Contains("Idempotent-Replay"));
    }
}
