using System.Text.Json.Nodes;
using Dialer.Simulator.Calls;
using Dialer.Simulator.Rooms;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Rest;

/// <summary>https://www.twilio.com/docs/voice/api/conference-resource and its participants.</summary>
internal static class ConferenceRoutes
{
    public static void Map(RestApi api)
    {
        api.Map("GET", "Conferences", List);
        api.Map("GET", "Conferences/*", c => Find(c) is { } conference ? new RestReply(200, Json(c, conference)) : c.NotFound());
        api.Map("POST", "Conferences/*", Update);
        api.Map("GET", "Conferences/*/Participants", Participants);
        api.Map("POST", "Conferences/*/Participants", CreateParticipant.Handle);
        api.Map("GET", "Conferences/*/Participants/*", c => Seat(c) is { } seat ? new RestReply(200, ParticipantJson.Of(seat)) : c.NotFound());
        api.Map("POST", "Conferences/*/Participants/*", UpdateParticipant);
        api.Map("DELETE", "Conferences/*/Participants/*", Kick);
    }

    private static Conference? Find(RestContext context) => context.Network.Conferences.Find(context.Part(0));

    private static Seat? Seat(RestContext context) =>
        Find(context)?.Seats.Find(s => s.Call.Sid == context.Part(1) || s.Label == context.Part(1));

    private static RestReply List(RestContext context)
    {
        var query = context.Query;
        return context.Page("conferences", context.Network.Conferences.NewestFirst.Where(c =>
            (query["FriendlyName"] is not { Length: > 0 } name || c.Name == name)
            && (query["Status"] is not { Length: > 0 } status || c.StateWord == status)
            && TimeFilter.Passes(query, "DateCreated", c.Created) && TimeFilter.Passes(query, "DateUpdated", c.Updated)), c => Json(context, c), c => new PageKey(c.Sid, c.Created));
    }

    private static RestReply Update(RestContext context)
    {
        if (Find(context) is not { } conference)
            return context.NotFound();
        if (context.Body["Status"] is { Length: > 0 } status)
        {
            if (status != "completed")
                return RestReply.Error(400, 20001, $"Invalid Status: {status}");
            if (conference.State == ConferenceState.Completed)
                return RestReply.Error(400, 20001, "The conference has already completed.");
            conference.End("conference-ended-via-api", "conference_ended_via_api", null);
        }

        if (context.Body.NonEmpty("AnnounceUrl") is { } url)
            conference.Announce(url, context.Body["AnnounceMethod"] == "GET" ? "GET" : "POST", null);
        return new RestReply(200, Json(context, conference));
    }

    private static RestReply Participants(RestContext context)
    {
        if (Find(context) is not { } conference)
            return context.NotFound();
        bool Is(string name, bool value) => context.Query[name] is not { Length: > 0 } text || string.Equals(text, value ? "true" : "false", StringComparison.OrdinalIgnoreCase);
        return context.Page("participants", conference.Seats.Where(s => Is("Muted", s.Muted) && Is("Hold", s.Hold) && Is("Coaching", s.CoachOf is not null)).ToList(), ParticipantJson.Of, s => new PageKey(s.Call.Sid, s.JoinedAt));
    }

    private static readonly (string Name, string Allowed)[] Flags =
        [("Muted", "true false"), ("Hold", "true false"), ("Coaching", "true false"), ("EndConferenceOnExit", "true false"), ("BeepOnExit", "true false")];

    private static RestReply UpdateParticipant(RestContext context)
    {
        if (Seat(context) is not { } seat || seat.Room is not Conference conference)
            return context.NotFound();
        var body = context.Body;
        if (body["Coaching"] == "true" && (body.NonEmpty("CallSidToCoach") is not { } coached || !conference.Seats.Exists(s => s.Call.Sid == coached)))
            return RestReply.Error(400, 13240, "CallSidToCoach is not a participant of this conference.");
        if ((Check.Methods(body, "HoldMethod", "AnnounceMethod", "WaitMethod") ?? Check.Urls(body, 21205, "HoldUrl", "AnnounceUrl", "WaitUrl") ?? Check.Words(body, Flags)) is { } refusal)
            return refusal;
        if (body.NonEmpty("HoldUrl") is { } holdUrl)
            (seat.HoldUrl, seat.HoldMethod) = (holdUrl, body["HoldMethod"] == "POST" ? "POST" : "GET");
        if (body.Has("Muted"))
            conference.Mute(seat, context.Flag("Muted", false));
        if (body.Has("Coaching"))
            conference.Modify(seat, s => s.CoachOf = context.Flag("Coaching", false) ? body["CallSidToCoach"] : null);
        if (body.Has("EndConferenceOnExit"))
            conference.Modify(seat, s => s.EndOnExit = context.Flag("EndConferenceOnExit", false));
        if (body.Has("BeepOnExit"))
            conference.Modify(seat, s => s.BeepOnExit = context.Flag("BeepOnExit", true));
        if (body.Has("WaitUrl"))
            conference.Modify(seat, s => (s.WaitUrl, s.WaitMethod) = (body["WaitUrl"], body["WaitMethod"] == "GET" ? "GET" : "POST"));
        if (body.Has("Hold"))
            conference.Hold(seat, context.Flag("Hold", false));
        if (body.NonEmpty("AnnounceUrl") is { } url)
            conference.Announce(url, body["AnnounceMethod"] == "GET" ? "GET" : "POST", seat);
        return new RestReply(200, ParticipantJson.Of(seat));
    }

