using Dialer.Features.Tests.Compliance;
using Dialer.Features.Tests.Dialing;
using Dialer.Twilio.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Tests.Ivr;

/// <summary>Over the signed webhooks of the real Host: no card is asked for while the call is recorded, and what the processor knows is never guessed.</summary>
public sealed class PrivateCapture(DialingWorld world) : IClassFixture<DialingWorld>
{
    private readonly IvrWorld _calls = new(world.Database) { Now = ComplianceWorld.Noon };

    [Theory]
    [InlineData(null, true)]
    [InlineData("paused", true)]
    [InlineData("in-progress", false)]
    public async Task A_payment_session_begins_only_when_the_recording_is_seen_to_be_paused(string? recording, bool begins)
    {
        var call = await ConfirmingAsync();
        world.Twilio.Recording = recording;
        var twiml = await StepAsync(call, "1");
        world.Twilio.Requests.Count(request => request.Path.Contains($"/Calls/{call.Sid}/Recordings/Twilio.CURRENT", StringComparison.Ordinal)).ShouldBe(1);
        twiml.Contains("<Pay ", StringComparison.Ordinal).ShouldBe(begins);
        if (!begins)
        {
            twiml.ShouldContain("We cannot take a payment on this line right now");
            (await world.OneAsync<long>("select count(*) from payment where attempt_id = @Attempt", call)).ShouldBe(0);
            return;
        }

        await PayEndsAsync(call, ("Result", "success"), ("PaymentConfirmationCode", "ch_1"));
        (await world.OneAsync<string>("select state from payment where attempt_id = @Attempt", call)).ShouldBe("Captured");
        world.Twilio.Requests.Count(request => request.Path.Contains($"/Calls/{call.Sid}/Recordings/", StringComparison.Ordinal) && request.Form.GetValueOrDefault("Status") == "in-progress").ShouldBe(recording == "paused" ? 1 : 0);
    }

    [Theory]
    [InlineData(true, false, "Unknown")]
    [InlineData(false, true, "Unknown")]
    [InlineData(false, false, "Cancelled")]
    public async Task A_caller_who_hangs_up_in_the_session_is_unknown_once_the_processor_can_have_been_asked(bool allEntered, bool saidProcessing, string state)
    {
        world.Twilio.Recording = null;
        var call = await ConfirmingAsync();
        (await StepAsync(call, "1")).ShouldContain("<Pay ");
        if (saidProcessing)
            await world.BodyAsync($"/twilio/voice/pay-status?t={call.Token}&n={call.N + 2}", ("CallSid", call.Sid), ("For", "payment-processing"), ("Attempt", "1"));
        (string, string)[] entered = allEntered
            ? [("PaymentCardNumber", "xxxx-xxxx-xxxx-4242"), ("ExpirationDate", "1230"), ("SecurityCode", "***"), ("PaymentCardPostalCode", "94110")]
            : [("PaymentCardNumber", "xxxx-xxxx-xxxx-4242")];
        await PayEndsAsync(call, [("Result", "caller-hung-up"), .. entered]);
        (await world.OneAsync<string>("select state from payment where attempt_id = @Attempt", call)).ShouldBe(state);
        // The truth may still come, and only it changes anything.
        await PayEndsAsync(call, ("Result", "success"), ("PaymentConfirmationCode", "ch_2"));
        (await world.OneAsync<string>("select state from payment where attempt_id = @Attempt", call)).ShouldBe(state == "Unknown" ? "Captured" : "Cancelled");
    }

    private async Task<Call> ConfirmingAsync()
    {
        var caller = await (await _calls.CallAsync(await _calls.AddDebtorAsync())).PressAsync("1");
        await caller.VerifyAsync();
        await caller.PressAsync("1", "1", "1");
        caller.Heard.ShouldContain("You will be charged");
        var sid = await world.OneAsync<string>("select sid from attempt where attempt_id = @Attempt", caller);
        return new Call(caller.Attempt, sid, world.Services.GetRequiredService<AttemptTokens>().Issue(new Dialer.Core.AttemptId(caller.Attempt), ComplianceWorld.Noon), caller.N);
    }

    private Task<string> StepAsync(Call call, string digits) =>
        world.BodyAsync($"/twilio/voice/ivr?t={call.Token}&n={call.N + 1}", ("CallSid", call.Sid), ("Digits", digits));

    private Task<string> PayEndsAsync(Call call, params (string Name, string Value)[] fields) =>
        world.BodyAsync($"/twilio/voice/pay?t={call.Token}&n={call.N + 2}", [("CallSid", call.Sid), ("PaymentMethod", "credit-card"), .. fields]);

    private sealed record Call(long Attempt, string Sid, string Token, int N);
}
