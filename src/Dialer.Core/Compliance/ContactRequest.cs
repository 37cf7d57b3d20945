using Dialer.Core.Numbers;

namespace Dialer.Core.Compliance;

/// <summary>One contact someone or something wants to make: whom, about which debt, how, and why.</summary>
/// <param name="Account">The debt it is about; null only for a contact that concerns none.</param>
/// <param name="ArtificialVoice">
/// A recorded or synthesised voice may be heard by the called person: an IVR, an announcement, a voicemail drop, or the message an over-dialled call is abandoned with
/// (47 USC 227(b)(1)(A); FCC 24-17 for synthesised voices).
/// </param>
/// <param name="From">The caller id to be shown; null when the caller has not chosen one yet, which denies nothing.</param>
public sealed record ContactRequest(
    PersonId Person,
    AccountId? Account,
    PhoneNumber To,
    ContactMode Mode,
    ContactPurpose Purpose = ContactPurpose.Collect,
    Channel Channel = Channel.Voice,
    bool ArtificialVoice = false,
    Relation Relation = Relation.Consumer,
    PhoneNumber From = default)
{
    /// <summary>True when the called person may meet a machine's voice. An outbound IVR always does.</summary>
    public bool UsesArtificialVoice => ArtificialVoice || Mode == ContactMode.Agentless;

    /// <summary>True when more lines may be dialled than agents are free: an answered call can be abandoned.</summary>
    public bool MayAbandon => Mode is ContactMode.Predictive or ContactMode.Power;
}
