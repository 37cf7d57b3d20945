using Dialer.Core;
using Dialer.Core.Ivr;

namespace Dialer.Features.Tests.Ivr;

/// <summary>What happens elsewhere while the caller is at a step.</summary>
internal enum PathEvent
{
    None,

    /// <summary>The call's recording will not be paused.</summary>
    RecordingGoesOn,

    /// <summary>Nearly all of the debt is paid in another way: what was chosen is more than what is left.</summary>
    PaidElsewhere,

    /// <summary>Another call begins a payment on the account.</summary>
    PaymentOpens,

    PlanIsWithdrawn,
    OfficeCloses,

    /// <summary>The processor cuts the line instead of answering.</summary>
    ProcessorFallsSilent,
}

/// <summary>What a scripted caller does at one step.</summary>
/// <param name="Keys">What they press, as the script says it; empty: nothing. Of a payment session: the card, "bank" with its account, or a star.</param>
internal sealed record PathMove(string Name, IvrInput Input, string Keys, PathEvent Event = PathEvent.None);

/// <summary>Where a call stands, and what the rest of the world knows by then.</summary>
/// <param name="Taken">Amounts that were taken within the day, by account.</param>
/// <param name="Charging">What is saved and about to be charged.</param>
/// <param name="Keeping">A session is under way that has an instrument kept, and charges nothing.</param>
/// <param name="Over">An agent, or the line, has the call.</param>
internal sealed record PathPlace(IvrPosition Position, IvrFacts Facts, int Declined, IReadOnlyList<(long Account, decimal Amount)> Taken, long? Charging = null, bool Keeping = false, bool Over = false)
{
    public bool IsLast => Over || Position.Ended;

    /// <summary>Everything that decides what can follow.</summary>
    public string Key => string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $"{Position.Step} {Position.Language} {Position.Verified} {string.Join('+', Position.Asked)} {Position.Mismatch} {Position.Failures} {Position.Tries} {Position.Amount} {Position.Date:uuuu-MM-dd} {Position.Method} {Position.SavedMethodId} {Position.SettlementId} {Position.PlanId} {Position.Waiting} {Math.Min(Position.WaitRounds, 2)} {Position.Refusal} {Position.PayAgain} {Position.Declines} {Position.AccountId} {Position.AccountNumberEntered} {Facts.IsOpen} {Facts.PaymentsLocked} {Facts.Plans.Count} {string.Join(',', Facts.SavedMethods.Select(saved => saved.Id))} {string.Join(',', Facts.Accounts.Select(a => $"{a.Balance.Amount}{a.PaymentOpen}{a.HasPlan}"))} {Charging}");
}

/// <summary>One move's consequence.</summary>
/// <param name="Items">What was met by it: ways out that were taken, and the step it led to, in its language.</param>
internal sealed record PathStep(PathMove Move, PathPlace To, IReadOnlyList<string> Items);

/// <summary>
/// A flow with the world around it, in so far as callers can tell: the pure engine steps; payment rules, processor, hours and agents answer as the real ones must.
/// The flow's edges are watched while the engine takes them, so that what is met is what was taken, not what was guessed.
/// </summary>
internal sealed class PathModel
{
    public const string Good = "4242424242424242";
    public const string Poor = "4000000000009995";
    public const string Declined = "4000000000000002";
    public const string Unanswered = "4000000000000119";
    private const long KeptGood = 101;
    private const long KeptPoor = 102;

    /// <summary>Cards declined within a day after which the machine takes none.</summary>
    private const int CardingLimit = 3;

    private readonly PathSetting _setting;
    private readonly IvrFacts _whole;
    private readonly List<(string Step, int Edge)> _taken = [];

    public PathModel(PathSetting setting, string language, string accountNumber)
    {
        (_setting, AccountNumber, _whole) = (setting, accountNumber, setting.Facts(language));
        var flow = IvrFlows.Newest(setting.Flow);
        Flow = new IvrGraph(flow.Name, flow.Version, flow.Start, [.. flow.Nodes.Select(node => node with { Edges = [.. node.Edges.Select((edge, index) => Watched(node.Id, edge, index))] })]);
    }

    public IvrGraph Flow { get; }

    /// <summary>Which a stranger enters to be found.</summary>
    public string AccountNumber { get; }

