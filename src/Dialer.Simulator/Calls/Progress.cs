using Dialer.Simulator.Engine;
using Dialer.Simulator.Webhooks;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Calls;

/// <summary>The fields every voice request carries, and the call status callbacks.</summary>
/// <remarks>https://www.twilio.com/docs/voice/twiml#request-parameters and https://www.twilio.com/docs/voice/api/call-resource#statuscallback.</remarks>
public static class Progress
{
    /// <summary>The standard fields for this call as it stands now, with their older aliases.</summary>
    public static Form Fields(Call call)
    {
        var fields = new Form()
            .Add("CallSid", call.Sid)
            .Add("AccountSid", call.Network.Options.AccountSid)
            .Add("From", call.From)
            .Add("To", call.To)
            .Add("Caller", call.From)
            .Add("Called", call.To)
            .Add("CallStatus", CallTable.Word(call.State))
            .Add("ApiVersion", NetworkOptions.ApiVersion)
            .Add("Direction", call.Direction);
        if (call.Parent is { } parent)
            fields.Add("ParentCallSid", parent.Sid);
        if (call.ForwardedFrom is { } forwarded)
            fields.Add("ForwardedFrom", forwarded);
        if (call.Direction == "inbound" && call.From.StartsWith('+') && call.Network.Numbers.ByNumber(call.To) is { CallerIdLookup: true })
            fields.Add("CallerName", call.Network.Directory.Phone(call.From).People[0].FullName.ToUpperInvariant());
        if (call.CallToken is { } token)
            fields.Add("CallToken", token);
        if (call.ApplicationSid is { } application && call.Direction == "inbound")
            fields.Add("ApplicationSid", application);
        Geography.AddTo(fields, "From", "Caller", call.From);
        Geography.AddTo(fields, "To", "Called", call.To);
        if (call.Direction == "inbound" && call.From.StartsWith('+'))
            fields.Add("StirVerstat", "TN-Validation-Passed-A");
        return fields;
    }

    /// <summary>Counts one event (whether anybody subscribed or not) and sends it to the subscriber.</summary>
    public static void Emit(Call call, string happened)
    {
        var sequence = call.Sequence++;
        if (call.StatusCallback is not { } callback || !callback.Events.Contains(happened))
            return;
        var network = call.Network;
        var fields = Fields(call)
            .Add("Timestamp", TwilioDate.Format(network.Timeline.Now))
            .Add("CallbackSource", "call-progress-events")
            .Add("SequenceNumber", sequence.ToString());
        if (happened is "ringing" or "answered" && call.Direction.StartsWith("outbound", StringComparison.Ordinal))
            fields.Add("StirStatus", "A");
        if (happened == "completed")
            AddEnding(call, fields);
        network.Webhooks.Send(call, WebhookPurpose.Status, callback.Method, callback.Url, fields, label: happened);
    }

    private static void AddEnding(Call call, Form fields)
    {
        var seconds = call.DurationSeconds;
        fields.Add("CallDuration", seconds.ToString())
            .Add("Duration", ((seconds + 59) / 60).ToString())
            .Add("SipResponseCode", call.SipResponse.ToString());
        if (call.AnsweredBy is { } verdict)
            fields.Add("AnsweredBy", verdict);
        if (call.Record is not null && call.Recordings is [var recording, ..])
            fields.Add("RecordingUrl", recording.Url).Add("RecordingSid", recording.Sid).Add("RecordingDuration", recording.WholeSeconds.ToString());
    }
}
