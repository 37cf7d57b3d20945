using System.Globalization;
using Dialer.Benchmarks.Network;

// Prints Markdown on standard output; ../results/network.md holds a committed run with the command that made it.
var report = new Report();
switch (args)
{
    case ["serve", var people]:
        await NetworkProcess.ServeAsync(people);
        return 0;
    case ["day"]:
        await VirtualDay.RunAsync(8, report);
        break;
    case ["day", var hours]:
        await VirtualDay.RunAsync(double.Parse(hours, CultureInfo.InvariantCulture), report);
        break;
    case ["calls"]:
        await CallRate.RunAsync(report);
        break;
    case ["live"]:
        await LiveCalls.RunAsync(report);
        break;
    case ["hour"]:
        await BusyHour.RunAsync(60, report);
        break;
    case ["hour", var minutes]:
        await BusyHour.RunAsync(int.Parse(minutes, CultureInfo.InvariantCulture), report);
        break;
    case []:
        await CallRate.RunAsync(report);
        await LiveCalls.RunAsync(report);
        report.Line();
        await BusyHour.RunAsync(60, report);
        report.Line();
        await VirtualDay.RunAsync(8, report);
        break;
    default:
        await Console.Error.WriteLineAsync("Usage: Dialer.Benchmarks.Network [calls | live | hour [MINUTES] | day [HOURS]]; without a word, all four.");
        return 2;
}

await Console.Out.WriteAsync(report.ToString());
return 0;
