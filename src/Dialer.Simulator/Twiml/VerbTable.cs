using System.Xml.Linq;
using Dialer.Simulator.Twiml.Verbs;

namespace Dialer.Simulator.Twiml;

/// <summary>What an element may carry: its attributes and children, and the verb that runs it (null for nouns).</summary>
public sealed record VerbRule(IReadOnlySet<string> Attributes, IReadOnlySet<string> Children, Verb? Verb);

/// <summary>Every verb and noun of voice TwiML with its attributes, as Twilio's own helper library generates them.</summary>
public static class VerbTable
{
    private const string Ssml = "break emphasis lang p phoneme prosody s say-as sub w amazon:effect amazon:domain";
    private const string RecordingCallback = "recordingStatusCallback recordingStatusCallbackMethod recordingStatusCallbackEvent";
    private const string StatusCallback = "statusCallback statusCallbackMethod statusCallbackEvent";
    private const string Amd = "machineDetection machineDetectionTimeout machineDetectionSpeechThreshold machineDetectionSpeechEndThreshold machineDetectionSilenceTimeout amdStatusCallback amdStatusCallbackMethod";

    private static readonly Dictionary<string, VerbRule> Rules = new(StringComparer.Ordinal)
    {
        ["Say"] = Rule(new SayVerb(), "voice language loop", Ssml),
        ["Play"] = Rule(new PlayVerb(), "loop digits", ""),
        ["Pause"] = Rule(new PauseVerb(), "length", ""),
        ["Gather"] = Rule(new GatherVerb(), "input action method timeout speechTimeout maxSpeechTime profanityFilter finishOnKey numDigits partialResultCallback partialResultCallbackMethod language hints bargeIn debug actionOnEmptyResult speechModel enhanced", "Say Play Pause"),
        ["Record"] = Rule(new RecordVerb(), $"action method timeout finishOnKey maxLength playBeep trim transcribe transcribeCallback recordingConfigurationId {RecordingCallback}", ""),
        ["Dial"] = Rule(new DialVerb(), $"action method timeout hangupOnStar timeLimit callerId record trim answerOnBridge ringTone recordingTrack sequential referUrl referMethod events passports callReason recordingConfigurationId {RecordingCallback}", "Number Client Sip Sim Conference Queue Application WhatsApp"),
        ["Redirect"] = Rule(new RedirectVerb(), "method", ""),
        ["Hangup"] = Rule(new HangupVerb(), "", "Parameter"),
        ["Reject"] = Rule(new RejectVerb(), "reason", "Parameter"),
        ["Enqueue"] = Rule(new EnqueueVerb(), "action method maxQueueSize waitUrl waitUrlMethod workflowSid", "Task"),
        ["Leave"] = Rule(new LeaveVerb(), "", ""),
        ["Pay"] = Rule(new PayVerb(), "input action bankAccountType statusCallback statusCallbackMethod timeout maxAttempts securityCode postalCode minPostalCodeLength paymentConnector paymentMethod tokenType chargeAmount currency description validCardTypes language debug requireMatchingInputs confirmation credentialSid", "Prompt Parameter"),
        ["Start"] = Rule(new StartVerb(), "action method", "Stream Siprec Transcription Recording"),
        ["Stop"] = Rule(new StopVerb(), "", "Stream Siprec Transcription"),
        ["Connect"] = Rule(new ConnectVerb(), "action method", "Stream Room VirtualAgent Conversation ConversationRelay ConversationRelaySession Autopilot AiSession"),
        ["Refer"] = Rule(new ReferVerb(), "action method", "Sip ReferSip"),
        ["Sms"] = Rule(new SmsVerb(), "to from action method statusCallback", ""),
        ["Message"] = Rule(new SmsVerb(), "to from action method statusCallback", "Body Media"),
        ["Echo"] = Rule(new PauseVerb(), "", ""),
        ["Number"] = Rule(null, $"url method sendDigits byoc {StatusCallback} {Amd}", ""),
        ["Client"] = Rule(null, $"url method {StatusCallback} clientNotificationUrl", "Identity Parameter"),
        ["Identity"] = Rule(null, "", ""),
        ["Sip"] = Rule(null, $"username password url method {StatusCallback} {Amd}", "Uri Headers Parameter"),
        ["Uri"] = Rule(null, "priority weight username password", ""),
        ["Headers"] = Rule(null, "", "Header"),
        ["Header"] = Rule(null, "name value", ""),
        ["Sim"] = Rule(null, "", ""),
        ["Conference"] = Rule(null, $"muted beep startConferenceOnEnter endConferenceOnExit waitUrl waitMethod maxParticipants record region coach trim {StatusCallback} {RecordingCallback} eventCallbackUrl jitterBufferSize participantLabel recordingConfigurationId", ""),
        ["Queue"] = Rule(null, "url method reservationSid postWorkActivitySid", ""),
        ["Application"] = Rule(null, $"url method {StatusCallback} customerId copyParentTo", "ApplicationSid Parameter"),
        ["ApplicationSid"] = Rule(null, "", ""),
        ["WhatsApp"] = Rule(null, $"url method {StatusCallback}", ""),
        ["Task"] = Rule(null, "priority timeout", ""),
        ["Prompt"] = Rule(null, "for errorType cardType attempt requireMatchingInputs", "Say Play Pause"),
        ["Parameter"] = Rule(null, "name value", ""),
        ["Stream"] = Rule(null, "name connectorName url track statusCallback statusCallbackMethod audioFormat sampleRate", "Parameter"),
        ["Siprec"] = Rule(null, "name connectorName track statusCallback statusCallbackMethod", "Parameter"),
        ["Transcription"] = Rule(null, "name track statusCallbackUrl statusCallbackMethod inboundTrackLabel outboundTrackLabel partialResults languageCode transcriptionEngine profanityFilter speechModel hints enableAutomaticPunctuation intelligenceService conversationConfiguration conversationId enableProviderData", "Config Parameter"),
        ["Recording"] = Rule(null, $"{RecordingCallback} trim track channels recordingConfigurationId", ""),
        ["Config"] = Rule(null, "name value", ""),
        ["Room"] = Rule(null, "participantIdentity", ""),
        ["VirtualAgent"] = Rule(null, "connectorName language sentimentAnalysis statusCallback statusCallbackMethod", "Config Parameter"),
        ["Conversation"] = Rule(null, $"serviceInstanceSid inboundAutocreation routingAssignmentTimeout inboundTimeout url method record trim {StatusCallback} {RecordingCallback}", ""),
        ["ConversationRelay"] = Rule(null, "backgroundnoisereduction deepgramsmartformat ignorebackchannel speechtimeout url language ttsLanguage transcriptionLanguage ttsProvider voice transcriptionProvider speechModel profanityFilter dtmfDetection welcomeGreeting partialPrompts welcomeGreetingInterruptible interruptible preemptible hints intelligenceService conversationConfiguration conversationId debug interruptSensitivity elevenlabsTextNormalization welcomeGreetingLanguage reportInputDuringAgentSpeech ignoreBackchannel events eotThreshold deepgramSmartFormat speechTimeout", "Language Parameter"),
        ["Language"] = Rule(null, "code ttsProvider voice transcriptionProvider speechModel customParameter", ""),
        ["ConversationRelaySession"] = Rule(null, "connector sessionConfiguration", ""),
        ["AiSession"] = Rule(null, "aiConnector aiSessionConfiguration", ""),
        ["Autopilot"] = Rule(null, "", ""),
        ["ReferSip"] = Rule(null, "", ""),
        ["Body"] = Rule(null, "", ""),
        ["Media"] = Rule(null, "", ""),
    };

