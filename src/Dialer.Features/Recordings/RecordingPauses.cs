using Dialer.Storage.Postgres;
using NodaTime;

namespace Dialer.Features.Recordings;

public static partial class RecordingPauses
{
    /// <summary>The recording of a call is paused from now on. A pause that runs already goes on.</summary>
    public static Task BeginAsync(Database database, long attemptId, Instant now, CancellationToken cancel) => database.ExecuteAsync(
        """
        insert into recording_pause (attempt_id, from_at)
        select @attemptId, @now where exists (select 1 from recording where attempt_id = @attemptId and state <> 'Stopped')
          and not exists (select 1 from recording_pause where attempt_id = @attemptId and to_at is null)
        on conflict do nothing
        """,
        new { attemptId, now },
        cancel);

    public static Task EndAsync(Database database, long attemptId, Instant now, CancellationToken cancel) =>
        database.ExecuteAsync("update recording_pause set to_at = greatest(from_at, @now) where attempt_id = @attemptId and to_at is null", new { attemptId, now }, cancel);
}
