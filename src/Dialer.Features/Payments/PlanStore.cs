using Dapper;
using Dialer.Core;
using Dialer.Core.Payments;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Payments;

public static partial class PlanStore
{
    /// <summary>
    /// Stores the plan with its instalments and queues its authorisation by letter or e-mail, in the caller's transaction. It waits for a signature and takes nothing by itself.
    /// Null: the account has a plan already, or the offer is gone.
    /// </summary>
    public static async Task<long?> CreateAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long accountId, long planOfferId, LocalDate firstOn, long? attemptId, Instant now, CancellationToken cancel)
    {
        var row = await connection.QuerySingleOrDefaultAsync<OfferRow>(new CommandDefinition(
            """
            select o.plan_offer_id, o.installments, o.every_days, o.least_balance, o.most_balance, a.balance, a.currency
            from plan_offer o join account a on a.client_id = o.client_id where o.plan_offer_id = @planOfferId and a.account_id = @accountId and o.withdrawn_at is null
            """,
            new { planOfferId, accountId }, transaction, cancellationToken: cancel));
        if (row is null)
            return null;
        var offer = new PlanOffer(row.PlanOfferId, row.Installments, row.EveryDays, row.LeastBalance, row.MostBalance);
        var schedule = PaymentPlans.Schedule(new Money(row.Balance, row.Currency), offer, firstOn);
        var plan = await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
            """
            insert into payment_plan (account_id, person_id, plan_offer_id, attempt_id, state, made_at)
            select @accountId, person_id, @planOfferId, @attemptId, 'PendingAuthorization', @now from account where account_id = @accountId
            on conflict do nothing returning payment_plan_id
            """,
            new { accountId, planOfferId, attemptId, now }, transaction, cancellationToken: cancel));
        if (plan is null)
            return null;
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into plan_installment (payment_plan_id, number, due_on, amount) values (@plan, @Number, @DueOn, @amount)",
            schedule.Select(part => new { plan, part.Number, part.DueOn, amount = part.Amount.Amount }), transaction, cancellationToken: cancel));
        await Notices.QueueAsync(
            connection, transaction, NoticeKind.PlanAuthorization, $"plan:{plan}", accountId,
            new { installments = schedule.Count, amount = schedule[0].Amount.Amount, firstOn, row.EveryDays }, now, cancel);
        return plan;
    }

    private sealed record OfferRow(long PlanOfferId, int Installments, int EveryDays, decimal LeastBalance, decimal MostBalance, decimal Balance, string Currency);
}
