using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using NodaTime;
using NodaTime.Text;

namespace Dialer.Twilio.Rest;

/// <content>Reads, and updates that may be repeated.</content>
public sealed partial class TwilioClient
{
    public Task<TwilioAnswer<CallResource>> GetCallAsync(string callSid, CancellationToken cancel) =>
        SendAsync(HttpMethod.Get, $"/Calls/{Sid(callSid)}.json", null, Repeat.Always, ResourceJson.Call, cancel);

    /// <summary>Every call the filter lets through, page after page. Throws <see cref="HttpRequestException"/> when a page cannot be had: a broken list must not read as a short one.</summary>
    public async IAsyncEnumerable<CallResource> ListCallsAsync(CallFilter filter, [EnumeratorCancellation] CancellationToken cancel)
    {
        string? next = $"/Calls.json?{Query(filter)}";
        while (next is not null)
        {
            var page = await SendAsync(HttpMethod.Get, next, null, Repeat.Always, json => new CallPage(
                [.. json.GetProperty("calls").EnumerateArray().Select(ResourceJson.Call)], ResourceJson.Text(json, "next_page_uri")), cancel);
            if (!page.Succeeded(out var value))
                throw new HttpRequestException($"Twilio's call list could not be read. {page.Error!.Message}");
            foreach (var call in value.Calls)
                yield return call;
            next = NextPage(value.NextPageUri);
        }
    }

    /// <summary>Ends a live call; a queued or ringing one too.</summary>
    public Task<TwilioAnswer<CallResource>> CompleteCallAsync(string callSid, CancellationToken cancel) => UpdateStatusAsync(callSid, "completed", cancel);

    /// <summary>Ends a call only if it is still queued or ringing; an answered one is left alone.</summary>
    public Task<TwilioAnswer<CallResource>> CancelCallAsync(string callSid, CancellationToken cancel) => UpdateStatusAsync(callSid, "canceled", cancel);

    /// <summary>Makes a live call run the TwiML at <paramref name="url"/>.</summary>
    public Task<TwilioAnswer<CallResource>> RedirectCallAsync(string callSid, string url, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, $"/Calls/{Sid(callSid)}.json", Pairs(("Url", url), ("Method", "POST")), Repeat.WhenNotArrived, ResourceJson.Call, cancel);

    /// <summary>Makes a live call run this TwiML, at most 4,000 characters.</summary>
    public Task<TwilioAnswer<CallResource>> RunTwimlAsync(string callSid, string twiml, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, $"/Calls/{Sid(callSid)}.json", Pairs(("Twiml", twiml)), Repeat.WhenNotArrived, ResourceJson.Call, cancel);

    /// <summary>The conference in progress under this name; <see cref="TwilioError.IsNotFound"/> when there is none.</summary>
    public async Task<TwilioAnswer<ConferenceResource>> FindConferenceAsync(string friendlyName, CancellationToken cancel)
    {
        var answer = await SendAsync(
            HttpMethod.Get, $"/Conferences.json?FriendlyName={Uri.EscapeDataString(friendlyName)}&Status=in-progress", null, Repeat.Always,
            json => json.GetProperty("conferences").EnumerateArray().Select(ResourceJson.Conference).ToList(), cancel);
        if (!answer.Succeeded(out var conferences))
            return new(null, answer.Error);
        return conferences.Count > 0 ? new(conferences[0], null) : new(null, new TwilioError(404, 20404, "No such conference is in progress."));
    }

    public async Task<TwilioAnswer<IReadOnlyList<ParticipantResource>>> ListParticipantsAsync(string conferenceSid, CancellationToken cancel) =>
        await SendAsync<IReadOnlyList<ParticipantResource>>(
            HttpMethod.Get, $"/Conferences/{Sid(conferenceSid)}/Participants.json?PageSize=250", null, Repeat.Always,
            json => [.. json.GetProperty("participants").EnumerateArray().Select(ResourceJson.Participant)], cancel);

