using System.Globalization;
using NodaTime;
using static Dialer.Core.Ivr.Build;

namespace Dialer.Core.Ivr;

/// <summary>Two identifiers, then the truth: which was wrong, or whether there is such an account, is never told.</summary>
internal static class VerificationSteps
{
    private const int Needed = 2;

    public static IEnumerable<IvrNode> All()
    {
        yield return Decide(
            "verify",
            If(c => c.Facts.VerificationLocked, "verify-locked", "too many failures lately"),
            If(c => Next(c) == Identifier.Zip, "verify-zip", "ask the ZIP code"),
            If(c => Next(c) == Identifier.BirthDate, "verify-birth-date", "ask the date of birth"),
            If(c => Next(c) == Identifier.SsnLast4, "verify-ssn", "ask the last four of the social security number"),
            If(c => c.Position.Asked.Count < Needed, "agent", "too few identifiers on record"),
            If(c => !c.Position.Mismatch && c.Facts.Person is not null, "verified", "both match", Verified),
            If(c => c.Position.Failures + 1 >= c.Facts.Policy.MaxFailures, "verify-failed", "failed too often", c => Failed(c, final: true)),
            Else("verify", "a mismatch: once more", c => Failed(c, final: false).Saying("verify-again")));
        yield return Question("verify-zip", Identifier.Zip, 5);
        yield return Question("verify-birth-date", Identifier.BirthDate, 8);
        yield return Question("verify-ssn", Identifier.SsnLast4, 4);
        yield return End("verify-failed");
        yield return End("verify-locked");
        yield return Decide(
            "verified",
            If(c => c.Payable.Count == 0, "nothing-to-pay", "no account that may be talked about", Disclose),
            If(c => c.Account is { Disputed: false } && c.Account.Balance.IsPositive, "menu", "the account dialled about", Disclose),
            If(c => c.Payable.Count == 1, "menu", "the only account", c => Disclose(c) with { Position = c.Position with { AccountId = c.Payable[0].Id } }),
            Else("choose", "several accounts", Disclose));
    }

    private static IvrNode Question(string id, Identifier identifier, int digits) => Entry(
        id, digits,
        Key('0', "agent", "a person"),
        Digits("verify", "answered", c => c.Digits.Length == digits && c.Digits.All(char.IsAsciiDigit), c => IvrChange.To(c.Position with
        {
            Asked = [.. c.Position.Asked, identifier],
            Mismatch = c.Position.Mismatch | !IsRight(c.Facts.Person, identifier, c.Digits),
        })));

    /// <summary>The question still to ask in this round; null when both are asked or there is none left.</summary>
    private static Identifier? Next(IvrContext c)
    {
        if (c.Position.Asked.Count >= Needed)
            return null;
        var usable = c.Facts.Person is { } person && !c.Position.AccountNumberEntered ? c.Facts.Policy.Identifiers.Where(person.Has) : c.Facts.Policy.Identifiers;
        var questions = usable.Take(Needed).ToList();
        return questions.Count < Needed ? null : questions.Where(identifier => !c.Position.Asked.Contains(identifier)).Cast<Identifier?>().FirstOrDefault();
    }

    private static bool IsRight(IvrPerson? person, Identifier identifier, string digits) => identifier switch
    {
        Identifier.Zip => Same(person?.Zip, digits),
        Identifier.BirthDate => Same(person?.BirthDate is { } date ? string.Create(CultureInfo.InvariantCulture, $"{date.Month:00}{date.Day:00}{date.Year:0000}") : null, digits),
        _ => Same(person?.SsnLast4, digits),
    };

    private static bool Same(string? expected, string given)
    {
        var difference = expected is null || expected.Length != given.Length ? 1 : 0;
        for (var i = 0; i < given.Length; i++)
            difference |= given[i] ^ (expected is not null && i < expected.Length ? expected[i] : '\0');
        return difference == 0;
    }

    private static IvrChange Verified(IvrContext c) => IvrChange.To(
        Earn(c.Position with { Verified = true, Asked = [], Mismatch = false }, IvrOutcome.RightPartyHungUp),
        new IvrEffect.ConversationStarted(c.Facts.Person!.Id, c.Position.AccountId));

    private static IvrChange Failed(IvrContext c, bool final) => IvrChange.To(
        Earn(c.Position with { Asked = [], Mismatch = false, Failures = c.Position.Failures + 1 }, IvrOutcome.VerificationFailed),
        new IvrEffect.VerificationFailed(final));

    /// <summary>12 CFR 1006.18(e): the whole disclosure once, its last sentence afterwards; a creditor's own collector only names the creditor.</summary>
    private static IvrChange Disclose(IvrContext c) =>
        !c.Facts.Business.ThirdPartyCollector ? IvrChange.To(c.Position)
        : IvrChange.To(c.Position).Saying(c.Facts.InitialDisclosureGiven ? "disclosure-later" : "disclosure-initial");
}
