using System.Text.Json.Nodes;
using Dialer.Simulator.Engine;
using Dialer.Simulator.People;

namespace Dialer.Simulator.Agents;

/// <summary>What one virtual agent does about the call in front of it: listens for the result, ticks what it has said, hangs up, wraps up and disposes.</summary>
internal sealed class AgentCall(VirtualAgent agent, Chance chance)
{
    /// <summary>Said to whoever answers; the rest only to the person meant.</summary>
    private static readonly string[] ToAnybody = ["RECORDING_NOTICE_REQUIRED", "IDENTITY_DISCLOSURE_REQUIRED"];

    /// <summary>What a machine or a letter owes, or nobody may say: no line of an agent's.</summary>
    private static readonly string[] NotSpoken =
        ["LIMITED_CONTENT_ONLY", "OPTOUT_MECHANISM_REQUIRED", "E_OPTOUT_REQUIRED", "NO_OVERSHADOWING", "WRITTEN_COPY_OF_PLAN", "SETTLEMENT_LETTER_OWED", "TIME_BARRED_NO_SUIT", "LANGUAGE_ACCESS"];

    private string? _attempt;
    private string[] _owed = [];
    private string? _disposed;
    private JsonObject? _learned;
    private Appointment? _hangUp;
    private Appointment? _wrapUp;

    /// <summary>Somebody on the line said something.</summary>
    public void Heard(Speech speech)
    {
        if (speech.Intent is not { } intent || agent.State is not ("OnCall" or "Reserved"))
            return;
        if (intent["result"] is not null)
            _learned = intent.DeepClone().AsObject();
        var result = intent["result"]?.GetValue<string>();
        Tick(result);
        if (intent["wants"]?.GetValue<string>() == "end")
            HangUpAfter(chance.Between(0.5, 2));
        else if (result is "AM" or "NOISE")
            HangUpAfter(chance.Between(1.5, 4));
        else if (result is not null)
            HangUpAfter(25);
    }

    /// <summary>The product showed a new state and the call that goes with it.</summary>
    public void See(string state, JsonObject? call)
    {
        var attempt = call?["attemptId"]?.ToString();
        if (attempt is not null && attempt != _attempt)
        {
            _attempt = attempt;
            _learned = null;
            _owed = [.. (call!["disclosures"] as JsonArray ?? []).Select(code => code?.ToString() ?? "").Where(code => code.Length > 0 && !NotSpoken.Contains(code)).Distinct()];
            _hangUp?.Cancel();
            agent.Note("call", call["direction"]?.ToString(), attempt);
        }

        if (state != "WrapUp")
            return;
        _hangUp?.Cancel();
        Tick(_learned?["result"]?.GetValue<string>()); // what a lost network kept back
        var about = attempt ?? _attempt;
        if (about is null || about == _disposed || _wrapUp is { Pending: true })
            return;
        var seconds = Math.Clamp(chance.LogNormal(agent.Temper.WrapUpMedianSeconds, agent.Temper.WrapUpSigma), 3, 150);
        _wrapUp = agent.Later(Mishap() + seconds, () => Dispose(about, NewKey(), 0));
    }

    /// <summary>Who is on the line is known: what was said to them is ticked. What the product did not take stays to be ticked.</summary>
    private void Tick(string? result)
    {
        if (_attempt is not { } attempt || result is null or "AM" or "NOISE")
            return;
        var said = _owed.Where(code => result is not ("WN" or "TPC" or "LANG" or "DEC") || ToAnybody.Contains(code)).ToArray();
        if (said.Length == 0)
            return;
        _owed = [.. _owed.Except(said)];
        var body = new JsonObject { ["codes"] = new JsonArray([.. said.Select(code => (JsonNode?)code)]), ["evidence"] = "script" };
        agent.Send("POST", $"/api/v1/compliance/attempts/{attempt}/disclosures", body, reply =>
        {
            if (!reply.Ok && _attempt == attempt)
                _owed = [.. _owed.Union(said)];
        });
    }

    /// <summary>Between two calls a tab is reloaded or the network goes, sometimes. Nobody is on the line then; the softphone drops all the same. Seconds until the desk is back.</summary>
    private double Mishap()
    {
        if (chance.Happens(agent.Temper.NetworkLosses))
        {
            var seconds = chance.Between(3, 15);
            agent.Later(0.5, () => agent.LoseNetwork(seconds));
            return 0.5 + seconds;
        }

        if (!chance.Happens(agent.Temper.Refreshes))
            return 0;
        agent.Later(0.5, agent.Refresh);
        return 0.5 + agent.ReloadSeconds;
    }

    private void HangUpAfter(double seconds)
    {
        if (_attempt is not { } attempt)
            return;
        _hangUp?.Cancel();
        _hangUp = agent.Later(seconds, () =>
        {
            if (agent.State is not "OnCall" || _attempt != attempt)
                return;
            agent.Note("hangup", null, attempt);
            agent.Send("POST", $"/api/v1/agent/calls/{attempt}/hangup", [], _ => { });
        });
    }

    private void Dispose(string attempt, string key, int tries)
    {
        var code = _learned?["result"]?.GetValue<string>() ?? "RPC-HUP";
        var body = new JsonObject { ["code"] = code, ["note"] = $"Simulated conversation, result {code}." };
        if (_learned?["promise"] is { } promise)
            body["promise"] = promise.DeepClone();
        if (_learned?["callbackAt"] is { } callback)
            body["callbackAt"] = callback.DeepClone();
        agent.Send("POST", $"/api/v1/agent/calls/{attempt}/disposition", body, reply =>
        {
            agent.Note("disposition", $"{code}: {reply.Status}", attempt, reply.Ok ? body["promise"]?["amount"]?.GetValue<decimal>() : null);
            if (!reply.Ok && reply.Status is 0 or >= 500 or 401 or 429 && tries < 20)
            {
                _wrapUp = agent.Later(agent.RealSeconds(Math.Min(5, 0.5 * (tries + 1))), () => Dispose(attempt, key, tries + 1));
                return;
            }

            _disposed = attempt;
            Afterwards();
        }, key);
    }

    private void Afterwards()
    {
        if (chance.Happens(agent.Temper.Breaks))
            agent.SetState("Break", "break");
        agent.Later(3, () =>
        {
            if (agent.State == "WrapUp")
                agent.SetState("Available");
        });
    }

    private string NewKey() => $"{chance.NextBits():x16}{chance.NextBits():x16}";
}
