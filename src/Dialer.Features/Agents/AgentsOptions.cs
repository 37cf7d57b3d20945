namespace Dialer.Features.Agents;

/// <summary>Section <c>Dialer:Agents</c>.</summary>
public sealed class AgentsOptions
{
    /// <summary>
    /// Whether an agent sees that somebody only listens to his calls. Default: yes. Who whispers, is in the call or has taken it is shown whatever this says. Leave it on where agents must be told by law
    /// or by agreement; every listening is a row of the audit trail either way.
    /// </summary>
    public bool ShowsListening { get; set; } = true;
}
