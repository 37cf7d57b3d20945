using static Dialer.Core.Ivr.Build;

namespace Dialer.Core.Ivr;

/// <summary>A card or bank account that the processor keeps: entered once with consent, charged after each read-back, removed on any call.</summary>
internal static class SavedSteps
{
    public static IEnumerable<IvrNode> All()
    {
        yield return PayingSteps.Session(
            "pay-token",
            On(IvrTrigger.Tokenized, "pay-charge", "kept by the processor", c => IvrChange.To(c.Position, new IvrEffect.KeepMethod(c.Position.Payments, c.Position.Method!.Value, c.Instrument!))));
        yield return PayingSteps.Session("pay-charge");
        yield return Menu("method-remove",
        [
            .. Chosen("menu", (c, saved) => IvrChange.To(c.Position with { SavedMethodId = null }, new IvrEffect.RemoveMethod(saved.Id)).Saying("method-removed")),
            Key('1', "pay-how", "go back"),
            Agent,
        ]);
    }

    /// <summary>The keys from 3, one for each that is saved.</summary>
    public static IEnumerable<IvrEdge> Chosen(string to, Func<IvrContext, SavedMethod, IvrChange> apply) => Enumerable.Range(0, SavedChoices.Most).Select(index => Key(
        (char)(SavedChoices.FirstKey + index), to, $"saved {index + 1}",
        c => SavedChoices.Of(c).Count > index,
        c => apply(c, SavedChoices.Of(c)[index])));
}
