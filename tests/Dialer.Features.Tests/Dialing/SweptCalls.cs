using Dialer.Features.Dialing;
using Dialer.Storage.Postgres;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Tests.Dialing;

/// <summary>Every state in which a call could be stuck, and what the sweeper makes of it.</summary>
public sealed class SweptCalls(DialingWorld world) : IClassFixture<DialingWorld>
{
    private readonly AttemptSweeper _sweeper = ActivatorUtilities.CreateInstance<AttemptSweeper>(world.Services);

    [Fact]
    public async Task An_intent_that_nobody_sent_is_dropped_and_its_lead_comes_back()
    {
        var call = await OverdueAsync("Intent", "created_at = created_at - interval '1 minute'");

        await _sweeper.SweepAsync(default);

        (await StateAsync(call)).ShouldBe("Refused");
        (await world.OneAsync<bool>("select counted from attempt where attempt_id = @Id", call)).ShouldBeFalse();
        (await world.OneAsync<bool>("select r.not_before > a.created_at from ready_lead r join attempt a using (campaign_id, account_id) where a.attempt_id = @Id", call)).ShouldBeTrue();
    }

    [Fact]
    public async Task An_intent_that_nobody_sent_takes_no_try_of_its_lead_not_even_the_last()
    {
        var call = await OverdueAsync("Intent", "created_at = created_at - interval '1 minute'");
        await world.ExecuteAsync("update campaign set max_attempts = 1 where campaign_id = (select campaign_id from attempt where attempt_id = @Id)", call);

        await _sweeper.SweepAsync(default);

        (await world.OneAsync<short?>("select r.attempts from ready_lead r join attempt a using (campaign_id, account_id) where a.attempt_id = @Id", call)).ShouldBe((short)0);
    }

