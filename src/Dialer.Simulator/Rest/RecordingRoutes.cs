using System.Text.Json.Nodes;
using Dialer.Simulator.Calls;
using Dialer.Simulator.Recordings;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Rest;

/// <summary>https://www.twilio.com/docs/voice/api/recording; recordings of calls and of conferences.</summary>
internal static class RecordingRoutes
{
    public static void Map(RestApi api)
    {
        api.Map("POST", "Calls/*/Recordings", Start);
        api.Map("GET", "Calls/*/Recordings", c => c.Network.Calls.Find(c.Part(0)) is { } call ? c.Page("recordings", call.Recordings, r => RecordingJson.OfCall(c, r), Key) : c.NotFound());
        api.Map("GET", "Calls/*/Recordings/*", c => OfCall(c) is { } recording ? new RestReply(200, RecordingJson.OfCall(c, recording)) : c.NotFound());
        api.Map("POST", "Calls/*/Recordings/*", c => Update(c, OfCall(c), RecordingJson.OfCall));
        api.Map("DELETE", "Calls/*/Recordings/*", c => Delete(c, OfCall(c)));
        api.Map("GET", "Conferences/*/Recordings", c => c.Network.Conferences.Find(c.Part(0)) is { } conference ? c.Page("recordings", conference.Recordings, r => RecordingJson.OfConference(c, r), Key) : c.NotFound());
        api.Map("GET", "Conferences/*/Recordings/*", c => OfConference(c) is { } recording ? new RestReply(200, RecordingJson.OfConference(c, recording)) : c.NotFound());
        api.Map("POST", "Conferences/*/Recordings/*", c => Update(c, OfConference(c), RecordingJson.OfConference));
        api.Map("DELETE", "Conferences/*/Recordings/*", c => Delete(c, OfConference(c)));
        api.Map("GET", "Recordings", List);
        api.Map("GET", "Recordings/*", c => c.Network.Recordings.Find(c.Part(0)) is { } recording ? new RestReply(200, RecordingJson.Of(c, recording)) : c.NotFound());
        api.Map("DELETE", "Recordings/*", c => Delete(c, c.Network.Recordings.Find(c.Part(0))));
    }

    /// <summary>The sound itself, WAV unless .mp3 is asked for; 404 until it is ready.</summary>
    public static RestReply Media(RestContext context, string extension)
    {
        if (context.Request.Method == "DELETE")
            return Delete(context, context.Network.Recordings.Find(context.Part(0)));
        return context.Network.Recordings.Find(context.Part(0)) is { State: RecordingState.Completed } recording
            ? extension == ".mp3"
                ? new RestReply(200, Media: Mp3.Silence(recording.Seconds), MediaType: "audio/mpeg")
                : new RestReply(200, Media: Wav.Render(recording), MediaType: "audio/x-wav")
            : context.NotFound();
    }

    private static PageKey Key(Recording recording) => new(recording.Sid, recording.Started);

    private static RestReply Start(RestContext context)
    {
        if (context.Network.Calls.Find(context.Part(0)) is not { } call)
            return context.NotFound();
        if (!call.IsLive)
            return RestReply.Error(400, 21220, "Requested resource is not eligible for recording");
        var body = context.Body;
        var recording = new RecordingSettings("StartCallRecordingAPI", body["RecordingChannels"] == "dual" ? 2 : 1, body["RecordingTrack"] ?? "both", body["Trim"] ?? "do-not-trim",
            Callback.Of(body["RecordingStatusCallback"], body["RecordingStatusCallbackMethod"], body.All("RecordingStatusCallbackEvent"), "completed")).StartOn(call);
        return new RestReply(201, RecordingJson.OfCall(context, recording));
    }

    private static Recording? OfCall(RestContext context) => Pick(context.Network.Calls.Find(context.Part(0))?.Recordings, context.Part(1));

    private static Recording? OfConference(RestContext context) => Pick(context.Network.Conferences.Find(context.Part(0))?.Recordings, context.Part(1));

    private static Recording? Pick(List<Recording>? recordings, string sid) =>
        sid == "Twilio.CURRENT" ? recordings?.FindLast(r => r.Live) : recordings?.Find(r => r.Sid == sid);

    private static RestReply Update(RestContext context, Recording? recording, Func<RestContext, Recording, JsonObject> write)
    {
        if (recording is null)
            return context.NotFound();
        var done = context.Body["Status"] switch
        {
            "paused" => recording.Pause(context.Body["PauseBehavior"] == "skip" ? "skip" : "silence"),
            "in-progress" => recording.Resume(),
            "stopped" => recording.Stop(),
            _ => (bool?)null,
        };
        return done switch
        {
            null => RestReply.Error(400, 20001, "Status must be paused, in-progress or stopped."),
            false => RestReply.Error(400, 21220, "The recording is not in a state that allows this."),
            _ => new RestReply(200, write(context, recording)),
        };
    }

    private static RestReply Delete(RestContext context, Recording? recording)
    {
        if (recording is null)
            return context.NotFound();
        if (recording.Live)
            return RestReply.Error(409, 20009, "Cannot delete a recording in progress.");
        context.Network.Recordings.Remove(recording);
        return new RestReply(204);
    }

    private static RestReply List(RestContext context)
    {
        var query = context.Query;
        return context.Page("recordings", context.Network.Recordings.NewestFirst.Where(r =>
            (query["CallSid"] is not { Length: > 0 } call || r.Call?.Sid == call)
            && (query["ConferenceSid"] is not { Length: > 0 } conference || r.Conference?.Sid == conference)
            && TimeFilter.Passes(query, "DateCreated", r.Started)), r => RecordingJson.Of(context, r), Key);
    }
}

/// <summary>A recording as REST shows it: of a call with its track, of the account with its media, of a conference with neither.</summary>
internal static class RecordingJson
{
    public static JsonObject OfCall(RestContext context, Recording recording)
    {
        var json = OfConference(context, recording);
        json["track"] = recording.Settings.Track;
        return json;
    }

    public static JsonObject Of(RestContext context, Recording recording)
    {
        var json = OfConference(context, recording);
        var uri = $"{context.AccountPath}/Recordings/{recording.Sid}";
        json["media_url"] = recording.Url;
        json["subresource_uris"] = new JsonObject { ["add_on_results"] = uri + "/AddOnResults.json", ["transcriptions"] = uri + "/Transcriptions.json" };
        return json;
    }

    public static JsonObject OfConference(RestContext context, Recording recording)
    {
        var uri = $"{context.AccountPath}/Recordings/{recording.Sid}";
        return new JsonObject
        {
            ["account_sid"] = context.Network.Options.AccountSid,
            ["api_version"] = "2010-04-01",
            ["call_sid"] = recording.Call?.Sid ?? recording.Conference?.Seats.FirstOrDefault()?.Call.Sid,
            ["conference_sid"] = recording.Conference?.Sid,
            ["date_created"] = TwilioDate.Format(recording.Started),
            ["date_updated"] = TwilioDate.Format(recording.Updated),
            ["start_time"] = TwilioDate.Format(recording.Started),
            ["duration"] = recording.Live ? null : recording.WholeSeconds.ToString(),
            ["sid"] = recording.Sid,
            ["price"] = null,
            ["price_unit"] = "USD",
            ["status"] = recording.StateWord,
            ["channels"] = recording.Settings.Channels,
            ["source"] = recording.Settings.Source,
            ["error_code"] = null,
            ["encryption_details"] = null,
            ["uri"] = uri + ".json",
        };
    }
}
