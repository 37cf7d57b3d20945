using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using Dialer.Features.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Dialer.Features.Agents;

/// <summary>The desk's event stream: the whole snapshot at once on connect and after every change, so that a gap never needs a replay.</summary>
public static class StreamEvents
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet(
        "/api/v1/agent/events",
        (ClaimsPrincipal caller, AgentSessions sessions, AgentDesk desk, AgentSignals signals, CancellationToken cancel) =>
            TypedResults.ServerSentEvents(ReadAsync(caller.UserId(), sessions, desk, signals, cancel))).RequireAuthorization(Scopes.CallsTake);

    private static async IAsyncEnumerable<SseItem<AgentSnapshot?>> ReadAsync(long agentId, AgentSessions sessions, AgentDesk desk, AgentSignals signals, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var subscription = signals.Listen(agentId, out var changes);
        AgentSnapshot? last = null;
        while (!cancel.IsCancellationRequested)
        {
            var session = await sessions.FindOpenAsync(agentId, cancel);
            if (session is null)
            {
                yield return new SseItem<AgentSnapshot?>(null, "ended");
                yield break;
            }

            var snapshot = await desk.ReadAsync(session, cancel);
            if (snapshot != last)
                yield return new SseItem<AgentSnapshot?>(snapshot, "snapshot") { EventId = snapshot.Seq.ToString() };
            last = snapshot;
            await WaitAsync(changes, cancel);
        }
    }

    /// <summary>Until something changed, or long enough that a lost signal is made up for.</summary>
    private static async Task WaitAsync(System.Threading.Channels.ChannelReader<bool> changes, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Silence);
        try
        {
            await changes.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // the silence is over: read again
        }
    }
}