    [Fact]
    public async Task A_submission_nobody_reported_becomes_unknown_and_counts_as_a_call()
    {
        var call = await OverdueAsync("Intent", "state = 'Submitting', submitted_at = created_at - interval '1 minute', deadline = created_at - interval '1 second'");

        await _sweeper.SweepAsync(default);

        (await StateAsync(call)).ShouldBe("Unknown");
        (await world.OneAsync<bool>("select counted from attempt where attempt_id = @Id", call)).ShouldBeTrue();
        world.Twilio.CallsTo(call.E164).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_unknown_call_that_the_carrier_lists_is_adopted()
    {
        var call = await OverdueAsync("Intent", "state = 'Unknown', submitted_at = created_at - interval '10 seconds', deadline = created_at - interval '1 second'");
        world.Twilio.Listed[call.E164] = ("CAfound" + call.Id, "in-progress");

        await _sweeper.SweepAsync(default);

        (await StateAsync(call)).ShouldBe("Answered");
        (await world.OneAsync<string>("select sid from attempt where attempt_id = @Id", call)).ShouldBe("CAfound" + call.Id);
    }

    [Fact]
    public async Task An_unknown_call_that_the_carrier_does_not_list_is_waited_for_and_then_given_up_without_a_second_request()
    {
        var early = await OverdueAsync("Intent", "state = 'Unknown', submitted_at = created_at - interval '10 seconds', deadline = created_at - interval '1 second'");
        var late = await OverdueAsync("Intent", "state = 'Unknown', submitted_at = created_at - interval '2 minutes', deadline = created_at - interval '1 second'");

        await _sweeper.SweepAsync(default);

        (await StateAsync(early)).ShouldBe("Unknown");
        (await world.OneAsync<bool>("select deadline > created_at from attempt where attempt_id = @Id", early)).ShouldBeTrue();
        (await StateAsync(late)).ShouldBe("NotPlaced");
        world.Twilio.CallsTo(late.E164).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("completed", "Completed")]
    [InlineData("no-answer", "NoAnswer")]
    [InlineData("failed", "Failed")]
    public async Task A_call_that_has_gone_quiet_is_asked_about_and_ends_as_the_carrier_says(string status, string state)
    {
        var call = await OverdueAsync("Ringing", "deadline = created_at - interval '1 second'");
        world.Twilio.Statuses[call.Sid] = status;

        await _sweeper.SweepAsync(default);

        (await StateAsync(call)).ShouldBe(state);
    }

    [Fact]
    public async Task A_call_that_still_rings_is_left_and_looked_at_again_later()
    {
        var call = await OverdueAsync("Ringing", "deadline = created_at - interval '1 second'");
        world.Twilio.Statuses[call.Sid] = "ringing";

        await _sweeper.SweepAsync(default);

        (await StateAsync(call)).ShouldBe("Ringing");
        (await world.OneAsync<bool>("select deadline > created_at + interval '20 seconds' from attempt where attempt_id = @Id", call)).ShouldBeTrue();
    }

    [Fact]
    public async Task An_intent_that_its_sender_submits_during_the_round_is_not_dropped()
    {
        await SweepAloneAsync();
        var quiet = await OverdueAsync("Ringing", "deadline = created_at - interval '1 second'");
        var slow = await OverdueAsync("Intent", "created_at = created_at - interval '1 minute'");
        world.Twilio.Statuses[quiet.Sid] = "ringing";
        world.Twilio.WhileAsked[quiet.Sid] = () => world.ExecuteAsync("update attempt set state = 'Submitting', submitted_at = @CreatedAt, deadline = @CreatedAt + interval '1 hour' where attempt_id = @AttemptId and state = 'Intent'", slow.Intent);

        await _sweeper.SweepAsync(default);

        (await StateAsync(slow)).ShouldBe("Submitting"); // its request is on the way: given back, its person would be called twice
    }

    [Fact]
    public async Task A_call_to_a_number_that_does_not_parse_is_given_up_and_holds_up_no_other()
    {
        await SweepAloneAsync();
        var broken = await OverdueAsync("Intent", "state = 'Unknown', to_e164 = '+1999', submitted_at = created_at - interval '2 minutes', deadline = created_at - interval '1 second'");
        var other = await OverdueAsync("Intent", "created_at = created_at - interval '1 minute'");

        await _sweeper.SweepAsync(default);

        (await StateAsync(other)).ShouldBe("Refused");
        (await StateAsync(broken)).ShouldBe("NotPlaced");
    }

    [Fact]
    public async Task A_call_whose_event_cannot_be_stored_is_put_off_and_holds_up_no_other()
    {
        await SweepAloneAsync();
        var broken = await OverdueAsync("Ringing", "deadline = created_at - interval '1 second'");
        var other = await OverdueAsync("Intent", "created_at = created_at - interval '1 minute'");
        world.Twilio.Statuses[broken.Sid] = "no-answer";
        await world.ExecuteAsync("update campaign set cadence = '[]' where campaign_id = (select campaign_id from attempt where attempt_id = @Id)", broken);

        await _sweeper.SweepAsync(default);

        (await StateAsync(other)).ShouldBe("Refused");
        (await StateAsync(broken)).ShouldBe("Ringing");
        (await world.OneAsync<bool>("select deadline > created_at + interval '20 seconds' from attempt where attempt_id = @Id", broken)).ShouldBeTrue();
    }

    /// <summary>The Host's own sweeper stands aside.</summary>
    private Task SweepAloneAsync() => world.ExecuteAsync(
        "insert into lease (name, owner, epoch, expires_at) values ('sweeper', 'the test', 1, 'infinity') on conflict (name) do update set owner = excluded.owner, expires_at = excluded.expires_at");

    private async Task<DialingWorld.Placed> OverdueAsync(string state, string set)
    {
        var call = await world.AttemptAsync(await world.CampaignAsync(), state);
        await world.Services.GetRequiredService<Database>().ExecuteAsync($"update attempt set {set} where attempt_id = @Id", call, default);
        return call;
    }

    private Task<string> StateAsync(DialingWorld.Placed call) => world.OneAsync<string>("select state from attempt where attempt_id = @Id", call);
}