    /// <summary>Mutes, holds, coaches; each value names an end state, so a repeat does no harm.</summary>
    public Task<TwilioAnswer<ParticipantResource>> UpdateParticipantAsync(string conferenceSid, string callSid, UpdateParticipant change, CancellationToken cancel)
    {
        var form = new List<KeyValuePair<string, string>>();
        Add(form, "Muted", change.Muted);
        Add(form, "Hold", change.Hold);
        Add(form, "Coaching", change.Coaching);
        Add(form, "EndConferenceOnExit", change.EndConferenceOnExit);
        if (change.HoldUrl is not null)
            form.Add(new("HoldUrl", change.HoldUrl));
        if (change.CallSidToCoach is not null)
            form.Add(new("CallSidToCoach", change.CallSidToCoach));
        if (change.AnnounceUrl is not null)
            form.Add(new("AnnounceUrl", change.AnnounceUrl));
        var repeat = change.AnnounceUrl is null ? Repeat.Always : Repeat.WhenNotArrived;
        return SendAsync(HttpMethod.Post, $"/Conferences/{Sid(conferenceSid)}/Participants/{Sid(callSid)}.json", form, repeat, ResourceJson.Participant, cancel);
    }

    /// <summary>Removes a participant; one that is already gone counts as removed.</summary>
    public async Task<TwilioError?> KickParticipantAsync(string conferenceSid, string callSid, CancellationToken cancel)
    {
        var answer = await SendAsync(HttpMethod.Delete, $"/Conferences/{Sid(conferenceSid)}/Participants/{Sid(callSid)}.json", null, Repeat.Always, _ => "", cancel);
        return answer.Error is null or { IsNotFound: true } ? null : answer.Error;
    }

    /// <summary>Starts a recording of a live call. Not repeated when its outcome is unknown: two recordings are worse than none.</summary>
    public Task<TwilioAnswer<RecordingResource>> StartRecordingAsync(string callSid, string statusCallback, CancellationToken cancel) =>
        SendAsync(
            HttpMethod.Post, $"/Calls/{Sid(callSid)}/Recordings.json",
            Pairs(("RecordingChannels", "dual"), ("RecordingStatusCallback", statusCallback), ("RecordingStatusCallbackEvent", "in-progress"), ("RecordingStatusCallbackEvent", "completed"), ("RecordingStatusCallbackEvent", "absent")),
            Repeat.WhenNotArrived, ResourceJson.Recording, cancel);

    /// <summary>Pauses the recording in progress, leaving silence; the answer's status says whether it truly is paused.</summary>
    public Task<TwilioAnswer<RecordingResource>> PauseRecordingAsync(string callSid, CancellationToken cancel) =>
        ChangeRecordingAsync(callSid, Pairs(("Status", "paused"), ("PauseBehavior", "silence")), cancel);

    public Task<TwilioAnswer<RecordingResource>> ResumeRecordingAsync(string callSid, CancellationToken cancel) =>
        ChangeRecordingAsync(callSid, Pairs(("Status", "in-progress")), cancel);

    /// <summary>Ends the recording in progress for good; the answer's status says whether it has ended (stopped, processing, completed or absent).</summary>
    public Task<TwilioAnswer<RecordingResource>> StopRecordingAsync(string callSid, CancellationToken cancel) =>
        ChangeRecordingAsync(callSid, Pairs(("Status", "stopped")), cancel);

    /// <summary>
    /// The sound of a finished recording as WAV, both channels where there are two; null with the error when it cannot be had now.
    /// https://www.twilio.com/docs/voice/api/recording#fetch-recording-media-file
    /// </summary>
    /// <param name="recordingSid">Whose.</param>
    /// <param name="cancel">Ends the whole download, not only the wait for its beginning.</param>
    public async Task<(RecordingMedia? Media, TwilioError? Error)> OpenRecordingAsync(string recordingSid, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{_root}/Recordings/{Sid(recordingSid)}.wav?RequestedChannels=2");
        Prepare(request);
        request.Headers.Accept.Clear();
        request.Headers.Accept.ParseAdd("audio/x-wav, audio/wav;q=0.9, audio/*;q=0.5");
        try
        {
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            if (response.IsSuccessStatusCode && response.Content.Headers.ContentType?.MediaType is { } type && type.StartsWith("audio/", StringComparison.OrdinalIgnoreCase))
                return (new RecordingMedia(response, type, await response.Content.ReadAsStreamAsync(cancel)), null);
            using (response)
                return (null, new TwilioError((int)response.StatusCode, null, $"HTTP {(int)response.StatusCode}, {response.Content.Headers.ContentType?.MediaType ?? "no content type"}."));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return (null, new TwilioError(0, null, $"Twilio could not be reached ({Name(e)})."));
        }
    }

