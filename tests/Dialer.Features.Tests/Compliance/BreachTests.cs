using Dialer.Features.Compliance;
using Dialer.Features.Tests.Ivr;
using NodaTime;

namespace Dialer.Features.Tests.Compliance;

/// <summary>What must never happen is looked for all the same: these rows are planted past the gate.</summary>
public sealed class BreachTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly Instant Noon = ComplianceWorld.Noon;
    private readonly ComplianceWorld _world = new(database.Source);

    [Theory]
    [InlineData("All", false, true)]
    [InlineData("ArtificialVoice", true, true)]
    [InlineData("ArtificialVoice", false, false)] // an agent may still call
    public async Task A_call_after_a_stop_is_found_once(string scope, bool artificial, bool breach)
    {
        var debtor = await _world.DebtorAsync();
        await _world.ConsentAsync(debtor, Noon - Duration.FromDays(9));
        await _world.ConsentAsync(debtor, Noon - Duration.FromHours(2), "Revoked", scope);
        var call = await RungAsync(debtor, Noon - Duration.FromHours(1), artificial);

        await WatchAsync();
        await WatchAsync();

        (await AlarmsAsync(call)).ShouldBe(breach ? ["TCPA_REVOCATION_BREACH"] : []);
    }

    [Fact]
    public async Task A_call_before_the_stop_or_after_a_new_consent_is_none()
    {
        var (before, after) = (await _world.DebtorAsync(), await _world.DebtorAsync());
        var early = await RungAsync(before, Noon - Duration.FromHours(3));
        await _world.ConsentAsync(before, Noon - Duration.FromHours(3) - Duration.FromSeconds(20), "Revoked"); // the call was on its way
        await _world.ConsentAsync(after, Noon - Duration.FromHours(5), "Revoked");
        await _world.ConsentAsync(after, Noon - Duration.FromHours(4));
        var late = await RungAsync(after, Noon - Duration.FromHours(3));

        await WatchAsync();

        (await AlarmsAsync(early)).ShouldBeEmpty();
        (await AlarmsAsync(late)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_recording_that_nobody_announced_is_found_and_an_announced_one_is_not()
    {
        var debtor = await _world.DebtorAsync();
        var (silent, announced) = (await RecordedAsync(debtor, Noon - Duration.FromHours(5)), await RecordedAsync(debtor, Noon - Duration.FromHours(1)));
        await database.Database.ExecuteAsync("insert into disclosure (attempt_id, code, at, given_by) values (@announced, 'RECORDING_NOTICE_REQUIRED', @at, 'ivr')", new { announced, at = Noon - Duration.FromHours(1) }, default);

        await WatchAsync();

        (await AlarmsAsync(silent)).ShouldBe(["RECORDING_WITHOUT_NOTICE"]);
        (await AlarmsAsync(announced)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_recording_that_went_on_after_the_person_had_objected_is_found_and_one_that_was_ended_is_not()
    {
        var debtor = await _world.DebtorAsync();
        var (early, late) = (Noon - Duration.FromHours(5), Noon - Duration.FromHours(1));
        var (wentOn, ended) = (await RecordedAsync(debtor, early), await RecordedAsync(debtor, late));
        await database.Database.ExecuteAsync(
            """
            insert into disclosure (attempt_id, code, at, given_by) select unnest(@calls), 'RECORDING_NOTICE_REQUIRED', @early, 'ivr';
            insert into recording_declined (attempt_id, at, agent_id) values (@wentOn, @early - interval '2 min', 7), (@ended, @late + interval '20 s', 7)
            """,
            new { calls = new[] { wentOn, ended }, wentOn, ended, early, late }, default);

        await WatchAsync();

        (await AlarmsAsync(wentOn)).ShouldBe(["RECORDING_DECLINED"]);
        (await AlarmsAsync(ended)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_recording_that_ran_while_a_card_was_given_is_found_and_a_paused_one_is_not()
    {
        var debtor = await _world.DebtorAsync();
        var (early, late) = (Noon - Duration.FromHours(5), Noon - Duration.FromHours(1));
        var (ran, paused) = (await RecordedAsync(debtor, early), await RecordedAsync(debtor, late));
        await database.Database.ExecuteAsync(
            """
            insert into disclosure (attempt_id, code, at, given_by) select unnest(@calls), 'RECORDING_NOTICE_REQUIRED', @early, 'ivr';
            insert into assisted_payment (attempt_id, number, payment_sid, state, amount, required, started_at, ended_at)
                values (@ran, 101, 'PK' || @ran, 'Captured', 10, '{}', @early + interval '5 s', @early + interval '20 s'), (@paused, 101, 'PK' || @paused, 'Captured', 10, '{}', @late + interval '5 s', @late + interval '20 s');
            insert into recording_pause (attempt_id, from_at, to_at) values (@ran, @early + interval '9 s', @early + interval '20 s'), (@paused, @late + interval '5 s', @late + interval '21 s')
            """,
            new { calls = new[] { ran, paused }, ran, paused, early, late }, default);

        await WatchAsync();

        (await AlarmsAsync(ran)).ShouldBe(["RECORDING_DURING_PAN"]);
        (await AlarmsAsync(paused)).ShouldBeEmpty();
    }

    private async Task<long> RungAsync(ComplianceWorld.Debtor debtor, Instant at, bool artificial = false)
    {
        var call = await _world.CallAsync(debtor, at, artificial: artificial);
        await database.Database.ExecuteAsync("update attempt set submitted_at = @at, ended_at = @at + interval '1 min' where attempt_id = @call", new { call, at }, default);
        return call;
    }

    private async Task<long> RecordedAsync(ComplianceWorld.Debtor debtor, Instant at)
    {
        var call = await RungAsync(debtor, at);
        await database.Database.ExecuteAsync(
            "insert into recording (recording_sid, attempt_id, state, started_by, started_at, ended_at, seconds) values ('RE' || @call, @call, 'Stopped', 7, @at, @at + interval '30 s', 30)", new { call, at }, default);
        return call;
    }

    private Task<int> WatchAsync() => new WatchBreaches(database.Database, new FixedTime(Noon)).RunAsync(CancellationToken.None);

    private Task<IReadOnlyList<string>> AlarmsAsync(long call) => database.Database.QueryAsync<string>("select code from alarm where subject = 'attempt/' || @call order by code", new { call }, default);
}
