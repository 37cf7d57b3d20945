using Dialer.Features.Ivr;
using Dialer.Features.Routing;
using Dialer.Features.Tests.Dialing;
using Dialer.Simulator.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Tests.Ivr;

/// <summary>One planned call on the network.</summary>
internal sealed class PathCall(DialingWorld world, CallerNetwork network, PathPlan plan)
{
    private const string Always = "24:00";
    private const string LongOver = "08:01";
    private const int Room = 1000;

    /// <summary>A call of this person some hours ago.</summary>
    private const string Earlier =
        """
        insert into attempt (account_id, person_id, direction, mode, to_e164, from_e164, state, sid, created_at, ended_at, treatment, counted, exclusion)
        values (@account, @PersonId, 'Inbound', 'Manual', @Ours, @E164, 'Completed', 'CA' || gen_random_uuid(), @earlier, @earlier, 'Ivr', false, 'Inbound') returning attempt_id
        """;

    private readonly IvrOptions _office = world.Services.GetRequiredService<IOptions<IvrOptions>>().Value;
    private readonly RoutingOptions _line = world.Services.GetRequiredService<IOptions<RoutingOptions>>().Value;
    private Debtor? _debtor;
    private int _happened;

    public PathPlan Plan => plan;

    public string Sid { get; private set; } = "";

    /// <summary>Makes the setting true and lets the call begin.</summary>
    public async Task BeginAsync(PathScript scripts)
    {
        var setting = plan.Setting;
        _debtor = await network.Debtors.AddDebtorAsync(
            accounts: setting.Accounts, language: plan.Language, zip: setting.Lacks.Contains("zip", StringComparison.Ordinal) ? null : "30301");
        await ArrangeAsync(setting, _debtor);
        var script = scripts.Of(plan);
        Sid = setting.Flow switch
        {
            "inbound" when setting.Stranger => network.CallIn("+1404777" + plan.Model.AccountNumber[^4..], script),
            "inbound" => network.CallIn(_debtor.E164, script),
            "outbound" => await network.CallOutAsync(_debtor, script),
            _ => await network.CallOutAsync(_debtor, script, await CampaignAsync(), machine: setting.Flow == "machine"),
        };
    }

    /// <summary>The house as this call's setting has it, for the webhook that comes next; and what happens at that step.</summary>
    public async Task PrepareAsync(WebhookRequest request)
    {
        var n = NumberOf(request.Url);
        var step = n is > 0 && n <= plan.Steps.Count ? plan.Steps[n.Value - 1] : null;
        var closes = plan.Steps.TakeWhile(one => one.Move.Event != PathEvent.OfficeCloses).Count();
        _line.MostWaiting = plan.Setting.Nobody ? 0 : Room;
        _office.Closes = plan.Setting.Closed || n > closes ? LongOver : Always;
        world.Twilio.Recording = step?.Move.Event == PathEvent.RecordingGoesOn ? "in-progress" : null;
        network.ProcessorIsSilent = step?.Move.Event == PathEvent.ProcessorFallsSilent;
        if (step is null || _happened >= n)
            return;
        _happened = n!.Value;
        await HappenAsync(step.Move.Event, plan.Steps[n.Value - 1]);
    }

    private Task HappenAsync(PathEvent what, PathStep step) => what switch
    {
        PathEvent.PaidElsewhere => ExecuteAsync("update account set balance = 20, bucket_current = 20, bucket_30 = 0, bucket_60 = 0, bucket_90 = 0, bucket_120 = 0, bucket_older = 0 where account_id = @account"),
        PathEvent.PaymentOpens => PaymentAsync("Pending", 11m),
        PathEvent.PlanIsWithdrawn => ExecuteAsync("update plan_offer set withdrawn_at = @Now where client_id = @ClientId"),
        PathEvent.None or PathEvent.OfficeCloses or PathEvent.RecordingGoesOn or PathEvent.ProcessorFallsSilent => Task.CompletedTask,
        _ => throw new InvalidOperationException($"{what} at {step.To.Position.Step}"),
    };

    private async Task ArrangeAsync(PathSetting setting, Debtor debtor)
    {
        if (setting.Offers)
        {
            await ExecuteAsync(
                """
                update account set bucket_current = @NotYetDue, bucket_30 = bucket_30 - @NotYetDue, minimum_payment = @Least where account_id = @account;
                insert into settlement_offer (account_id, amount, last_day, made_by, made_at) values (@account, @Settled, '2026-06-30', 'test', @Now);
                """);
            foreach (var offer in PathSetting.Plans)
            {
                await world.ExecuteAsync(
                    "insert into plan_offer (client_id, installments, every_days, least_balance, most_balance, made_by, made_at) values (@ClientId, @Installments, @EveryDays, @LeastBalance, @MostBalance, 'test', @Now)",
                    new { debtor.ClientId, offer.Installments, offer.EveryDays, offer.LeastBalance, offer.MostBalance, CallerNetwork.Now });
            }
        }

        foreach (var account in debtor.Accounts.Take(setting.Paid))
            await world.ExecuteAsync("update account set balance = 0, bucket_30 = 0, bucket_older = 0 where account_id = @account", new { account });
        if (setting.Lacks.Contains("birth", StringComparison.Ordinal))
            await ExecuteAsync("update person set birth_date = null where person_id = @PersonId");
        if (setting.Stranger)
            await ExecuteAsync("update account set client_id = (select min(client_id) from client), client_account_no = 'N-' || @number where account_id = @account");
        await RememberAsync(setting);
    }

