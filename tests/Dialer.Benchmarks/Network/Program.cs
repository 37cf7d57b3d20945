using System.Globalization;
using Dialer.Benchmarks.Network;

// Prints Markdown on standard output; ../results/network.md holds a committed run with the command that made it.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["serve", var people]:
        await NetworkProcess.ServeAsync(people);
        return 0;
    case ["day", ..]:
        await VirtualDay.RunAsync(Hours(args), Console.Out);
        return 0;
    case ["calls"]:
        await CallRate.RunAsync(Console.Out);
        return 0;
    case ["live"]:
        await LiveCalls.RunAsync(Console.Out);
        return 0;
    case []:
        await CallRate.RunAsync(Console.Out);
        await LiveCalls.RunAsync(Console.Out);
        await VirtualDay.RunAsync(8, Console.Out);
        return 0;
    default:
        Console.Error.WriteLine("Usage: Dialer.Benchmarks.Network [calls | live | day [HOURS]]; without a word, all three.");
        return 2;
}

static double Hours(string[] args) => args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 8;