    /// <summary>Deletes a recording at Twilio; null when it is gone, also when it was gone before.</summary>
    public async Task<TwilioError?> DeleteRecordingAsync(string recordingSid, CancellationToken cancel)
    {
        var answer = await SendAsync(HttpMethod.Delete, $"/Recordings/{Sid(recordingSid)}.json", null, Repeat.Always, _ => "", cancel);
        return answer.Error is null or { IsNotFound: true } ? null : answer.Error;
    }

    /// <summary>Begins an agent-assisted payment on a live call. Its key makes a repeat the same session, so it may be sent again.</summary>
    public Task<TwilioAnswer<PaymentResource>> StartPaymentAsync(string callSid, string idempotencyKey, string statusCallback, decimal amount, string description, CancellationToken cancel) =>
        SendAsync(
            HttpMethod.Post, $"/Calls/{Sid(callSid)}/Payments.json",
            Pairs(
                ("IdempotencyKey", idempotencyKey), ("StatusCallback", statusCallback), ("ChargeAmount", amount.ToString("0.00", CultureInfo.InvariantCulture)), ("Currency", "usd"),
                ("PaymentMethod", "credit-card"), ("TokenType", "one-time"), ("SecurityCode", "true"), ("PostalCode", "true"), ("Timeout", "10"), ("Description", description)),
            Repeat.Always, ResourceJson.Payment, cancel);

    /// <summary>Asks the caller for one field, or ends the session: exactly one of <paramref name="capture"/> and <paramref name="status"/> (complete, cancel).</summary>
    public Task<TwilioAnswer<PaymentResource>> UpdatePaymentAsync(
        string callSid, string paymentSid, string idempotencyKey, string statusCallback, string? capture, string? status, CancellationToken cancel) =>
        SendAsync(
            HttpMethod.Post, $"/Calls/{Sid(callSid)}/Payments/{Sid(paymentSid)}.json",
            Pairs(("IdempotencyKey", idempotencyKey), ("StatusCallback", statusCallback), capture is not null ? ("Capture", capture) : ("Status", status ?? "cancel")),
            Repeat.WhenNotArrived, ResourceJson.Payment, cancel);

    public async Task<TwilioAnswer<IReadOnlyList<PhoneNumberResource>>> ListIncomingPhoneNumbersAsync(CancellationToken cancel) =>
        await SendAsync<IReadOnlyList<PhoneNumberResource>>(
            HttpMethod.Get, "/IncomingPhoneNumbers.json?PageSize=1000", null, Repeat.Always,
            json => [.. json.GetProperty("incoming_phone_numbers").EnumerateArray().Select(ResourceJson.PhoneNumber)], cancel);

    /// <summary>Takes a number into the account. This buys it: sent again only when it certainly did not arrive.</summary>
    public Task<TwilioAnswer<PhoneNumberResource>> CreateIncomingPhoneNumberAsync(string e164, VoiceUrls urls, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, "/IncomingPhoneNumbers.json", [.. Pairs(("PhoneNumber", e164)), .. Form(urls)], Repeat.WhenNotArrived, ResourceJson.PhoneNumber, cancel);

    public Task<TwilioAnswer<PhoneNumberResource>> UpdateIncomingPhoneNumberAsync(string sid, VoiceUrls urls, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, $"/IncomingPhoneNumbers/{Sid(sid)}.json", Form(urls), Repeat.Always, ResourceJson.PhoneNumber, cancel);