    public PathPlace Begin(out IReadOnlyList<string> items)
    {
        _taken.Clear();
        var facts = _setting.Stranger ? _whole with { Person = null, Accounts = [], Plans = [], SavedMethods = [] } : _whole;
        var step = IvrEngine.Begin(Flow, facts, facts.Person?.Language ?? "en", _setting.Stranger ? null : 1);
        items = [StepItem(Flow.Name, step.Next.Step, step.Next.Language)];
        var earned = Flow.Name switch
        {
            "machine" => IvrOutcome.LimitedContentMessage,
            "abandoned" => IvrOutcome.Abandoned,
            _ => step.Next.Outcome,
        };
        return new PathPlace(step.Next with { Outcome = earned }, Seen(step.Next, facts), _setting.DeclinedBefore, _setting.PaidToday ? [(1, PathSetting.PaidBefore)] : []);
    }

    public static string StepItem(string flow, string step, string language) => $"{flow}/{step} in {language}";

    public static string EdgeItem(string flow, IvrNode node, int edge) => $"{flow}/{node.Id} #{edge} {node.Edges[edge].Label}";

    public static string AgainItem(string flow, string step, bool silent) => $"{flow}/{step} {(silent ? "silence" : "a wrong key")}";

    public static string GiveUpItem(string flow, string step) => $"{flow}/{step} gives up";

    /// <summary>What one move leads to.</summary>
    public PathStep Go(PathPlace from, PathMove move)
    {
        _taken.Clear();
        var place = Happen(from, move.Event);
        var step = IvrEngine.Step(Flow, place.Position, move.Input, place.Facts);
        if (move.Event == PathEvent.RecordingGoesOn && step.Effects.Any(effect => effect is IvrEffect.StartPayment { SavedMethodId: null }))
        {
            _taken.Clear();
            step = IvrEngine.Step(Flow, place.Position, new IvrInput.PaymentBlocked(), place.Facts);
        }

        while (true)
        {
            (place, var follow) = Do(place with { Position = step.Next }, step.Effects);
            if (follow is null)
                break;
            step = IvrEngine.Step(Flow, place.Position, follow, place.Facts);
        }

        return new PathStep(move, place, Items(from, move, place));
    }

    private IvrEdge Watched(string step, IvrEdge edge, int index) => edge with
    {
        Do = context =>
        {
            _taken.Add((step, index));
            return edge.Do?.Invoke(context) ?? IvrChange.To(context.Position);
        },
    };

    private List<string> Items(PathPlace from, PathMove move, PathPlace to)
    {
        var items = _taken.ConvertAll(taken => EdgeItem(Flow.Name, Flow[taken.Step], taken.Edge));
        var node = Flow[from.Position.Step];
        if (node.Kind is IvrNodeKind.Menu or IvrNodeKind.Entry or IvrNodeKind.Record && _taken.TrueForAll(taken => taken.Step != node.Id))
        {
            items.Add(AgainItem(Flow.Name, node.Id, move.Input is IvrInput.Silence));
            if (to.Position.Step != node.Id)
                items.Add(GiveUpItem(Flow.Name, node.Id));
        }

        items.Add(StepItem(Flow.Name, to.Position.Step, to.Position.Language));
        return items;
    }

    /// <summary>The world as it is when the step is taken.</summary>
    private static PathPlace Happen(PathPlace place, PathEvent what) => what switch
    {
        PathEvent.PaidElsewhere => Change(place, account => account with { Balance = Money.Usd(20), PastDue = Money.Usd(0) }),
        PathEvent.PaymentOpens => Change(place, account => account with { PaymentOpen = true }),
        PathEvent.PlanIsWithdrawn => place with { Facts = place.Facts with { Plans = [] } },
        PathEvent.OfficeCloses => place with { Facts = place.Facts with { IsOpen = false } },
        _ => place,
    };

    private static PathPlace Change(PathPlace place, Func<IvrAccount, IvrAccount> change) => place with
    {
        Facts = place.Facts with { Accounts = [.. place.Facts.Accounts.Select(account => account.Id == place.Position.AccountId ? change(account) : account)] },
    };

    /// <summary>Whom the call is about by now, the account dialled about first.</summary>
    private static IvrFacts Seen(IvrPosition position, IvrFacts facts) => facts with
    {
        Accounts = [.. facts.Accounts.OrderByDescending(account => account.Id == position.AccountId).ThenBy(account => account.Id)],
    };