    private static RestReply Kick(RestContext context)
    {
        if (Seat(context) is not { } seat || seat.Room is not Conference conference)
            return context.NotFound();
        conference.Leave(seat, "participant_updated_via_api", kicked: true);
        return new RestReply(204);
    }

    private static JsonObject Json(RestContext context, Conference conference)
    {
        var uri = $"{context.AccountPath}/Conferences/{conference.Sid}";
        return new JsonObject
        {
            ["account_sid"] = context.Network.Options.AccountSid,
            ["date_created"] = TwilioDate.Format(conference.Created),
            ["date_updated"] = TwilioDate.Format(conference.Updated),
            ["api_version"] = "2010-04-01",
            ["friendly_name"] = conference.Name,
            ["region"] = conference.Region,
            ["sid"] = conference.Sid,
            ["status"] = conference.StateWord,
            ["uri"] = uri + ".json",
            ["subresource_uris"] = new JsonObject { ["participants"] = uri + "/Participants.json", ["recordings"] = uri + "/Recordings.json" },
            ["reason_conference_ended"] = conference.ReasonEnded,
            ["call_sid_ending_conference"] = conference.EndedByCall,
        };
    }
}

/// <summary>A participant as REST shows it.</summary>
internal static class ParticipantJson
{
    public static JsonObject Of(Seat seat) => Of(seat, "connected");

    public static JsonObject Of(Seat seat, string status)
    {
        var call = seat.Call;
        var options = call.Network.Options;
        return new JsonObject
        {
            ["account_sid"] = options.AccountSid,
            ["call_sid"] = call.Sid,
            ["label"] = seat.Label,
            ["call_sid_to_coach"] = seat.CoachOf,
            ["coaching"] = seat.CoachOf is not null,
            ["conference_sid"] = seat.Room.Sid,
            ["date_created"] = TwilioDate.Format(call.Created),
            ["date_updated"] = TwilioDate.Format(call.Network.Timeline.Now),
            ["end_conference_on_exit"] = seat.EndOnExit,
            ["muted"] = seat.Muted,
            ["hold"] = seat.Hold,
            ["start_conference_on_enter"] = seat.StartOnEnter,
            ["status"] = status,
            ["queue_time"] = ((long)call.QueueTime.TotalMilliseconds).ToString(),
            ["uri"] = $"/2010-04-01/Accounts/{options.AccountSid}/Conferences/{seat.Room.Sid}/Participants/{call.Sid}.json",
        };
    }
}

/// <summary>POST Participants: dials out and seats whoever answers.</summary>
internal static class CreateParticipant
{
    private static readonly (string Name, string Allowed)[] Words =
    [
        ("Beep", "true false onEnter onExit"), ("Muted", "true false"), ("StartConferenceOnEnter", "true false"), ("EndConferenceOnExit", "true false"), ("EarlyMedia", "true false"),
        ("Coaching", "true false"), ("ConferenceRecord", "true false record-from-start do-not-record"), ("ConferenceTrim", "trim-silence do-not-trim"),
        ("JitterBufferSize", "small medium large off"), ("Region", "us1 us2 us1-ix us2-ix ie1 de1 ie1-ix de1-ix sg1 br1 au1 jp1"),
    ];

