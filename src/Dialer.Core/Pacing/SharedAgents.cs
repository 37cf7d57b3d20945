namespace Dialer.Core.Pacing;

/// <summary>One campaign's claim on agents that several campaigns share.</summary>
/// <param name="Priority">Higher is served first.</param>
/// <param name="Weight">Fair share among campaigns of one priority; above 0.</param>
/// <param name="Wanted">Most agents this campaign can use now: its dialable numbers and limits bound it.</param>
public readonly record struct AgentClaim(CampaignId Campaign, int Priority, double Weight, int Wanted);

/// <summary>Divides idle agents that several campaigns share, so that no two campaigns dial for the same agent.</summary>
public static class SharedAgents
{
    /// <summary>Whole agents for each claim, in the order of the claims; together never more than <paramref name="agents"/>. Priority by priority; within one priority by weight, and what one does not want goes to the others.</summary>
    public static IReadOnlyList<int> Divide(int agents, IReadOnlyList<AgentClaim> claims)
    {
        var given = new int[claims.Count];
        var left = Math.Max(0, agents);
        foreach (var priority in claims.Select(claim => claim.Priority).Distinct().OrderDescending())
        {
            while (left > 0)
            {
                var neediest = Neediest(claims, given, priority);
                if (neediest < 0)
                    break;
                given[neediest]++;
                left--;
            }
        }

        return given;
    }

    /// <summary>Each claim's part of the shared agents, 0 to 1, in the order of the claims; together 1 unless nobody wants an agent. A part bounds how many of the calls that the floor has room for a campaign starts.</summary>
    public static IReadOnlyList<double> Parts(int agents, IReadOnlyList<AgentClaim> claims)
    {
        var given = Divide(agents, claims);
        var sum = (double)given.Sum();
        return [.. given.Select(part => sum > 0 ? part / sum : 0)];
    }

    /// <summary>Which of the claims may round its part up in this slot of time: over many slots each has the turn as often as its part says, and every node that computes it agrees. Null when all parts are 0.</summary>
    /// <param name="slot">Counts slots of time, such as seconds since 1970.</param>
    public static int? Turn(IReadOnlyList<double> parts, long slot)
    {
        // Steps of the golden ratio visit the parts evenly, without the runs that chance would have.
        var at = slot * 0.6180339887498949 % 1;
        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i] > 0 && at < parts[i])
                return i;
            at -= parts[i];
        }

        return parts.Any(part => part > 0) ? parts.Select((part, i) => (part, i)).Last(one => one.part > 0).i : null;
    }

    /// <summary>The claim whose next agent would cost the least of its weight (Webster's method); ties go to the lower campaign id, so every node divides alike.</summary>
    private static int Neediest(IReadOnlyList<AgentClaim> claims, int[] given, int priority)
    {
        var best = -1;
        for (var i = 0; i < claims.Count; i++)
        {
            if (claims[i].Priority != priority || given[i] >= claims[i].Wanted || claims[i].Weight <= 0)
                continue;
            if (best < 0 || Before(i, best))
                best = i;
        }

        return best;

        bool Before(int one, int other)
        {
            var (mine, theirs) = ((given[one] + 0.5) / claims[one].Weight, (given[other] + 0.5) / claims[other].Weight);
            return mine < theirs || (mine <= theirs && claims[one].Campaign.Value < claims[other].Campaign.Value);
        }
    }
}
