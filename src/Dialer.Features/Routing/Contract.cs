using NodaTime;

namespace Dialer.Features.Routing;

/// <summary>A call that is to be given to an agent.</summary>
public sealed record RoutedCall(long AttemptId, Instant CreatedAt, string Direction);

/// <summary>TwiML that joins the caller to an agent's conference, and the agent's session as it is now.</summary>
public sealed record JoinedAgent(string Twiml, Agents.AgentSession Agent);

/// <summary>Gives a call to an agent at once, if one who fits is free: chosen atomically in Redis, decided in PostgreSQL.</summary>
public sealed partial class AgentHandoff;

/// <summary>The line of callers for whom nobody is free yet.</summary>
public sealed partial class CallQueue;
