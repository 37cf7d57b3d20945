using Dialer.Twilio.Webhooks;
using CallStatus = Dialer.Core.Calls.CallStatus;

namespace Dialer.Features.Dialing;

/// <summary>Between the words of Twilio's adapter and those of the state machine.</summary>
internal static class WireNames
{
    /// <summary>Null for a status this build does not know: it changes nothing.</summary>
    public static CallStatus? ToCore(this Twilio.Webhooks.CallStatus status) => Enum.TryParse<CallStatus>(status.ToString(), out var known) ? known : null;

    /// <summary>The REST resource's status ("in-progress", "no-answer").</summary>
    public static CallStatus? StatusOf(string text) => Enum.TryParse<CallStatus>(text.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var known) ? known : null;

    public static string Wire(this AnsweredBy by) => by switch
    {
        AnsweredBy.Human => "human",
        AnsweredBy.MachineStart => "machine_start",
        AnsweredBy.MachineEndBeep => "machine_end_beep",
        AnsweredBy.MachineEndSilence => "machine_end_silence",
        AnsweredBy.MachineEndOther => "machine_end_other",
        AnsweredBy.Fax => "fax",
        _ => "unknown",
    };
}
