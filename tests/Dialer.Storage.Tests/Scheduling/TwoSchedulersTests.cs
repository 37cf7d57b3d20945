using System.Collections.Concurrent;
using Dapper;
using Dialer.Features.Tests;
using Dialer.Storage.Postgres;
using Dialer.Storage.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodaTime;
using Npgsql;

namespace Dialer.Storage.Tests.Scheduling;

public sealed class TwoSchedulersTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string EverySecond = "* * * * * ?";

    [Fact]
    public async Task Two_nodes_on_one_PostgreSQL_make_each_fire_of_a_schedule_happen_once()
    {
        await database.Database.ExecuteAsync("create table if not exists effect (fire_time timestamptz not null, node text not null)", null, default);
        var effects = new ConcurrentQueue<Instant>();
        using var one = await NodeAsync("one", effects);
        using var other = await NodeAsync("other", effects);
        await one.Services.GetRequiredService<Schedules>().PutAsync("campaign-7-open", EverySecond, "America/New_York", Effect.WorkName, "7", default);

        await UntilAsync(() => effects.Distinct().Count() >= 3);
        await one.Services.GetRequiredService<Schedules>().RemoveAsync("campaign-7-open", default);
        await Task.WhenAll(one.StopAsync(), other.StopAsync());

        var fires = await CountAsync("select count(*) from schedule_fire where schedule = 'campaign-7-open'");
        fires.ShouldBeGreaterThanOrEqualTo(3);
        (await CountAsync("select count(*) from effect")).ShouldBe(fires);
        (await CountAsync("select count(distinct fire_time) from effect")).ShouldBe(fires);
    }

    [Fact]
    public async Task A_fire_that_is_repeated_after_a_crash_has_no_second_effect()
    {
        var at = new DateTimeOffset(2026, 6, 10, 12, 0, 0, TimeSpan.Zero);
        await database.Database.ExecuteAsync("insert into schedule_fire (schedule, fire_time, at, node) values ('repeated', @at, @at, 'dead')", new { at }, default);

        (await CountAsync("with again as (insert into schedule_fire (schedule, fire_time, at, node) values ('repeated', '2026-06-10T12:00:00Z', now(), 'living') on conflict do nothing returning 1) select count(*) from again")).ShouldBe(0);
    }

    [Theory]
    [InlineData("2026-06-10T15:00:00Z", true)]
    [InlineData("2026-06-10T11:00:00Z", false)]
    [InlineData("2026-06-11T01:30:00Z", false)]
    public void A_period_between_two_cron_expressions_is_running_or_not(string now, bool running) =>
        Schedules.IsBetween("0 0 8 ? * MON-SAT", "0 0 21 ? * MON-SAT", "America/New_York", DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(running);

    private async Task<IHost> NodeAsync(string name, ConcurrentQueue<Instant> effects)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(database.Database);
        builder.Services.AddSingleton(new NodeIdentity(name));
        builder.Services.AddSingleton<IScheduledWork>(new Effect(name, effects));
        builder.Services.AddScheduling(database.ConnectionString, TimeProvider.System, runs: true);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var connection = await database.Database.OpenAsync(default);
        return await connection.ExecuteScalarAsync<long>(sql);
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!holds())
            await timer.WaitForNextTickAsync(patience.Token);
    }

    private sealed class Effect(string node, ConcurrentQueue<Instant> effects) : IScheduledWork
    {
        public const string WorkName = "test.effect";

        public string Name => WorkName;

        public async Task RunAsync(string argument, Instant fireTime, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancel)
        {
            await connection.ExecuteAsync(new CommandDefinition(
                "insert into effect (fire_time, node) values (@at, @node)", new { at = fireTime.ToDateTimeOffset(), node }, transaction, cancellationToken: cancel));
            effects.Enqueue(fireTime);
        }
    }
}
