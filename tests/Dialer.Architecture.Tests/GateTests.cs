using System.Text.RegularExpressions;
using Dialer.Architecture.Tests.Planted;

namespace Dialer.Architecture.Tests;

/// <summary>
/// No way to ring somebody outside leads around the law: <c>POST Calls</c> is made by one class, for rows of <c>attempt</c>; whoever writes such a row for an outbound call
/// asks the gate; and TwiML dials conferences and our own softphones, never a number.
/// </summary>
public sealed partial class GateTests
{
    private const string Gate = "Dialer.Features.Compliance.ContactGate";

    private static readonly IReadOnlyList<Use> All = [.. new[] { Product.Core, Product.Storage, Product.Twilio, Product.Features, Product.Host }.SelectMany(Uses.Of)];

    [Fact]
    public void One_class_posts_calls() =>
        All.Where(use => use is { ToType: "Dialer.Twilio.Rest.TwilioClient", ToMember: "CreateCallAsync" } && use.From != use.ToType).Select(use => use.From).Distinct().ShouldBe(["Dialer.Features.Dialing.CallSender"]);

    /// <summary>The client's own requests: a participant added by a number would ring it too.</summary>
    [Fact]
    public void The_client_posts_to_calls_in_one_method_and_never_adds_a_participant() =>
        All.Where(use => use.From.StartsWith("Dialer.Twilio.Rest.", StringComparison.Ordinal) && use.Literal is { } text && (text.Contains("/Calls.json", StringComparison.Ordinal) || text.Contains("/Participants.json", StringComparison.Ordinal)))
            .Select(use => MethodName().Match(use.Method).Value).Distinct().Order().ShouldBe(["CreateCallAsync", "ListCallsAsync", "ListParticipantsAsync"]);

    [Fact]
    public void Whoever_writes_an_outbound_attempt_asks_the_gate() => Unasked(All).ShouldBeEmpty();

    [Fact]
    public void A_planted_attempt_without_the_gate_is_found() => Unasked(PlantedCode.All).ShouldBe([typeof(Smuggler).FullName!]);

    /// <summary>The row that was decided is the row that is sent: its number never changes, and what has been sent never becomes an intent again.</summary>
    [Fact]
    public void Nobody_changes_the_number_of_an_attempt_or_makes_it_an_intent_again() => Rewritten(All).ShouldBeEmpty();

    [Fact]
    public void Planted_rewrites_of_an_attempt_are_found() =>
        PlantedCode.Of(typeof(Smuggler)).Where(use => use.Literal is { } sql && RewritesAttempt().IsMatch(sql)).Select(use => MethodName().Match(use.Method).Value).Distinct().Order()
            .ShouldBe([nameof(Smuggler.Redirects), nameof(Smuggler.Revives)]);

    /// <summary>The rules of payments stand before the payment as the rules of contact stand before the call.</summary>
    [Fact]
    public void Whoever_writes_a_payment_or_a_plan_asks_the_payment_rules() => Unpaid(All).ShouldBeEmpty();

    [Fact]
    public void A_planted_payment_without_the_rules_is_found() => Unpaid(PlantedCode.All).ShouldBe([typeof(Smuggler).FullName!]);

    /// <summary>Letters, e-mails and texts leave by one hand, and it has the gate asked before.</summary>
    [Fact]
    public void One_class_hands_notices_out_and_asks_the_gate_first()
    {
        Handing(All).ShouldBe(["Dialer.Features.Payments.SendNotices"]);
        All.ShouldContain(use => use.From == "Dialer.Features.Payments.SendNotices" && use.ToType == "Dialer.Features.Payments.ClearNotices" && use.ToMember == "NextAsync");
        All.ShouldContain(use => use.From == "Dialer.Features.Payments.ClearNotices" && use.ToType == Gate && use.ToMember == "DecideAsync");
        All.Where(use => use is { ToType: "Dialer.Features.MailServer", ToMember: "SendAsync" }).Select(use => use.From).Distinct().Order()
            .ShouldBe(["Dialer.Features.Payments.EmailNotices", "Dialer.Features.Reports.Scheduled.SendReports"]); // the second writes to colleagues
    }

    [Fact]
    public void A_planted_letter_past_the_gate_is_found() => Handing(PlantedCode.All).ShouldBe([typeof(Smuggler).FullName!]);

