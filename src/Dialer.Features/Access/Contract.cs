namespace Dialer.Features.Access;

/// <summary>Marks an endpoint that may be repeated without harm, and either often is or answers with a secret: its answers are not kept.</summary>
public sealed class RepeatsFreely;

/// <summary>Marks an endpoint that is about one agent: a caller without <see cref="Scopes.TeamsAll"/> reaches it for agents of his own team only.</summary>
public sealed class BoundToTeam;

/// <summary>Own team or another: what a scope that is bound to a team reaches.</summary>
public sealed partial class OwnTeam;

public static partial class OwnTeamEndpoints;
