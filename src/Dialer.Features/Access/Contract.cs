namespace Dialer.Features.Access;

/// <summary>Marks an endpoint that may be repeated without harm, and either often is or answers with a secret: its answers are not kept.</summary>
public sealed class RepeatsFreely;
