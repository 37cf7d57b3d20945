using System.Security.Claims;
using Dialer.Features.Access;
using Dialer.Storage.Postgres;
using Dialer.Twilio.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Dialer.Features.Agents;

/// <summary>The agent hangs up: the customer's leg ends, the agent's own stays parked.</summary>
public static class EndCall
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/api/v1/agent/calls/{attemptId:long}/hangup", HandleAsync).RequireAuthorization(Scopes.CallsTake);

    private static async Task<IResult> HandleAsync(long attemptId, ClaimsPrincipal caller, Database database, TwilioClient twilio, CancellationToken cancel)
    {
        var sid = await database.FindAsync<string>(
            "select sid from attempt where attempt_id = @attemptId and agent_id = @agent", new { attemptId, agent = caller.UserId() }, cancel);
        if (sid is null)
            return Problem.NotFound("You have no such call.");
        var answer = await twilio.CompleteCallAsync(sid, cancel);
        return answer.Error is null or { CallIsNotInProgress: true } or { IsNotFound: true }
            ? Results.NoContent()
            : Results.Problem($"The carrier did not take the hang-up: {answer.Error.Message} Try again.", statusCode: 502, title: "Not hung up");
    }
}
