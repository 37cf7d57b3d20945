using Dialer.Core.Pacing;
using Dialer.Host.Commands;
using NodaTime;

namespace Dialer.Features.Tests.Dialing;

/// <summary>What <c>./dialer pacing replay</c> answers for a log in a file. No database anywhere.</summary>
public sealed class ReplayedLogs : IDisposable
{
    private static readonly Instant Start = Instant.FromUtc(2026, 3, 2, 15, 0);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dialer-replay-");

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Twenty ticks of a floor, as an engine writes them down.</summary>
    private static List<string> Log()
    {
        var engine = RecordedEngine.Start(new PacingPolicy(), null);
        var first = engine.Begin().FirstLine;
        engine.Take();
        for (var step = 0; step < 20; step++)
        {
            var now = Start + Duration.FromMilliseconds(500 * step);
            engine.Observe(new PacingEvent.Resolved(now, step % 4 == 0 ? DialOutcome.Human : DialOutcome.NoAnswer, 8 + step * 0.7));
            engine.Decide(new PacingSnapshot { Agents = [new PacedAgent(AgentActivity.Available, step), new PacedAgent(AgentActivity.OnCall, 3 * step)], Calls = [new PacedCall(step * 0.9)], Ledger = new AbandonmentLedger(1, 100 + step) }, now);
        }

        return [first, .. engine.Take()];
    }

    private async Task<(int Exit, string Said, string Complained)> ReplayAsync(IEnumerable<string> log)
    {
        var path = Path.Combine(_folder.FullName, "log.jsonl");
        await File.WriteAllLinesAsync(path, log);
        using StringWriter output = new(), errors = new();
        return (await PacingCommand.ReplayAsync(new FileInfo(path), output, errors, default), output.ToString(), errors.ToString());
    }

    [Fact]
    public async Task A_log_as_it_was_written_is_reproduced_bit_for_bit()
    {
        var (exit, said, _) = await ReplayAsync(Log());
        exit.ShouldBe(0);
        said.ShouldContain("All 20 plans in 1 pieces");
    }

    [Fact]
    public async Task A_number_that_was_changed_is_shown_with_its_line()
    {
        var log = Log();
        log[7] = log[7].Replace("\"liveAnswers\":106", "\"liveAnswers\":206", StringComparison.Ordinal);
        var (exit, said, _) = await ReplayAsync(log);
        exit.ShouldBe(1);
        said.ShouldContain("line 8\n");
    }

    [Fact]
    public async Task A_torn_line_a_missing_file_and_a_log_without_plans_end_with_two()
    {
        var log = Log();
        var (exit, _, complained) = await ReplayAsync([.. log[..5], log[5][..40]]);
        exit.ShouldBe(2);
        complained.ShouldStartWith("Line 6 is not JSON");
        (await ReplayAsync(log[..1])).Exit.ShouldBe(2);
        (await PacingCommand.ReplayAsync(new FileInfo(Path.Combine(_folder.FullName, "none.jsonl")), TextWriter.Null, TextWriter.Null, default)).ShouldBe(2);
    }
}
