using Dialer.Benchmarks;

// Each benchmark prints one Markdown table on standard output; results/*.md hold committed runs with the command that made them.
switch (args)
{
    case ["compliance-engine"]:
        ComplianceEngineBenchmark.Run(Console.Out);
        return 0;
    case ["durable-intents", var connectionString, var accounts]:
        await DurableIntentsBenchmark.RunAsync(connectionString, int.Parse(accounts), Console.Out);
        return 0;
    default:
        Console.Error.WriteLine("Usage: Dialer.Benchmarks compliance-engine | durable-intents CONNECTION_STRING ACCOUNTS");
        return 2;
}
