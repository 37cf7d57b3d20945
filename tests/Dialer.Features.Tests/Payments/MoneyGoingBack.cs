using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Dialer.Core.Ivr;
using Dialer.Core.Payments;
using Dialer.Features.Access;
using Dialer.Features.Payments;
using Dialer.Features.Tests.Compliance;
using Dialer.Features.Tests.Dialing;
using Dialer.Features.Tests.Ivr;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Tests.Payments;

/// <summary>Refunds and reversals by the API, with two people, on the real Host.</summary>
public sealed class MoneyGoingBack(DialingWorld world) : IClassFixture<DialingWorld>
{
    private readonly IvrWorld _calls = new(world.Database);

    [Fact]
    public async Task A_refund_needs_a_second_person_and_the_processor_before_it_is_in_the_ledger()
    {
        var (payment, account) = await PaidAsync();
        var (maker, checker) = (await SupervisorAsync("maker"), await SupervisorAsync("checker"));

        var refund = (await ReadAsync(await PostAsync($"/api/v1/payments/{payment}/refunds", maker, new { kind = "Refund", amount = 100.25m, reason = "paid too much" }, HttpStatusCode.Created)))["refundId"]!.GetValue<long>();
        await PostAsync($"/api/v1/payments/{payment}/refunds", maker, new { kind = "Refund", amount = 1m, reason = "again" }, HttpStatusCode.Conflict);
        await PostAsync($"/api/v1/refunds/{refund}/approve", maker, new { }, HttpStatusCode.Conflict);
        var waits = (await GetAsync("/api/v1/refunds", checker)).AsArray().Single(row => row!["refundId"]!.GetValue<long>() == refund)!;
        (waits["state"]!.GetValue<string>(), waits["amount"]!.GetValue<decimal>(), waits["paid"]!.GetValue<decimal>(), waits["requestedBy"]!.GetValue<string>(), waits["reason"]!.GetValue<string>())
            .ShouldBe(("Requested", 100.25m, 340.25m, "maker", "paid too much"));
        (await BalanceAsync(account)).ShouldBe(0m);
        await PostAsync($"/api/v1/refunds/{refund}/approve", checker, new { }, HttpStatusCode.NoContent);
        await PostAsync($"/api/v1/refunds/{refund}/approve", checker, new { }, HttpStatusCode.Conflict);
        (await BalanceAsync(account)).ShouldBe(0m);
        await PostAsync($"/api/v1/refunds/{refund}/done", checker, new { processorReference = "re_1" }, HttpStatusCode.NoContent);

        (await BalanceAsync(account)).ShouldBe(100.25m);
        var receipt = ReceiptNumber.Of(payment);
        foreach (var name in new[] { receipt.Digits, receipt.ToString().Replace(' ', '-'), waits["reference"]!.GetValue<string>(), await _calls.OneAsync<string>("select client_account_no from account where account_id = @account", new { account }) })
        {
            var found = (await GetAsync($"/api/v1/payments?q={name}", checker)).AsArray().ShouldHaveSingleItem()!;
            (found["paymentId"]!.GetValue<long>(), found["returned"]!.GetValue<decimal>(), found["state"]!.GetValue<string>()).ShouldBe((payment, 100.25m, "Captured"));
            found["receipt"]!.GetValue<string>().ShouldBe(receipt.ToString());
        }

        (await GetAsync($"/api/v1/accounts?q={Uri.EscapeDataString(receipt.ToString())}", checker))["items"]!.AsArray().ShouldHaveSingleItem()!["accountId"]!.GetValue<long>().ShouldBe(account);

        (await _calls.OneAsync<string>("select status from account where account_id = @account", new { account })).ShouldBe("Open");
        (await _calls.OneAsync<string>("select state from payment where payment_id = @payment", new { payment })).ShouldBe("Captured");
        (await _calls.OneAsync<decimal>("select sum(amount) from ledger_line where account_id = @account", new { account })).ShouldBe(0m);
        (await _calls.OneAsync<decimal>("select sum(amount) from ledger_line where account_id = @account and side = 'Processor'", new { account })).ShouldBe(240m);
        (await _calls.OneAsync<long>("select count(*) from audit where subject = @subject and action like 'refund.%'", new { subject = $"payment/{payment}" })).ShouldBe(3);
        (await _calls.OneAsync<long>("select count(*) from customer_notice where notice_key = @key", new { key = $"refunded:{refund}" })).ShouldBe(1);
        await PostAsync($"/api/v1/payments/{payment}/refunds", maker, new { kind = "Refund", amount = 240.01m, reason = "too much" }, HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_reversal_takes_the_whole_payment_back_at_its_approval()
    {
        var (payment, account) = await PaidAsync();
        var refund = (await ReadAsync(await PostAsync(
            $"/api/v1/payments/{payment}/refunds", await SupervisorAsync("maker"), new { kind = "Reversal", amount = 340.25m, reason = "chargeback" }, HttpStatusCode.Created)))["refundId"]!.GetValue<long>();
        await PostAsync($"/api/v1/refunds/{refund}/approve", await SupervisorAsync("checker"), new { }, HttpStatusCode.NoContent);
        (await BalanceAsync(account)).ShouldBe(340.25m);
        (await _calls.OneAsync<string>("select state from payment where payment_id = @payment", new { payment })).ShouldBe("Reversed");
        (await _calls.OneAsync<decimal>("select sum(abs(s)) from (select sum(amount) as s from ledger_line where account_id = @account group by side) x", new { account })).ShouldBe(0m);
    }

    [Fact]
    public async Task Money_that_came_after_a_return_can_be_given_back_in_part_and_then_the_rest()
    {
        var (payment, account) = await PaidAsync();
        var (maker, checker) = (await SupervisorAsync("maker"), await SupervisorAsync("checker"));
        var reference = await _calls.OneAsync<string>("select reference from payment where payment_id = @payment", new { payment });
        await UploadAsync(
            $"# from=2026-01-03T00:00:00Z until=2026-01-04T00:00:00Z\nreference,confirmation,kind,amount,code\n{reference},rt_1,return,340.25,R01\n{reference},ch_2,retry,340.25,\n", maker, HttpStatusCode.Created);
        (await GetAsync($"/api/v1/payments?q={reference}", checker)).AsArray().ShouldHaveSingleItem()!["returned"]!.GetValue<decimal>().ShouldBe(0m);
        foreach (var (amount, state, balance) in new[] { (40.25m, "Captured", 40.25m), (300m, "Refunded", 340.25m) })
        {
            var refund = (await ReadAsync(await PostAsync($"/api/v1/payments/{payment}/refunds", maker, new { kind = "Refund", amount, reason = "may not be presented again" }, HttpStatusCode.Created)))["refundId"]!.GetValue<long>();
            await PostAsync($"/api/v1/refunds/{refund}/approve", checker, new { }, HttpStatusCode.NoContent);
            await PostAsync($"/api/v1/refunds/{refund}/done", checker, new { processorReference = $"re_{amount}" }, HttpStatusCode.NoContent);
            (await _calls.OneAsync<string>("select state from payment where payment_id = @payment", new { payment })).ShouldBe(state);
            (await BalanceAsync(account)).ShouldBe(balance);
        }

        (await _calls.OneAsync<decimal>("select sum(amount) from ledger_line where account_id = @account and side = 'Processor'", new { account })).ShouldBe(0m);
    }

    [Fact]
    public async Task The_database_itself_refuses_an_entry_that_does_not_balance_and_a_refund_decided_by_its_maker()
    {
        var (payment, account) = await PaidAsync();
        (await Should.ThrowAsync<Npgsql.PostgresException>(() => world.ExecuteAsync(
            "insert into ledger_line (entry_key, account_id, side, amount, currency, payment_id, at) values ('x:' || @payment, @account, 'Processor', 5, 'USD', @payment, now())", new { payment, account })))
            .MessageText.ShouldContain("does not sum to zero");
        await Should.ThrowAsync<Npgsql.PostgresException>(() => world.ExecuteAsync(
            "insert into refund (payment_id, kind, amount, reason, state, requested_by, requested_at, decided_by) values (@payment, 'Refund', 1, '', 'Approved', 'ada', now(), 'Ada')", new { payment }));
    }

    [Fact]
    public async Task A_processors_file_is_uploaded_once_and_its_differences_are_kept_with_an_alarm()
    {
        var (payment, account) = await PaidAsync();
        var reference = await _calls.OneAsync<string>("select reference from payment where payment_id = @payment", new { payment });
        var maker = await SupervisorAsync("maker");
        var file = $"# from=2026-01-01T00:00:00Z until=2026-01-02T00:00:00Z\nreference,confirmation,kind,amount\n{reference},ch_1,charge,340.25\n{reference},rt_1,return,340.25\n0123456789abcdef,ch_2,charge,1.00\n";

        var report = await ReadAsync(await UploadAsync(file, maker, HttpStatusCode.Created));
        await UploadAsync(file, maker, HttpStatusCode.Conflict);
        await UploadAsync("reference\n", maker, HttpStatusCode.BadRequest);

        report["report"]!["differences"]!.AsArray().Select(line => line!["difference"]!.GetValue<string>()).ShouldBe(["UnknownToUs"]);
        (await _calls.OneAsync<string>("select state from payment where payment_id = @payment", new { payment })).ShouldBe("Reversed");
        (await BalanceAsync(account)).ShouldBe(340.25m);
        (await _calls.OneAsync<long>("select count(*) from alarm where code = 'PAYMENTS_DIFFER' and subject = @subject", new { subject = $"reconciliation/{report["id"]}" })).ShouldBe(1);
    }

    private async Task<(long Payment, long Account)> PaidAsync()
    {
        var debtor = await _calls.AddDebtorAsync();
        var caller = await (await _calls.CallAsync(debtor)).PressAsync("1");
        await caller.VerifyAsync();
        await caller.PressAsync("1", "1", "1", "1");
        await caller.PayEndsAsync(PaymentResult.Captured, "A");
        return (await _calls.OneAsync<long>("select payment_id from payment where attempt_id = @Attempt", caller), debtor.Accounts[0]);
    }

    private Task<decimal> BalanceAsync(long account) => _calls.OneAsync<decimal>("select balance from account where account_id = @account", new { account });

    private async Task<string> SupervisorAsync(string name)
    {
        await world.Services.GetRequiredService<Users>().PutAsync(name, name, DialingWorld.Password, [Roles.Supervisor], [], ComplianceWorld.Noon, default);
        return await world.SignInAsync(name);
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string token, object body, HttpStatusCode expected) => await SendAsync(path, token, JsonContent.Create(body), expected);

    private Task<HttpResponseMessage> UploadAsync(string file, string token, HttpStatusCode expected) => SendAsync("/api/v1/payments/reconciliations", token, new StringContent(file, Encoding.UTF8, "text/csv"), expected);

    private async Task<JsonNode> GetAsync(string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await world.Http.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await ReadAsync(answer);
    }

    private async Task<HttpResponseMessage> SendAsync(string path, string token, HttpContent content, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var answer = await world.Http.SendAsync(request);
        answer.StatusCode.ShouldBe(expected, await answer.Content.ReadAsStringAsync());
        return answer;
    }

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
}
