using Dialer.Benchmarks;

// Each benchmark prints Markdown tables on standard output; results/*.md hold committed runs with the command that made them.
switch (args)
{
    case ["compliance-engine"]:
        ComplianceEngineBenchmark.Run(Console.Out);
        return 0;
    case ["fill", var connectionString, var accounts]:
        await ComplianceData.FillAsync(connectionString, int.Parse(accounts), decisions: 0);
        return 0;
    case ["fill", var connectionString, var accounts, var decisions]:
        await ComplianceData.FillAsync(connectionString, int.Parse(accounts), int.Parse(decisions));
        return 0;
    case ["durable-intents", .. var connectionStrings] when connectionStrings.Length > 0:
        await Console.Out.WriteAsync(await DurableIntentsBenchmark.RunAsync(connectionStrings));
        return 0;
    case ["next-lead", .. var connectionStrings] when connectionStrings.Length > 0:
        await Console.Out.WriteAsync(await NextLeadBenchmark.RunAsync(connectionStrings));
        return 0;
    case ["why", var connectionString]:
        await Console.Out.WriteAsync(await WhyBenchmark.RunAsync(connectionString));
        return 0;
    case ["webhooks", var server, var redis, .. var more]:
        await Dialer.Benchmarks.Webhooks.WebhooksBenchmark.RunAsync(
            server, redis, more.Length > 0 ? int.Parse(more[0]) : 5, TimeSpan.FromSeconds(more.Length > 1 ? double.Parse(more[1], System.Globalization.CultureInfo.InvariantCulture) : 4));
        return 0;
    case ["probing", var server, var redis, .. var more]:
        await Dialer.Benchmarks.Webhooks.ProbingBenchmark.RunAsync(server, redis, more.Length > 0 ? int.Parse(more[0]) : 6000);
        return 0;
    case ["routing", var redis]:
        await RoutingBenchmark.RunAsync(redis, Console.Out);
        return 0;
    case ["wallboard", var server, var redis, .. var more]:
        await Dialer.Benchmarks.Floor.WallboardBenchmark.RunAsync(server, redis, more.Length > 0 ? double.Parse(more[0], System.Globalization.CultureInfo.InvariantCulture) : 60, more.Length > 1 ? more[1] : "/wallboard");
        return 0;
    case ["desks", var server, var redis, .. var more]:
        await Dialer.Benchmarks.Floor.DesksBenchmark.RunAsync(server, redis, more.Length > 0 ? int.Parse(more[0]) : 500, TimeSpan.FromSeconds(more.Length > 1 ? double.Parse(more[1], System.Globalization.CultureInfo.InvariantCulture) : 60));
        return 0;
    case ["feed", var server, .. var more]:
        await Dialer.Benchmarks.FeedBenchmark.RunAsync(server, more.Length > 0 ? int.Parse(more[0]) : 5);
        return 0;
    default:
        await Console.Error.WriteLineAsync(
            """
            Usage: Dialer.Benchmarks compliance-engine
                   Dialer.Benchmarks fill CONNECTION_STRING ACCOUNTS [DECISIONS]      an empty database to fill
                   Dialer.Benchmarks durable-intents CONNECTION_STRING...             filled databases, the smallest first
                   Dialer.Benchmarks next-lead CONNECTION_STRING...
                   Dialer.Benchmarks why CONNECTION_STRING                            and how soon a revocation holds
                   Dialer.Benchmarks webhooks POSTGRESQL REDIS [ROUNDS] [SECONDS]    beside a bare Kestrel endpoint
                   Dialer.Benchmarks probing POSTGRESQL REDIS [CALLS]                what the time of an answer tells a guesser
                   Dialer.Benchmarks routing REDIS                                    a server to fill with agents, host:port
                   Dialer.Benchmarks wallboard POSTGRESQL REDIS [MINUTES] [PAGE]      a full floor in a browser
                   Dialer.Benchmarks desks POSTGRESQL REDIS [DESKS] [SECONDS]         a change of state until its desk hears of it
                   Dialer.Benchmarks feed POSTGRESQL [ROUNDS]                         what the event feed's triggers cost a call
            """);
        return 2;
}