    /// <summary>What was before this call.</summary>
    private async Task RememberAsync(PathSetting setting)
    {
        if (setting.PaymentOpen)
            await PaymentAsync("Unknown", 12m);
        if (setting.PaidToday)
            await PaymentAsync("Captured", PathSetting.PaidBefore);
        if (setting.DebitReturned)
        {
            await ExecuteAsync(
                """
                insert into payment (idempotency_key, account_id, person_id, amount, method, source, state, return_code, returned_at, created_at, updated_at)
                values (gen_random_uuid()::text, @account, @PersonId, 14, 'AchDebit', 'Ivr', 'Reversed', 'R10', @earlier, @earlier, @earlier)
                """);
        }

        for (var i = 0; i < setting.DeclinedBefore; i++)
            await PaymentAsync("Declined", 10m + i);
        if (setting.BrokenPromises)
        {
            await ExecuteAsync(
                "insert into promise (account_id, person_id, amount, due_on, grace_until, source, state, made_at) select @account, @PersonId, 20, '2026-05-01', '2026-05-04', 'Ivr', 'Broken', @Now from generate_series(1, 2)");
        }

        if (setting.Locked)
            await ExecuteAsync($"with before as ({Earlier}) insert into verification_failure (at, attempt_id, person_id, e164) select @Now, attempt_id, @PersonId, '+14045550000' from before, generate_series(1, 5)");
        foreach (var saved in PathSetting.Foreign.Take(setting.Saved).Index())
        {
            await ExecuteAsync(
                $"""
                with before as ({Earlier})
                insert into saved_method (person_id, method, token, profile, brand, last_digits, expires_on, attempt_id, consent, saved_at)
                select @PersonId, @method, 'pm_of_another', 'cus_of_another', @brand, @digits, @expires, attempt_id, 'test', @at from before
                """,
                new { method = saved.Item.Method.ToString(), brand = saved.Item.Brand, digits = saved.Item.LastDigits, expires = saved.Item.Brand is null ? (LocalDate?)null : new LocalDate(2030, 12, 31), at = CallerNetwork.Now - Duration.FromDays(1 + saved.Index) });
        }
    }

    private Task PaymentAsync(string state, decimal amount) => ExecuteAsync(
        """
        insert into payment (idempotency_key, account_id, person_id, amount, method, source, state, created_at, updated_at)
        values (gen_random_uuid()::text, @account, @PersonId, @amount, 'CreditCard', 'Ivr', @state, @earlier, @earlier)
        """,
        new { state, amount });

    /// <summary>A campaign whose calls nobody takes: the machine's, or people's.</summary>
    private async Task<long> CampaignAsync()
    {
        var campaign = await world.CampaignAsync(DialingWorld.NewSkill(), noAgent: "Message");
        await world.ExecuteAsync(
            "update campaign set client_id = @ClientId, machine_treatment = 'LimitedContentMessage' where campaign_id = @CampaignId", new { _debtor!.ClientId, campaign.CampaignId });
        return campaign.CampaignId;
    }

    private Task ExecuteAsync(string sql, object? more = null)
    {
        var parameters = new Dapper.DynamicParameters(new
        {
            account = _debtor!.Accounts[0], _debtor.PersonId, _debtor.ClientId, _debtor.E164, CallerNetwork.Ours, CallerNetwork.Now, earlier = CallerNetwork.Now - Duration.FromMinutes(30), number = plan.Model.AccountNumber,
            PathSetting.NotYetDue, PathSetting.Least, PathSetting.Settled,
        });
        if (more is not null)
            parameters.AddDynamicParams(more);
        return world.ExecuteAsync(sql, parameters);
    }

    /// <summary>The number of the step that a webhook asks for; null where it names none.</summary>
    private static int? NumberOf(string url)
    {
        var at = url.IndexOf("&n=", StringComparison.Ordinal) is var found and >= 0 ? found + 3 : url.IndexOf("?n=", StringComparison.Ordinal) + 3;
        var end = at;
        while (end < url.Length && char.IsAsciiDigit(url[end]))
            end++;
        return at > 2 && int.TryParse(url.AsSpan(at, end - at), out var n) ? n : null;
    }
}
