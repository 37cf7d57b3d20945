namespace Dialer.Core.Pacing;

/// <summary>What another controller would have started at the same instant, given the same floor: shown beside the plan, never dialled.</summary>
public readonly record struct ShadowPlan(string Name, int Dials)
{
    /// <summary>One line for each idle agent; and the common ratio dialler, which opens 1 / answer rate lines for each idle agent.</summary>
    public static IReadOnlyList<ShadowPlan> Of(PacingSnapshot snapshot, PacingPlan plan)
    {
        var idle = Math.Max(0, plan.Idle);
        var open = snapshot.Whole && plan.Working > 0;
        var ratio = plan.AnswerRate > 0 ? 1 / plan.AnswerRate : 1;
        return
        [
            new("progressive", open ? Math.Max(0, idle - plan.InFlight) : 0),
            new("ratio", open ? Math.Max(0, (int)Math.Floor(idle * ratio) - plan.InFlight) : 0),
        ];
    }
}