    public async Task<TwilioAnswer<IReadOnlyList<ApplicationResource>>> ListApplicationsAsync(string friendlyName, CancellationToken cancel) =>
        await SendAsync<IReadOnlyList<ApplicationResource>>(
            HttpMethod.Get, $"/Applications.json?FriendlyName={Uri.EscapeDataString(friendlyName)}", null, Repeat.Always,
            json => [.. json.GetProperty("applications").EnumerateArray().Select(ResourceJson.Application)], cancel);

    public Task<TwilioAnswer<ApplicationResource>> CreateApplicationAsync(string friendlyName, VoiceUrls urls, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, "/Applications.json", [.. Pairs(("FriendlyName", friendlyName)), .. Form(urls)], Repeat.WhenNotArrived, ResourceJson.Application, cancel);

    public Task<TwilioAnswer<ApplicationResource>> UpdateApplicationAsync(string sid, VoiceUrls urls, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, $"/Applications/{Sid(sid)}.json", Form(urls), Repeat.Always, ResourceJson.Application, cancel);

    private Task<TwilioAnswer<CallResource>> UpdateStatusAsync(string callSid, string status, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, $"/Calls/{Sid(callSid)}.json", Pairs(("Status", status)), Repeat.Always, ResourceJson.Call, cancel);

    /// <summary>Each change names an end state of the recording in progress, so a repeat does no harm.</summary>
    private Task<TwilioAnswer<RecordingResource>> ChangeRecordingAsync(string callSid, KeyValuePair<string, string>[] change, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, $"/Calls/{Sid(callSid)}/Recordings/Twilio.CURRENT.json", change, Repeat.Always, ResourceJson.Recording, cancel);

    /// <summary>Twilio gives a path on the same host. Anything else would carry our credentials elsewhere.</summary>
    private string? NextPage(string? uri)
    {
        if (uri is null)
            return null;
        if (!uri.StartsWith('/') || uri.StartsWith("//", StringComparison.Ordinal))
            throw new HttpRequestException("Twilio's next page is not a path on its own host.");
        return new Uri(new Uri(_root), uri).AbsoluteUri;
    }

    private static string Query(CallFilter filter)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        if (filter.To is { } to)
            pairs.Add(new("To", to.E164));
        if (filter.From is { } from)
            pairs.Add(new("From", from.E164));
        if (filter.Status is { } status)
            pairs.Add(new("Status", status));
        if (filter.StartedFrom is { } start)
            pairs.Add(new("StartTime>", Iso(start)));
        if (filter.StartedUntil is { } end)
            pairs.Add(new("StartTime<", Iso(end)));
        pairs.Add(new("PageSize", filter.PageSize.ToString(CultureInfo.InvariantCulture)));
        return System.Text.Encoding.ASCII.GetString(FormText.Encode(pairs));
    }

    private static string Iso(Instant at) => InstantPattern.General.Format(at);

    private static KeyValuePair<string, string>[] Form(VoiceUrls urls) => Pairs(
        ("VoiceUrl", urls.VoiceUrl), ("VoiceMethod", "POST"), ("VoiceFallbackUrl", urls.VoiceFallbackUrl), ("VoiceFallbackMethod", "POST"),
        ("StatusCallback", urls.StatusCallback), ("StatusCallbackMethod", "POST"));

    private static KeyValuePair<string, string>[] Pairs(params ReadOnlySpan<(string Name, string Value)> pairs)
    {
        var form = new KeyValuePair<string, string>[pairs.Length];
        for (var i = 0; i < pairs.Length; i++)
            form[i] = new(pairs[i].Name, pairs[i].Value);
        return form;
    }

    private static void Add(List<KeyValuePair<string, string>> form, string name, bool? value)
    {
        if (value is { } flag)
            form.Add(new(name, flag ? "true" : "false"));
    }

    /// <summary>A SID is part of a path: letters, digits, dots and underscores only, so that no value can leave its place.</summary>
    private static string Sid(string sid) =>
        sid.Length is > 0 and <= 64 && sid.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') ? sid : throw new ArgumentException("Not a SID or label.", nameof(sid));

    private sealed record CallPage(IReadOnlyList<CallResource> Calls, string? NextPageUri);
}
