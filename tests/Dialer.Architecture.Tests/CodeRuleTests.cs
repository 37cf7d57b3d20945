using System.Text.RegularExpressions;
using Dialer.Architecture.Tests.Planted;

namespace Dialer.Architecture.Tests;

/// <summary>Rules about single calls, over the IL of the whole product.</summary>
public sealed partial class CodeRuleTests
{
    private static readonly IReadOnlyList<Use> All =
        [.. new[] { Product.Core, Product.Storage, Product.Twilio, Product.Features, Product.Simulator, Product.Host }.SelectMany(Uses.Of)];

    [Fact]
    public void Sql_is_constant_text() => Built(All).ShouldBeEmpty();

    [Fact]
    public void Planted_sql_made_of_pieces_is_found_and_constant_sql_and_prose_are_not() =>
        Built(PlantedCode.Of(typeof(BuiltSql))).Order().ShouldBe([
            $"{typeof(BuiltSql).FullName}.{nameof(BuiltSql.Concatenated)}",
            $"{typeof(BuiltSql).FullName}.{nameof(BuiltSql.Formatted)}",
            $"{typeof(BuiltSql).FullName}.{nameof(BuiltSql.Interpolated)}",
        ]);

    /// <summary>A call is paid for and heard by a person: one module makes it, behind the law and the at-most-once table.</summary>
    [Fact]
    public void Only_Dialing_posts_calls() => Dials(All).Where(from => !from.StartsWith("Dialer.Features.Dialing.", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void A_planted_second_dialler_is_found() => Dials(PlantedCode.All).ShouldBe([typeof(Redialler).FullName!]);

    [Fact]
    public void Nothing_sleeps_blocks_or_reads_the_machines_clock() => Blocking(All).ShouldBeEmpty();

    [Theory]
    [InlineData(nameof(Sleeper.Sleeps))]
    [InlineData(nameof(Sleeper.Blocks))]
    [InlineData(nameof(Sleeper.Local))]
    public void A_planted_sleep_or_block_is_found(string method) => Blocking(PlantedCode.Of(typeof(Sleeper))).ShouldContain(use => use.Method == method);

    private static IEnumerable<string> Built(IEnumerable<Use> uses) =>
        from method in uses.GroupBy(use => (use.From, use.Method))
        let steps = method.ToList()
        where Enumerable.Range(0, steps.Count).Any(i => steps[i].Literal is { } text && Sql().IsMatch(text) && IsJoined(steps, i + 1))
        select $"{method.Key.From}.{method.Key.Method}";

    /// <summary>True when the text just loaded goes into other text before it goes to the database. Constants joined by the compiler leave no such call.</summary>
    private static bool IsJoined(List<Use> steps, int next)
    {
        if (next < steps.Count && steps[next] is { ToMember: "AppendLiteral" or "Append", ToType: "System.Runtime.CompilerServices.DefaultInterpolatedStringHandler" or "System.Text.StringBuilder" })
            return true;
        foreach (var step in steps.Skip(next))
        {
            if (step is { ToType: "System.String", ToMember: "Concat" or "Format" or "Join" or "Replace" })
                return true;
            if (step.ToMember.Length > 0 && (step.ToType.StartsWith("Dapper.", StringComparison.Ordinal) || step.ToType.StartsWith("Npgsql.", StringComparison.Ordinal)
                || step.ToType == "Dialer.Storage.Postgres.Database" || step.ToMember.StartsWith("Add", StringComparison.Ordinal)))
                return false;
        }

        return false;
    }

    private static IEnumerable<string> Dials(IEnumerable<Use> uses) =>
        uses.Where(use => use is { ToType: "Dialer.Twilio.Rest.TwilioClient", ToMember: "CreateCallAsync" } && use.From != use.ToType).Select(use => use.From).Distinct();

    private static IEnumerable<Use> Blocking(IEnumerable<Use> uses) => uses.Where(use =>
        use is { ToType: "System.Threading.Thread", ToMember: "Sleep" }
            or { ToType: "System.Threading.Tasks.Task", ToMember: "get_Result" or "Wait" or "WaitAll" or "WaitAny" }
            or { ToType: "System.DateTime", ToMember: "get_Now" or "get_UtcNow" or "get_Today" }
            or { ToType: "System.DateTimeOffset", ToMember: "get_Now" or "get_UtcNow" });

    /// <summary>A piece of SQL in its lower-case house style; English sentences begin with a capital.</summary>
    [GeneratedRegex(@"^\s*(select\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|truncate\s|with\s+\w+\s+as\s*\(|copy\s+\w+\s|merge\s+into\s|drop\s+(table|index)\s|alter\s+table\s|create\s+(table|index|temporary)\s)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sql();
}