    public static RestReply Handle(RestContext context)
    {
        var name = context.Part(0);
        var existing = context.Network.Conferences.Find(name);
        if ((CreateCall.RefuseAddresses(context, overLimit: 16021) ?? Refuse(context) ?? RefuseSeat(context, existing)) is { } refusal)
            return refusal;
        var body = context.Body;
        var label = body.NonEmpty("Label");
        var conference = existing ?? context.Network.Conferences.Open(name);
        Configure(context, conference);
        var call = CreateCall.Build(context, new VoiceSource(null, "POST", null, "POST", "<Response/>"), participant: true);
        call.StatusCallback = Callback.Of(body["StatusCallback"], body["StatusCallbackMethod"], body.All("StatusCallbackEvent"), "completed");
        call.Token = Engine.PhoneNetwork.TokenOf(body["StatusCallback"]) ?? Engine.PhoneNetwork.TokenOf(body["ConferenceStatusCallback"]);
        var seat = new Seat(conference, call)
        {
            Label = label,
            Muted = context.Flag("Muted", false),
            StartOnEnter = context.Flag("StartConferenceOnEnter", true),
            EndOnExit = context.Flag("EndConferenceOnExit", false),
            Beep = body["Beep"] is null or "true" or "onEnter",
            BeepOnExit = body["Beep"] is null or "true" or "onExit",
            WaitUrl = body["WaitUrl"],
            WaitMethod = body["WaitMethod"] == "GET" ? "GET" : "POST",
            CoachOf = context.Flag("Coaching", false) ? body.NonEmpty("CallSidToCoach") : null,
            OnLeft = _ => call.Later(0.05, () => Go(call)),
        };
        conference.Coming.Add(seat);
        var joined = false;
        call.OnOver = _ =>
        {
            if (joined)
                return;
            conference.Coming.Remove(seat);
            conference.AddFailed(seat);
        };
        call.OnAnswered = answered =>
        {
            joined = true;
            conference.Coming.Remove(seat);
            answered.Run = Twiml.TwimlRun.Main(answered);
            if (conference.State == ConferenceState.Completed)
                Go(answered);
            else
                conference.Enter(seat);
        };
        context.Network.Calls.Queue(call);
        CreateCall.Present(context, call);
        return new RestReply(201, ParticipantJson.Of(seat, "queued"));
    }

    /// <summary>The refusals that depend on the conference, which is not there yet when its first participant is dialled.</summary>
    private static RestReply? RefuseSeat(RestContext context, Conference? conference)
    {
        var body = context.Body;
        var label = body.NonEmpty("Label");
        if (label is not null && !Conference.IsLabel(label))
            return RestReply.Error(400, 16024, "Participant Label is invalid.");
        if (conference is { State: ConferenceState.Completed } || (conference is null && Engine.Sids.Is(context.Part(0), "CF")))
            return RestReply.Error(404, 16022, $"The conference {context.Part(0)} does not exist, or is over.");
        if (label is not null && conference?.HasLabel(label) == true)
            return RestReply.Error(400, 16025, "Participant Label is already in use.");
        if (body["Coaching"] == "true" && conference?.Seats.Exists(s => s.Call.Sid == body["CallSidToCoach"]) != true)
            return RestReply.Error(400, 13240, "CallSidToCoach is not a participant of this conference.");
        return conference is not null && conference.Seats.Count >= conference.MaxParticipants ? RestReply.Error(400, 16020, "The conference is full.") : null;
    }

    /// <summary>The refusals of what Participants have beyond Calls (https://www.twilio.com/docs/voice/api/conference-participant-resource#create-a-participant).</summary>
    private static RestReply? Refuse(RestContext context)
    {
        var body = context.Body;
        return Check.Methods(body, "WaitMethod", "ConferenceStatusCallbackMethod", "ConferenceRecordingStatusCallbackMethod", "AmdStatusCallbackMethod")
            ?? Check.Urls(body, 21205, "WaitUrl", "ConferenceStatusCallback", "ConferenceRecordingStatusCallback", "AmdStatusCallback")
            ?? CreateCall.RefuseShared(context, leastTimeout: 5)
            ?? Check.Words(body, Words)
            ?? Check.Ranges(body, [("MaxParticipants", 2, Conference.MostParticipants)])
            ?? Check.Events(body, "ConferenceStatusCallbackEvent", "start end join leave mute hold modify speaker announcement")
            ?? Check.Events(body, "ConferenceRecordingStatusCallbackEvent", "in-progress completed failed absent");
    }

    /// <summary>Whoever leaves the conference has nothing else to do.</summary>
    private static void Go(Call call)
    {
        if (call.IsLive && call.Run is { Url: null } && call.Seat is null && call.Voice.Twiml == "<Response/>")
            call.Network.Calls.End(call, CallEvent.HungUp, "twiml");
    }

    private static void Configure(RestContext context, Conference conference)
    {
        var body = context.Body;
        if (conference.Seats.Count > 0)
            return;
        conference.Callback ??= Callback.Of(body["ConferenceStatusCallback"], body["ConferenceStatusCallbackMethod"], body.All("ConferenceStatusCallbackEvent"), "start", "end");
        conference.MaxParticipants = Math.Clamp(context.Number("MaxParticipants", Conference.MostParticipants), 2, Conference.MostParticipants);
        conference.Region = body.NonEmpty("Region") ?? "us1";
        if (body["ConferenceRecord"] is "true" or "record-from-start")
            conference.Record ??= new Recordings.RecordingSettings("Conference", 1, "both", body["ConferenceTrim"] ?? "trim-silence",
                Callback.Of(body["ConferenceRecordingStatusCallback"], body["ConferenceRecordingStatusCallbackMethod"], body.All("ConferenceRecordingStatusCallbackEvent"), "completed"));
    }
}
