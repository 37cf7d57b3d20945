using System.Security.Claims;
using Dialer.Features.Access;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Dialer.Features.Agents;

/// <summary>The desk says that the call is on the agent's screen: the proof that the screen came before the voice, and a look at the account.</summary>
/// <remarks>The moment is when the word arrives here, by the service's clock: later than the drawing by the word's way, never earlier.</remarks>
internal static class ShowCall
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/v1/agent/calls/{attemptId:long}/shown", HandleAsync).RequireAuthorization(Scopes.CallsTake).WithMetadata(new RepeatsFreely());

    private static async Task<IResult> HandleAsync(long attemptId, ClaimsPrincipal caller, Database database, AgentSignals signals, ServiceClock clock, CancellationToken cancel)
    {
        var now = clock.Now;
        await signals.ShownAsync(attemptId);
        await database.ExecuteAsync(
            """
            with shown as (
                update attempt set shown_at = @now where attempt_id = @attemptId and agent_id = @me and shown_at is null returning account_id)
            insert into account_look (at, user_id, account_id, via, attempt_id) select @now, @me, account_id, 'Desk', @attemptId from shown where account_id is not null
            """,
            new { attemptId, me = caller.UserId(), now },
            cancel);
        return Results.NoContent();
    }
}
