using NodaTime;
using static Dialer.Core.Ivr.Build;

namespace Dialer.Core.Ivr;

/// <summary>A person at any moment, and what there is when none is free: waiting, a call back, a message; and the one question at the end. Says nothing of any debt.</summary>
internal static class HelpSteps
{
    /// <summary>Rounds of about twenty seconds after which a waiting caller is asked anew what they want.</summary>
    private const int LongestWait = 45;

    public static IEnumerable<IvrNode> All(int version)
    {
        if (version < 2)
        {
            yield return new IvrNode("agent", IvrNodeKind.Transfer, [On(IvrTrigger.NobodyFree, "agent-busy", "nobody is free")]);
            yield return Menu(
                "agent-busy",
                Key('1', "call-back-later", "call me back", c => c.Facts.CallerNumberKnown, CallMeBack),
                Key('2', "menu", "the main menu", c => c.Account is not null),
                Stop);
            yield return End("call-back-later");
            yield break;
        }

        yield return Decide("agent", If(c => !c.Facts.IsOpen, "after-hours", "nobody works at this hour"), Else("transfer", "look for one"));
        yield return new IvrNode(
            "transfer", IvrNodeKind.Transfer,
            [
                On(IvrTrigger.NobodyFree, "after-hours", "nobody works any more", null, c => !c.Facts.IsOpen),
                On(IvrTrigger.NobodyFree, "wait", "nobody is free yet", c => IvrChange.To(c.Position with { WaitRounds = c.Position.WaitRounds + 1 }), c => c.Position is { Waiting: true, WaitRounds: < LongestWait }),
                On(IvrTrigger.NobodyFree, "agent-busy", "nobody is free", c => IvrChange.To(c.Position with { Waiting = false, WaitRounds = 0 })),
            ]);
        yield return Menu(
            "agent-busy",
            Key('1', "call-back-later", "call me back", c => c.Facts.CallerNumberKnown, CallMeSoon),
            Key('2', "menu", "the main menu", c => c.Account is not null),
            Key('3', "voicemail", "leave a message"),
            Key('4', "wait", "wait", null, c => IvrChange.To(c.Position with { Waiting = true })),
            Stop);
        yield return Menu(
            "wait",
            Key('1', "call-back-later", "call me back without losing the place", c => c.Facts.CallerNumberKnown, CallMeSoon),
            Key('3', "voicemail", "leave a message"),
            Stop) with { MaxTries = 1, GiveUp = "transfer" };
        yield return Menu(
            "after-hours",
            Key('1', "call-back-later", "call me when somebody is there", c => c.Facts.CallerNumberKnown, CallMeSoon),
            Key('2', "menu", "the main menu", c => c.Account is not null),
            Key('3', "voicemail", "leave a message"),
            Stop);
        yield return End("call-back-later");
        yield return new IvrNode(
            "voicemail", IvrNodeKind.Record,
            [On(IvrTrigger.Recorded, "voicemail-done", "a message was left", c => IvrChange.To(Earn(c.Position, IvrOutcome.Voicemail), new IvrEffect.KeepVoicemail(c.Recording!.RecordingSid, c.Recording.Seconds)))])
        {
            MaxTries = 1,
        };
        yield return End("voicemail-done");
        yield return Menu("survey", [.. Enumerable.Range(1, 5).Select(score => Key(
            (char)('0' + score), "survey-thanks", $"{score}", null, c => IvrChange.To(c.Position, new IvrEffect.RecordSurvey(score))))]) with { MaxTries = 1, IsScale = true };
        yield return End("survey-thanks");
    }

    /// <summary>At the time chosen; a verified caller also agrees to calls about the account until then (12 CFR 1006.14(b)(3)(i)).</summary>
    public static IvrChange CallBack(IvrContext c, LocalDateTime at)
    {
        var position = Earn(c.Position, IvrOutcome.CallBack);
        var request = new IvrEffect.RequestCallBack(at, c.Account?.Id);
        return c.Account is null ? IvrChange.To(position, request) : IvrChange.To(position, CallBackConsent(c), request);
    }

    /// <summary>At most seven consecutive days, today the first (12 CFR 1006.14(b)(3)(i)).</summary>
    public static IvrEffect.RecordCallBackConsent CallBackConsent(IvrContext c) => new(c.RequiredAccount.Id, c.Facts.Today, c.Facts.Today.PlusDays(7));

    private static IvrChange CallMeSoon(IvrContext c) => CallBack(c, c.Now);

    private static IvrChange CallMeBack(IvrContext c) => c.Account is null
        ? IvrChange.To(Earn(c.Position, IvrOutcome.CallBack))
        : IvrChange.To(Earn(c.Position, IvrOutcome.CallBack), CallBackConsent(c));
}
