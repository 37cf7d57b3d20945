using System.Globalization;
using System.Xml.Linq;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Twiml.Verbs;

/// <summary>https://www.twilio.com/docs/voice/twiml/connect: the call's media go to the noun and nowhere else, until it ends; then the action is asked, or the next verb runs.</summary>
/// <remarks>Nobody is at the other end on this network: it keeps the call until the call ends or REST redirects it or, where the noun's address has the query <c>seconds=N</c>, for so long.</remarks>
public sealed class ConnectVerb : Verb
{
    public override void Run(TwimlRun run, XElement element) => new Connected(run, element).Start();

    private sealed class Connected(TwimlRun run, XElement element) : Activity
    {
        private MediaFork? _stream;

        public void Start()
        {
            var noun = element.Elements().FirstOrDefault();
            run.Wait(this);
            if (noun?.Name.LocalName == "Stream")
                _stream = MediaFork.Connect(run, noun);
            if (noun is null)
                run.Later(0, Finish);
            else if (SecondsOf(noun.Text("url")) is { } seconds)
                run.Later(seconds, Finish);
        }

        public override void Stopped(StopReason reason) => _stream?.Stop();

        private void Finish()
        {
            _stream?.Stop();
            if (element.Text("action") is { Length: > 0 } action)
                run.GoTo(action, element.Method());
            else
                run.Next();
        }

        private static double? SecondsOf(string? url) => url is not null && url.IndexOf('?', StringComparison.Ordinal) is >= 0 and var question
            && double.TryParse(Form.Decode(url[(question + 1)..])["seconds"], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
    }
}
