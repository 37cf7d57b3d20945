using Dialer.Simulator.Calls;
using Dialer.Simulator.People;
using Dialer.Simulator.Twiml;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Rooms;

/// <summary>What one leg hears in a conference besides the others: waiting music, hold music, announcements.</summary>
internal static class ConferenceMusic
{
    private static readonly Utterance Classical = new(UtteranceKind.Music, "[hold music]", "en-US", 240);

    public static void Wait(Seat seat) => Play(seat, seat.WaitUrl, seat.WaitMethod, RunScope.ConferenceWait, null);

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
            done?.Invoke(ended.Url is null && url is not null ? "the announcement could not be fetched" : null);
        });
        if (url is null)
            run.Utter(Classical, run.End);
        else
            run.Begin(new VoiceSource(url, method, null, "POST"), Progress.Fields(seat.Call).AddAll(Facts(seat)));
    }

    private static Form Facts(Seat seat) => new Form().Add("ConferenceSid", seat.Room.Sid).Add("FriendlyName", seat.Room.Name);
}
