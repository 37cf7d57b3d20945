using System.Diagnostics;
using Dialer.Simulator.Engine;
using Dialer.Simulator.People;
using Dialer.Simulator.Serving;
using Dialer.Simulator.Webhooks;
using Dialer.Simulator.Wire;
using NodaTime;

namespace Dialer.Benchmarks.Network;

/// <summary>300 calls started a second for an hour (or as many minutes as are asked for), on the virtual clock: does memory stay flat?</summary>
internal static class BusyHour
{
    private const int PerSecond = 300;
    private const int Numbers = 200_000;
    private const string Ours = "+12125550100";
    private static readonly Instant Morning = Instant.FromUtc(2026, 3, 3, 17, 0);

    public static async Task RunAsync(int minutes, Report report)
    {
        report.Line($"### {minutes} minutes of {PerSecond} calls a second ({Report.Machine})");
        report.Line();
        report.Line($"{PerSecond * minutes * 60:n0} calls to {Numbers:n0} numbers of the default population on the virtual clock; who answers hears a sentence, every call tells all its four events. Memory after a collection, the ledger thrown away.");
        report.Line();
        report.Line("| minute | calls | live | managed memory MB | processor seconds |");
        report.Line("|---:|---:|---:|---:|---:|");
        var options = new NetworkOptions { Start = Morning, Seed = 1, AuthToken = "12345", OwnedNumbers = [Ours], CallsPerSecond = 2 * PerSecond, CallBackProbability = 0 };
        using var network = new VirtualNetwork(options, PhoneBook.Empty, new InProcessWebhooks((request, _) => Task.FromResult(
            request.Purpose == WebhookPurpose.Twiml ? WebhookReply.Xml("<Response><Say>This is a call about an appointment.</Say></Response>") : WebhookReply.Empty)), Stream.Null);
        var made = 0;
        Dial(network, () => made++);
        for (var minute = 0; minute <= minutes; minute += Math.Max(1, minutes / 6))
        {
            var used = Environment.CpuUsage.TotalTime;
            await network.RunUntilAsync(Morning + Duration.FromMinutes(minute));
            await Console.Error.WriteLineAsync($"minute {minute}: {made:n0} calls");
            report.Line($"| {minute} | {made:n0} | {network.Network.Calls.Live:n0} | {GC.GetTotalMemory(forceFullCollection: true) / 1048576.0:0} | {(Environment.CpuUsage.TotalTime - used).TotalSeconds:0.0} |");
        }
    }

    private static void Dial(VirtualNetwork network, Func<int> next)
    {
        var number = $"+1415{5_200_000 + (int)(next() * 7_919L % Numbers)}"; // exchanges 520 to 539: none of them ends in 11
        var reply = network.Rest("POST", "Calls", new Form().Add("To", number).Add("From", Ours).Add("Url", "https://product.example/answer")
            .Add("StatusCallback", "https://product.example/status").Add("StatusCallbackEvent", "initiated ringing answered completed"));
        if (reply.Status != 201)
            throw new InvalidOperationException($"A call was refused: {reply.Status} {reply.Json}");
        network.Network.Timeline.After(1.0 / PerSecond, () => Dial(network, next));
    }
}
