using Dapper;
using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Core.Payments;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Payments;

public static partial class PlanStore
{
    /// <summary>What a signature cures: every plan lacks it until its form comes back, and a debit that was returned as not authorized needs a new one.</summary>
    private static readonly string[] CuredBySignature = ["REGE_AUTH_MISSING", "ACH_UNAUTHORIZED"];

    /// <summary>
    /// Stores the plan with its instalments and queues its authorisation by letter or e-mail, in the caller's transaction. It waits for a signature and takes nothing by itself.
    /// Null: the account has a plan already, the offer is gone, or a payment rule objects to more than the signature that is still to come.
    /// </summary>
    public static async Task<long?> CreateAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, PaymentGate gate, long accountId, long planOfferId, LocalDate firstOn, long? attemptId, Instant now, CancellationToken cancel)
    {
        var row = await connection.QuerySingleOrDefaultAsync<OfferRow>(new CommandDefinition(
            """
            select o.plan_offer_id, o.installments, o.every_days, o.least_balance, o.most_balance, a.balance, a.currency, a.person_id
            from plan_offer o join account a on a.client_id = o.client_id where o.plan_offer_id = @planOfferId and a.account_id = @accountId and o.withdrawn_at is null
            """,
            new { planOfferId, accountId }, transaction, cancellationToken: cancel));
        if (row is null)
            return null;
        var offer = new PlanOffer(row.PlanOfferId, row.Installments, row.EveryDays, row.LeastBalance, row.MostBalance);
        var schedule = PaymentPlans.Schedule(new Money(row.Balance, row.Currency), offer, firstOn);
        var verdict = await gate.DecideAsync(connection, transaction, QuestionOf(accountId, row.PersonId, attemptId, schedule[0], signed: false), now, cancel);
        if (verdict.Objections.Any(reason => !CuredBySignature.Contains(reason.Code)))
            return null;
        var plan = await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
            """
            insert into payment_plan (account_id, person_id, plan_offer_id, attempt_id, state, made_at, payment_decision_id)
            values (@accountId, @PersonId, @planOfferId, @attemptId, 'PendingAuthorization', @now, @DecisionId)
            on conflict do nothing returning payment_plan_id
            """,
            new { accountId, row.PersonId, planOfferId, attemptId, now, verdict.DecisionId }, transaction, cancellationToken: cancel));
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

    /// <summary>
    /// The signature is recorded: asks the rules again, now that there is one, and lets the plan begin. Empty: it has begun; else why not. Null: no such plan waits.
    /// </summary>
    internal static async Task<IReadOnlyList<Reason>?> AuthorizeAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, PaymentGate gate, long planId, string by, string evidence, Instant now, CancellationToken cancel)
    {
        var plan = await connection.QuerySingleOrDefaultAsync<WaitingRow>(new CommandDefinition(
            """
            select g.account_id, g.person_id, i.number, i.due_on, i.amount, a.currency from payment_plan g join account a using (account_id)
            join lateral (select number, due_on, amount from plan_installment n where n.payment_plan_id = g.payment_plan_id order by number limit 1) i on true
            where g.payment_plan_id = @planId and g.state = 'PendingAuthorization' for update of g
            """,
            new { planId }, transaction, cancellationToken: cancel));
        if (plan is null)
            return null;
        var first = new Installment(plan.Number, plan.DueOn, new Money(plan.Amount, plan.Currency));
        var verdict = await gate.DecideAsync(connection, transaction, QuestionOf(plan.AccountId, plan.PersonId, null, first, signed: true), now, cancel);
        if (!verdict.Decision.Allowed)
            return verdict.Objections;
        await connection.ExecuteAsync(new CommandDefinition(
            "update payment_plan set state = 'Active', authorized_at = @now, authorized_by = @by, evidence = @evidence, authorization_ended_at = null, authorization_ended_why = null, payment_decision_id = @DecisionId where payment_plan_id = @planId",
            new { planId, now, by, evidence, verdict.DecisionId }, transaction, cancellationToken: cancel));
        return [];
    }

    /// <summary>May repeated debits be arranged? Asked as for a bank account, the strictest means: which one it will be stands on the signed form.</summary>
    private static PaymentQuestion QuestionOf(long accountId, long personId, long? attemptId, Installment first, bool signed) => new(accountId, personId, attemptId, "Plan", first.Amount, PaymentMeans.AchDebit)
    {
        Step = PaymentStep.Accept,
        AuthorizedBy = AuthorizedBy.Paper,
        Recurring = true,
        Signed = signed,
        Confirmed = true, // the terms were read out and agreed to, or are signed
        Again = true, // an instalment is no doubled payment
        ScheduledOn = first.DueOn,
    };

    private sealed record WaitingRow(long AccountId, long PersonId, int Number, LocalDate DueOn, decimal Amount, string Currency);

    private sealed record OfferRow(long PlanOfferId, int Installments, int EveryDays, decimal LeastBalance, decimal MostBalance, decimal Balance, string Currency, long PersonId);
}
