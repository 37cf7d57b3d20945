using Dialer.Core;
using Dialer.Core.Routing;
using NodaTime;

namespace Dialer.Features.Agents;

/// <summary>A row of <c>agent_session</c>: the truth about one signed-in agent.</summary>
public sealed class AgentSession
{
    public const string Columns =
        "s.session_id, s.agent_id, s.state, s.since, s.until, s.intent, s.reason, s.attempt_id, s.epoch, s.softphone_sid, s.softphone_up, s.conference_sid, s.extended, s.draws, a.skills, u.display_name, "
        + "(select w.words from agent_work w where w.agent_id = s.agent_id) as work";

    public Guid SessionId { get; init; }

    public long AgentId { get; init; }

    public AgentState State { get; init; }

    public Instant Since { get; init; }

    public Instant? Until { get; init; }

    public AgentState? Intent { get; init; }

    public string? Reason { get; init; }

    public long? AttemptId { get; init; }

    public long Epoch { get; init; }

    public string? SoftphoneSid { get; init; }

    public bool SoftphoneUp { get; init; }

    public string? ConferenceSid { get; init; }

    public bool Extended { get; init; }

    /// <summary>The desk says when it has drawn a call.</summary>
    public bool Draws { get; init; }

    public string[] Skills { get; init; } = [];

    /// <summary>Kinds of work and campaigns, as the view agent_work has them.</summary>
    public string[] Work { get; init; } = [];

    public string DisplayName { get; init; } = "";

    public string Conference => ConferenceOf(SessionId);

    public static string ConferenceOf(Guid session) => $"agent-{session:N}";

    public Agent ToAgent() => new(State, Since, Until, Intent, Reason, AttemptId is { } id ? new AttemptId(id) : null, SoftphoneUp, Extended);
}
