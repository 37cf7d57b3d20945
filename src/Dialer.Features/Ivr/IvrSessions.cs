using System.Text.Json;
using System.Text.Json.Serialization;
using Dapper;
using Dialer.Core.Ivr;
using NodaTime;
using NodaTime.Text;
using Npgsql;

namespace Dialer.Features.Ivr;

/// <summary>One call in the IVR with what its attempt says; read with both rows locked.</summary>
internal sealed record IvrSession(
    long AttemptId, Instant CreatedAt, string Direction, long? CampaignId, long? AccountId, long? PersonId, string CallerE164, string OurE164, string Zone,
    string Flow, int FlowVersion, int Sequence, string Position, string Response, Instant? EndedAt)
{
    public IvrPosition ReadPosition() => IvrJson.Read(Position);
}

internal static class IvrSessions
{
    public static Task<IvrSession?> LockAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<IvrSession>(new CommandDefinition(
            """
            select a.attempt_id, a.created_at, a.direction, a.campaign_id, a.account_id, a.person_id,
                   case a.direction when 'Inbound' then a.from_e164 else a.to_e164 end as caller_e164,
                   case a.direction when 'Inbound' then a.to_e164 else a.from_e164 end as our_e164,
                   coalesce((select c.zone from campaign c where c.campaign_id = a.campaign_id), 'America/New_York') as zone,
                   s.flow, s.flow_version, s.sequence, s.position::text as position, s.response, s.ended_at
            from attempt a join ivr_session s on s.attempt_id = a.attempt_id
            where a.attempt_id = @attemptId
            for update of a, s
            """,
            new { attemptId }, transaction, cancellationToken: cancel));

    public static Task<string?> FindResponseAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, int n, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(
            "select response from ivr_step where attempt_id = @attemptId and n = @n", new { attemptId, n }, transaction, cancellationToken: cancel));

    public static Task CreateAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, IvrPosition position, string response, string[] discloses, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            with session as (
                insert into ivr_session (attempt_id, flow, flow_version, step, sequence, position, response, started_at, updated_at, ended_at)
                values (@attemptId, @Flow, @Version, @Step, 0, cast(@json as jsonb), @response, @now, @now, @ended))
            insert into ivr_step (attempt_id, n, step, input, response, discloses, at) values (@attemptId, 0, @Step, '', @response, @discloses, @now)
            """,
            new { attemptId, position.Flow, position.Version, position.Step, json = IvrJson.Write(position), response, discloses, now, ended = position.Ended ? now : (Instant?)null },
            transaction, cancellationToken: cancel));

    public static Task MoveAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, int n, IvrPosition position, string input, string response, string[] discloses, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            with session as (
                update ivr_session set step = @Step, sequence = @n, position = cast(@json as jsonb), response = @response, updated_at = @now, ended_at = coalesce(ended_at, @ended),
                    verified_at = case when @Verified then coalesce(verified_at, @now) end
                where attempt_id = @attemptId)
            insert into ivr_step (attempt_id, n, step, input, response, discloses, at) values (@attemptId, @n, @Step, @input, @response, @discloses, @now)
            """,
            new { attemptId, n, position.Step, position.Verified, json = IvrJson.Write(position), input, response, discloses, now, ended = position.Ended ? now : (Instant?)null },
            transaction, cancellationToken: cancel));
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