    [Fact]
    public void Nothing_dials_a_number_in_twiml() => Dials(All).ShouldBeEmpty();

    [Fact]
    public void Planted_dials_of_numbers_are_found_and_conferences_are_not() =>
        Dials(PlantedCode.Of(typeof(Smuggler))).Order().ShouldBe([nameof(Smuggler.Bridges), nameof(Smuggler.Forwards), nameof(Smuggler.Writes)]);

    [Fact]
    public void No_template_dials_a_number()
    {
        var templates = Directory.EnumerateFiles(Path.Combine(Projects.Root, "twiml-templates"), "*.xml", SearchOption.AllDirectories).ToList();

        templates.ShouldNotBeEmpty();
        templates.Where(path => DialsANumber(File.ReadAllText(path))).ShouldBeEmpty();
        DialsANumber("<Response><Dial>{{number}}</Dial></Response>").ShouldBeTrue(); // what it looks for
        DialsANumber("<Response><Dial><Conference>{{room}}</Conference></Dial></Response>").ShouldBeFalse();
    }

    private static IEnumerable<string> Rewritten(IReadOnlyList<Use> uses) => uses.Where(use => use.Literal is { } sql && RewritesAttempt().IsMatch(sql)).Select(use => use.From).Distinct();

    private static IEnumerable<string> Handing(IReadOnlyList<Use> uses) =>
        uses.Where(use => use is { ToType: "Dialer.Features.Payments.INoticeSender", ToMember: "SendAsync" }).Select(use => use.From).Distinct();

    private static IEnumerable<string> Unpaid(IReadOnlyList<Use> uses)
    {
        var asks = uses.Where(use => use is { ToType: "Dialer.Features.Payments.PaymentGate", ToMember: "DecideAsync" }).Select(use => use.From).ToHashSet();
        return uses.Where(use => use.Literal is { } sql && WritesPayment().IsMatch(sql) && !asks.Contains(use.From)).Select(use => use.From).Distinct();
    }

    private static IEnumerable<string> Unasked(IReadOnlyList<Use> uses)
    {
        var asks = uses.Where(use => use is { ToType: Gate, ToMember: "DecideAsync" }).Select(use => use.From).ToHashSet();
        return uses.Where(use => use.Literal is { } sql && InsertsAttempt().IsMatch(sql) && !sql.Contains("'Inbound'", StringComparison.Ordinal) && !asks.Contains(use.From)).Select(use => use.From).Distinct();
    }

    /// <summary>Methods whose TwiML dials something else than a conference or a client of ours.</summary>
    private static IEnumerable<string> Dials(IEnumerable<Use> uses) =>
        from method in uses.Where(use => use.Literal is not null).GroupBy(use => (use.From, use.Method))
        let texts = method.Select(use => use.Literal!).ToList()
        where texts.Any(DialsANumber) || (texts.Contains("Dial") && !texts.Any(text => text is "Conference" or "Client"))
        select MethodName().Match(method.Key.Method).Value;

    private static bool DialsANumber(string text) =>
        DialElement().Matches(text).Any(dial => !Inside().IsMatch(text[(dial.Index + dial.Length)..]));

    [GeneratedRegex(@"(?:insert|merge)\s+into\s+attempt\b|\bcopy\s+attempt\b", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex InsertsAttempt();

    [GeneratedRegex(@"update\s+attempt\b(?:\s+\w+)?\s+set\s(?:(?!\bwhere\b)[^;])*?(?:\bto_e164\s*=|\bstate\s*=\s*'Intent')", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex RewritesAttempt();

    [GeneratedRegex(@"insert\s+into\s+payment(?:_plan)?\s*\(|update\s+payment_plan\s+set\s+state\s*=\s*'Active'", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex WritesPayment();

    [GeneratedRegex(@"<Dial\b[^>]*(?<!/)>", RegexOptions.None, 1000)]
    private static partial Regex DialElement();

    [GeneratedRegex(@"^\s*<(?:Conference|Client)\b", RegexOptions.None, 1000)]
    private static partial Regex Inside();

    /// <summary>The written method: "&lt;AddConference&gt;b__0" and "&lt;ListCallsAsync&gt;d__4.MoveNext" are AddConference and ListCallsAsync.</summary>
    [GeneratedRegex(@"(?<=<)\w+(?=>)|^\w+$", RegexOptions.None, 1000)]
    private static partial Regex MethodName();
}
