using Dapper;
using Dialer.Features.Agents;
using Dialer.Storage.Postgres;
using Dialer.Twilio.Twiml;
using Dialer.Twilio.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Routing;

/// <summary>A waiting call comes back: its place has changed, it pressed a key, or an agent is its own already and the word of it was lost.</summary>
internal static class QueueWebhook
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/twilio/voice/queue", HandleAsync).AllowAnonymous().RequireTwilioSignature();

    private static async Task<IResult> HandleAsync(
        TwilioForm form, HttpContext http, Database database, AttemptTokens tokens, CallQueue queue, AgentHandoff handoff, IOptions<RoutingOptions> options, ServiceClock clock, CancellationToken cancel)
    {
        if (!tokens.TryRead(http.Request.Query["t"], out var token) || GatherResult.From(form) is not { } pressed)
            return TwimlResult.Of(Twiml.HangUp);
        var twiml = await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var entry = await Entry.LockAsync(connection, transaction, token.Attempt.Value, cancel);
                return entry is null
                    ? Twiml.HangUp
                    : await AnswerAsync(connection, transaction, entry, pressed.Digits, http.Request.Query["s"].ToString(), queue, handoff, options.Value, clock.Now, cancel);
            },
            cancel);
        return TwimlResult.Of(twiml);
    }

    private static async Task<string> AnswerAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Entry entry, string digits, string step, CallQueue queue, AgentHandoff handoff, RoutingOptions options, Instant now, CancellationToken cancel)
    {
        var call = entry.Call;
        switch (entry.State)
        {
            case "Offered" when entry.Session is { } session:
                return handoff.Render(call, AgentSession.ConferenceOf(session));
            case "CallBack":
                return await queue.SayAsync(connection, transaction, call, "callback-kept", 0, null, cancel);
            case "Waiting" when now - entry.EnteredAt > Duration.FromMinutes(options.LongestWaitMinutes):
                await MoveAsync("Left");
                return await queue.SayAsync(connection, transaction, call, "overflow", 0, null, cancel);
            case "Waiting" when digits == "1" && entry.PhoneId is not null && step == "wait":
                return await queue.SayAsync(connection, transaction, call, "offer-callback", 0, null, cancel);
            case "Waiting" when digits == "1" && entry.PhoneId is not null:
                await MoveAsync("CallBack");
                return await queue.SayAsync(connection, transaction, call, "callback-kept", 0, null, cancel);
            case "Waiting":
                return await queue.WaitAsync(connection, transaction, call, cancel);
            default:
                return Twiml.HangUp;
        }

        Task MoveAsync(string state) => connection.ExecuteAsync(new CommandDefinition(
            "update queue_entry set state = @state where attempt_id = @AttemptId", new { state, call.AttemptId }, transaction, cancellationToken: cancel));
    }

    private sealed class Entry
    {
        public long AttemptId { get; init; }

        public Instant CreatedAt { get; init; }

        public string Direction { get; init; } = "";

        public string State { get; init; } = "";

        public Instant EnteredAt { get; init; }

        public long? PhoneId { get; init; }

        public Guid? Session { get; init; }

        public RoutedCall Call => new(AttemptId, CreatedAt, Direction);

        public static async Task<Entry?> LockAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, CancellationToken cancel) =>
            await connection.QuerySingleOrDefaultAsync<Entry>(new CommandDefinition(
                """
                select t.attempt_id, t.created_at, t.direction, q.state, q.entered_at, q.phone_id,
                    (select s.session_id from agent_session s where s.agent_id = q.agent_id and s.ended_at is null and s.attempt_id = t.attempt_id) as session
                from attempt t join queue_entry q using (attempt_id) where t.attempt_id = @attemptId and t.ended_at is null for update of t, q
                """,
                new { attemptId },
                transaction,
                cancellationToken: cancel));
    }
}
