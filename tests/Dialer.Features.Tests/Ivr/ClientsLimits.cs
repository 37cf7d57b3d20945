using System.Net;
using Dialer.Features.Access;
using Dialer.Features.Tests.Campaigns;
using Dialer.Features.Tests.Compliance;
using Dialer.Features.Tests.Dialing;

namespace Dialer.Features.Tests.Ivr;

/// <summary>What a client has set for its callers, from the request that sets it to what a caller hears.</summary>
public sealed class ClientsLimits(DialingWorld world) : IClassFixture<DialingWorld>
{
    private readonly IvrWorld _calls = new(world.Database) { Now = ComplianceWorld.Noon };

    [Fact]
    public async Task A_client_chooses_the_identifiers_and_the_limits_of_its_callers_and_each_change_is_kept()
    {
        var debtor = await _calls.AddDebtorAsync();
        var path = $"/api/v1/clients/{await world.OneAsync<string>("select code from client where client_id = @ClientId", debtor)}/ivr-policy";
        var admin = await Supervisor.SignInAsync(world, "limits", Roles.Admin);
        (await admin.GetAsync(path)).Body!["holds"]!["identifiers"]!.ToJsonString().ShouldBe("""["Zip","BirthDate","SsnLast4"]""");
        var limits = new { identifiers = new[] { "SsnLast4", "Zip" }, maxFailures = 1, minimumAmount = 25m, maxPromiseDays = 14, maxBrokenPromises = 1, maxDeclines = 2, takesBankAccounts = false, opens = (string?)null, closes = (string?)null };
        foreach (var wrong in new object[] { limits with { identifiers = ["Zip"] }, limits with { identifiers = ["Zip", "Zip"] }, limits with { maxDeclines = 4 }, limits with { minimumAmount = 0m }, limits with { maxPromiseDays = 400 }, limits with { opens = "12:00" }, limits with { opens = "18:00", closes = "09:00" }, limits with { opens = "25:00", closes = "26:00" } })
            (await admin.SendAsync(HttpMethod.Put, path, wrong)).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await admin.SendAsync(HttpMethod.Put, "/api/v1/clients/nobody/ivr-policy", limits)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await admin.SendAsync(HttpMethod.Put, path, limits with { maxFailures = 2 })).Status.ShouldBe(HttpStatusCode.NoContent);
        (await admin.SendAsync(HttpMethod.Put, path, limits)).Status.ShouldBe(HttpStatusCode.NoContent);
        var view = (await admin.GetAsync(path)).Body!;
        (view["holds"]!["maxFailures"]!.GetValue<int>(), view["before"]!.AsArray().ShouldHaveSingleItem()!["maxFailures"]!.GetValue<int>(), view["holds"]!["setBy"]!.GetValue<string>()).ShouldBe((1, 2, "limits"));
        (await world.OneAsync<long>("select count(*) from audit where action = 'ivr-policy.set' and subject = 'client/' || (select code from client where client_id = @ClientId)", debtor)).ShouldBe(2);

        view["house"]!["maxFailuresPerPersonHour"]!.GetValue<int>().ShouldBe(5);

        var caller = await (await _calls.CallAsync(debtor)).PressAsync("1");
        caller.Heard.ShouldContain("last four digits");
        await caller.PressAsync("4321");
        caller.Heard.ShouldContain("zip code");
        await caller.PressAsync("30301");
        caller.Heard.ShouldContain("Your balance");
        await caller.PressAsync("1", "3");
        caller.Heard.ShouldContain("from $25 to");
        await caller.PressAsync("24");
        caller.Heard.ShouldContain("not a valid choice");
        await caller.PressAsync("25");
        caller.Heard.ShouldContain("charged $25 today"); // no bank accounts: nothing is left to choose
        await caller.HangUpAsync();

        var wrongOnce = await (await _calls.CallAsync(debtor)).PressAsync("1", "9999", "30301");
        wrongOnce.HungUp.ShouldBeTrue();
        wrongOnce.Heard.ShouldContain("could not match");
    }

    [Fact]
    public async Task A_client_whose_people_go_home_earlier_offers_no_person_after_that()
    {
        var debtor = await _calls.AddDebtorAsync();
        var path = $"/api/v1/clients/{await world.OneAsync<string>("select code from client where client_id = @ClientId", debtor)}/ivr-policy";
        var admin = await Supervisor.SignInAsync(world, "hours", Roles.Admin);
        var limits = new { identifiers = new[] { "Zip", "SsnLast4" }, maxFailures = 3, minimumAmount = 5m, maxPromiseDays = 30, maxBrokenPromises = 2, maxDeclines = 3, takesBankAccounts = true, opens = "8:00", closes = "10:00" };
        (await AskForSomebodyAsync()).ShouldContain("are busy"); // it is noon, and nobody is there
        (await admin.SendAsync(HttpMethod.Put, path, limits)).Status.ShouldBe(HttpStatusCode.NoContent);
        (await admin.GetAsync(path)).Body!["holds"]!["opens"]!.GetValue<string>().ShouldBe("08:00");
        (await AskForSomebodyAsync()).ShouldContain("office is closed");
        (await admin.SendAsync(HttpMethod.Put, path, limits with { closes = "24:00" })).Status.ShouldBe(HttpStatusCode.NoContent);
        (await AskForSomebodyAsync()).ShouldContain("are busy");

        async Task<string> AskForSomebodyAsync()
        {
            var caller = await (await _calls.CallAsync(debtor)).PressAsync("0");
            await caller.HangUpAsync();
            return caller.Heard;
        }
    }
}
