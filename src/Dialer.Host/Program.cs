using System.CommandLine;

var root = new RootCommand("Dialer: a telephony service for collections contact centres.");
return await root.Parse(args).InvokeAsync();
