using System.Security.Claims;
using Dialer.Features.Access;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Dialer.Features.Agents;

/// <summary>The desk says that the call is on the agent's screen: the proof that the screen came before the voice, and a look at the account.</summary>
internal static class ShowCall
{
    /// <param name="At">When the browser had drawn it, on the service's clock as the desk counts it.</param>
    public sealed record Request(Instant At);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/v1/agent/calls/{attemptId:long}/shown", HandleAsync).RequireAuthorization(Scopes.CallsTake).WithMetadata(new RepeatsFreely());

    private static async Task<IResult> HandleAsync(long attemptId, Request request, ClaimsPrincipal caller, Database database, AgentSignals signals, ServiceClock clock, CancellationToken cancel)
    {
        var now = clock.Now;
        await signals.ShownAsync(attemptId);
        await database.ExecuteAsync(
            """
            with shown as (
                update attempt set shown_at = least(@At, @now) where attempt_id = @attemptId and agent_id = @me and shown_at is null returning account_id)
            insert into account_look (at, user_id, account_id, via, attempt_id) select @now, @me, account_id, 'Desk', @attemptId from shown where account_id is not null
            """,
            new { attemptId, request.At, me = caller.UserId(), now },
            cancel);
        return Results.NoContent();
    }
}
