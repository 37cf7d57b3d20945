namespace Dialer.Simulator.Audit;

/// <summary>What the product's telephone says where a figure hangs on it, in each language. The network hears words; it is not told what they mean.</summary>
/// <param name="Abandoned">No agent was free for a person we called.</param>
/// <param name="Waiting">Nobody is free yet, and the place in the line.</param>
/// <param name="SentAway">The line has no room, or waited too long.</param>
/// <param name="PromiseRead">A promise read back before it is confirmed with the key 1; the first sum of money in it is the promise's.</param>
/// <param name="PromiseRecorded">The promise is recorded.</param>
public sealed record SpokenWords(
    IReadOnlyList<SpokenMessage> Abandoned, IReadOnlyList<SpokenMessage> Waiting, IReadOnlyList<SpokenMessage> SentAway, IReadOnlyList<SpokenMessage> PromiseRead, IReadOnlyList<SpokenMessage> PromiseRecorded)
{
    /// <param name="folder">Of TwiML templates.</param>
    public static SpokenWords ReadTemplates(string folder)
    {
        IReadOnlyList<SpokenMessage> Of(string flow, string step) => SpokenMessage.ReadTemplates(folder, Path.Combine(flow, $"{step}.xml"));
        return new SpokenWords(Of("abandoned", "message"), Of("queue", "wait"), Of("queue", "overflow"), Of("shared", "promise-confirm"), Of("shared", "promise-done"));
    }

    internal static bool IsSaid(IReadOnlyList<SpokenMessage> messages, Line line) => line.Kind == "heard" && line.Text("what") is "say" or "play" && messages.Any(message => message.IsIn(line.Text("text") ?? ""));
}
