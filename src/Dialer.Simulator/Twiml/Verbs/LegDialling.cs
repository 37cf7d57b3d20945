using System.Xml.Linq;
using Dialer.Simulator.Calls;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Twiml.Verbs;

/// <summary>Makes the child leg of one noun that rings. WhatsApp, SIMs and SIP addresses are nowhere on this network: their legs fail as unreachable.</summary>
internal static class LegDialling
{
    private static readonly System.Buffers.SearchValues<char> SipUser = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-_.:@");

    /// <param name="refusal">When there is no leg: the warning that says why.</param>
    public static Call? Create(TwimlRun run, XElement dial, XElement noun, double ringSeconds, out int refusal)
    {
        refusal = 13223;
        var parent = run.Call;
        var target = string.Concat(noun.Nodes().OfType<XText>().Select(t => t.Value)).Trim();
        var to = noun.Name.LocalName switch
        {
            "Client" => "client:" + (noun.Element("Identity")?.Value.Trim() ?? target),
            "Sip" => noun.Element("Uri")?.Value.Trim() ?? target,
            "Number" => Dialable(target),
            "WhatsApp" => "whatsapp:" + target,
            "Sim" => "sim:" + target,
            _ => "app:" + (noun.Element("ApplicationSid")?.Value.Trim() ?? target),
        };
        var from = dial.Text("callerId") ?? (parent.Direction == "inbound" ? parent.From : parent.To.StartsWith('+') && to?.StartsWith("client:", StringComparison.Ordinal) == true ? parent.To : parent.From);
        refusal = to switch
        {
            null or "client:" or "whatsapp:" or "sim:" or "app:" => 13223,
            ['+', '1', '0' or '1', ..] => 13224,
            ['+', '1', '9', '0', '0', ..] => 13225,
            ['+', ..] when !MayShow(parent, from) => 13214,
            _ when noun.Name.LocalName == "Sip" && dial.Text("callerId") is { } caller && caller.AsSpan().ContainsAnyExcept(SipUser) => 13247,
            _ => 0,
        };
        if (refusal != 0 || to is null)
            return null;
        var custom = new Form();
        if (noun.Name.LocalName == "Application")
            custom.Add("CustomerId", noun.Text("customerId", run.Network.Options.AccountSid));
        foreach (var parameter in noun.Elements("Parameter"))
            custom.Add(parameter.Text("name", string.Empty), parameter.Text("value"));
        string? Field(string name) => noun.Text(char.ToLowerInvariant(name[0]) + name[1..]);
        return new Call(run.Network, run.Network.Sids.Next("CA"), from, to, "outbound-dial")
        {
            Parent = parent,
            IsDialLeg = true,
            RingLimitSeconds = ringSeconds,
            SendDigits = noun.Text("sendDigits") is { } tones && DialString.IsValid(tones, 1024) ? tones : null,
            StatusCallback = Callback.Of(noun.Text("statusCallback") is { } callback ? run.Resolve(callback) : null, noun.Text("statusCallbackMethod"),
                [noun.Text("statusCallbackEvent", string.Empty)], "completed"),
            Amd = AmdSettings.Of(Field, alwaysAsync: true, noun.Text("amdStatusCallback") is { } amd ? run.Resolve(amd) : null, noun.Text("amdStatusCallbackMethod")),
            Custom = custom,
            DialledAs = noun.Name.LocalName == "Application" && noun.Flag("copyParentTo", false) ? parent.To : null,
            Token = parent.Token,
        };
    }

    /// <summary>A telephone is shown the calling number, the called one, or one that is owned or verified; a softphone has no number to show.</summary>
    private static bool MayShow(Call parent, string from) =>
        !parent.Network.Options.CheckCallerId
        || (!from.StartsWith("client:", StringComparison.Ordinal) && (parent.Network.Numbers.MayCallFrom(from) || from == parent.To || (parent.Direction == "inbound" && from == parent.From)));

    private static string? Dialable(string text)
    {
        var digits = string.Concat(text.Where(c => char.IsAsciiDigit(c) || c == '+'));
        return digits switch
        {
            ['+', ..] when digits.Length is >= 9 and <= 16 => digits,
            { Length: 10 } => "+1" + digits,
            ['1', ..] when digits.Length == 11 => "+" + digits,
            _ => null,
        };
    }
}
