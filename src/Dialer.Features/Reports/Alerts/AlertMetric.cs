using NodaTime;

namespace Dialer.Features.Reports.Alerts;

/// <summary>Something an alert can watch.</summary>
/// <param name="Unit">"%", "s" or "".</param>
/// <param name="Formula">How the value comes about.</param>
/// <param name="Above">High values are bad.</param>
/// <param name="Read">Subject and value; null where nothing can be said yet.</param>
internal sealed record AlertMetric(string Name, string Unit, string Formula, bool Above, Func<FloorView, BesideTheFloor, IEnumerable<(string Subject, string Name, double? Value)>> Read)
{
    /// <summary>Live answers below which a rate of abandonment says nothing.</summary>
    private const int FewestAnswers = 30;

    public static IReadOnlyList<AlertMetric> All { get; } =
    [
        new("abandonmentOfCap", "%", "Abandoned / live answers today, as a share of the campaign's cap; from 30 live answers on", true, (floor, _) =>
            floor.Campaigns.Where(campaign => campaign.State == "Open").Select(campaign => (
                $"campaign/{campaign.Id}", campaign.Name, campaign.AnsweredLive < FewestAnswers || campaign.AbandonCap == 0 ? (double?)null : 100 * campaign.AbandonmentRate / (double)campaign.AbandonCap))),
        new("leadsReady", "", "Leads that are due now, of an open campaign with agents or an IVR", false, (floor, _) =>
            floor.Campaigns.Where(campaign => campaign.State == "Open").Select(campaign => ($"campaign/{campaign.Id}", campaign.Name, (double?)campaign.Ready))),
        new("agentsNotResponding", "", "Agents in state NotResponding", true, (floor, _) => [("floor", "", floor.Agents.Count(agent => agent.State == "NotResponding"))]),
        new("idleShare", "%", "Available / (Available + Reserved + OnCall + WrapUp); while a campaign with agents is open and five agents or more are there", true, (floor, _) => [("floor", "", IdleShare(floor))]),
        new("breakShare", "%", "On a break / signed in; with five agents or more", true, (floor, _) =>
            [("floor", "", Present(floor) < 5 ? null : 100.0 * floor.Agents.Count(agent => agent.State == "Break") / Present(floor))]),
        new("longestWait", "s", "The longest wait of a caller who is in line now", true, (floor, beside) => [("floor", "", beside.WaitingSince is { } since ? Math.Max(0, (floor.At - since).TotalSeconds) : 0)]),
        new("callsPerSecond", "", "Calls handed to the carrier a second, over ten seconds", false, (floor, _) =>
            [("floor", "", floor.Campaigns.Any(campaign => campaign.State == "Open") ? floor.Lines.Cps : null)]),
        new("disclosuresMissing", "", "Conversations with the right party whose owed disclosures were not ticked, and that no officer has looked at", true, (_, beside) => [("floor", "", beside.DisclosuresMissing)]),
    ];

    public static AlertMetric? Find(string name) => All.FirstOrDefault(metric => metric.Name == name);

    private static int Present(FloorView floor) => floor.Agents.Count(agent => agent.State != "Offline");

    private static double? IdleShare(FloorView floor)
    {
        var working = floor.Agents.Count(agent => agent.State is "Available" or "Reserved" or "OnCall" or "WrapUp");
        return working < 5 || !floor.Campaigns.Any(campaign => campaign is { State: "Open", Mode: not "Agentless" }) ? null : 100.0 * floor.Agents.Count(agent => agent.State == "Available") / working;
    }
}

/// <summary>What alerts watch and the floor's snapshot does not hold.</summary>
/// <param name="WaitingSince">Since when the caller waits who has waited longest; null: nobody waits.</param>
/// <param name="DisclosuresMissing">Calls on the officers' list of disclosures that were not ticked.</param>
internal sealed record BesideTheFloor(Instant? WaitingSince, long DisclosuresMissing);
