using System.Globalization;
using Dapper;
using Dialer.Core.Alerts;
using Dialer.Features.Compliance;
using Dialer.Storage.Postgres;
using Microsoft.Extensions.Logging;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Reports.Alerts;

/// <summary>Looks at the floor every few seconds on one node and moves each alert by its rule; what changed is stored, and an alarm opened or closed with it.</summary>
public sealed class WatchAlerts(Database database, Leases leases, LiveFloor floor, ILogger<WatchAlerts> log) : PeriodicWork(Look, log)
{
    public const string Prefix = "ALERT_";
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(3);

    protected override string Trouble => "Alerts could not be looked at";

    protected override async Task RoundAsync(CancellationToken cancel)
    {
        if (await leases.TryHoldAsync("alerts", 4 * Look, cancel) is not null)
            await LookAsync(await floor.ReadAsync(cancel), cancel);
    }

    /// <summary>One look. Returns how many alerts were raised or cleared.</summary>
    internal async Task<int> LookAsync(FloorView view, CancellationToken cancel)
    {
        var rules = await database.QueryAsync<AlertRuleRow>($"select {AlertRuleRow.Columns} from alert_rule order by alert_rule_id", null, cancel);
        var line = await database.QueryAsync<Instant>("select entered_at from queue_entry where state = 'Waiting' order by entered_at limit 1", null, cancel);
        var beside = new BesideTheFloor(line.Count == 0 ? null : line[0], await MissingDisclosures.CountAsync(database, cancel));
        return await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var known = (await connection.QueryAsync<StateRow>(new CommandDefinition(
                    "select alert_rule_id, subject, phase, since, raised_at from alert_state for update", null, transaction, cancellationToken: cancel))).ToDictionary(row => (row.AlertRuleId, row.Subject));
                var moved = 0;
                foreach (var rule in rules)
                    moved += await MoveAsync(connection, transaction, rule, view, beside, known, cancel);
                return moved;
            },
            cancel);
    }

    private static async Task<int> MoveAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, AlertRuleRow rule, FloorView view, BesideTheFloor beside, Dictionary<(long, string), StateRow> known, CancellationToken cancel)
    {
        if (AlertMetric.Find(rule.Metric) is not { } metric)
            return 0;
        var moved = 0;
        var values = rule.Enabled ? metric.Read(view, beside).Where(value => rule.CampaignId is not { } only || value.Subject == $"campaign/{only}").ToList() : [];
        foreach (var (subject, name, value) in values)
        {
            var before = known.GetValueOrDefault((rule.AlertRuleId, subject))?.State ?? AlertMachine.Quiet(view.At);
            var after = AlertMachine.Apply(rule.Rule(metric.Above), before, value, view.At);
            if (after == before)
                continue;
            await StoreAsync(connection, transaction, rule.AlertRuleId, subject, after, cancel);
            if (after.IsUp != before.IsUp)
            {
                moved++;
                await (after.IsUp ? RaiseAsync(connection, transaction, rule, metric, subject, name, value ?? 0, view.At, cancel) : ClearAsync(connection, transaction, rule, subject, view.At, cancel));
            }
        }

        // What is not on the floor any more (a campaign that was closed) or is not watched any more is not bad any more.
        foreach (var gone in known.Values.Where(row => row.AlertRuleId == rule.AlertRuleId && row.State.IsUp && values.TrueForAll(value => value.Subject != row.Subject)))
        {
            moved++;
            await StoreAsync(connection, transaction, rule.AlertRuleId, gone.Subject, AlertMachine.Quiet(view.At), cancel);
            await ClearAsync(connection, transaction, rule, gone.Subject, view.At, cancel);
        }

        return moved;
    }

    private static Task StoreAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long rule, string subject, AlertState state, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into alert_state (alert_rule_id, subject, phase, since, raised_at) values (@rule, @subject, @phase, @Since, @RaisedAt)
            on conflict (alert_rule_id, subject) do update set phase = excluded.phase, since = excluded.since, raised_at = excluded.raised_at
            """,
            new { rule, subject, phase = state.Phase.ToString(), state.Since, state.RaisedAt }, transaction, cancellationToken: cancel));

    private static Task RaiseAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, AlertRuleRow rule, AlertMetric metric, string subject, string name, double value, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            "insert into alarm (code, subject, raised_at, text, level, owner) values (@code, @subject, @now, @text, @Level, @Owner)",
            new { code = CodeOf(rule), subject, now, text = Words(rule, metric, name, value), rule.Level, rule.Owner }, transaction, cancellationToken: cancel));

    private static Task ClearAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AlertRuleRow rule, string subject, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            "update alarm set closed_at = @now, closed_by = 'rule' where code = @code and subject = @subject and closed_at is null", new { code = CodeOf(rule), subject, now }, transaction, cancellationToken: cancel));

    /// <summary>Rules of one metric for all campaigns and for one may be up together.</summary>
    private static string CodeOf(AlertRuleRow rule) => Prefix + rule.Metric + (rule.CampaignId is null ? "" : "_OWN");

    private static string Words(AlertRuleRow rule, AlertMetric metric, string name, double value)
    {
        var about = name.Length == 0 ? "" : $"{name}: ";
        var unit = metric.Unit switch { "%" => " %", "s" => " s", _ => "" };
        return string.Create(CultureInfo.InvariantCulture, $"{about}{Title(metric.Name)} {value:0.#}{unit}, {(metric.Above ? "at or above" : "at or below")} {rule.RaiseAt:0.#}{unit}{(rule.RaiseAfterS > 0 ? $" for {rule.RaiseAfterS} s" : "")}.");
    }

    private static string Title(string metric) => metric switch
    {
        "abandonmentOfCap" => "abandonment stands at this share of the cap:",
        "leadsReady" => "leads ready to call:",
        "agentsNotResponding" => "Agents whose desks do not respond:",
        "idleShare" => "Agents free and without a call:",
        "breakShare" => "Agents on a break:",
        "longestWait" => "A caller has been waiting for",
        "disclosuresMissing" => "Conversations whose owed disclosures nobody ticked:",
        _ => $"{metric}:",
    };

    private sealed class StateRow
    {
        public long AlertRuleId { get; init; }

        public string Subject { get; init; } = "";

        public AlertPhase Phase { get; init; }

        public Instant Since { get; init; }

        public Instant? RaisedAt { get; init; }

        public AlertState State => new(Phase, Since, RaisedAt);
    }
}

/// <summary>A row of <c>alert_rule</c>.</summary>
public sealed class AlertRuleRow
{
    public const string Columns = "alert_rule_id, metric, campaign_id, level, raise_at, clear_at, raise_after_s, clear_after_s, owner, enabled, updated_at, updated_by";

    public long AlertRuleId { get; init; }

    public string Metric { get; init; } = "";

    public long? CampaignId { get; init; }

    public string Level { get; init; } = "";

    public double RaiseAt { get; init; }

    public double ClearAt { get; init; }

    public int RaiseAfterS { get; init; }

    public int ClearAfterS { get; init; }

    public string Owner { get; init; } = "";

    public bool Enabled { get; init; }

    public Instant UpdatedAt { get; init; }

    public string UpdatedBy { get; init; } = "";

    internal AlertRule Rule(bool above) => new(RaiseAt, ClearAt, Duration.FromSeconds(RaiseAfterS), Duration.FromSeconds(ClearAfterS), above);
}
