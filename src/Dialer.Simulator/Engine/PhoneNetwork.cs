using Dialer.Simulator.Calls;
using Dialer.Simulator.Faults;
using Dialer.Simulator.Numbers;
using Dialer.Simulator.Payments;
using Dialer.Simulator.People;
using Dialer.Simulator.Queues;
using Dialer.Simulator.Recordings;
using Dialer.Simulator.Rooms;
using Dialer.Simulator.Softphones;
using Dialer.Simulator.Usage;
using Dialer.Simulator.Webhooks;
using NodaTime;

namespace Dialer.Simulator.Engine;

/// <summary>The whole simulated phone network: an engine without sockets, threads or a clock of its own.</summary>
/// <remarks>Single-threaded: everything happens on the thread that advances <see cref="Timeline"/>. Effects leave through
/// <see cref="WebhookDesk.Outgoing"/> and come back through <see cref="WebhookDesk.Complete"/>.</remarks>
public sealed class PhoneNetwork : IDisposable
{
    private readonly CookieJar _noCall = new();

    public PhoneNetwork(NetworkOptions options, PhoneBook? people = null, Stream? ledger = null, Func<Instant>? realNow = null)
    {
        Options = options;
        Timeline = new Timeline(options.Start);
        Virtual = realNow is null;
        Ledger = new Ledger(() => Timeline.Now, realNow, ledger);
        Sids = new Sids(options.Seed);
        Debugger = new Debugger(this);
        Stats = new Statistics(this);
        Usage = new UsageBook(this);
        Faults = new FaultDesk(this);
        Webhooks = new WebhookDesk(this);
        Numbers = new NumberDesk(this);
        Calls = new CallDesk(this);
        Conferences = new ConferenceDesk(this);
        Queues = new QueueDesk(this);
        Recordings = new RecordingDesk(this);
        Payments = new PaymentDesk(this);
        Messages = new MessageDesk(this);
        Softphones = new SoftphoneDesk(this);
        Directory = new Subscribers(this, people ?? PhoneBook.Empty);
        Inbound = new InboundCallers(this);
    }

    public NetworkOptions Options { get; }

    public Timeline Timeline { get; }

    /// <summary>True when no real clock drives this network: timeouts are virtual too.</summary>
    public bool Virtual { get; }

    public Ledger Ledger { get; }

    public Sids Sids { get; }

    public Debugger Debugger { get; }

    public Statistics Stats { get; }

    public UsageBook Usage { get; }

    public FaultDesk Faults { get; }

    public WebhookDesk Webhooks { get; }

    public NumberDesk Numbers { get; }

    public CallDesk Calls { get; }

    public ConferenceDesk Conferences { get; }

    public QueueDesk Queues { get; }

    public RecordingDesk Recordings { get; }

    public PaymentDesk Payments { get; }

    public MessageDesk Messages { get; }

    public SoftphoneDesk Softphones { get; }

    public Subscribers Directory { get; }

    public InboundCallers Inbound { get; }

    public Media Media { get; } = new();

    /// <summary>Where this network can be reached, for the addresses of recordings.</summary>
    public string PublicBase { get; set; } = "http://127.0.0.1";

    /// <summary>Chance for one purpose of one call, drawn from the called number and how often it was called, not from what else happens.</summary>
    public Chance ChanceFor(Call call, string purpose) =>
        Chance.Of(Options.Seed, purpose, call.Direction == "inbound" ? call.From : call.To, Directory.Ordinal(call).ToString());

    public CookieJar Cookies(Call? call) => call?.Cookies ?? _noCall;

    /// <summary>The value of the query parameter <c>t</c> of a URL, or null.</summary>
    public static string? TokenOf(string? url)
    {
        if (url is null)
            return null;
        var question = url.IndexOf('?', StringComparison.Ordinal);
        if (question < 0)
            return null;
        var hash = url.IndexOf('#', question);
        return Wire.Form.Decode(hash < 0 ? url[(question + 1)..] : url[(question + 1)..hash])["t"];
    }

    public void Dispose() => Ledger.Dispose();
}
