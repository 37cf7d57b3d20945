using System.Security.Claims;
using Dialer.Core;
using Dialer.Core.Routing;
using Dialer.Features.Access;
using Dialer.Features.Accounts;
using Dialer.Features.Dialing;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Dialer.Features.Agents;

/// <summary>
/// Preview dialling: <c>POST /api/v1/agent/preview</c> puts the next account of the agent's campaigns of preview and of calls by hand before him, or the one he has; <c>GET</c> says what it is and which campaigns there are;
/// <c>POST .../dial</c> calls it through the same gate as every call; <c>POST .../skip</c> puts it back with his reason. What is left alone goes back by itself.
/// </summary>
internal static class PreviewAccounts
{
    private const int MostWords = 200;

    private const string Sql =
        """
        select a.account_id, a.creditor, a.client_account_no, a.balance, a.balance - a.bucket_current as past_due, a.currency, p.first_name, p.last_name, p.language, p.state, p.zip, right(h.e164, 4) as last4,
            (select count(*) from attempt w where w.account_id = a.account_id and w.counted and w.direction = 'Outbound' and w.created_at > @week)::int as week_calls, l.created_at as last_call_at, l.code as last_call
        from account a join person p using (person_id) join phone h on h.phone_id = @PhoneId
        left join lateral (select t.created_at, coalesce(d.code, t.disposition, t.state) as code from attempt t left join disposition d on d.attempt_id = t.attempt_id
            where t.account_id = a.account_id order by t.created_at desc limit 1) l on true
        where a.account_id = @AccountId
        """;

    public sealed record SkipRequest(string? Reason);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/agent/preview").RequireAuthorization(Scopes.CallsTake);
        group.MapGet("", ReadAsync);
        group.MapPost("", NextAsync);
        group.MapPost("dial", DialAsync);
        group.MapPost("skip", SkipAsync);
    }

    private static async Task<IResult> ReadAsync(ClaimsPrincipal caller, Database database, PreviewLeads leads, ServiceClock clock, CancellationToken cancel) => Results.Ok(new
    {
        campaigns = await leads.CampaignsAsync(caller.UserId(), cancel),
        shown = await ViewAsync(await leads.ShownAsync(caller.UserId(), cancel), caller, database, clock.Now, cancel),
    });

    private static async Task<IResult> NextAsync(ClaimsPrincipal caller, Database database, AgentSessions sessions, PreviewLeads leads, ServiceClock clock, CancellationToken cancel)
    {
        if (await sessions.FindOpenAsync(caller.UserId(), cancel) is not { State: AgentState.Available })
            return Problem.Conflict("Be Available to look at the next account: the call that follows is given to you as every other.");
        return Results.Ok(new { shown = await ViewAsync(await leads.NextAsync(caller.UserId(), cancel), caller, database, clock.Now, cancel) });
    }

    private static async Task<IResult> DialAsync(ClaimsPrincipal caller, AgentSessions sessions, PreviewLeads leads, AgentDial dial, CancellationToken cancel)
    {
        if (await sessions.FindOpenAsync(caller.UserId(), cancel) is not { } session)
            return Problem.Conflict("You are not signed in at a desk. Start a session first.");
        if (await leads.ShownAsync(session.AgentId, cancel) is not { } shown)
            return Problem.Conflict("No account is before you any more. Ask for the next one.");
        var outcome = await dial.DialAsync(
            new AgentDialRequest(session.SessionId, session.AgentId, shown.PersonId, shown.AccountId, shown.PhoneId, shown.Mode.ToString()) { Campaign = new CampaignId(shown.CampaignId), Mode = shown.Mode }, cancel);
        return outcome.AttemptId is { } attempt ? Results.Ok(new { attemptId = attempt }) : WorkList.NotDialled(outcome);
    }

    private static async Task<IResult> SkipAsync(SkipRequest request, ClaimsPrincipal caller, PreviewLeads leads, CancellationToken cancel)
    {
        if (request.Reason?.Trim() is not { Length: > 0 and <= MostWords } reason)
            return Problem.Invalid($"Say in 1 to {MostWords} characters why it is not called.");
        return await leads.SkipAsync(caller.UserId(), reason, cancel) ? Results.NoContent() : Problem.Conflict("No account is before you any more. Ask for the next one.");
    }

    private static async Task<View?> ViewAsync(PreviewedLead? lead, ClaimsPrincipal caller, Database database, Instant now, CancellationToken cancel)
    {
        if (lead is null || await database.FindAsync<Row>(Sql, new { lead.AccountId, lead.PhoneId, week = now - Duration.FromDays(7) }, cancel) is not { } row)
            return null;
        await AccountLooks.WriteOnceAsync(database, caller, lead.AccountId, now, cancel);
        return new View(
            row.AccountId, lead.Campaign, lead.UntilAt, row.FirstName, row.LastName, row.Language, row.State, AgentDesk.LocalTime(row.Zip, row.State, now), row.Last4, row.Creditor, row.ClientAccountNo, row.Balance,
            row.PastDue, row.Currency, Math.Max(0, AgentDesk.MostCallsAWeek - row.WeekCalls), row.LastCallAt, row.LastCall);
    }

    /// <param name="LocalTime">As <see cref="CallContext"/> has it.</param>
    /// <param name="LastCall">What came of the last call: a disposition's code, else the carrier's word.</param>
    public sealed record View(
        long AccountId, string Campaign, Instant UntilAt, string FirstName, string LastName, string Language, string? State, string? LocalTime, string Last4, string Creditor, string ClientAccountNumber,
        decimal Balance, decimal PastDue, string Currency, int AttemptsLeft, Instant? LastCallAt, string? LastCall);

    private sealed class Row
    {
        public long AccountId { get; init; }

        public string Creditor { get; init; } = "";

        public string ClientAccountNo { get; init; } = "";

        public decimal Balance { get; init; }

        public decimal PastDue { get; init; }

        public string Currency { get; init; } = "";

        public string FirstName { get; init; } = "";

        public string LastName { get; init; } = "";

        public string Language { get; init; } = "";

        public string? State { get; init; }

        public string? Zip { get; init; }

        public string Last4 { get; init; } = "";

        public int WeekCalls { get; init; }

        public Instant? LastCallAt { get; init; }

        public string? LastCall { get; init; }
    }
}
