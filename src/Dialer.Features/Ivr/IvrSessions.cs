using System.Text.Json;
using System.Text.Json.Serialization;
using Dapper;
using Dialer.Core.Ivr;
using Dialer.Features.Compliance;
using NodaTime;
using NodaTime.Text;
using Npgsql;

namespace Dialer.Features.Ivr;

/// <summary>A step that was taken, to be stored.</summary>
/// <param name="Input">The key of a menu; of entries only the length.</param>
/// <param name="Discloses">What the response discloses once it has been played.</param>
/// <param name="Ticks">What the response before it disclosed, now that an input shows that it was played.</param>
/// <param name="Conversation">The right party was verified by this step; else null.</param>
internal sealed record IvrMove(
    long AttemptId, int N, IvrPosition Position, string Input, string Response, IReadOnlyList<string> Discloses, IReadOnlyList<PlayedTick> Ticks, IvrEffect.ConversationStarted? Conversation)
{
    /// <summary>Asked by somebody who claimed an account by typing its number, and had proved nothing before this step.</summary>
    public bool IsClaim => Position.AccountNumberEntered && (!Position.Verified || Conversation is not null);
}

internal static class IvrSessions
{
    /// <remarks>
    /// One statement, so that without a transaction of the caller's it is one of its own. A call whose rows somebody else holds, or that has moved on since it was read, is left alone:
    /// its step has to be decided anew. Locks are taken on attempt and then on session, and never waited for.
    /// </remarks>
    private const string MoveSql =
        $"""
        with given as (
            select * from unnest(@attempts, @steps, @nodes, @verified, @ended, @positions, @inputs, @responses, @discloses, @talks, @persons, @accounts)
                as g (attempt_id, n, step, verified, ended, position, input, response, discloses, talks, person_id, account_id)),
        free as (
            select a.attempt_id from given g join attempt a on a.attempt_id = g.attempt_id join ivr_session s on s.attempt_id = g.attempt_id
            where s.sequence = g.n - 1 and s.ended_at is null for no key update of a, s skip locked),
        moved as (
            update ivr_session s set step = g.step, sequence = g.n, position = g.position::jsonb, response = '', updated_at = @now, ended_at = case when g.ended then @now end,
                verified_at = case when g.verified then coalesce(s.verified_at, @now) end
            from given g join free using (attempt_id) where s.attempt_id = g.attempt_id and s.sequence = g.n - 1 and s.ended_at is null
            returning s.attempt_id),
        kept as (
            insert into ivr_step (attempt_id, n, step, input, response, discloses, at)
            select g.attempt_id, g.n, g.step, g.input, g.response, string_to_array(g.discloses, ' '), @now from given g join moved using (attempt_id)),
        talked as (
            update attempt a set conversation_at = coalesce(a.conversation_at, @now), person_id = coalesce(a.person_id, g.person_id), account_id = coalesce(a.account_id, g.account_id)
            from given g join moved using (attempt_id) where a.attempt_id = g.attempt_id and g.talks),
        ticked as ({Disclosures.TickPlayed} and t.attempt_id in (select attempt_id from moved))
        select attempt_id from moved
        """;

    public static Task CreateAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, IvrPosition position, string response, string[] discloses, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            with session as (
                insert into ivr_session (attempt_id, flow, flow_version, step, sequence, position, started_at, updated_at, ended_at)
                values (@attemptId, @Flow, @Version, @Step, 0, cast(@json as jsonb), @now, @now, @ended))
            insert into ivr_step (attempt_id, n, step, input, response, discloses, at) values (@attemptId, 0, @Step, '', @response, @discloses, @now)
            """,
            new { attemptId, position.Flow, position.Version, position.Step, json = IvrJson.Write(position), response, discloses, now, ended = position.Ended ? now : (Instant?)null },
            transaction, cancellationToken: cancel));

    /// <summary>Stores steps of different calls and returns the calls that have moved.</summary>
    public static async Task<IReadOnlySet<long>> MoveAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, IReadOnlyList<IvrMove> moves, Instant now, CancellationToken cancel)
    {
        var ticks = moves.SelectMany(move => move.Ticks).ToList();
        return (await connection.QueryAsync<long>(new CommandDefinition(
            MoveSql,
            new
            {
                attempts = moves.Select(move => move.AttemptId).ToArray(),
                steps = moves.Select(move => move.N).ToArray(),
                nodes = moves.Select(move => move.Position.Step).ToArray(),
                verified = moves.Select(move => move.Position.Verified).ToArray(),
                ended = moves.Select(move => move.Position.Ended).ToArray(),
                positions = moves.Select(move => IvrJson.Write(move.Position)).ToArray(),
                inputs = moves.Select(move => move.Input).ToArray(),
                responses = moves.Select(move => move.Response).ToArray(),
                discloses = moves.Select(move => string.Join(' ', move.Discloses)).ToArray(),
                talks = moves.Select(move => move.Conversation is not null).ToArray(),
                persons = moves.Select(move => move.Conversation?.PersonId).ToArray(),
                accounts = moves.Select(move => move.Conversation?.AccountId).ToArray(),
                now,
                tickAttempts = ticks.Select(tick => tick.AttemptId).ToArray(),
                tickCodes = ticks.Select(tick => tick.Code).ToArray(),
                tickSteps = ticks.Select(tick => tick.Step).ToArray(),
                tickEvidence = ticks.Select(tick => tick.Evidence).ToArray(),
            },
            transaction, commandTimeout: transaction is null ? IvrLoad.GroupPatience : null, cancellationToken: cancel))).ToHashSet();
    }

    /// <summary>The call is over: nothing more is asked, and if nobody has given the call a disposition it gets the one it earned, unless an agent took it over.</summary>
    public static Task CloseAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long[] attempts, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            select 1 from attempt where attempt_id = any (@attempts) order by attempt_id for update;
            with closed as (
                update ivr_session set ended_at = coalesce(ended_at, @now), updated_at = @now where attempt_id = any (@attempts)
                returning attempt_id, position ->> 'outcome' as outcome, (position ->> 'handedOver')::boolean as handed_over),
            given as (
                insert into disposition (attempt_id, code, source, at) select attempt_id, outcome, 'Ivr', @now from closed where not coalesce(handed_over, false)
                on conflict (attempt_id) do nothing returning attempt_id, code)
            update attempt a set disposition = given.code, disposed_at = @now from given where a.attempt_id = given.attempt_id
            """,
            new { attempts, now }, transaction, cancellationToken: cancel));
}

internal static class IvrJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(), new DateConverter() },
    };

    public static string Write(IvrPosition position) => JsonSerializer.Serialize(position, Options);

    public static IvrPosition Read(string json) => JsonSerializer.Deserialize<IvrPosition>(json, Options) ?? throw new JsonException("The stored position is empty.");

    private sealed class DateConverter : JsonConverter<LocalDate>
    {
        public override LocalDate Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => LocalDatePattern.Iso.Parse(reader.GetString() ?? "").GetValueOrThrow();

        public override void Write(Utf8JsonWriter writer, LocalDate value, JsonSerializerOptions options) => writer.WriteStringValue(LocalDatePattern.Iso.Format(value));
    }
}
