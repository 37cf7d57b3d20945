using Dialer.Simulator.Calls;
using Dialer.Simulator.People;
using Dialer.Simulator.Twiml;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Rooms;

/// <summary>What one leg hears in a conference besides the others: waiting music, hold music, announcements.</summary>
internal static class ConferenceMusic
{
    /// <summary>Why a leg leaves that never was in a conference properly.</summary>
    public const string NotEstablished = "participant_add_failed";

    private static readonly Utterance Classical = new(UtteranceKind.Music, "[hold music]", "en-US", 240);

    /// <summary>Music until the conference starts. With a document that cannot be had the conference is not established: the leg leaves it.</summary>
    public static void Wait(Seat seat) => Play(seat, seat.WaitUrl, seat.WaitMethod, RunScope.ConferenceWait, failed =>
    {
        if (failed is not null && !seat.Room.Active)
            seat.Leave(NotEstablished);
    });

    public static void Hold(Seat seat) => Play(seat, seat.HoldUrl, seat.HoldMethod, RunScope.Announcement, null);

    public static void Announce(Seat seat, string url, string method, Action<string?> done) =>
        Play(seat, url, method, RunScope.Announcement, done);

    public static void Stop(Seat seat)
    {
        seat.Music?.Stop();
        seat.Music = null;
    }

    private static void Play(Seat seat, string? url, string method, RunScope scope, Action<string?>? done)
    {
        Stop(seat);
        if (url is { Length: 0 })
            return;
        var run = seat.Music = TwimlRun.Side(seat.Call, scope, ended =>
        {
            if (ReferenceEquals(seat.Music, ended))
                seat.Music = null;
            done?.Invoke(ended.Failed is { } code ? $"the document could not be played: error {code}" : null);
        });
        if (url is null)
            run.Utter(Classical, run.End);
        else
            run.Begin(new VoiceSource(url, method, null, "POST"), Progress.Fields(seat.Call).AddAll(Facts(seat)));
    }

    private static Form Facts(Seat seat) => new Form().Add("ConferenceSid", seat.Room.Sid).Add("FriendlyName", seat.Room.Name);
}
