using System.Diagnostics;
using Dialer.Simulator.Engine;
using Dialer.Simulator.People;
using Dialer.Simulator.Serving;
using NodaTime;

namespace Dialer.Simulator.Tests;

/// <summary>Starts a network on a free port, ten times as fast as real time, and lets the official Node package drive it (tests/interop).</summary>
public class InteropTests
{
    private const string Account = "AC00000000000000000000000000000001";
    private const string Key = "SK22222222222222222222222222222222";

    [Fact]
    public async Task The_official_node_package_cannot_tell()
    {
        var folder = Folder();
        if (!System.IO.Directory.Exists(Path.Combine(folder, "node_modules", "twilio")))
            (await RunAsync("npm", "ci --no-audit --no-fund", folder, [])).ShouldBe((0, string.Empty), "npm ci");
        var people = new PhoneBook();
        for (var i = 1; i <= 7; i++)
            people.Add(new Phone($"+1415555000{i}", "wireless", [new Contact("Maria", "Lopez", "94110", null, null, "en", null)], new PersonaOverride(Script: "answers after 1 s, waits 3000 s")));
        var now = SystemClock.Instance.GetCurrentInstant();
        await using var server = await NetworkServer.StartAsync(
            new NetworkOptions { AccountSid = Account, AuthToken = "token", ApiKeys = new Dictionary<string, string>(StringComparer.Ordinal) { [Key] = "secret" }, CallBackProbability = 0 },
            new ServerOptions(), new NetworkClock(now, 10, now, TimeProvider.System), people, CancellationToken.None);
        var (code, output) = await RunAsync("node", "--test", folder,
            [("NETWORK_URL", server.Address.GetLeftPart(UriPartial.Authority)), ("ACCOUNT_SID", Account), ("AUTH_TOKEN", "token"), ("API_KEY", Key), ("API_SECRET", "secret")]);
        code.ShouldBe(0, output);
    }

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Dialer.sln")))
            folder = folder.Parent;
        return Path.Combine(folder.ShouldNotBeNull().FullName, "tests", "interop");
    }

    private static async Task<(int Code, string Output)> RunAsync(string program, string arguments, string folder, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start).ShouldNotBeNull();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, process.ExitCode == 0 ? string.Empty : await output + await errors);
    }
}
