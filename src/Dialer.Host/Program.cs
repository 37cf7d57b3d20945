using System.CommandLine;
using Dialer.Host.Commands;

var root = new RootCommand("Dialer: a telephony service for collections contact centres.");
root.Add(DemoCommand.Build());
root.Add(ServeCommand.Build());
root.Add(MigrateCommand.Build());
root.Add(UserCommand.Build());
root.Add(ImportCommand.Build());
root.Add(SampleCommand.Build());
root.Add(NetworkCommand.Build());
root.Add(AuditCommand.Build());
root.Add(ComplianceCommand.Build());
root.Add(PacingCommand.Build());
root.Add(TemplatesCommand.Build());
root.Add(VerifyCommand.Build());
root.Add(DoctorCommand.Build());

// After SIGTERM or Ctrl-C a command may finish what must be finished (the demonstration: its calls in the air, its summary). Within what compose.yml grants.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(40) });
