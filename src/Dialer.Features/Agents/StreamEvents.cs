using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using Dialer.Features.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Dialer.Features.Agents;

/// <summary>The desk's event stream: the whole snapshot at once on connect and after every change, so that a gap never needs a replay; and every few seconds, so that a lost word is made up for.</summary>
public static class StreamEvents
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet(
        "/api/v1/agent/events",
        (ClaimsPrincipal caller, AgentDesk desk, AgentSignals signals, CancellationToken cancel) => TypedResults.ServerSentEvents(ReadAsync(caller.UserId(), desk, signals, cancel))).RequireAuthorization(Scopes.CallsTake);

    private static async IAsyncEnumerable<SseItem<AgentSnapshot?>> ReadAsync(long agentId, AgentDesk desk, AgentSignals signals, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var subscription = signals.Listen(agentId, out var changes);
        while (!cancel.IsCancellationRequested)
        {
            if (await desk.ReadOpenAsync(agentId, cancel) is not { } snapshot)
            {
                yield return new SseItem<AgentSnapshot?>(null, "ended");
                yield break;
            }

            yield return new SseItem<AgentSnapshot?>(snapshot, "snapshot") { EventId = snapshot.Seq.ToString(CultureInfo.InvariantCulture) };
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
