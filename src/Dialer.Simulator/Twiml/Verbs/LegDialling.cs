using System.Xml.Linq;
using Dialer.Simulator.Calls;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Twiml.Verbs;

/// <summary>Makes the child leg of one Number, Client or Sip noun.</summary>
internal static class LegDialling
{
    public static Call? Create(TwimlRun run, XElement dial, XElement noun, double ringSeconds)
    {
        var parent = run.Call;
        var target = string.Concat(noun.Nodes().OfType<XText>().Select(t => t.Value)).Trim();
        var to = noun.Name.LocalName switch
        {
            "Client" => "client:" + (noun.Element("Identity")?.Value.Trim() ?? target),
            "Sip" => noun.Element("Uri")?.Value.Trim() ?? target,
            "Number" => Dialable(target),
            _ => null,
        };
        if (to is null or "client:")
            return null;
        var from = dial.Text("callerId") ?? (parent.Direction == "inbound" ? parent.From : parent.To.StartsWith('+') && to.StartsWith("client:", StringComparison.Ordinal) ? parent.To : parent.From);
        if (to.StartsWith('+') && run.Network.Options.CheckCallerId && !run.Network.Numbers.MayCallFrom(from) && parent.Direction != "inbound")
            run.Warn(13214, $"caller id {from} is not owned or verified");
        var custom = new Form();
        foreach (var parameter in noun.Elements("Parameter"))
            custom.Add(parameter.Text("name", string.Empty), parameter.Text("value"));
        string? Field(string name) => noun.Text(char.ToLowerInvariant(name[0]) + name[1..]);
        return new Call(run.Network, run.Network.Sids.Next("CA"), from, to, "outbound-dial")
        {
            Parent = parent,
            IsDialLeg = true,
            RingLimitSeconds = ringSeconds,
            SendDigits = noun.Text("sendDigits"),
            StatusCallback = Callback.Of(noun.Text("statusCallback") is { } callback ? run.Resolve(callback) : null, noun.Text("statusCallbackMethod"),
                [noun.Text("statusCallbackEvent", string.Empty)], "completed"),
            Amd = AmdSettings.Of(Field, alwaysAsync: true, noun.Text("amdStatusCallback") is { } amd ? run.Resolve(amd) : null, noun.Text("amdStatusCallbackMethod")),
            Custom = custom,
            Token = parent.Token,
        };
    }

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
