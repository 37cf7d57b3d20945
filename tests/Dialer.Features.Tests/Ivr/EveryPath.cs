using Dialer.Core.Ivr;
using Dialer.Features.Tests.Dialing;

namespace Dialer.Features.Tests.Ivr;

/// <summary>
/// Scripted callers on the network who together come to every step of the newest flows, in English and in Spanish, take every way out, press what nobody offers, and say nothing: each call planned by the pure flow,
/// played by the network on the real Host, and judged by what was heard there and by what was stored.
/// </summary>
public sealed class EveryPath(SavingWorld saving) : IClassFixture<SavingWorld>
{
    /// <summary>The suite plays every so manieth call; all of them with <c>DIALER_EVERY_PATH=1</c>.</summary>
    private const int Share = 24;

    private static readonly bool Whole = Environment.GetEnvironmentVariable("DIALER_EVERY_PATH") == "1";

    private readonly DialingWorld _world = saving.World;

    [Fact]
    public void Every_step_in_both_languages_and_every_way_out_of_it_has_a_script()
    {
        if (Environment.GetEnvironmentVariable("DIALER_WRITE_PATHS") == "1")
            PathBook.Write(PathFinder.Find());
        var met = PathBook.Read().SelectMany(plan => plan.Items).ToHashSet(StringComparer.Ordinal);
        var unmet = PathFinder.Wanted().Where(item => !met.Contains(item)).ToList();
        unmet.Where(item => !PathFinder.IsUnreachable(item)).ShouldBeEmpty($"write the calls anew with: {PathBook.Command}");
        PathFinder.Unreachable.Where(one => !unmet.Exists(item => item.EndsWith(one.Item, StringComparison.Ordinal))).ShouldBeEmpty("a script comes there after all");
    }

    [Fact]
    public async Task Scripted_callers_hear_each_step_in_their_language_and_the_call_is_stored_as_the_flow_says()
    {
        var scripts = new PathScript(Path.Combine(AppContext.BaseDirectory, "twiml-templates"));
        var plans = PathBook.Read().Where((_, index) => Whole || index % Share == 0).ToList();
        using var network = new CallerNetwork(_world, seed: 61, new HashSet<string> { "heard", "error", "charge" });
        var calls = new Dictionary<string, PathCall>();
        network.Before = request => request.Fields["CallSid"] is { } sid && calls.TryGetValue(sid, out var call) ? call.PrepareAsync(request) : Task.CompletedTask;
        foreach (var plan in plans)
        {
            var call = new PathCall(_world, network, plan);
            await call.BeginAsync(scripts);
            calls[call.Sid] = call;
        }

        await network.RunAsync(4000);
        var wrong = await WrongAsync(network, scripts, [.. calls.Values]);
        wrong.ShouldBeEmpty();
        network.Of("error").ShouldBeEmpty();
        var wanted = PathFinder.Wanted().ToList();
        var met = plans.SelectMany(plan => plan.Items).ToHashSet(StringComparer.Ordinal);
        CallersOnTheNetwork.Report(
            $"every path: {plans.Count} calls of {plans.Sum(plan => plan.Steps.Count)} steps, {wanted.Count(item => IsStep(item) && met.Contains(item))} steps in a language of {wanted.Count(IsStep)} and {wanted.Count(item => !IsStep(item) && met.Contains(item))} ways out of {wanted.Count(item => !IsStep(item))} met, "
            + $"{network.Of("heard").Count()} prompts heard, {network.Of("charge").Count()} charges, unreachable {wanted.Count(PathFinder.IsUnreachable)}");
    }

    private static bool IsStep(string item) => item.EndsWith(" in en", StringComparison.Ordinal) || item.EndsWith(" in es", StringComparison.Ordinal);

    private async Task<List<string>> WrongAsync(CallerNetwork network, PathScript scripts, IReadOnlyList<PathCall> calls)
    {
        var steps = (await _world.Database.QueryAsync<Taken>(
            "select a.sid, t.n, t.step from ivr_step t join attempt a using (attempt_id) where a.sid = any (@sids) order by a.sid, t.n", new { sids = calls.Select(call => call.Sid).ToArray() }, default))
            .ToLookup(row => row.Sid, row => row.Step);
        var ends = (await _world.Database.QueryAsync<Ended>(
            """
            select a.sid, a.state, s.position ->> 'language' as language, coalesce((s.position ->> 'verified')::boolean, false) as verified, coalesce((s.position ->> 'payments')::int, 0) as payments,
                coalesce((s.position ->> 'declines')::int, 0) as declines, (s.position ->> 'amount')::numeric as amount, s.position ->> 'outcome' as outcome, a.disposition
            from ivr_session s join attempt a using (attempt_id) where a.sid = any (@sids)
            """,
            new { sids = calls.Select(call => call.Sid).ToArray() }, default)).ToDictionary(row => row.Sid);
        var heard = network.Of("heard").Where(line => line["text"] is not null).ToLookup(line => line["call"]!.GetValue<string>(), line => line["text"]!.GetValue<string>());
        var wrong = new List<string>();
        foreach (var call in calls)
        {
            var planned = call.Plan.Steps.Select(step => step.To).Prepend(call.Plan.Start).ToList();
            var taken = steps[call.Sid].Take(planned.Count).ToList();
            var end = call.Plan.End.Position;
            var stored = ends.GetValueOrDefault(call.Sid);
            if (!taken.SequenceEqual(planned.Select(place => place.Position.Step)))
                wrong.Add($"{call.Plan}: was at {string.Join(' ', taken)}");
            else if (Unheard(scripts, planned, [.. heard[call.Sid]]) is { } words)
                wrong.Add($"{call.Plan}: never heard '{words}'");
            else if (stored is not { State: "Completed", Disposition: not null } && !call.Plan.End.Over)
                wrong.Add($"{call.Plan}: has no recorded outcome ({stored?.State})");
            else if (call.Plan.End.Over ? stored is null : !Agrees(stored!, end))
                wrong.Add($"{call.Plan}: ended as {stored}, planned {end.Language} {end.Verified} {end.Payments} {end.Declines} {end.Amount} {end.Outcome}");
        }

        return wrong;
    }

    /// <summary>A caller who hung up at the last step was stored as the step left him.</summary>
    private static bool Agrees(Ended stored, IvrPosition planned) =>
        (stored.Language, stored.Verified, stored.Payments, stored.Declines, stored.Amount, stored.Outcome) == (planned.Language, planned.Verified, planned.Payments, planned.Declines, planned.Amount, planned.Outcome);

    /// <summary>The words of the first step that was not heard after those before it; null when all were.</summary>
    private static string? Unheard(PathScript scripts, IReadOnlyList<PathPlace> planned, IReadOnlyList<string> heard)
    {
        var at = 0;
        foreach (var words in planned.Select(scripts.WordsOf))
        {
            while (at < heard.Count && !heard[at].Contains(words, StringComparison.Ordinal))
                at++;
            if (at == heard.Count)
                return words;
            at++;
        }

        return null;
    }

    private sealed record Taken(string Sid, int N, string Step);

    private sealed record Ended(string Sid, string State, string? Language, bool Verified, int Payments, int Declines, decimal? Amount, string? Outcome, string? Disposition);
}
