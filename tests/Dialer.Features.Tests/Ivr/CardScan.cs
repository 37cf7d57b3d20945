using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Dapper;
using Dialer.Features.Tests.Dialing;
using Dialer.Storage.Redis;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Tests.Ivr;

/// <summary>Looks for card numbers, by their check digit, in every column of every table, every key of Redis, everything the process has logged, and every trace it has made.</summary>
internal static partial class CardScan
{
    /// <param name="Scanned">Characters looked at.</param>
    public sealed record Result(long Scanned, IReadOnlyList<string> Hits);

    /// <param name="traces">What was traced since before the first digit; null: nothing was listened to.</param>
    public static async Task<Result> RunAsync(DialingWorld world, IReadOnlyList<string> exact, KeptTraces? traces = null)
    {
        var hits = new List<string>();
        var scanned = 0L;
        void Look(string where, string text)
        {
            scanned += text.Length;
            hits.AddRange(Find(where, text));
            hits.AddRange(exact.Where(digits => text.Contains(digits, StringComparison.Ordinal)).Select(digits => $"{where}: ...{digits[^4..]}"));
        }

        await using var connection = await world.Database.OpenAsync(default);
        foreach (var table in await connection.QueryAsync<string>("select quote_ident(table_name) from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1"))
        {
            foreach (var row in await connection.QueryAsync<string>($"select to_jsonb(t)::text from {table} t"))
                Look(table, row);
        }

        var redis = world.Services.GetRequiredService<RedisConnection>();
        var keys = (string[])(await redis.Database.ScriptEvaluateAsync("return redis.call('KEYS', ARGV[1])", [], [(string)redis.Key("*")!]))!;
        foreach (var key in keys)
            Look("redis", $"{key} {Convert.ToBase64String((byte[]?)await redis.Database.KeyDumpAsync(key) ?? [])} {Encoding.Latin1.GetString((byte[]?)await redis.Database.KeyDumpAsync(key) ?? [])}");
        foreach (var line in world.Log)
            Look("log", line);
        foreach (var line in traces?.Lines ?? [])
            Look("trace", line);
        return new Result(scanned, [.. hits.Distinct()]);
    }

    /// <summary>13 to 19 digits, perhaps in groups, that begin as a card of a known kind and end with its check digit.</summary>
    public static IEnumerable<string> Find(string where, string text) =>
        from match in Candidates().Matches(text)
        let digits = string.Concat(match.Value.Where(char.IsAsciiDigit))
        where digits.Length is >= 13 and <= 19 && Simulator.Payments.CardRules.Type(digits) is not null
        select $"{where}: {Simulator.Payments.CardRules.Type(digits)} ...{digits[^4..]}";

    [GeneratedRegex(@"(?<![0-9A-Za-z_+.:-])[3-6](?:[ -]?[0-9]){12,18}(?![0-9A-Za-z])", RegexOptions.None, 10_000)]
    private static partial Regex Candidates();
}

/// <summary>Every activity of this process while it lives: its names, tags, events and baggage, as an exporter would get them.</summary>
internal sealed class KeptTraces : IDisposable
{
    private readonly ActivityListener _listener;

    public KeptTraces()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => Lines.Enqueue(string.Join(' ', activity.TagObjects.Concat(activity.Events.SelectMany(e => e.Tags)).Select(tag => $"{tag.Key}={tag.Value}")
                .Concat(activity.Baggage.Select(item => $"{item.Key}={item.Value}")).Prepend($"{activity.Source.Name} {activity.DisplayName} {activity.StatusDescription}"))),
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public ConcurrentQueue<string> Lines { get; } = [];

    public void Dispose() => _listener.Dispose();
}
