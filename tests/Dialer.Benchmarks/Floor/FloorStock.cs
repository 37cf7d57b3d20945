using Dapper;
using Dialer.Features.Access;
using Dialer.Storage.Postgres;
using NodaTime;

namespace Dialer.Benchmarks.Floor;

/// <summary>A floor at noon: agents at their desks, campaigns with lists, and the calls that the morning has brought.</summary>
internal sealed record FloorStock(IReadOnlyList<Guid> Sessions, IReadOnlyList<long> Extras, IReadOnlyList<long> People, IReadOnlyList<long> Campaigns)
{
    public const string Password = "a long password";
    public const int ExtraAgents = 7;
    private const int MorningCalls = 20_000;
    private const int PeopleThere = 30_000;

    private const string Floor =
        """
        insert into client (code, name, spoken_name, callback_e164, collector_role, debt_class, created_at) values ('B', 'B', 'Northfield Services', '+18005550199', 'ThirdParty', 'Consumer', @now);
        insert into person (client_id, client_person_no, first_name, last_name, zip, created_at, updated_at) select client_id, g, 'Maria', 'Lopez', '10001', @now, @now from client, generate_series(1, @people) g;
        insert into account (client_id, person_id, client_account_no, creditor, balance, bucket_30, placed_on, created_at, updated_at)
            select client_id, person_id, client_person_no, 'Acme', 100, 100, '2026-01-01', @now, @now from person;
        insert into campaign (name, client_id, mode, state, from_e164, opens_cron, closes_cron, created_at, updated_at)
            select 'Campaign ' || to_char(g, 'FM00'), client_id, 'Predictive', 'Open', '+18005550199', '0 0 8 ? * *', '0 0 21 ? * *', @now, @now from client, generate_series(1, @campaigns) g;
        insert into ready_lead (campaign_id, account_id, person_id, not_before) select c.campaign_id, a.account_id, a.person_id, @now from campaign c join account a on a.account_id % @campaigns = c.campaign_id % @campaigns;
        insert into attempt (campaign_id, account_id, person_id, mode, to_e164, from_e164, state, created_at, submitted_at, answered_at, bridged_at, ended_at, answered_by, treatment)
            select (select min(campaign_id) from campaign) + g % @campaigns, a.account_id, a.person_id, 'Predictive', '+1212' || to_char(2000000 + a.person_id, 'FM0000000'), '+18005550199',
                case when g % 10 < 4 then 'Completed' when g % 10 < 5 then 'Busy' else 'NoAnswer' end, made, made, case when g % 10 < 4 then made + interval '10 s' end, case when g % 10 < 2 then made + interval '11 s' end,
                made + interval '80 s', case when g % 10 < 2 then 'human' when g % 10 < 4 then 'machine_start' end, case when g % 10 < 2 then 'Agent' end
            from generate_series(1, @calls) g cross join lateral (select @now - interval '2 hours' + interval '100 minutes' * g / @calls as made) m join account a on a.account_id = (select min(account_id) from account) + g % @people;
        insert into app_user (user_name, display_name, password_hash, roles, created_at) select 'agent' || to_char(g, 'FM000'), 'Agent ' || to_char(g, 'FM000'), @hash, '{Collector}', @now from generate_series(1, @agents + @extra) g;
        insert into agent (agent_id, team) select user_id, case when user_id % 2 = 0 then 'North' else 'South' end from app_user where user_name like 'agent%';
        """;

    private const string AtWork =
        """
        insert into agent_session (session_id, agent_id, state, since, heartbeat_at, started_at, softphone_up, conference_sid)
            select gen_random_uuid(), agent_id, 'Available', @now, clock_timestamp(), @now, true, 'CF' || agent_id from agent order by agent_id limit @agents;
        insert into agent_state_log (session_id, agent_id, state, from_at) select session_id, agent_id, state, @now from agent_session;
        """;

    /// <param name="atWork">The agents have their sessions already; else they sign in by themselves.</param>
    public static async Task<FloorStock> FillAsync(Database database, int agents, int campaigns, bool atWork)
    {
        await using var connection = await database.OpenAsync(default);
        var now = SystemClock.Instance.GetCurrentInstant();
        var parameters = new { now, agents, campaigns, people = PeopleThere, calls = MorningCalls, extra = ExtraAgents, hash = new Passwords().Hash(Password) };
        await connection.ExecuteAsync(Floor, parameters, commandTimeout: 600);
        if (atWork)
            await connection.ExecuteAsync(AtWork, parameters);
        await connection.ExecuteAsync("analyze;");
        return new FloorStock(
            (await connection.QueryAsync<Guid>("select session_id from agent_session order by agent_id")).AsList(),
            (await connection.QueryAsync<long>("select agent_id from agent order by agent_id offset @agents", new { agents })).AsList(),
            (await connection.QueryAsync<long>("select person_id from person order by person_id")).AsList(),
            (await connection.QueryAsync<long>("select campaign_id from campaign order by campaign_id")).AsList());
    }
}
