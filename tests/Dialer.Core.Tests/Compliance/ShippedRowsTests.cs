using Dialer.Core.Compliance;

namespace Dialer.Core.Tests.Compliance;

/// <summary>Every row of every shipped pack, one by one.</summary>
public class ShippedRowsTests
{
    public static TheoryData<string> Rows => [.. PolicySet.Shipped.Rows.Where(row => row.Kind is not (RuleKind.Abandon or RuleKind.Payment)).Select(row => row.Id)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Row_SpeaksInItsOwnCases_AndIsSilentInTheirNeighbours(string id)
    {
        var row = PolicySet.Shipped.FindRow(id)!;
        var cases = RowCases.Of(row).ToList();
        // Silence is judged with this row alone in force: no other row of the same code can answer for it, nor hide it.
        var alone = PolicySet.Create([new PolicyPack { Pack = "ALONE", Version = "1", Rows = [row] }]);

        cases.ShouldContain(c => c.Speaks);
        cases.ShouldContain(c => !c.Speaks);
        foreach (var one in cases)
        {
            var decision = ComplianceEngine.Evaluate(one.Request, one.Facts, alone, one.Now);
            var spoke = decision.Reasons.Any(r => r.PolicyRow == id) || decision.Conditions.Any(c => c.PolicyRow == id);
            spoke.ShouldBe(one.Speaks, $"{id}: {one.Name}");
            if (one.Speaks && row.Kind != RuleKind.Condition)
            {
                ComplianceEngine.Evaluate(one.Request, one.Facts, PolicySet.Shipped, one.Now).Reasons.ShouldContain(r => r.PolicyRow == id, $"{id}: {one.Name}, with all rows in force");
                decision.Reasons[0].Citation.ShouldContain(row.Cite!);
            }
        }
    }

    /// <summary>Wherever a person may be called, what they ask for is heard.</summary>
    [Theory]
    [InlineData("US")]
    [InlineData("CA")]
    [InlineData("GB")]
    public void Country_HasEveryStopThatAPersonCanAskFor(string country)
    {
        var rows = PolicySet.Shipped.Rows.Where(row => row.Jur == country && row.Enabled).ToList();

        foreach (var code in new[]
                 {
                     "CEASE_COMMUNICATION", "ATTORNEY_REPRESENTED", "BANKRUPTCY_STAY", "DECEASED_ESTATE_ONLY", "DISPUTE_PENDING", "FRAUD_HOLD", "MEDIUM_OPTOUT", "CONSUMER_INCONVENIENT_TIME",
                     "CONSUMER_INCONVENIENT_PLACE", "EMPLOYER_PROHIBITS", "THIRD_PARTY_DISCLOSURE_BLOCKED",
                 })
            rows.ShouldContain(row => row.Code == code, $"{country}: {code}");
        foreach (var channel in new[] { Channel.Voice, Channel.Voicemail, Channel.Sms, Channel.Email, Channel.Letter })
            rows.ShouldContain(row => row.Kind == RuleKind.Revocation && row.Channels.Contains(channel), $"{country}: {channel} can be refused");
    }

    [Fact]
    public void LawRows_AreNeverOfLowConfidence_AndPolicyRowsNeverPassForLaw()
    {
        foreach (var row in PolicySet.Shipped.Rows)
        {
            if (row.EnforceAs == Basis.Law)
            {
                row.Conf.ShouldBeOneOf("H", "M");
                row.Code.ShouldNotStartWith("POLICY_");
                row.Cite!.ShouldNotStartWith("house");
            }
        }
    }
}
