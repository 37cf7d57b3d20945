namespace Dialer.Features.Tests.Ivr;

/// <summary>The IVR ticks what was played to its end, which the next input of the call shows; a hang-up in the middle leaves it owed.</summary>
public sealed class DisclosuresPlayed(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly IvrWorld _world = new(database.Database);

    [Fact]
    public async Task Nothing_is_ticked_before_the_first_key_and_then_what_was_said_before_it()
    {
        var caller = await _world.CallAsync(await _world.AddDebtorAsync());
        (await TicksAsync(caller)).ShouldBe("");

        await caller.PressAsync("1");
        (await TicksAsync(caller)).ShouldBe("IDENTITY_DISCLOSURE_REQUIRED OPTOUT_MECHANISM_REQUIRED RECORDING_NOTICE_REQUIRED");
        (await _world.OneAsync<string>("select evidence from disclosure where attempt_id = @Attempt and code = 'OPTOUT_MECHANISM_REQUIRED'", caller)).ShouldBe("open: named first, the rest cut by key 1");
        (await _world.OneAsync<string>("select evidence from disclosure where attempt_id = @Attempt and code = 'RECORDING_NOTICE_REQUIRED'", caller)).ShouldBe("open: played");
    }

    [Fact]
    public async Task Who_hangs_up_while_the_disclosure_is_read_hears_the_whole_of_it_next_time()
    {
        var debtor = await _world.AddDebtorAsync();
        var first = await (await _world.CallAsync(debtor)).PressAsync("1");
        await first.VerifyAsync();
        first.Heard.ShouldStartWith("This is an attempt to collect a debt.");
        await first.HangUpAsync();
        (await TicksAsync(first)).ShouldNotContain("DISCLOSE");

        var second = await (await _world.CallAsync(debtor)).PressAsync("1");
        await second.VerifyAsync();
        second.Heard.ShouldStartWith("This is an attempt to collect a debt.");
        await second.StaySilentAsync();
        (await TicksAsync(second)).ShouldStartWith("DISCLOSE_INITIAL DISCLOSE_SUBSEQUENT");
        await second.HangUpAsync();

        var third = await (await _world.CallAsync(debtor)).PressAsync("1");
        await third.VerifyAsync();
        third.Heard.ShouldStartWith("This communication is from a debt collector.");
        third.Heard.ShouldNotContain("attempt to collect");
    }

    [Fact]
    public async Task A_webhook_that_comes_again_ticks_nothing_again()
    {
        var caller = await (await _world.CallAsync(await _world.AddDebtorAsync())).PressAsync("1");
        for (var i = 0; i < 3; i++)
            await _world.AdvanceAsync(caller.Attempt, caller.N, new Core.Ivr.IvrInput.Keys("1"));
        (await _world.OneAsync<long>("select count(*) from disclosure where attempt_id = @Attempt", caller)).ShouldBe(3);
    }

    [Fact]
    public async Task An_abandoned_person_who_listens_to_the_end_was_told_who_called_and_how_to_stop_it()
    {
        var caller = await _world.CallAsync(await _world.AddDebtorAsync(), "abandoned");
        await caller.StaySilentAsync();
        (await TicksAsync(caller)).ShouldBe("IDENTITY_DISCLOSURE_REQUIRED OPTOUT_MECHANISM_REQUIRED");
    }

    private Task<string> TicksAsync(Caller caller) => _world.OneAsync<string>("select coalesce(string_agg(code, ' ' order by code), '') from disclosure_in_force where attempt_id = @Attempt", caller);
}
