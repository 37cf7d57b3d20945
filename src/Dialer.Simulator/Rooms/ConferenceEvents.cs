using Dialer.Simulator.Webhooks;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Rooms;

/// <summary>Conference status callbacks, numbered from 1 for each conference.</summary>
/// <remarks>https://www.twilio.com/docs/voice/twiml/conference#attributes-statusCallbackEvent. TwiML names the events without the
/// "conference-" and "participant-" prefixes, REST likewise: start end join leave mute hold modify speaker announcement.</remarks>
public sealed class ConferenceEvents
{
    private int _sequence;

    public void Conference(Conference conference, string happened, params ReadOnlySpan<(string Name, string? Value)> facts) =>
        Send(conference, happened, null, facts);

    public void Participant(Conference conference, string happened, Seat seat, params ReadOnlySpan<(string Name, string? Value)> facts) =>
        Send(conference, happened, seat, facts);

    private void Send(Conference conference, string happened, Seat? seat, ReadOnlySpan<(string Name, string? Value)> facts)
    {
        var sequence = ++_sequence;
        if (conference.Callback is not { } callback || !callback.Events.Contains(Subscription(happened)))
            return;
        var network = conference.Network;
        var fields = new Form()
            .Add("ConferenceSid", conference.Sid)
            .Add("FriendlyName", conference.Name)
            .Add("AccountSid", network.Options.AccountSid)
            .Add("SequenceNumber", sequence.ToString())
            .Add("Timestamp", TwilioDate.Format(network.Timeline.Now))
            .Add("StatusCallbackEvent", happened);
        if (seat is not null)
        {
            fields.Add("CallSid", seat.Call.Sid).Add("Muted", Word(seat.Muted)).Add("Hold", Word(seat.Hold)).Add("Coaching", Word(seat.CoachOf is not null))
                .Add("EndConferenceOnExit", Word(seat.EndOnExit)).Add("StartConferenceOnEnter", Word(seat.StartOnEnter));
            if (seat.CoachOf is { } coached)
                fields.Add("CallSidToCoach", coached);
            if (seat.Label is { } label)
                fields.Add("ParticipantLabel", label);
        }

        foreach (var (name, value) in facts)
        {
            if (value is not null)
                fields.Add(name, value);
        }

        network.Webhooks.Send(seat?.Call, WebhookPurpose.Conference, callback.Method, callback.Url, fields, label: happened);
    }

    private static string Subscription(string happened) => happened switch
    {
        "conference-start" => "start",
        "conference-end" => "end",
        "participant-join" => "join",
        "participant-leave" => "leave",
        "participant-mute" or "participant-unmute" => "mute",
        "participant-hold" or "participant-unhold" => "hold",
        "participant-modify" => "modify",
        "participant-speech-start" or "participant-speech-stop" => "speaker",
        _ => "announcement",
    };

    private static string Word(bool value) => value ? "true" : "false";
}
