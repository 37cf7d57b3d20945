using Dialer.Core.Ivr;
using NodaTime;

namespace Dialer.Features.Tests.Ivr;

/// <summary>Everything a caller may do at a place, the unhappy ways too.</summary>
internal static class PathMoves
{
    private static readonly IvrInput Silent = new IvrInput.Silence();

    public static IEnumerable<PathMove> At(PathModel model, PathPlace place)
    {
        var node = model.Flow[place.Position.Step];
        return node.Kind switch
        {
            IvrNodeKind.Menu => [.. OfMenu(model, node, place), new PathMove("a wrong key", new IvrInput.Keys("7"), "7"), new PathMove("silence", Silent, "")],
            IvrNodeKind.Entry => [.. OfEntry(model, node), new PathMove("silence", Silent, "")],
            IvrNodeKind.Record => [new PathMove("a message", new IvrInput.Recorded("RE1", 3), "message")],
            IvrNodeKind.Payment => OfPayment(place),
            _ => [],
        };
    }

    private static IEnumerable<PathMove> OfMenu(PathModel model, IvrNode node, PathPlace place)
    {
        foreach (var key in node.Edges.Where(edge => edge.Key is not null).Select(edge => edge.Key!.Value).Distinct())
        {
            var context = new IvrContext(place.Position, place.Facts, key.ToString(), null);
            if (!node.Edges.Any(edge => edge.Key == key && (edge.When is null || edge.When(context))))
                continue;
            var input = new IvrInput.Keys(key.ToString());
            yield return new PathMove(key.ToString(), input, key.ToString());
            foreach (var (name, what) in EventsAt(node.Id, key))
                yield return new PathMove($"{key}, {name}", input, key.ToString(), what);
        }

        if (node.Id == "wait")
            yield return new PathMove("silence, the office closes", Silent, "", PathEvent.OfficeCloses);
    }

    /// <summary>What else may happen while this key is pressed: where a later look must find that it is no longer possible.</summary>
    private static IEnumerable<(string Name, PathEvent What)> EventsAt(string step, char key) => (step, key) switch
    {
        ("pay-confirm", '1') => [("the recording goes on", PathEvent.RecordingGoesOn), ("paid elsewhere", PathEvent.PaidElsewhere), ("another payment opens", PathEvent.PaymentOpens)],
        ("promise-confirm", '1') => [("paid elsewhere", PathEvent.PaidElsewhere)],
        ("plan-confirm", '1') => [("the plan is withdrawn", PathEvent.PlanIsWithdrawn)],
        ("pay-declined", '1') => [("another payment opens", PathEvent.PaymentOpens)],
        _ => [],
    };

    private static IEnumerable<PathMove> OfEntry(PathModel model, IvrNode node)
    {
        (string Right, string Wrong, string? Other) entry = node.Id switch
        {
            "account-number" => (model.AccountNumber + "#", "1#", "8888888#"),
            "verify-zip" => ("30301", "12#", "99999"),
            "verify-birth-date" => ("02291980", "12#", "01011970"),
            "verify-ssn" => ("4321", "12#", "0000"),
            "promise-other-date" => ("0625", "1231", null),
            "pay-other" or "promise-other" => ("50#", "9999#", "7*50#"),
            _ => throw new InvalidOperationException($"Nobody knows what to enter at '{node.Id}'."),
        };
        if (node.Edges.Any(edge => edge.Key == '0'))
            yield return new PathMove("0", new IvrInput.Keys("0"), "0#");
        yield return Entered(entry.Right);
        if (entry.Other is not null)
            yield return Entered(entry.Other);
        yield return Entered(entry.Wrong) with { Name = "a wrong key" };
    }

    private static PathMove Entered(string keys) => new(keys.TrimEnd('#'), new IvrInput.Keys(keys.TrimEnd('#')), keys);

    private static IEnumerable<PathMove> OfPayment(PathPlace place) => place.Position.Step switch
    {
        "pay-charge" => OfCharge(place),
        _ when place.Position.Method == PaymentMethod.AchDebit && place.Keeping => [new PathMove("cancelled", Ended(PaymentResult.Cancelled), "*")],
        "pay-token" =>
        [
            new PathMove("kept", Kept(PathModel.Good), PathModel.Good),
            new PathMove("kept, but empty", Kept(PathModel.Poor), PathModel.Poor),
            .. Ends(),
        ],
        _ when place.Position.Method == PaymentMethod.AchDebit =>
        [
            new PathMove("paid", Ended(PaymentResult.Captured), "bank 000123456789"),
            new PathMove("declined", Ended(PaymentResult.Declined), "bank 000987654316"),
            new PathMove("cancelled", Ended(PaymentResult.Cancelled), "*"),
        ],
        _ => [new PathMove("paid", Ended(PaymentResult.Captured), PathModel.Good), .. Ends()],
    };

    /// <summary>The processor has never heard of the lowest numbers, keeps one card that is good, and one that has no money.</summary>
    private static IEnumerable<PathMove> OfCharge(PathPlace place) => place.Charging switch
    {
        < 100 => [new PathMove("unknown to the processor", Ended(PaymentResult.Cancelled), "")],
        101 => [new PathMove("charged", Ended(PaymentResult.Captured), ""), new PathMove("charged, unanswered", Ended(PaymentResult.Unknown), "", PathEvent.ProcessorFallsSilent)],
        _ => [new PathMove("not charged", Ended(PaymentResult.Declined), "")],
    };

    private static IEnumerable<PathMove> Ends() =>
    [
        new PathMove("declined", Ended(PaymentResult.Declined), PathModel.Declined),
        new PathMove("unanswered", Ended(PaymentResult.Unknown), PathModel.Unanswered),
        new PathMove("cancelled", Ended(PaymentResult.Cancelled), "*"),
    ];

    private static IvrInput.PaymentEnded Ended(PaymentResult result) => new(new PaymentOutcome(result));

    private static IvrInput.Tokenized Kept(string card) => new("pm_1", "cus_1", card[^4..], "visa", new LocalDate(2030, 12, 31));
}
