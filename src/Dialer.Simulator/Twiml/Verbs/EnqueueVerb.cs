using System.Xml.Linq;
using Dialer.Simulator.Queues;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Twiml.Verbs;

/// <summary>https://www.twilio.com/docs/voice/twiml/enqueue: the call waits in a queue until somebody takes it, it leaves, or it hangs up.</summary>
public sealed class EnqueueVerb : Verb
{
    public override void Run(TwimlRun run, XElement element)
    {
        var name = element.Attribute("workflowSid") is { } workflow ? workflow.Value : string.Concat(element.Nodes().OfType<XText>().Select(t => t.Value)).Trim();
        if (name.Length is 0 or > 64)
        {
            run.Warn(12200, "<Enqueue> needs a queue name of 1 to 64 characters");
            new Waiting(run, element).Finish("error", null, 0);
            return;
        }

        var waiting = new Waiting(run, element);
        if (run.Network.Faults.QueueFails(run.Call))
        {
            waiting.Finish("system-error", null, 0);
            return;
        }

        var fresh = run.Network.Queues.ByName(name) is null;
        var queue = run.Network.Queues.Open(name, onDemand: true);
        var most = (int)element.Number(run, "maxQueueSize", queue.MaxSize, 1, CallQueue.LargestMaxSize, 12200);
        if (fresh)
            queue.MaxSize = most;
        if (queue.Members.Count >= Math.Min(most, queue.MaxSize))
        {
            run.Warn(14207, "the queue is full");
            waiting.Finish("queue-full", null, 0);
            return;
        }

        run.Wait(waiting);
        waiting.Member = queue.Enter(run, waiting, element.Attribute("waitUrl") is { } url ? url.Value.Length == 0 ? string.Empty : run.Resolve(url.Value) : null, element.Method("waitUrlMethod"));
    }

    internal sealed class Waiting(TwimlRun run, XElement element) : Activity, IQueueWaiter
    {
        private bool _done;

        public QueueMember? Member { get; set; }

        public override bool Digit(char key) => Member?.Digit(key) ?? false;

        public override void Stopped(StopReason reason)
        {
            if (_done || Member is not { } member)
                return;
            _done = true;
            var result = reason == StopReason.HungUp
                ? member.Bridged ? "bridged" : "hangup"
                : member.Bridged ? "redirected-from-bridged" : "redirected";
            member.Leave();
            run.Tell(element.Text("action"), element.Method(), Fields(result, member.Queue, member.WaitedSeconds));
        }

        /// <summary>The member left the queue, or never came into one (null): asks the action, or goes on with the next verb.</summary>
        public void Finish(string result, CallQueue? queue, int waited)
        {
            if (_done)
                return;
            _done = true;
            if (element.Text("action") is { Length: > 0 } action)
                run.GoTo(action, element.Method(), Fields(result, queue, waited));
            else
                run.Next();
        }

        private static Form Fields(string result, CallQueue? queue, int waited)
        {
            var fields = new Form().Add("QueueResult", result);
            return queue is null ? fields : fields.Add("QueueSid", queue.Sid).Add("QueueTime", waited.ToString());
        }
    }
}