    private (PathPlace Place, IvrInput? Follow) Do(PathPlace place, IReadOnlyList<IvrEffect> effects)
    {
        IvrInput? follow = null;
        foreach (var effect in effects)
            (place, follow) = Do(place, effect, follow);
        return (place with { Facts = Seen(place.Position, place.Facts) }, follow);
    }

    private (PathPlace Place, IvrInput? Follow) Do(PathPlace place, IvrEffect effect, IvrInput? follow)
    {
        switch (effect)
        {
            case IvrEffect.IdentifyCaller identify when identify.AccountNumber == AccountNumber:
                return (place with { Position = place.Position with { PersonId = 7, AccountId = 1 }, Facts = _whole with { IsOpen = place.Facts.IsOpen } }, follow);
            case IvrEffect.IdentifyCaller:
                return (place with { Position = place.Position with { PersonId = null, AccountId = null } }, follow);
            case IvrEffect.StartPayment start when Objection(place, start) is { } code:
                return (place, new IvrInput.PaymentRefused(code));
            case IvrEffect.StartPayment start:
                return (Change(place with { Charging = start.SavedMethodId, Keeping = start.Keep }, account => account with { PaymentOpen = true }), follow);
            case IvrEffect.KeepMethod keep:
                return (Keep(place, keep.Instrument.LastDigits), follow);
            case IvrEffect.RemoveMethod remove:
                return (place with { Facts = place.Facts with { SavedMethods = [.. place.Facts.SavedMethods.Where(saved => saved.Id != remove.SavedMethodId)] } }, follow);
            case IvrEffect.CompletePayment complete:
                return (Complete(place, complete.Outcome.Result), follow);
            case IvrEffect.CreatePlan when place.Position.Declines >= place.Facts.Policy.MaxDeclines:
                return (place, new IvrInput.PaymentRefused("PLAN_NOT_POSSIBLE")); // the payment rules take no more from this call
            case IvrEffect.CreatePlan:
                return (Change(place, account => account with { HasPlan = true }), follow);
            case IvrEffect.TransferToAgent when _setting.Nobody:
                return (place, new IvrInput.NobodyFree());
            case IvrEffect.TransferToAgent:
                return (place with { Over = true }, follow);
            default:
                return (place, follow);
        }
    }

    /// <summary>A bank debit by telephone is for those who called, or are known (Nacha, TEL); the same amount within a day may be a mistake.</summary>
    private string? Objection(PathPlace place, IvrEffect.StartPayment start) =>
        start.Method == PaymentMethod.AchDebit && _setting.DebitReturned ? "ACH_UNAUTHORIZED"
        : start.Method == PaymentMethod.AchDebit && place.Position.Flow == OutboundFlow.Name ? "TEL_NOT_PERMITTED"
        : !start.Again && place.Taken.Contains((start.AccountId, start.Amount.Amount)) ? "DUPLICATE_SUSPECTED"
        : null;

    private static PathPlace Keep(PathPlace place, string digits)
    {
        var id = digits == Poor[^4..] ? KeptPoor : KeptGood;
        return place with
        {
            Charging = id,
            Keeping = false,
            Facts = place.Facts with { SavedMethods = [new SavedMethod(id, PaymentMethod.CreditCard, "visa", digits), .. place.Facts.SavedMethods.Where(saved => saved.Id != id)] },
        };
    }

    private static PathPlace Complete(PathPlace place, PaymentResult result)
    {
        var (account, amount) = (place.Position.AccountId!.Value, place.Position.Amount!.Value);
        place = Change(place, one => one with
        {
            PaymentOpen = result == PaymentResult.Unknown && !place.Keeping, // where an instrument was only to be kept nothing was charged
            Balance = result != PaymentResult.Captured ? one.Balance : Money.Usd(place.Position.SettlementId is null ? Math.Max(0, one.Balance.Amount - amount) : 0),
            PastDue = result != PaymentResult.Captured ? one.PastDue : Money.Usd(place.Position.SettlementId is null ? Math.Max(0, one.PastDue.Amount - amount) : 0),
            Settlement = result == PaymentResult.Captured && place.Position.SettlementId is not null ? null : one.Settlement,
        });
        var declined = place.Declined + (result == PaymentResult.Declined ? 1 : 0);
        return place with
        {
            Charging = null,
            Keeping = false,
            Declined = declined,
            Taken = result == PaymentResult.Captured ? [.. place.Taken, (account, amount)] : place.Taken,
            Facts = place.Facts with { PaymentsLocked = declined >= CardingLimit },
        };
    }
}
