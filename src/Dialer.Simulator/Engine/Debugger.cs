using Dialer.Simulator.Calls;
using NodaTime;

namespace Dialer.Simulator.Engine;

/// <summary>One error or warning, as Twilio's debugger would list it.</summary>
public sealed record Notice(string Sid, string CallSid, int Code, bool Error, string Detail, Instant At);

/// <summary>Where a developer sees errors and warnings: kept by call (its Notifications), newest first on the network's page, and in the ledger.</summary>
public sealed class Debugger(PhoneNetwork network)
{
    private const int Keep = 2000;
    private readonly LinkedList<Notice> _notices = new();

    public IEnumerable<Notice> Newest => _notices;

    public void Report(Call call, int code, string detail, bool error)
    {
        var notice = new Notice(network.Sids.Next("NO"), call.Sid, code, error, detail, network.Timeline.Now);
        _notices.AddFirst(notice);
        if (_notices.Count > Keep)
            _notices.RemoveLast();
        network.Ledger.Write(error ? "error" : "warning", call, ("code", code), ("detail", detail));
    }
}