    /// <summary>What may stand at the top of a document of each scope; Main takes everything.</summary>
    private static readonly Dictionary<RunScope, HashSet<string>> Scopes = new()
    {
        [RunScope.ConferenceWait] = Set("Say Play Pause Redirect"),
        [RunScope.QueueWait] = Set("Say Play Pause Hangup Redirect Leave Gather"),
        [RunScope.Screen] = Set("Say Play Pause Gather Hangup Redirect Pay"),
        [RunScope.Announcement] = Set("Say Play Pause Redirect"),
        [RunScope.Whisper] = Set("Say Play Pause Redirect"),
    };

    /// <summary>Nouns that Twilio's schema allows at the top of a document, where they do nothing.</summary>
    private static readonly HashSet<string> Idle = Set("Prompt Queue");

    public static IReadOnlyDictionary<string, VerbRule> All => Rules;

    public static VerbRule? Find(string name) => Rules.GetValueOrDefault(name);

    public static bool IsVerb(string name) => Find(name)?.Verb is not null;

    public static bool Allows(RunScope scope, string name) => !Scopes.TryGetValue(scope, out var allowed) || allowed.Contains(name);

    /// <summary>Adds a warning (12200) for every unknown element, misplaced child and unknown attribute below here.</summary>
    public static void Check(XElement element, string parent, List<(int Code, string Detail)> warnings)
    {
        var name = element.Name.LocalName;
        if (parent == "Say" || Ssml.Contains(name, StringComparison.Ordinal) && Rules["Say"].Children.Contains(name))
            return;
        var rule = Find(name);
        if (rule is null || (parent == "Response" && rule.Verb is null && !Idle.Contains(name)) || (parent != "Response" && !Rules[parent].Children.Contains(name)))
        {
            warnings.Add((parent == "Gather" ? 13320 : 12200, $"<{name}> is not valid inside <{parent}>"));
            return;
        }

        foreach (var attribute in element.Attributes().Where(a => !a.IsNamespaceDeclaration && !rule.Attributes.Contains(a.Name.LocalName)))
            warnings.Add((12200, $"<{name}> has no attribute {attribute.Name.LocalName}"));
        AttributeTable.Check(element, parent, warnings);
        foreach (var child in element.Elements())
            Check(child, name, warnings);
    }

    private static VerbRule Rule(Verb? verb, string attributes, string children) => new(Set(attributes), Set(children), verb);

    private static HashSet<string> Set(string words) => words.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
}
