using Dapper;
using Dialer.Core;
using Dialer.Features.Promises;
using Dialer.Features.Tests.Ivr;
using NodaTime;

namespace Dialer.Features.Tests.Promises;

/// <summary>100 promised for a Friday, three days of grace, 5 % or 5 in money of tolerance.</summary>
public sealed class JudgingPromises(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly LocalDate Friday = new(2026, 11, 27);
    private readonly IvrWorld _world = new(database.Database);

    [Theory]
    [InlineData(95.00, "2026-11-30T18:00:00Z", "Kept")]
    [InlineData(95.00, "2026-12-01T04:30:00Z", "Kept")] // the evening of the last day where the debtor is
    [InlineData(95.00, "2026-12-01T05:30:00Z", "Broken")]
    [InlineData(94.99, "2026-11-30T18:00:00Z", "PartiallyKept")]
    [InlineData(100.00, "2026-12-01T18:00:00Z", "Broken")]
    [InlineData(0, "", "Broken")]
    public async Task A_promise_is_judged_by_what_was_captured_in_time(decimal paid, string at, string expected)
    {
        var debtor = await PromisedAsync(100m);
        if (paid > 0)
            await PayAsync(debtor, paid, at, "Captured");
        await JudgeAsync(new LocalDate(2026, 12, 1));
        (await StateAsync(debtor)).ShouldBe(expected);
    }

    [Fact]
    public async Task Nothing_is_judged_before_its_grace_has_passed()
    {
        var debtor = await PromisedAsync(100m);
        await JudgeAsync(new LocalDate(2026, 11, 30));
        (await StateAsync(debtor)).ShouldBe("Active");
    }

    [Fact]
    public async Task A_promise_waits_for_a_payment_in_time_whose_end_is_not_known_yet()
    {
        var debtor = await PromisedAsync(100m);
        await PayAsync(debtor, 100m, "2026-11-30T18:00:00Z", "Unknown");
        await JudgeAsync(new LocalDate(2026, 12, 1));
        (await StateAsync(debtor)).ShouldBe("Active");

        await _world.Database.ExecuteAsync("update payment set state = 'Captured' where account_id = @id", new { id = debtor.Accounts[0] }, CancellationToken.None);
        await JudgeAsync(new LocalDate(2026, 12, 2));
        (await StateAsync(debtor)).ShouldBe("Kept");
    }

    [Fact]
    public async Task A_kept_promise_whose_payment_comes_back_is_broken()
    {
        var debtor = await PromisedAsync(100m);
        await PayAsync(debtor, 100m, "2026-11-27T18:00:00Z", "Captured");
        await JudgeAsync(new LocalDate(2026, 12, 1));
        (await StateAsync(debtor)).ShouldBe("Kept");
        await _world.Database.ExecuteAsync("update payment set state = 'Reversed', updated_at = '2026-12-05 00:00Z' where account_id = @id", new { id = debtor.Accounts[0] }, CancellationToken.None);
        await JudgeAsync(new LocalDate(2026, 12, 6));
        (await StateAsync(debtor)).ShouldBe("Broken");
    }

    [Fact]
    public async Task A_new_promise_supersedes_the_old_one()
    {
        var debtor = await PromisedAsync(100m);
        await PromiseAsync(debtor, 60m);
        (await _world.OneAsync<long>("select count(*) from promise where account_id = @id and state = 'Superseded' and amount = 100", new { id = debtor.Accounts[0] })).ShouldBe(1);
        (await _world.OneAsync<long>("select count(*) from promise where account_id = @id and state = 'Active' and amount = 60", new { id = debtor.Accounts[0] })).ShouldBe(1);
    }

    private async Task<Debtor> PromisedAsync(decimal amount)
    {
        var debtor = await _world.AddDebtorAsync();
        await PromiseAsync(debtor, amount);
        return debtor;
    }

    private Task PromiseAsync(Debtor debtor, decimal amount) => _world.Database.InTransactionAsync(
        (connection, transaction) => PromiseStore.CreateAsync(
            connection, transaction, new NewPromise(debtor.Accounts[0], debtor.PersonId, null, Money.Usd(amount), Friday, "Agent"), IvrWorld.Monday, CancellationToken.None),
        CancellationToken.None);

    private async Task PayAsync(Debtor debtor, decimal amount, string at, string state)
    {
        await using var connection = await _world.Database.OpenAsync(CancellationToken.None);
        await connection.ExecuteAsync(
            """
            insert into payment (idempotency_key, account_id, person_id, amount, method, source, state, created_at, updated_at)
            values (@key, @account, @PersonId, @amount, 'CreditCard', 'Ivr', @state, cast(@at as timestamptz), cast(@at as timestamptz))
            """,
            new { key = Guid.NewGuid().ToString("N"), account = debtor.Accounts[0], debtor.PersonId, amount, state, at });
    }

    private Task<PromiseEvaluation> JudgeAsync(LocalDate today) =>
        new EvaluatePromises(_world.Database, new FixedTime(today.AtMidnight().InUtc().ToInstant() + Duration.FromMinutes(5))).RunAsync(new EvaluatePromisesArgs(today), CancellationToken.None);

    private Task<string> StateAsync(Debtor debtor) => _world.OneAsync<string>("select state from promise where account_id = @id order by promise_id desc limit 1", new { id = debtor.Accounts[0] });
}
