using Dialer.Core.Pacing;

namespace Dialer.Features.Dialing;

/// <summary>A floor in the few numbers from which its next half hour can be played through: what its engine has learned, the callers in who take its agents, and the policy to try.</summary>
public sealed record FloorSketch(int Agents, int CallsPerSecond, int MaxLines, LearnedFloor Learned, PacingPolicy Policy, string? Memory, AbandonmentLedger Ledger, double InboundPerMinute = 0);

/// <summary>What came of it: means over the seeds with half of the 95 % confidence interval. Percent, except dials (a minute) and waiting (seconds, the median agent's).</summary>
public sealed record FloorOutlook(double Utilisation, double UtilisationMargin, double Abandonment, double AbandonmentMargin, double DialsPerMinute, double WaitSeconds, double DifferenceToFirst, double DifferenceMargin);

/// <summary>Plays floors through on the same seeds. The composition root gives the pacing lab's floor, with the production engine on it.</summary>
public delegate IReadOnlyList<FloorOutlook> PredictFloor(IReadOnlyList<FloorSketch> sketches);
