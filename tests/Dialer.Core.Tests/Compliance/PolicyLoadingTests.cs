using Dialer.Core.Compliance;

namespace Dialer.Core.Tests.Compliance;

public class PolicyLoadingTests
{
    private const string Row = """{"id":"X-1","jur":"US","kind":"Cap","channels":["Voice"],"max":1,"windowHours":24,"unit":"Person","code":"X","cite":"1 CFR 1","conf":"H"}""";

    private static string Pack(params string[] rows) => $$"""{"pack":"X","version":"1","rows":[{{string.Join(',', rows)}}]}""";

    private static PolicyException Refused(string json) => Should.Throw<PolicyException>(() => PolicySet.Create([PolicySet.Read(json)]));

    [Fact]
    public void GoodPack_Loads() => PolicySet.Create([PolicySet.Read(Pack(Row))]).Version.ShouldBe("X@1");

    [Theory]
    [InlineData("\"kind\":\"Cap\"", "\"kind\":\"Hunch\"")]
    [InlineData("\"max\":1", "\"maxx\":1")]
    [InlineData("\"unit\":\"Person\"", "\"unit\":7")]
    public void UnknownWords_AreRefused(string from, string to) => Refused(Pack(Row.Replace(from, to, StringComparison.Ordinal))).Errors.Count.ShouldBe(1);

    [Theory]
    [InlineData("\"cite\":\"1 CFR 1\",", "", "citation")]
    [InlineData(",\"conf\":\"H\"", "", "confidence")]
    [InlineData("\"conf\":\"H\"", "\"conf\":\"L\"", "counsel")]
    [InlineData("\"conf\":\"H\"", "\"conf\":\"H\",\"from\":\"someday\"", "not a date")]
    [InlineData("\"max\":1,", "", "needs max")]
    [InlineData("\"windowHours\":24,", "", "windowHours or windowDays")]
    [InlineData("\"conf\":\"H\"", "\"conf\":\"H\",\"zone\":\"Mars/Olympus\"", "not a time zone")]
    public void Row_ThatCannotBeAnsweredFor_IsRefusedByName(string from, string to, string why)
    {
        var error = Refused(Pack(Row.Replace(from, to, StringComparison.Ordinal))).Errors.ShouldHaveSingleItem();
        error.ShouldStartWith("X/X-1");
        error.ShouldContain(why);
    }

    [Fact]
    public void EveryFault_IsListedAtOnce() => Refused(Pack(Row.Replace("\"cite\":\"1 CFR 1\",", "", StringComparison.Ordinal), Row)).Errors.Count.ShouldBe(2); // and the id twice

    [Fact]
    public void LowConfidence_WithCounselsSignature_MayBeLaw() =>
        PolicySet.Create([PolicySet.Read(Pack(Row.Replace("\"conf\":\"H\"", "\"conf\":\"L\",\"counselSignedBy\":\"A. Counsel\"", StringComparison.Ordinal)))]).Rows.ShouldHaveSingleItem();

    [Fact]
    public void RowOfTheFuture_IsListedButSilent()
    {
        var policy = PolicySet.Create([PolicySet.Read(Pack(Row.Replace("\"max\":1", "\"max\":0,\"from\":\"2030-01-01\"", StringComparison.Ordinal)))]);

        policy.Rows.ShouldHaveSingleItem();
        ComplianceEngine.Evaluate(Given.Preview, Given.Facts, policy, Given.At("2029-12-31 12:00")).Allowed.ShouldBeTrue();
        ComplianceEngine.Evaluate(Given.Preview, Given.Facts, policy, Given.At("2030-01-01 12:00")).Allowed.ShouldBeFalse();
    }

    [Fact]
    public void OverlappingRows_BothApply_AndTheStrictestWins()
    {
        var two = Row.Replace("X-1", "X-2", StringComparison.Ordinal).Replace("\"windowHours\":24", "\"windowHours\":48", StringComparison.Ordinal);
        var policy = PolicySet.Create([PolicySet.Read(Pack(Row, two))]);
        var now = Given.At("2026-06-10 12:00");
        var decision = ComplianceEngine.Evaluate(Given.Preview, Given.Facts.With(Given.Call(now - NodaTime.Duration.FromHours(1))), policy, now);

        decision.Reasons.Select(r => r.PolicyRow).ShouldBe(["X-1", "X-2"]);
        decision.RetryAt.ShouldBe(now + NodaTime.Duration.FromHours(47));
    }

    /// <summary>Two officers who agree are not enough to lift the law.</summary>
    [Fact]
    public void RowOfLaw_IsChangedUnderCounselsSignature_OfItsOwn()
    {
        static IEnumerable<string> Errors(PolicyRow? current, PolicyRow proposed) => PolicyValidation.ErrorsOfChange(PolicySet.Shipped.FindRow(proposed.Id), current, proposed);
        var law = PolicySet.Shipped.FindRow("US-REGF-7IN7")!;
        var signed = law with { Max = 20, CounselSignedBy = "A. Counsel, 2026-11-22" };

        foreach (var looser in new[] { law with { Enabled = false }, law with { Max = 20 }, law with { EnforceAs = Basis.Policy }, law with { Roles = [CollectorRole.DebtBuyer] }, law with { To = "2020-01-01" }, law with { Jur = "US-WY" } })
            Errors(law, looser).ShouldHaveSingleItem().ShouldContain("counselSignedBy");
        Errors(law, signed).ShouldBeEmpty();
        Errors(signed, signed with { Max = 40 }).ShouldHaveSingleItem().ShouldContain("needs its own");
        Errors(law with { Enabled = false, CounselSignedBy = "A. Counsel" }, law with { Max = 20 }).ShouldNotBeEmpty(); // off first, then on again but looser
        Errors(law with { EnforceAs = Basis.Policy, CounselSignedBy = "A. Counsel" }, law with { EnforceAs = Basis.Policy, Enabled = false }).ShouldNotBeEmpty(); // mere policy first
    }

    [Fact]
    public void RowOfLaw_IsReadAgainAnnotatedAndPutBack_ByOfficersAlone_AndSoIsEveryRowOfPolicy()
    {
        static IEnumerable<string> Errors(PolicyRow? current, PolicyRow proposed) => PolicyValidation.ErrorsOfChange(PolicySet.Shipped.FindRow(proposed.Id), current, proposed);
        var (law, house) = (PolicySet.Shipped.FindRow("US-REGF-7IN7")!, PolicySet.Shipped.FindRow("HOUSE-PERSON-DAY")!);

        Errors(law, law with { Note = "read again" }).ShouldBeEmpty();
        Errors(law with { Max = 20, CounselSignedBy = "A. Counsel" }, law).ShouldBeEmpty(); // back to what ships
        Errors(house, house with { Max = 9 }).ShouldBeEmpty();
        Errors(null, law with { Id = "US-STRICTER", Max = 3 }).ShouldBeEmpty(); // one more rule never allows more
    }

    [Fact]
    public void Row_WrittenAndReadAgain_IsTheSame()
    {
        foreach (var row in PolicySet.Shipped.Rows)
            PolicySet.Write(PolicySet.ReadRow(PolicySet.Write(row))).ShouldBe(PolicySet.Write(row));
    }
}
