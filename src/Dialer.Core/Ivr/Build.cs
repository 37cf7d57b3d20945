namespace Dialer.Core.Ivr;

/// <summary>Short words for writing flows down as tables.</summary>
internal static class Build
{
    public static IvrNode Menu(string id, params IvrEdge[] edges) => new(id, IvrNodeKind.Menu, edges);

    public static IvrNode Entry(string id, int maxDigits, params IvrEdge[] edges) => new(id, IvrNodeKind.Entry, edges) { MaxDigits = maxDigits };

    public static IvrNode Decide(string id, params IvrEdge[] edges) => new(id, IvrNodeKind.Decision, edges);

    public static IvrNode End(string id) => new(id, IvrNodeKind.End, []);

    /// <summary>Edges that came with version <paramref name="since"/> of a flow; earlier versions, on which calls may still be, do not have them.</summary>
    public static IvrEdge[] Since(int since, int version, params IvrEdge[] edges) => version >= since ? edges : [];

    public static IvrEdge Key(char key, string to, string label, Func<IvrContext, bool>? when = null, Func<IvrContext, IvrChange>? apply = null) =>
        new(IvrTrigger.Key, key, to, label, when, apply);

    public static IvrEdge Digits(string to, string label, Func<IvrContext, bool> when, Func<IvrContext, IvrChange>? apply = null) => new(IvrTrigger.Digits, null, to, label, when, apply);

    public static IvrEdge If(Func<IvrContext, bool> when, string to, string label, Func<IvrContext, IvrChange>? apply = null) => new(IvrTrigger.Always, null, to, label, when, apply);

    public static IvrEdge Else(string to, string label = "otherwise", Func<IvrContext, IvrChange>? apply = null) => new(IvrTrigger.Always, null, to, label, null, apply);

    public static IvrEdge On(IvrTrigger trigger, string to, string label, Func<IvrContext, IvrChange>? apply = null, Func<IvrContext, bool>? when = null) =>
        new(trigger, null, to, label, when, apply);

    /// <summary>0: an agent, at any moment.</summary>
    public static IvrEdge Agent { get; } = Key('0', "agent", "a person");

    /// <summary>8: the other language, the same step again.</summary>
    public static IvrEdge Language(string here) => Key('8', here, "the other language", c => c.Facts.Languages.Count > 1, c => IvrChange.To(c.Position with { Language = Other(c) }));

    /// <summary>9: no more automated calls; stored with this step, confirmed by the next prompt.</summary>
    public static IvrEdge Stop { get; } = Key('9', "opted-out", "stop these calls", CanStop, c => IvrChange.To(Earn(c.Position, IvrOutcome.OptOut), new IvrEffect.RecordConsentRevoked()));

    /// <summary>There is a number, or a verified person, to store the opt-out for.</summary>
    public static bool CanStop(IvrContext c) => c.Facts.CallerNumberKnown || c.Position.Verified;

    public static IvrPosition Earn(IvrPosition position, string outcome) => position with { Outcome = IvrOutcome.Stronger(position.Outcome, outcome) };

    /// <summary>The language that key 8 changes to.</summary>
    public static string Other(IvrContext c)
    {
        var languages = c.Facts.Languages;
        for (var i = 0; i < languages.Count; i++)
        {
            if (languages[i] == c.Position.Language)
                return languages[(i + 1) % languages.Count];
        }

        return languages[0];
    }
}
