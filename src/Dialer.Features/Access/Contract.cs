namespace Dialer.Features.Access;

/// <summary>Marks an endpoint that may be repeated without harm and often is, so that its answers need not be kept.</summary>
public sealed class RepeatsFreely;
