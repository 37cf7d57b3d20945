using System.Diagnostics;
using Dapper;
using Dialer.Core.Compliance;
using Dialer.Core.Ivr;
using Dialer.Features.Compliance;
using Dialer.Features.Ivr;
using Dialer.Features.Tests.Dialing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Tests.Ivr;

/// <summary>People who press anything, or nothing, or hang up, in both directions, on the network: judged by what the network heard and by the next dial.</summary>
public sealed class RandomCallers(SavingWorld saving) : IClassFixture<SavingWorld>
{
    /// <summary>More with <c>DIALER_RANDOM_CALLS</c>, others with <c>DIALER_RANDOM_SEED</c>.</summary>
    private static readonly int Calls = int.TryParse(Environment.GetEnvironmentVariable("DIALER_RANDOM_CALLS"), out var calls) ? calls : 12;
    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("DIALER_RANDOM_SEED"), out var seed) ? seed : 7;

    private readonly DialingWorld _world = saving.World;

    private static readonly string[] Anything = ["0", "1", "2", "3", "4", "5", "8", "9", "*", "1", "1", "2", "50#", "7*5#", "1201", "30301", "02291980", "99999", "01011970", "123456#"];

    private const string Good = "4242424242424242# 1230 123 30301#";
    private const string Bad = "4000000000000002# 1230 123 30301# ~20";

    /// <summary>
    /// What somebody verified might go straight for: pay by card, or with one that fails, or whose processor falls silent; have a card kept, pay by it, have it removed; promise, on a listed day or another; a plan;
    /// dispute; say they cannot pay; ask to be called; a person, waiting for one, a message. "~20" waits so many seconds.
    /// </summary>
    private static readonly string[] Purposes =
    [
        $"1 1 1 1 {Good}",
        $"1 1 1 1 {Good} ~25 0",
        $"1 1 1 1 {Bad} 1 1 1 {Bad} 1 1 1 {Bad}",
        $"1 1 1 1 {Bad} 2 1 1 1",
        "1 1 1 1 4000000000000119# 1230 123 30301#",
        "1 1 1 1 * 1",
        "1 1 2 1 110000000 000123456789#",
        $"1 3 20# 1 3 {Good}",
        $"1 3 20# 1 3 {Good} ~25 1 1 3 30# 3 1",
        $"1 3 20# 1 3 {Good} ~25 1 1 3 30# 6 3",
        "1 3 20# 1 3 4000000000009995# 1230 123 30301#",
        "1 4 1 1",
        "1 5 1 1",
        "2 1 1 1 1 4",
        "2 1 1 1 2 4",
        "2 4 0625 3 50# 1 1",
        "5 1 1 1",
        "5 1 1 1 1 1",
        "3 1",
        "5 2 1",
        "5 3 1",
        "4 1",
        "0 1",
        "0 3 ~15 #",
        "0 4 ~40",
    ];

    [Fact]
    public async Task Every_random_call_ends_in_a_recorded_outcome_nobody_unverified_hears_of_a_debt_and_what_was_refused_stays_refused()
    {
        using var network = new CallerNetwork(_world, seed: 14 + Seed, new HashSet<string> { "heard", "charge", "error" });
        var limits = _world.Services.GetRequiredService<IOptions<IvrOptions>>().Value;
        (limits.MaxFailuresPerHour, limits.MaxWithheldFailuresPerHour) = (1_000_000, 1_000_000); // they all call within one hour of the Host's clock, and guess
        var random = new Random(Seed);
        var began = Stopwatch.GetTimestamp();
        var sids = new List<string>();
        for (var call = 0; call < Calls; call++)
        {
            var debtor = await network.Debtors.AddDebtorAsync(accounts: 1 + random.Next(3), language: random.Next(3) == 0 ? "es" : "en");
            if (random.Next(4) == 0)
                await _world.ExecuteAsync("insert into settlement_offer (account_id, amount, last_day, made_by, made_at) values (@id, 120, '2026-06-30', 'test', @Now)", new { id = debtor.Accounts[0], CallerNetwork.Now });
            if (random.Next(2) == 0)
                await _world.ExecuteAsync("insert into plan_offer (client_id, installments, every_days, least_balance, most_balance, made_by, made_at) values (@ClientId, 3, 30, 50, 5000, 'test', @Now)", new { debtor.ClientId, CallerNetwork.Now });
            var script = Script(random);
            sids.Add(random.Next(2) == 0
                ? await network.CallOutAsync(debtor, script)
                : network.CallIn(debtor.E164, script, random.Next(6) == 0 ? "anonymous" : null));
            await network.RunAsync(2);
        }

        await network.RunAsync(900);
        var took = Stopwatch.GetElapsedTime(began);

        var attempts = (await RowsAsync(sids)).ToDictionary(row => row.Sid);
        sids.Where(sid => !attempts.ContainsKey(sid)).ShouldBeEmpty("calls without an attempt");
        attempts.Values.Where(row => row.State is not "Completed" || row.Disposition is null).ShouldBeEmpty("calls without a recorded outcome");
        var heard = network.Of("heard").Where(line => line["text"] is not null).ToLookup(line => line["call"]!.GetValue<string>(), line => line["text"]!.GetValue<string>());
        var templates = network.Debtors.Templates.Current;
        string[] secrets = [.. templates.Languages.SelectMany(language => templates.Language(language).DebtWords).Concat(["Acme", "340", "Creditor", "$"]).Distinct()];
        foreach (var sid in sids)
            HearsNothingUnverified(secrets, attempts[sid], [.. heard[sid]]);
        (await _world.OneAsync<decimal>("select coalesce(sum(amount), 0) from ledger_line")).ShouldBe(0m);
        await ProcessorAgreesAsync(network);
        await NextDialIsRefusedAsync();
        network.Lines.Count(line => line["kind"]!.GetValue<string>() == "error").ShouldBe(0);
        var (met, unmet) = await CoverageAsync(network.Debtors.Templates.Current.Languages);
        CallersOnTheNetwork.Report(
            $"random callers: {Calls} calls, seed {Seed}, {attempts.Values.Count(row => row.Verified)} verified, outcomes {string.Join(", ", attempts.Values.GroupBy(row => row.Disposition).OrderByDescending(group => group.Count()).Select(group => $"{group.Key} {group.Count()}"))}, "
            + $"{network.Of("heard").Count()} prompts heard, {met} steps of the newest flows met in one language or another, never: {(unmet.Count == 0 ? "none" : string.Join(' ', unmet))}, {await _world.OneAsync<long>("select count(*) from consent_event where kind = 'Revoked'")} opt-outs, {await _world.OneAsync<long>("select count(*) from hold")} holds, "
            + $"{network.Webhooks} webhooks, {took.TotalSeconds:0} s of which the Host answered {network.InHost.TotalSeconds:0} s, "
            + $"{await _world.OneAsync<long>("select count(*) from payment")} payment sessions, {network.Of("charge").Count()} charges, {await _world.OneAsync<long>("select count(*) from saved_method")} cards kept, {await _world.OneAsync<long>("select count(*) from promise")} promises, {await _world.OneAsync<long>("select count(*) from payment_plan")} plans");
    }

    /// <summary>A few verify themselves properly first; all then press at random, wait, or leave.</summary>
    private static string Script(Random random)
    {
        var steps = new List<string>();
        if (random.Next(3) > 0)
        {
            steps.AddRange(["waits 12 s", "presses 1"]);
            if (random.Next(5) > 0)
                steps.AddRange(["waits 9 s", "presses " + (random.Next(8) == 0 ? "99999" : "30301"), "waits 9 s", "presses 02291980"]);
        }

        if (steps.Count > 4 && random.Next(2) == 0)
            steps.AddRange(Purposes[random.Next(Purposes.Length)].Split(' ').Select(keys => keys[0] == '~' ? $"waits {keys[1..]} s" : $"waits 5 s, presses {keys}"));
        for (var i = random.Next(12); i >= 0; i--)
        {
            steps.Add($"waits {1 + random.Next(random.Next(5) == 0 ? 40 : 12)} s");
            steps.Add("presses " + Anything[random.Next(Anything.Length)]);
        }

        steps.Add(random.Next(3) == 0 ? "waits 400 s, hangs up" : $"waits {random.Next(20)} s, hangs up");
        return string.Join(", ", steps);
    }

    /// <summary>Up to the disclosure that follows verification, and in the whole of a call that never came there, no word of a debt is heard.</summary>
    private static void HearsNothingUnverified(string[] secrets, Row attempt, List<string> heard)
    {
        var disclosed = heard.FindIndex(text => text.Contains("from a debt collector", StringComparison.Ordinal) || text.Contains("cobrador de deudas", StringComparison.Ordinal) || text.Contains("agencia de cobr", StringComparison.Ordinal));
        (disclosed >= 0).ShouldBe(attempt.Verified, $"{attempt.Sid}: {string.Join(" | ", heard)}");
        foreach (var text in disclosed >= 0 ? heard.Take(disclosed) : heard)
        {
            if (text.StartsWith("Este es un intento", StringComparison.Ordinal) || text.StartsWith("This is an attempt", StringComparison.Ordinal))
                continue;
            if (Array.Find(secrets, secret => text.Contains(secret, StringComparison.OrdinalIgnoreCase)) is { } told)
                text.ShouldNotContain(told, Case.Insensitive, attempt.Sid);
        }
    }

    /// <summary>The steps, each in each language, that callers were at.</summary>
    private async Task<(int Met, IReadOnlyList<string> Unmet)> CoverageAsync(IEnumerable<string> languages)
    {
        var met = (await _world.Database.QueryAsync<string>(
            "select distinct s.flow || '/' || t.step || '/' || (s.position ->> 'language') from ivr_session s join ivr_step t using (attempt_id)", null, default)).ToHashSet(StringComparer.Ordinal);
        var wanted = new[] { OutboundFlow.Graph, InboundFlow.Graph }.SelectMany(flow => flow.Nodes.Where(node => node.Kind is not (IvrNodeKind.Decision or IvrNodeKind.Transfer)).Select(node => $"{flow.Name}/{node.Id}"))
            .SelectMany(_ => languages, (step, language) => $"{step}/{language}").ToList();
        return (wanted.Count(met.Contains), [.. wanted.Where(step => !met.Contains(step))]);
    }

    /// <summary>What the processor charged is what is booked: one by one, and to the cent.</summary>
    private async Task ProcessorAgreesAsync(CallerNetwork network)
    {
        var theirs = network.ProcessorsFile().Lines.Select(line => (line.Reference, line.Amount)).ToHashSet();
        var ours = await _world.Database.QueryAsync<Booked>("select reference, amount, state from payment where state in ('Captured', 'Created', 'Pending', 'Unknown')", null, default);
        ours.Where(row => row.State == "Captured" && !theirs.Contains((row.Reference, row.Amount))).ShouldBeEmpty("booked, but never charged");
        var known = ours.Select(row => (row.Reference, row.Amount)).ToHashSet(); // a caller who left while the charge was under way is held open
        theirs.Where(line => !known.Contains(line)).ShouldBeEmpty("charged, but neither booked nor held open");
        theirs.Count.ShouldBe(network.Of("charge").Count(), "one payment was charged twice");
    }

    private async Task NextDialIsRefusedAsync()
    {
        await using var connection = await _world.Database.OpenAsync(default);
        var revoked = (await connection.QueryAsync<(long Person, long Account, long Phone)>(
            "select distinct p.person_id, a.account_id, p.phone_id from consent_event c join phone p on p.e164 = c.e164 join account a on a.person_id = p.person_id where c.kind = 'Revoked' and a.status = 'Open'")).AsList();
        var disputed = (await connection.QueryAsync<(long Person, long Account, long Phone)>(
            "select distinct h.person_id, h.account_id, p.phone_id from hold h join phone p on p.person_id = h.person_id join account a on a.account_id = h.account_id where h.kind in ('Dispute', 'Hardship') and a.status = 'Open' and p.status = 'Active'")).AsList();
        if (Calls >= 30)
            (revoked.Count + disputed.Count).ShouldBeGreaterThan(0);
        var gate = _world.Services.GetRequiredService<ContactGate>();
        var at = CallerNetwork.Now + Duration.FromDays(8);
        // A dial asks of one account of a person; those of one group must be of different people.
        var left = revoked.Concat(disputed).Distinct().ToList();
        while (left.Count > 0)
        {
            var some = left.DistinctBy(one => one.Person).Take(50).ToList();
            left = [.. left.Except(some)];
            GateRequest[] requests = [.. some.Select(one => new GateRequest(
                new Core.PersonId(one.Person), new Core.AccountId(one.Account), new Core.PhoneId(one.Phone), null, ContactMode.Agentless, ArtificialVoice: true))];
            var results = await _world.Database.InTransactionAsync(
                async (c, t) =>
                {
                    await PersonLocks.TakeAsync(c, t, requests.Select(request => request.Person), default);
                    return await gate.DecideAsync(c, t, requests, at, default);
                },
                default);
            foreach (var (one, result) in some.Zip(results))
                result.Allowed.ShouldBeFalse($"person {one.Person}, account {one.Account}");
        }
    }

    private async Task<IReadOnlyList<Row>> RowsAsync(List<string> sids) => await _world.Database.QueryAsync<Row>(
        """
        select a.sid, a.state, coalesce(a.disposition, (select 'QUEUE-' || q.state from queue_entry q where q.attempt_id = a.attempt_id)) as disposition, coalesce((s.position ->> 'verified')::boolean, false) as verified
        from attempt a left join ivr_session s on s.attempt_id = a.attempt_id where a.sid = any (@sids)
        """,
        new { sids = sids.ToArray() }, default);

    private sealed record Booked(string Reference, decimal Amount, string State);

    private sealed record Row(string Sid, string State, string? Disposition, bool Verified);
}
