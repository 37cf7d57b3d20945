using System.Security.Claims;
using Dialer.Features.Access;
using Dialer.Storage.Postgres;
using Dialer.Twilio.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Dialer.Features.Agents.Calls;

/// <summary>The customer hears music and nobody hears the customer, until taken back.</summary>
internal static class HoldCall
{
    public sealed record Request(bool On);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPut("/api/v1/agent/calls/{attemptId:long}/hold", HandleAsync).RequireAuthorization(Scopes.CallsTake);

    private static async Task<IResult> HandleAsync(
        long attemptId, Request request, ClaimsPrincipal caller, Database database, TwilioClient twilio, AgentSessions sessions, ServiceClock clock, CancellationToken cancel)
    {
        if (await MyCall.FindAsync(database, attemptId, caller.UserId(), cancel) is not { } call)
            return Problem.Conflict("You are not talking in this call.");
        var answer = await twilio.UpdateParticipantAsync(call.ConferenceSid, call.Sid, new UpdateParticipant { Hold = request.On }, cancel);
        if (answer.Error is { } error)
            return Carrier.Refused(request.On ? "The call was not put on hold." : "The call is still on hold.", error);
        await database.ExecuteAsync("update attempt set held_at = @at where attempt_id = @attemptId", new { attemptId, at = request.On ? clock.Now : (NodaTime.Instant?)null }, cancel);
        await sessions.AnnounceAsync(await sessions.FindOpenAsync(caller.UserId(), cancel));
        return Results.NoContent();
    }
}

/// <summary>What is said when the carrier does not do what it was asked.</summary>
internal static class Carrier
{
    public static IResult Refused(string what, TwilioError error) => Results.Problem($"{what} The carrier said: {error.Message} Try again.", statusCode: 502, title: "Not done");
}
