using Dialer.Core.Quality;
using FsCheck;
using FsCheck.Fluent;

namespace Dialer.Core.Tests.Quality;

public sealed class ScorecardTests
{
    private static readonly ScorecardQuestion[] Form = [new("greeting", "Named the company?", 1), new("disclosure", "Gave the disclosure?", 2, AutoFail: true), new("tone", "Was kind?", 1)];

    [Fact]
    public void Score_IsTheWeightedShareOfWhatApplied()
    {
        var (result, fault) = Scorecard.Score(Form, new Dictionary<string, decimal?> { ["greeting"] = 1, ["disclosure"] = 1, ["tone"] = 0.5m });

        fault.ShouldBeNull();
        (result!.Points, result.OutOf, result.Percent).ShouldBe((3.5m, 4m, 87.5m));
    }

    [Fact]
    public void Score_OfAFailingQuestion_IsNothing()
    {
        var (result, _) = Scorecard.Score(Form, new Dictionary<string, decimal?> { ["greeting"] = 1, ["disclosure"] = 0, ["tone"] = 1 });

        result!.Percent.ShouldBe(0);
        result.AutoFailed.ShouldBe(["disclosure"]);
    }

    [Fact]
    public void Score_WhereAQuestionDidNotApply_LeavesItsWeightOut() =>
        Scorecard.Score(Form, new Dictionary<string, decimal?> { ["greeting"] = 0, ["disclosure"] = null, ["tone"] = 1 }).Result!.Percent.ShouldBe(50);

    [Theory]
    [InlineData("greeting", 1.5, "between 0")]
    [InlineData("weather", 1.0, "no question")]
    [InlineData("greeting", 1.0, "disclosure")]
    public void Score_OfWrongAnswers_SaysWhatIsWrong(string id, double answer, string fault) =>
        Scorecard.Score(Form, new Dictionary<string, decimal?> { [id] = (decimal)answer }).Fault.ShouldNotBeNull().ShouldContain(fault);

    [Fact]
    public void Fault_NamesWhatAFormLacks()
    {
        Scorecard.Fault([]).ShouldNotBeNull();
        Scorecard.Fault([new("a", "A", 1), new("a", "B", 1)])!.ShouldContain("same id");
        Scorecard.Fault([new("a", "A", 0)])!.ShouldContain("weighs");
        Scorecard.Fault(Form).ShouldBeNull();
    }

    [Fact]
    public void Score_IsNeverOutsideItsScale_AndRisesWithAnyAnswer() => Prop.ForAll(
        (from a in Gen.Choose(0, 4) from b in Gen.Choose(0, 4) from c in Gen.Choose(0, 4) select new[] { a, b, c }).ToArbitrary(),
        quarters =>
        {
            var answers = Form.Select((question, i) => (question.Id, Value: (decimal?)quarters[i] / 4)).ToDictionary(pair => pair.Id, pair => pair.Value);
            var percent = Scorecard.Score(Form, answers).Result!.Percent;
            var better = new Dictionary<string, decimal?>(answers) { ["tone"] = 1 };
            return percent is >= 0 and <= 100 && Scorecard.Score(Form, better).Result!.Percent >= percent;
        }).QuickCheckThrowOnFailure();
}
