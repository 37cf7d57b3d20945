using NodaTime;

namespace Dialer.Core.Routing;

/// <summary>Why a caller got this agent: the agent he knows, one with everything asked for, or one with less because he has waited.</summary>
public enum RoutingReason
{
    Sticky,
    Skills,
    Widened,
}

/// <summary>A caller in line. <paramref name="RankAt"/> orders the line, see <see cref="CallerOrder"/>.</summary>
/// <param name="Needs">Sets of skills good enough now, the strictest first.</param>
public sealed record WaitingCaller(long Id, Instant RankAt, IReadOnlyList<IReadOnlyList<string>> Needs, Guid? Sticky = null);

/// <summary>An agent who may be given a call. <paramref name="Words"/> as <see cref="Skills.Satisfied"/>.</summary>
public sealed record FreeAgent(Guid Session, Instant Since, IReadOnlySet<string> Words);

public sealed record RoutingChoice(WaitingCaller Caller, FreeAgent Agent, RoutingReason Reason);

/// <summary>The order of a queue: by the time of entry, a step of priority counting as thirty seconds waited before.</summary>
/// <remarks>
/// Linear ageing: the order of two callers never changes while they wait, so it is one stored instant and an index. Nobody starves: a caller is passed only by those who
/// enter within 30 s for each step of priority they are ahead, 270 s at most.
/// </remarks>
public static class CallerOrder
{
    public const int MostPriority = 9;

    public static readonly Duration HeadStart = Duration.FromSeconds(30);

    public static Instant RankAt(Instant entered, int priority) => entered - (HeadStart * Math.Clamp(priority, 0, MostPriority));
}

/// <summary>
/// Who gets whom, for all callers and free agents at once. What production does atomically in Redis (match_agents.lua) is this function; a test holds the two against each other.
/// </summary>
public static class RoutingMatch
{
    /// <summary>
    /// First in line first; for each, the agent he knows if that one fits, else by the strictest set of needs for which anybody is free, the longest idle.
    /// A caller for whom nobody fits is passed over, not waited for.
    /// </summary>
    public static IReadOnlyList<RoutingChoice> Match(IEnumerable<WaitingCaller> callers, IEnumerable<FreeAgent> agents)
    {
        var free = agents.OrderBy(agent => agent.Since).ThenBy(agent => agent.Session.ToString("N"), StringComparer.Ordinal).ToList();
        var choices = new List<RoutingChoice>();
        foreach (var caller in callers.OrderBy(caller => caller.RankAt).ThenBy(caller => caller.Id))
        {
            if (Choose(caller, free) is not { } choice)
                continue;
            choices.Add(choice);
            free.Remove(choice.Agent);
        }

        return choices;
    }

    private static RoutingChoice? Choose(WaitingCaller caller, List<FreeAgent> free)
    {
        if (free.Find(agent => agent.Session == caller.Sticky && caller.Needs.Any(agent.Words.IsSupersetOf)) is { } known)
            return new RoutingChoice(caller, known, RoutingReason.Sticky);
        for (var step = 0; step < caller.Needs.Count; step++)
        {
            if (free.Find(agent => agent.Words.IsSupersetOf(caller.Needs[step])) is { } agent)
                return new RoutingChoice(caller, agent, step == 0 ? RoutingReason.Skills : RoutingReason.Widened);
        }

        return null;
    }
}
